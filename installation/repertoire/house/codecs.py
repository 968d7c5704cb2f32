"""What real codecs do to sound: encoded and decoded in memory, then laid exactly over where it was."""

import io

import numpy as np
import soundfile
from numpy.random import Generator
from scipy import signal

from installation.data import RATE, Floats

KINDS = {"mp3": ("MP3", "MPEG_LAYER_III"), "ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS")}
LATEST = 4096  # samples by which a codec may come late or early
PROBE = 1 << 17  # samples looked at to find out


def through(sound: Floats, kind: str, squeeze: float) -> Floats:
    """A sound after a codec, in time with what went in.

    sound     [samples] at 48 kHz
    kind      "mp3", "ogg" or "opus"
    squeeze   0 keeps the most, 1 the least
    """
    container, subtype = KINDS[kind]
    memory = io.BytesIO()
    with soundfile.SoundFile(
        memory, "w", RATE, 1, subtype, format=container, compression_level=squeeze
    ) as file:  # in blocks: some versions of the Vorbis encoder cannot take minutes at once
        for start in range(0, len(sound), RATE):
            file.write(sound[start : start + RATE])
    memory.seek(0)
    decoded, _ = soundfile.read(memory, dtype="float32")
    late = lateness(sound, decoded)
    kept = decoded[late:] if late >= 0 else np.pad(decoded, (-late, 0))
    return np.asarray(np.pad(kept, (0, max(0, len(sound) - len(kept))))[: len(sound)], np.float32)


def lateness(before: Floats, after: Floats) -> int:
    """How many samples later everything comes."""
    middle = max(0, min(len(before), len(after)) // 2 - PROBE // 2)
    first, second = before[middle : middle + PROBE], after[middle : middle + PROBE]
    alike = signal.correlate(second, first, "full", "fft")
    zero = len(first) - 1
    around = alike[max(0, zero - LATEST) : zero + LATEST + 1]
    return int(np.argmax(around)) - min(zero, LATEST)


def worn(sound: Floats, generator: Generator) -> tuple[Floats, str]:
    """A sound through a codec drawn at random, or through none, and which."""
    kind = str(generator.choice(("none", *KINDS)))
    if kind == "none":
        return sound, kind
    return through(sound, kind, float(generator.uniform(0.3, 1))), kind
