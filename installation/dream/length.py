"""How long a loop is: brought to another tempo as a circle, and told to the fraction of a sample."""

from dataclasses import replace

import numpy as np

from installation.data import Clip, Dream


def stretched(clip: Clip, samples: int) -> Clip:
    """The same loop in so many samples: faster and higher, or slower and lower, as a turntable would do it.

    It is interpolated on the circle, so it closes as well as before; what is above half the sample rate is left out.
    """
    length = clip.samples.shape[1]
    if samples == length:
        return clip
    spectrum = np.fft.rfft(clip.samples.astype(np.float64), axis=1)
    if samples < length:
        spectrum = spectrum[:, : samples // 2 + 1]
    if samples % 2 == 0 or length % 2 == 0:  # the highest frequency of an even circle is shared by both its signs
        spectrum[:, min(samples, length) // 2] = 0
    sound = np.fft.irfft(spectrum, samples, axis=1) * (samples / length)
    return Clip(sound.astype(np.float32), clip.rate)


def lasting(dream: Dream, seconds: float) -> Dream:
    """The dream of a loop that lasts exactly so long, where its clip, which holds whole samples only, is that loop."""
    if abs(seconds * dream.clip.rate - dream.clip.samples.shape[1]) >= 1:
        return dream  # of another tempo
    frames = dream.scalogram.level.shape[1]
    return replace(dream, scalogram=replace(dream.scalogram, seconds_per_frame=seconds / frames))


def brought(dream: Dream, samples: int) -> Dream:
    """The dream with its loop in so many samples; what the neurons do runs as much faster or slower."""
    if dream.clip.samples.shape[1] == samples:
        return dream
    clip = stretched(dream.clip, samples)
    return lasting(replace(dream, clip=clip), clip.seconds)
