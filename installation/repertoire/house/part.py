"""One voice of a track: what it plays at every sixteenth, and its sounds, each made once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from installation.data import Floats
from installation.repertoire.house.effects import loudness, lowpassed

LEVEL = {"kick": 0.75, "clap": 0.5, "hat": 0.33, "open": 0.3, "perc": 0.33, "loop": 0.3, "air": 0.08,
         "bass": 0.4, "stab": 0.36, "pad": 0.2, "lead": 0.28, "arp": 0.23}  # fmt: skip


class Key(NamedTuple):
    """Which of a part's sounds: pitches (MIDI, or semitones for drums), sixteenths it is held, octaves brighter."""

    pitches: tuple[float, ...] = ()
    length: float = 0.0
    bright: float = 0.0


class Event(NamedTuple):
    """A sound of a part: at which step, which, how loud."""

    step: float
    key: Key
    gain: float


Score = Callable[[int, int], list[Event]]  # first step and number of steps -> what is played there


@dataclass(eq=False, slots=True)
class Part:
    """One voice of a track.

    bus      "drums" are never pumped, "music" is
    gain     peak of a drum's sounds; for instruments about three times their RMS
    human    seconds by which its hits wander
    echo     (steps between echoes, how much of the sound each keeps), or none
    """

    name: str
    family: str
    bus: str
    gain: float
    score: Score
    make: Callable[[Key], Floats]
    human: float = 0.0
    echo: tuple[float, float] | None = None
    _sounds: dict[Key, Floats] = field(default_factory=dict)
    _dark: dict[Key, Floats] = field(default_factory=dict)
    _trim: float = 0.0

    def sound(self, key: Key) -> Floats:
        """The sound of this key; the first that is asked for decides how loud the part is."""
        if key not in self._sounds:
            made = np.nan_to_num(self.make(key))
            if not self._trim:
                self._trim = self._level(made)
            self._sounds[key] = np.clip(made * np.float32(self._trim), -1.2, 1.2)
        return self._sounds[key]

    def faded(self, key: Key) -> Floats:
        """The sound as its echo."""
        if key not in self._dark:
            self._dark[key] = lowpassed(self.sound(key), 2500, 1)
        return self._dark[key]

    def _level(self, made: Floats) -> float:
        if self.bus == "drums":
            return self.gain / float(np.abs(made).max() + 1e-6)
        blocks = np.sort(loudness(np.pad(made, (0, 240))))
        return 0.35 * self.gain / float(blocks[-12:].mean() + 1e-6)  # its loudest 60 ms


def family_of(name: str) -> str:
    """`perc2` is a `perc`."""
    return name.rstrip("23")
