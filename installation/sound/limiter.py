"""The last line: whatever comes in, nothing leaves that a loudspeaker or an ear must fear."""

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats

LOUDEST = 1e3  # times full scale; what is beyond was never a sound
RAMPS = (128, 512, 2048, 8192)  # samples in which the gain may fall from 1 to 0; the first is 2.7 ms


def repair(samples: Floats) -> Floats:
    """The same circle of samples with every one that is not a number bridged by its neighbours, [samples, channels]."""
    broken = ~(np.abs(samples) <= LOUDEST)  # NaN compares as False
    if not broken.any():
        return samples
    whole = samples.copy()
    size = len(samples)
    for channel in range(samples.shape[1]):
        good = np.flatnonzero(~broken[:, channel])
        bad = np.flatnonzero(broken[:, channel])
        whole[bad, channel] = np.interp(bad, good, samples[good, channel], period=size) if len(good) else 0
    return whole


def largest_step(circle: Floats) -> float:
    """The largest jump from a sample to the next, the last to the first included, [samples, channels]."""
    seam = np.abs(circle[0] - circle[-1]).max()
    return float(max(seam, np.abs(np.diff(circle, axis=0)).max(initial=0.0)))


def valley(values: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
    """The highest curve that nowhere lies above the values and nowhere changes by more than the slope, [n, ...]."""
    rise = slope * np.arange(len(values)).reshape(-1, *([1] * (values.ndim - 1)))
    lower = np.minimum.accumulate(values - rise, axis=0) + rise
    return np.asarray(np.minimum.accumulate((lower + rise)[::-1], axis=0)[::-1] - rise)


def limit(samples: Floats, circle: bool = True, step: float | None = None) -> Floats:
    """The same sound within +-1: the gain sinks ahead of each peak and comes back after it, [samples, channels].

    circle   whether the last sample is followed by the first
    step     the largest jump the result may have, by default that of the samples
    """
    peak = np.abs(samples).max(axis=1).astype(np.float64)  # [samples]
    if peak.max() <= 1:
        return samples
    step = largest_step(samples) if step is None else step
    needed = 1 / np.maximum(peak, 1)
    for ramp in RAMPS:
        margin = min(ramp, len(peak)) if circle else 0
        around = np.concatenate([needed[len(needed) - margin :], needed, needed[:margin]])
        gain = valley(around, 1 / ramp)[margin : margin + len(needed), None]
        quieter = np.clip(samples * gain, -1, 1).astype(np.float32)
        if (largest_step(quieter) if circle else np.abs(np.diff(quieter, axis=0)).max(initial=0.0)) <= step:
            return np.asarray(quieter)
    return np.asarray(np.clip(samples * needed.min(), -1, 1), np.float32)  # all of it quieter: steps shrink too


def tame(samples: Floats, before: Floats, after: Floats, step: float) -> Floats:
    """The nearest sound that gets from `before` to `after` without a jump larger than `step`.

    samples         [samples, channels]
    before, after   [channels], the samples on either side, which stay as they are
    step            raised where the two sides lie further apart than it reaches
    """
    line = np.concatenate([before[None], samples, after[None]]).astype(np.float64)
    if np.abs(np.diff(line, axis=0)).max() <= step:
        return samples
    step = max(step, float(np.abs(line[-1] - line[0]).max()) / (len(line) - 1))
    reach = step * np.arange(len(line))[:, None]  # how far one can get from either side
    top = np.minimum(line[0] + reach, line[-1] + reach[::-1])
    bottom = np.maximum(line[0] - reach, line[-1] - reach[::-1])
    line = np.clip(line, bottom, top)
    smooth = (valley(line, step) - valley(-line, step)) / 2
    return smooth[1:-1].astype(np.float32)
