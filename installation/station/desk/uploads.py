"""Start clips that are brought from a browser: decoded in bounds, and kept whole or not at all."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import numpy as np
import soundfile

from installation import whole
from installation.content import brought, recordings
from installation.data import CHANNELS, Floats
from installation.errors import ContentError, SoundFileError, StorageError
from installation.station.desk.presets import LONGEST, named
from installation.target import MADE

LARGEST = 32 << 20  # bytes of an upload
SECONDS = 60.0  # of a recording that are kept; a loop is a few
NUMBERS = 24_000_000  # that are decoded at most, of all channels together: 100 MB
RATES = range(4_000, 384_001)  # Hz
MOST = 200  # clips of one's own
FAINT = 1e-4  # of full scale; what stays below is silence, and there is a start clip for that


def clean(name: str) -> str:
    """A name that a clip may have, made from what somebody called a file. Raises ContentError where nothing is left."""
    plain = unicodedata.normalize("NFC", name).rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    plain = re.sub(r"\.(wav|flac|ogg|mp3|opus|aiff?)$", "", plain, flags=re.IGNORECASE)
    plain = " ".join(re.sub(r"[^\w-]+", " ", plain).split())[:LONGEST].strip()
    return named(plain)


def decoded(data: bytes) -> tuple[Floats, int]:
    """The beginning of a recording, [samples, channels] within +-1, and its rate in Hz. Raises SoundFileError."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate = int(file.samplerate)
            if rate not in RATES:
                raise SoundFileError(f"this recording has {rate} Hz. Bring one of {RATES[0]} to {RATES[-1]} Hz.")
            if file.channels not in range(1, 65):
                raise SoundFileError(f"this recording has {file.channels} channels. Bring one of 1 or 2.")
            samples = file.read(min(round(SECONDS * rate), NUMBERS // file.channels), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError, MemoryError) as error:
        why = str(error).rsplit(": ", 1)[-1].rstrip(". ")
        raise SoundFileError(
            f"this cannot be read as sound: {why}. Bring a wav, flac, ogg, mp3, opus or aiff."
        ) from None
    samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    if samples.shape[1] not in CHANNELS:
        samples = samples.mean(axis=1, keepdims=True, dtype=np.float32)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < FAINT:
        raise SoundFileError("this recording is silent. Bring another; silence is among the start clips.")
    return samples / np.float32(max(1.0, peak)), rate


def keep(name: str, data: bytes) -> str:
    """Make a start clip of an uploaded file; its name. Raises ContentError, SoundFileError, StorageError."""
    name = clean(name)
    if name in MADE:
        raise ContentError(f"{name!r} is a start clip already. Give another name.")
    folder = brought()
    mine = own()
    if name not in mine and name in recordings():
        raise ContentError(f"{name!r} is a start clip already. Give another name.")
    if name not in mine and len(mine) >= MOST:
        raise StorageError(f"there are {MOST} clips of your own. Remove one first.")
    samples, rate = decoded(data)
    kept = io.BytesIO()
    soundfile.write(kept, samples, rate, format="FLAC", subtype="PCM_24")
    try:
        whole.write(folder / f"{name}.flac", kept.getvalue())
    except OSError as error:
        raise StorageError(f"the clip {name} cannot be kept in {folder}: {error.strerror}. Make room for it.") from None
    return name


def own() -> dict[str, Path]:
    """The clips that were brought, by name."""
    try:
        return {path.stem: path for path in brought().glob("*.flac") if path.is_file()}
    except (OSError, StorageError):  # where nothing can be read, nothing was brought
        return {}


def remove(name: str) -> None:
    """Forget a clip that was brought. Raises ContentError where there is none of this name, StorageError."""
    if name not in (mine := own()):
        raise ContentError(f"{name!r} is no clip of your own; only those can be removed.")
    try:
        mine[name].unlink()
    except OSError as error:
        raise StorageError(f"the clip {name} cannot be removed: {error.strerror}.") from None


def listed() -> list[dict[str, object]]:
    """All start clips as desks are told of them."""
    mine = own()
    return [{"name": name, "own": name in mine} for name in (*MADE, *recordings())]
