"""A limiter for loops: only what reaches too high becomes quieter, softly, as if the loop were repeated for ever."""

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Floats
from installation.guard.loudness import OVERSAMPLING, oversampled

REACH = 0.012  # seconds before and after a peak in which the gain falls and comes back
NEAR = 1.02  # times too high that is mended by making all of it quieter; a moving gain shifts peaks between samples


def limited(samples: Floats, highest: float, reaching: NDArray[np.float64] | None = None) -> Floats:
    """The same loop with no wave higher than `highest`: the gain, one for all channels, dips around each peak.

    samples    [channels, samples], finite, a circle
    highest    linear true peak (4 times oversampled) that is left
    reaching   [samples] `heights` of the samples, where they are known already

    Around a peak the gain follows a raised cosine, so nothing is clipped and no edge is made.
    """
    reaching = heights(samples) if reaching is None else reaching
    quieter = samples.astype(np.float64)
    while (peak := reaching.max(initial=0.0)) > NEAR * highest:
        quieter *= _softened(np.minimum(1.0, highest / np.maximum(reaching, 1e-12)))
        reaching = heights(quieter)
    return np.asarray(quieter * min(1.0, highest / max(peak, 1e-12)), np.float32)


def heights(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """How high the wave of a loop reaches around each sample in any channel: [channels, samples] to [samples]."""
    highest = np.abs(samples).max(axis=0).astype(np.float64)
    for channel in samples:
        after = np.abs(oversampled(channel)).reshape(-1, OVERSAMPLING).max(axis=1)  # from each sample to the next
        highest = np.maximum(highest, np.maximum(after, np.roll(after, 1)))
    return np.asarray(highest)


def _softened(needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth gain that is nowhere above the one that is needed, [samples]."""
    reach = min(round(REACH * RATE), (len(needed) - 1) // 2)
    window = np.zeros(len(needed))
    window[: 2 * reach + 1] = np.hanning(2 * reach + 3)[1:-1] / (reach + 1)
    lowest = _lowest(needed, reach)
    spread = np.fft.irfft(np.fft.rfft(1.0 - lowest) * np.fft.rfft(window), len(needed))
    return np.asarray(np.clip(1.0 - np.roll(spread, -reach), 0.0, needed))


def _lowest(needed: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The least within so many samples before and after each, round the circle, [samples].

    By doubling what is known: no import of scipy.ndimage, which takes a quarter of a second before the first picture.
    """
    wide, known = 2 * reach + 1, 1
    lowest = needed  # of each sample and the known - 1 after it
    while 2 * known <= wide:
        lowest = np.minimum(lowest, np.roll(lowest, -known))
        known *= 2
    lowest = np.minimum(lowest, np.roll(lowest, known - wide))
    return np.roll(lowest, reach)
