"""What can be wrong with a loop: it is silent, only noise, or one tone that never changes.

Nothing here needs torch or a network: it is told from the sound alone.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Clip

Trouble = Literal["silence", "noise", "drone"]

QUIET = 1e-3  # RMS, -60 dBFS: below, nothing is heard
STILL = 0.6  # movement below which a loop stands still: noises and tones have 0 .. 0.55, music 0.75 and more
NOISY = 0.3  # flatness above which a standing sound is noise: tones have 0, white noise 0.56 (e to the minus gamma)
WINDOW = 2_048  # samples, 43 ms
HOP = 1_000  # samples between two windows
SMOOTH = 4  # windows whose power is averaged, so that the flutter of noise itself is no movement
EDGES = 50.0 * 2 ** (np.arange(17) / 2)  # Hz, of half octaves up to 12.8 kHz
LOUDNESS = 0.3  # exponent from power to loudness (Stevens): quiet bands count, too
HEARD = 1e-6  # share of the strongest band's power below which a band is not heard beside it
LINES = 32  # neighbouring lines of the loop's spectrum between which flatness is measured, 8 Hz in a loop of 4 s


def trouble(clip: Clip) -> Trouble | None:
    """What is wrong with a loop as it sounds; None for anything that moves."""
    samples = clip.mono.astype(np.float64)
    if not np.isfinite(samples).all() or float(np.sqrt(np.mean(samples**2))) < QUIET:
        return "silence"
    if movement(samples) > STILL:
        return None
    return "noise" if flatness(samples) > NOISY else "drone"


def movement(samples: NDArray[np.float64]) -> float:
    """How much the loudness of half octaves changes over a loop [samples]: the mean of their coefficients of variation.

    0 for a held tone, about 1 for music; each band counts by its loudness.
    """
    length = len(samples)
    begin = np.round(np.linspace(0, length, max(SMOOTH, round(length / HOP)), endpoint=False)).astype(int)
    windows = samples[(begin[:, None] + np.arange(WINDOW)) % length] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows)) ** 2  # [windows, frequencies]
    bands = np.digitize(np.fft.rfftfreq(WINDOW, 1 / RATE), EDGES) - 1
    levels = np.stack([power[:, bands == band].sum(1) for band in range(len(EDGES) - 1)], 1)  # [windows, bands]
    levels = np.mean([np.roll(levels, shift, 0) for shift in range(SMOOTH)], 0)
    mean = levels.mean(0)
    weight = np.where(mean > HEARD * mean.max(), mean**LOUDNESS, 0.0)
    if not weight.any():
        return 0.0
    return float((weight * levels.std(0) / np.maximum(mean, 1e-30)).sum() / weight.sum())


def flatness(samples: NDArray[np.float64]) -> float:
    """How alike neighbouring lines of a loop's spectrum are, 0..1 (geometric over arithmetic mean), by their power."""
    power = np.abs(np.fft.rfft(samples))[1:] ** 2
    lines = min(LINES, len(power))
    if not lines:
        return 0.0
    groups = power[: len(power) // lines * lines].reshape(-1, lines) + 1e-30
    alike = np.exp(np.log(groups).mean(1)) / groups.mean(1)
    share = groups.sum(1)
    return float((alike * share).sum() / share.sum())
