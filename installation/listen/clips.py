"""The sounds that a dream may start from: silence, low noise and short pieces of music."""

from pathlib import Path

import numpy as np

from installation.content import recordings
from installation.data import RATE, Clip, Floats
from installation.errors import SoundFileError, one_of
from installation.listen import recording

SILENCE, NOISE = "silence", "low noise"
NOISE_LEVEL = 0.01  # RMS, -40 dBFS
NOISE_LOWEST = 40.0  # Hz; below, the noise is not pink but even


def names() -> list[str]:
    """All start clips, the made ones first."""
    return [SILENCE, NOISE, *files()]


def files() -> dict[str, Path]:
    """The start clips that are recordings, by name; the user's own are among them."""
    return recordings()


def clip(start: Clip | str, samples: int, seed: int = 0) -> Clip:
    """One loop of so many samples of a start clip, by its name, by the path of a sound file, or as it is at hand.

    A longer sound is cut, a shorter one repeated. `seed` is of the noise. Raises SoundFileError.
    """
    if isinstance(start, Clip):
        return recording.loop(start, samples)
    if start == SILENCE:
        return Clip(np.zeros((1, samples), np.float32))
    if start == NOISE:
        return Clip(noise(samples, np.random.default_rng(seed))[None])
    path = files().get(start, Path(start))
    if not path.exists():
        raise SoundFileError(f"no start clip and no sound file is named {start!r}. {one_of(start, names())}")
    return recording.loop(recording.read(path), samples)


def noise(samples: int, generator: np.random.Generator) -> Floats:
    """Pink noise at -40 dBFS, a circle: [samples]."""
    frequencies = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum = np.fft.rfft(generator.standard_normal(samples)) / np.sqrt(np.maximum(frequencies, NOISE_LOWEST))
    spectrum[0] = 0
    sound = np.fft.irfft(spectrum, samples)
    return (NOISE_LEVEL * sound / max(float(np.sqrt(np.mean(sound**2))), 1e-12)).astype(np.float32)
