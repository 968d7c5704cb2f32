"""Which sample of the music is heard at which sample of sound: the loops run a little faster or slower than made."""

import math
from collections.abc import Sequence
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray


class Pace(NamedTuple):
    """Which sample of the line is heard, from this sample of sound on."""

    sample: int  # of sound since the first beat
    at: float  # of the line
    speed: float = 1.0  # samples of the line in a sample of sound, at first
    change: float = 0.0  # of the speed in a sample
    lasts: int = 0  # samples of sound in which the speed changes; it is even before and after

    @overload
    def place(self, sample: float) -> float: ...
    @overload
    def place(self, sample: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def place(self, sample: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Where the line is at this sample of sound, or at each of many."""
        since = sample - self.sample
        if not self.lasts:
            return self.at + since * self.speed
        changing = np.clip(since, 0, self.lasts)
        return self.at + since * self.speed + self.change * changing * (since - changing / 2)

    def speed_at(self, sample: float) -> float:
        return self.speed + min(max(sample - self.sample, 0), self.lasts) * self.change

    def when(self, place: float) -> float:
        """The sample of sound, and its fraction, at which the line comes to a place."""
        way, change = place - self.at, self.change
        end = self.lasts * (self.speed + change * self.lasts / 2)  # what is covered while the speed changes
        if way <= 0:
            return self.sample + way / self.speed
        if way > end:
            return self.sample + self.lasts + (way - end) / (self.speed + change * self.lasts)
        return self.sample + 2 * way / (self.speed + math.sqrt(max(0.0, self.speed**2 + 2 * change * way)))

    def reaches(self, place: float) -> int:
        """The first whole sample of sound at which the line has come to a place."""
        first = math.floor(self.when(place))
        while self.place(float(first)) < place:  # at most two rounds, for the rounding
            first += 1
        return first


def at_sample(paces: Sequence[Pace], sample: float) -> Pace:
    """The pace that is in force at this sample of sound, of several in order; the first before all of them."""
    return next((pace for pace in reversed(paces) if pace.sample <= sample), paces[0])


def at_place(paces: Sequence[Pace], place: float) -> Pace:
    """The pace that is in force where the line comes to this place."""
    return next((pace for pace in reversed(paces) if pace.at <= place), paces[0])
