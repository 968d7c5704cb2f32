"""Recordings become scalograms on disk, a minute at a time, so that training never waits for sound."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from installation.data import RATE, Floats
from installation.errors import ContentError, SoundFileError, StorageError
from installation.listen.augment import FINE_RATE, to_bytes
from installation.listen.cqt import ConstantQ
from installation.listen.dataset import ENDING, Bytes

log = logging.getLogger(__name__)

SOUNDS = frozenset({".npy", ".flac", ".wav", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".caf", ".au"})
SAMPLES_PER_FRAME = RATE // FINE_RATE
CHUNK, MARGIN = 60, 1  # seconds; the longest kernel and the resampler need less margin than that


def minutes(path: Path) -> Iterator[Floats]:
    """A recording in pieces of a minute with a second more on either side, mono at 48 kHz, all equally long.

    Beyond its ends there is silence. Raises SoundFileError, also for less than a second of sound.
    """
    whole, rate, read = _opened(path)
    if whole < rate:
        raise SoundFileError(f"{path} is {whole / rate:.2f} s long; an ear needs a second at least.")
    for start in range(-MARGIN * rate, whole - MARGIN * rate, CHUNK * rate):
        end = start + (CHUNK + 2 * MARGIN) * rate
        samples = read(max(0, start), min(whole, end))
        yield _at_our_rate(np.pad(samples, (max(0, -start), max(0, end - whole))), rate)


def _opened(path: Path) -> tuple[int, int, Callable[[int, int], Floats]]:
    """Length in samples, rate, and a function that reads mono samples from .. to."""
    if path.suffix == ".npy":
        kept = np.load(path, mmap_mode="r")
        if kept.ndim != 1 or kept.dtype != np.int16:
            raise SoundFileError(f"{path} is {kept.dtype} {list(kept.shape)}; sound is int16 [samples] at {RATE} Hz.")
        return len(kept), RATE, lambda begin, end: kept[begin:end].astype(np.float32) / 32768
    import soundfile  # only where recordings are files of sound

    def read(begin: int, end: int) -> Floats:
        try:
            samples, _ = soundfile.read(path, end - begin, begin, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError) as error:
            raise SoundFileError(f"{path} cannot be read from {begin / info.samplerate:.0f} s on: {error}") from error
        if not np.isfinite(samples).all():
            raise SoundFileError(f"{path} holds numbers that are no sound (NaN or infinite).")
        mono: Floats = samples.mean(axis=1, dtype=np.float32)
        return mono

    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, OSError) as error:
        raise SoundFileError(f"{path} cannot be read as sound: {error}") from error
    return info.frames, info.samplerate, read


def _at_our_rate(samples: Floats, rate: int) -> Floats:
    if rate == RATE:
        return samples
    from torchaudio.functional import resample  # heavy, and only for other rates

    converted: Floats = resample(torch.from_numpy(samples), rate, RATE).numpy()
    return converted


def levels(path: Path, front: ConstantQ, device: str | torch.device = "cpu", together: int = 1) -> Bytes:
    """A recording's fine levels as bytes, [fine frames, bins], some minutes at once. Raises SoundFileError."""
    kept = []
    for pieces in batched(minutes(path), together):
        sound = torch.from_numpy(np.stack(pieces)).to(device)  # [minutes, samples]
        power = front.line(sound, SAMPLES_PER_FRAME)[..., MARGIN * FINE_RATE : (MARGIN + CHUNK) * FINE_RATE]
        kept.append(to_bytes(power).transpose(1, 2).flatten(0, 1).cpu().numpy())
    whole, rate, _ = _opened(path)
    return np.concatenate(kept)[: whole * FINE_RATE // rate]


def batched(items: Iterator[Floats], size: int) -> Iterator[list[Floats]]:
    """Lists of up to so many items."""
    while some := list(islice(items, size)):
        yield some


class Archive:
    """A folder of scalograms made from a folder of recordings.

    front    the constant-Q that all of them are made with
    forget   delete the sound once its scalogram is kept (for sound that can be rendered again)
    """

    def __init__(
        self, source: Path, folder: Path, front: ConstantQ, device: str | torch.device = "cpu", forget: bool = False
    ) -> None:
        if not source.is_dir():
            raise ContentError(f"{source} was asked for as a folder of recordings, but there is no such folder.")
        self.source, self.folder, self.front, self.device, self.forget = source, folder, front, device, forget
        self.skipped: dict[str, str] = {}  # path -> why
        folder.mkdir(parents=True, exist_ok=True)

    def waiting(self) -> list[Path]:
        """Recordings that have no scalogram yet, in order of name. Hidden ones are still being written."""
        found = (path for path in sorted(self.source.rglob("*")) if path.suffix.lower() in SOUNDS)
        whole = (path for path in found if not path.name.startswith(".") and not path.name.endswith(ENDING))
        return [path for path in whole if str(path) not in self.skipped and not self._kept(path).exists()]

    def _kept(self, path: Path) -> Path:
        name = "__".join(path.relative_to(self.source).with_suffix("").parts)
        return self.folder / f"{name}{ENDING}"

    def add(self, path: Path) -> bool:
        """Keep one recording's scalogram and labels. An unreadable one is named in the log and skipped."""
        kept = self._kept(path)
        try:
            found = levels(path, self.front, self.device, 8 if torch.device(self.device).type == "cuda" else 1)
        except (SoundFileError, ValueError, EOFError) as error:
            self.skipped[str(path)] = str(error)
            log.warning("skipped: %s", error)
            return False
        labels = path.with_suffix(".json")
        try:
            if labels.exists():
                json.loads(labels.read_text())
                shutil.copyfile(labels, kept.with_name(kept.name.removesuffix(ENDING) + ".json"))
            part = kept.with_name(f".{kept.name}.part")
            with part.open("wb") as file:
                np.save(file, found)
            part.replace(kept)
        except OSError as error:
            raise StorageError(
                f"{kept} cannot be written: {error.strerror}. Free some space and start again."
            ) from error
        if self.forget:
            path.unlink()
        return True

    def fill(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Take in everything that waits; returns how many recordings were added."""
        added = 0
        for path in self.waiting():
            if stop():
                break
            added += self.add(path)
        return added
