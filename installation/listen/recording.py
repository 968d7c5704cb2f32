"""Sound files of any kind become clips at 48 kHz, and clips become loops."""

import logging
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from installation.data import CHANNELS, RATE, Clip, Floats
from installation.errors import SoundFileError

log = logging.getLogger(__name__)

FINEST = 1_000  # largest denominator of a rate against 48 kHz; a rate between is taken for the nearest, under 1e-6 off
SEAM = 480  # samples, 10 ms, in which the end of a cut loop flows into its beginning


def read(path: Path) -> Clip:
    """A whole recording at 48 kHz, whatever its rate and format.

    More than six channels become one; what exceeds full scale is turned down; numbers that are not finite become 0.
    Raises SoundFileError for what is missing, empty or no sound.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise SoundFileError(
            f"{path} was asked for as a recording, but there is {found}. Give the path of a sound file."
        )
    if path.stat().st_size == 0:
        raise SoundFileError(f"{path} is an empty file. Copy the recording again, or choose another.")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)  # [samples, channels]
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        reason = str(error).rsplit(": ", 1)[-1].rstrip(". ")
        raise SoundFileError(
            f"{path} cannot be read as sound: {reason}. Convert it to wav, flac, ogg, mp3, opus or aiff."
        ) from None
    if len(samples) == 0:
        raise SoundFileError(f"{path} holds no samples. Copy the recording again, or choose another.")
    clip = Clip(_within_scale(_at_our_rate(_few_channels(samples.T), rate)))
    if not clip.samples.any():
        log.warning("%s is pure silence.", path)
    return clip


def loop(clip: Clip, samples: int) -> Clip:
    """The clip cut or repeated to so many samples, without a step where its end meets its beginning.

    A clip that divides the length is repeated as it is. The first beat stays untouched.
    """
    length = clip.samples.shape[1]
    if samples % length == 0:
        return Clip(np.tile(clip.samples, samples // length), clip.rate)
    fitted = np.tile(clip.samples, -(-samples // length))[:, :samples].copy()
    seam = min(SEAM, samples // 2)
    along = np.sin(np.linspace(0, np.pi / 2, seam, dtype=np.float32)) ** 2
    fitted[:, samples - seam :] = (1 - along) * fitted[:, samples - seam :] + along * fitted[:, :1]
    return Clip(fitted, clip.rate)


def _few_channels(samples: Floats) -> Floats:
    return samples if samples.shape[0] in CHANNELS else samples.mean(0, keepdims=True, dtype=np.float32)


def _at_our_rate(samples: Floats, rate: int) -> Floats:
    if rate == RATE:
        return samples
    import torch  # heavy, and only for other rates
    from torchaudio.functional import resample

    ratio = Fraction(rate, RATE).limit_denominator(FINEST)
    changed: Floats = resample(torch.from_numpy(samples.copy()), ratio.numerator, ratio.denominator).numpy()
    return changed


def _within_scale(samples: Floats) -> Floats:
    samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    peak = max(1.0, float(np.abs(samples).max()))
    return np.ascontiguousarray(samples / np.float32(peak))
