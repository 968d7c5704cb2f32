"""Values over time: what every move of a scene is drawn with."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


class Curve:
    """A value over time: `Curve((0, 4.0), (60, 0.5))` falls from 4.0 to 0.5 in a minute.

    Before the first key and after the last the value holds still. A smooth curve eases in and out, runs through the
    keys between without stopping where it keeps its direction, and never overshoots; `smooth=False` draws straight
    lines. With a `period` in seconds the curve begins again after it, for ever, and the last key flows into the first.
    """

    def __init__(self, *keys: tuple[float, float], smooth: bool = True, period: float | None = None) -> None:
        times = [float(time) for time, _ in keys]
        if not keys or any(a >= b for a, b in pairwise(times)):
            raise ValueError(f"a curve needs keys (seconds, value) in order of time, each at its own, got {keys}")
        if period is not None and not times[-1] - times[0] < period:
            raise ValueError(f"the keys span {times[-1] - times[0]:g} s, but the curve begins again after {period:g} s")
        self.times = times
        self.values = [float(value) for _, value in keys]
        self.smooth = smooth
        self.period = period
        if period is not None:  # one key before and one after, so that every moment lies between two
            self.times = [self.times[-1] - period, *self.times, self.times[0] + period]
            self.values = [self.values[-1], *self.values, self.values[0]]
        self._slopes = self._tangents() if smooth else []

    def __call__(self, time: float) -> float:
        if self.period is not None:
            time = self.times[1] + (time - self.times[1]) % self.period
        after = bisect_right(self.times, time)
        if after == 0 or after == len(self.times):
            return self.values[min(after, len(self.values) - 1)]
        start, end = self.times[after - 1], self.times[after]
        low, high = self.values[after - 1], self.values[after]
        along = (time - start) / (end - start)
        if not self.smooth:
            return low + along * (high - low)
        leave, arrive = (slope * (end - start) for slope in self._slopes[after - 1 : after + 1])
        rise = along * along * (3 - 2 * along)
        back = along * (along - 1)
        return low + rise * (high - low) + back * (along - 1) * leave + back * along * arrive

    def _tangents(self) -> list[float]:
        """The slope at every key: none where the curve turns, else the harmonic mean of both sides."""
        keys = zip(self.times, self.values, strict=True)
        rises = [(high - low) / (end - start) for (start, low), (end, high) in pairwise(keys)]
        inner = [_between(a, b) for a, b in pairwise(rises)]
        if self.period is None:
            return [0.0, *inner, 0.0]
        return [inner[-1], *inner, inner[0]]


def _between(before: float, after: float) -> float:
    return 2 * before * after / (before + after) if before * after > 0 else 0.0


def ease(along: float) -> float:
    """From 0 to 1 with a calm beginning and a calm end; still outside of 0..1."""
    along = min(max(along, 0.0), 1.0)
    return along * along * along * (along * (6 * along - 15) + 10)


def wave(time: float, seconds: float, phase: float = 0.0) -> float:
    """A breath: -1..1 and back within so many seconds, `phase` in turns."""
    return math.sin(2 * math.pi * (time / seconds + phase))


def coarse(along: float) -> float:
    """The nearest of 32 steps, so that the weights of a fading target stay short numbers."""
    return round(along * 32) / 32


def steps(times: Sequence[float], time: float) -> int:
    """Which of the stretches that begin at these times a moment lies in; the first one also before it began."""
    return max(0, bisect_right(times, time) - 1)
