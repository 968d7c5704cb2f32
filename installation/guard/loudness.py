"""How loud a loop is to people, and how far its wave reaches between the samples, as if it were repeated for ever.

Both follow ITU-R BS.1770-4. A loop is a circle, so filters have no beginning and blocks go over the seam.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Floats

SILENCE = -70.0  # LUFS; the absolute gate of BS.1770: blocks below it are not sound
RELATIVE_GATE = -10.0  # LU below the mean of the blocks that are sound
BLOCK, STEP = 0.4, 0.1  # seconds; blocks of loudness and how often one begins
OVERSAMPLING = 4

# The two filters of BS.1770 at 48 kHz as (numerator, denominator): the head's shelf, then the high-pass.
HEAD = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
BASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

SURROUND = 1.41  # how much more the channels behind count
WEIGHTS = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, SURROUND, SURROUND),  # quadraphony
    5: (1.0, 1.0, 1.0, SURROUND, SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND),  # 5.1; its bass channel does not count
}
RING = (1.0, 1.0, SURROUND, 1.0, 1.0, SURROUND)  # six around: what comes from the sides counts more (Annex 3, table 3)


def loudness(samples: Floats, rate: int = RATE, weights: Sequence[float] | None = None) -> float:
    """Integrated loudness of the endlessly repeated loop in LUFS; SILENCE where nothing passes the gate.

    samples   [channels 1..6, samples], finite
    weights   how much each channel counts, by default as in the usual order of so many
    """
    length = samples.shape[1]
    return _gated(_block_means(_weighted(samples, rate, weights), math.gcd(length, round(STEP * rate)), rate))


def momentary(samples: Floats, rate: int = RATE, weights: Sequence[float] | None = None) -> tuple[Floats, float]:
    """How loud the repeated loop is from moment to moment: LUFS of 400 ms, a moment every 100 ms, and integrated.

    The first moment is the one that ends as the loop begins. Arguments as for `loudness`.
    """
    length, step = samples.shape[1], round(STEP * rate)
    power = _weighted(samples, rate, weights)
    every = math.gcd(length, step)
    blocks = _block_means(power, every, rate)
    begins = np.arange(0, length, step) - round(BLOCK * rate)
    moments = blocks[begins // every % len(blocks)]
    loud = np.maximum(-0.691 + 10 * np.log10(np.maximum(moments, 1e-12)), SILENCE)
    return loud.astype(np.float32), _gated(blocks)


def true_peak(samples: Floats) -> float:
    """The largest size of the wave through a loop's samples, linear, 4 times oversampled on the circle.

    samples   [channels, samples], finite
    """
    highest = float(np.abs(samples).max())
    for channel in samples:
        wave = oversampled(channel)
        highest = max(highest, float(wave.max()), -float(wave.min()))
    return highest


def peaks(samples: Floats, step: int) -> Floats:
    """How far the wave through a loop's samples reaches in each stretch of so many samples, dBTP."""
    highest = np.max([np.abs(oversampled(channel)) for channel in samples], axis=0)
    found = np.maximum.reduceat(highest, np.arange(0, len(highest), OVERSAMPLING * step))
    decibels: Floats = (20 * np.log10(np.maximum(found, 1e-6))).astype(np.float32)
    return decibels


def oversampled(channel: NDArray[np.floating]) -> NDArray[np.float64]:
    """The wave through the samples of one channel of a loop at four times their rate, [4 * samples]."""
    length = len(channel)
    spectrum = np.fft.rfft(channel.astype(np.float64))
    if length % 2 == 0:
        spectrum[-1] /= 2  # the highest frequency of an even loop is shared by both its signs
    wave: NDArray[np.float64] = np.fft.irfft(spectrum, OVERSAMPLING * length) * OVERSAMPLING
    return wave


def _weighted(samples: Floats, rate: int, weights: Sequence[float] | None) -> NDArray[np.float64]:
    """The power of all channels together as BS.1770 weighs it, [samples]."""
    channels, length = samples.shape
    weighted = np.fft.irfft(np.fft.rfft(samples.astype(np.float64)) * _k_weighting(length, rate), length)
    power: NDArray[np.float64] = np.asarray(weights or WEIGHTS[channels]) @ np.square(weighted)
    return power


def _gated(blocks: NDArray[np.float64]) -> float:
    """The integrated loudness of blocks of power."""
    blocks = blocks[blocks > _power(SILENCE)]
    if not len(blocks):
        return SILENCE
    loud = blocks[blocks > blocks.mean() * 10 ** (RELATIVE_GATE / 10)]
    return max(SILENCE, _lufs(float(loud.mean())))


def _k_weighting(length: int, rate: int) -> NDArray[np.complex128]:
    """The response of both filters at the frequencies of a loop's spectrum."""
    delay = np.exp(-2j * np.pi * np.fft.rfftfreq(length, 1 / rate) / RATE)  # one sample at 48 kHz
    response: NDArray[np.complex128] = np.ones_like(delay)
    for numerator, denominator in (HEAD, BASS):
        response *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    return response


def _block_means(power: NDArray[np.float64], every: int, rate: int) -> NDArray[np.float64]:
    """The mean power of every block that the repeated loop has: they begin at all multiples of gcd(step, loop)."""
    length, block = len(power), round(BLOCK * rate)
    sums = np.concatenate(([0.0], np.cumsum(power)))
    begin = np.arange(0, length, every)
    laps, end = np.divmod(begin + block, length)
    means: NDArray[np.float64] = (laps * sums[-1] + sums[end] - sums[begin]) / block
    return means


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
