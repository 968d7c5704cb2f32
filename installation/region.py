"""Boxes of neurons, and weighted sums of them: what a dream is of."""

from __future__ import annotations

import math
from dataclasses import dataclass


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
    """A box of neurons: a layer, a part of its channels, of its pitches and of the loop's time."""

    layer: str
    channels: Span = EVERYTHING
    pitch: Span = EVERYTHING
    time: Span = EVERYTHING
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What to dream of: a weighted sum of regions. `installation.target` reads and writes its text form."""

    regions: tuple[Region, ...]

    def __add__(self, other: Target) -> Target:
        return Target(self.regions + other.regions)

    def __mul__(self, factor: float) -> Target:
        scaled = (Region(r.layer, r.channels, r.pitch, r.time, r.weight * factor) for r in self.regions)
        return Target(tuple(scaled))

    __rmul__ = __mul__
