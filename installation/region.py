"""Boxes of neurons, what else a dream can be of, and weighted sums of it all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an axis: fractions 0..1 of it, or (with `whole`) the bins start .. end inclusive."""

    start: float = 0.0
    end: float = 1.0
    whole: bool = False

    def indices(self, size: int) -> range:
        """The bins of an axis of this size; at least one where the span lies inside the axis."""
        if self.whole:
            return range(size)[int(self.start) : int(self.end) + 1]
        start = min(int(self.start * size + 1e-9), size - 1)
        return range(start, max(start + 1, min(size, math.ceil(self.end * size - 1e-9))))


EVERYTHING = Span()


@dataclass(frozen=True, slots=True)
class Region:
    """A box of neurons: a layer, a part of its channels, of its pitches and of the loop's time.

    neurons   single ones instead of channels and pitches: runs (first, last) of numbers that count the layer channel by
              channel; none for the whole box
    """

    layer: str
    channels: Span = EVERYTHING
    pitch: Span = EVERYTHING
    time: Span = EVERYTHING
    weight: float = 1.0
    neurons: tuple[tuple[int, int], ...] = ()

    def numbers(self, channels: int, bins: int) -> list[int]:
        """The neurons meant of a layer with so many channels and bins, counted channel by channel."""
        if self.neurons:
            return [number for first, last in self.neurons for number in range(first, last + 1)]
        here = self.pitch.indices(bins)
        return [channel * bins + pitch for channel in self.channels.indices(channels) for pitch in here]


@dataclass(frozen=True, slots=True)
class Like:
    """A box of neurons that is to answer as it answers to a recording."""

    recording: str  # the name of a start clip, or the path of a sound file
    where: Region
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Toward:
    """A direction among the answers of a box: from the recordings in `other` (rest, if none) to those in `wanted`."""

    wanted: tuple[str, ...]
    other: tuple[str, ...]
    where: Region
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A box of neurons that is to be at rest."""

    where: Region
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Novelty:
    """To be far from the last so many dreams, as a box of neurons hears them; without a box as the last layer does."""

    loops: int
    where: Region | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """That the ear foresees how the loop goes on; with a negative weight, that it is surprised."""

    weight: float = 1.0


Term = Region | Like | Toward | Silence | Novelty | Prediction


def box(term: Term) -> Region | None:
    """The box of neurons that a term is about, if it names one; its weight is 1."""
    if isinstance(term, Region):
        return replace(term, weight=1.0)
    return None if isinstance(term, Prediction) else term.where


def recordings(term: Term) -> tuple[str, ...]:
    """The recordings that a term names."""
    match term:
        case Like():
            return (term.recording,)
        case Toward():
            return term.wanted + term.other
    return ()


@dataclass(frozen=True, slots=True)
class Target:
    """What to dream of: a weighted sum of terms. `installation.target` reads and writes its text form."""

    terms: tuple[Term, ...]

    def __add__(self, other: Target) -> Target:
        return Target(self.terms + other.terms)

    def __mul__(self, factor: float) -> Target:
        return Target(tuple(replace(term, weight=term.weight * factor) for term in self.terms))

    __rmul__ = __mul__

    @property
    def regions(self) -> tuple[Region, ...]:
        """The plain regions among the terms."""
        return tuple(term for term in self.terms if isinstance(term, Region))

    @property
    def places(self) -> tuple[Region, ...]:
        """Every box of neurons that is named, with the weight at which it is to be excited; silence excites nothing."""
        named = ((term, box(term)) for term in self.terms)
        return tuple(
            replace(where, weight=-term.weight if isinstance(term, Silence) else term.weight)
            for term, where in named
            if where is not None
        )

    def on(self, layer: Callable[[str], str]) -> Target:
        """The same target with every layer called by another name."""
        return Target(tuple(_on(term, layer) for term in self.terms))


def _on(term: Term, layer: Callable[[str], str]) -> Term:
    if isinstance(term, Region):
        return replace(term, layer=layer(term.layer))
    if isinstance(term, Prediction) or term.where is None:
        return term
    return replace(term, where=replace(term.where, layer=layer(term.where.layer)))
