"""A line of sound at another rate, for devices that refuse 48 kHz."""

from collections.abc import Callable
from math import gcd

import numpy as np

from installation.data import Floats

SIDE = 32  # input samples on either side of an output sample
SHARPNESS = 9.0  # of the Kaiser window: 90 dB of rejection


class Resampler:
    """Reads a source at one rate and gives it at another. It looks ahead, so nothing is delayed.

    source        gives the next samples, [count, speakers]
    given, rate   Hz of the source and of the result
    """

    def __init__(self, source: Callable[[int], Floats], given: int, rate: int) -> None:
        common = gcd(rate, given)
        self._up, self._down = rate // common, given // common
        width = min(1.0, rate / given) * 0.94  # of the pass band; what the lower rate cannot hold is left out
        side = SIDE / min(1.0, rate / given)
        offsets = np.arange(-int(side), int(side) + 2)
        phases = np.arange(self._up)[:, None] / self._up  # [phases, 1] fraction of an input sample
        distance = offsets[None] - phases
        window = np.i0(SHARPNESS * np.sqrt(np.maximum(0, 1 - (distance / (side + 1)) ** 2))) / np.i0(SHARPNESS)
        taps = np.sinc(distance * width) * window
        self._taps = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)  # [phases, taps]
        self._source = source
        self._at = 0  # output samples given, modulo one round of phases
        self._before = int(side)
        self._held: Floats | None = None  # input from `_before` samples ahead of the next output on

    def needs(self, count: int) -> int:
        """Samples that the source is asked for at most when `count` are read."""
        return (count * self._down) // self._up + int(self._taps.shape[1]) + 1

    def read(self, count: int) -> Floats:
        """The next samples at the new rate, [count, speakers]."""
        position = (self._at + np.arange(count + 1)) * self._down  # in steps of 1 / up input samples
        base, phase = position // self._up, position[:-1] % self._up
        base -= base[0]
        needed = int(base[-2]) + self._taps.shape[1]
        if self._held is None:
            first = self._source(needed - self._before)
            self._held = np.concatenate([np.zeros((self._before, first.shape[1]), np.float32), first])
        elif (missing := needed - len(self._held)) > 0:
            self._held = np.concatenate([self._held, self._source(missing)])
        windows = np.lib.stride_tricks.sliding_window_view(self._held, self._taps.shape[1], axis=0)[base[:-1]]
        self._held = self._held[base[-1] :]
        self._at = (self._at + count) % self._up
        return np.asarray(np.einsum("nct,nt->nc", windows, self._taps[phase], optimize=False), np.float32)
