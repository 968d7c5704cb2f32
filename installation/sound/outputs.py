"""Which columns of sound go where: the loudspeakers, and headphones beside them or on a device of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from installation.data import CHANNELS, RATE, Floats
from installation.sound.capture import Shelf
from installation.sound.deck import Deck
from installation.sound.headphones import SIDES, Headphones
from installation.sound.resampling import Resampler

PAIR = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*")


class Grid(NamedTuple):
    """Moments on which a loop may begin: the bars of whoever sets the tempo."""

    moment: int  # ns of time.monotonic_ns(), any one of them
    every: int  # ns

    def after(self, moment: int) -> int:
        """The first of them from a moment on."""
        return self.moment - (self.moment - moment) // self.every * self.every


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is wanted of the device.

    speakers   columns for the loudspeakers, from the first on
    beside     the first of two columns of the same device that are headphones, counted from 0; or none
    shelf      the shared memory that headphones on a device of their own read from; or none
    """

    speakers: int
    beside: int | None = None
    shelf: str = ""

    @classmethod
    def of(cls, channels: int, cue: str, shelf: str) -> Self:
        """The outputs for loops of so many channels, and `sound.cue` as the settings have it."""
        beside = pair(cue)
        most = CHANNELS[-1] if beside is None else beside
        return cls(min(max(channels, 2), most), beside, shelf)

    @property
    def columns(self) -> int:
        """How many the device is asked for."""
        return self.speakers if self.beside is None else self.beside + SIDES

    def fitted(self, columns: int) -> Self:
        """What can be had of a device with so many columns: without headphones where there is no room for them."""
        if self.beside is not None and columns < self.columns:
            return replace(self, speakers=min(self.speakers, columns), beside=None)
        return replace(self, speakers=min(self.speakers, columns))

    def headphones(self) -> Headphones | None:
        """What mixes for them, where there are any."""
        return Headphones() if self.shelf or self.beside is not None else None

    def reader(self, deck: Deck, columns: int, rate: int) -> Callable[[int], Floats]:
        """How the device reads the deck, in its own columns and at its own rate."""
        read: Callable[[int], Floats] = deck.read
        if self.shelf:
            read = _shelved(deck, Shelf(self.shelf), self.speakers)
        elif self.beside is not None:
            read = _side_by_side(deck, self.speakers, self.beside, columns)
        return read if rate == RATE else Resampler(read, RATE, rate).read


def pair(cue: str) -> int | None:
    """The first of two columns, counted from 0, in a text like "3/4"; None where it names a device, or nothing.

    Raises ValueError for a pair that cannot be.
    """
    if not (found := PAIR.fullmatch(cue)):
        return None
    left, right = int(found[1]), int(found[2])
    if left < 3 or right != left + 1:
        raise ValueError("headphones are two outputs in a row from 3 on, such as 3/4")
    return left - 1


def _side_by_side(deck: Deck, speakers: int, beside: int, columns: int) -> Callable[[int], Floats]:
    def read(count: int) -> Floats:
        sound = deck.read(count)
        out = np.zeros((count, columns), np.float32)
        out[:, :speakers] = sound[:, :speakers]
        out[:, beside : beside + SIDES] = sound[:, speakers:]
        return out

    return read


def _shelved(deck: Deck, shelf: Shelf, speakers: int) -> Callable[[int], Floats]:
    def read(count: int) -> Floats:
        first, sound = deck.sample, deck.read(count)
        shelf.put(first, sound[:, speakers:])
        return sound[:, :speakers]

    return read
