"""The bank: the best loops of all time on disk, for when the optimiser is late or dead.

One file a loop, with all that is needed to hear it and to see the ear hear it. A file is there whole or not at all, so
a power cut costs at most the newest; files that cannot be read are removed. A disk that is full or may not be written
is only a warning.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import time
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from installation.data import RATE, Activations, Anatomy, Clip, Dream, Floats, Scalogram, Target
from installation.dream.detectors import trouble
from installation.dream.length import brought
from installation.errors import TargetError
from installation.take import on_grid
from installation.target import check, parse, write

log = logging.getLogger(__name__)

MOST = 64  # loops
LARGEST = 128 << 20  # bytes of all of them; one takes about 1 MB
BENT = 1.06  # times longer or shorter than wanted that a loop may be: it is played faster or slower, like the rest
NEAR = 0.15  # spreads, root mean square over the last layer's mean answers, within which two loops are the same
FINER = 16  # parts of a spread that an answer is kept in
SETTLED = 15  # offers after which the best of one dream is written, though it goes on
RETRY = 60.0  # seconds after which a disk that refused is tried again
NAME = "*.loop.npz"
BROKEN = (
    OSError, EOFError, KeyError, TypeError, ValueError, NotImplementedError, RuntimeError, MemoryError, TargetError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """What is known of a loop on disk.

    gist   [units] mean answers of the last layer
    """

    path: Path
    score: float
    samples: int
    target: str
    gist: Floats
    size: int  # bytes


class Bank:
    """The best loops that one ear has dreamt. Used by one thread."""

    def __init__(self, folder: Path, anatomy: Anatomy, most: int = MOST, largest: int = LARGEST) -> None:
        self._folder, self._anatomy = folder, anatomy
        self._most, self._largest = most, largest
        self._best: Dream | None = None  # of the dream under way, not written yet
        self._offers = 0  # since the last one was written
        self._refused = -RETRY  # when the disk did
        self._played: dict[Path, int] = {}
        self.entries = self._found()

    def offer(self, dream: Dream) -> None:
        """Keep a dream, if it is good enough and unlike the others; of one that grows only its best is written."""
        if not (np.isfinite(dream.score) and dream.score > 0 and dream.step) or trouble(dream.clip):
            return
        best = self._best
        if best is not None and (best.target != dream.target or _apart(_gist(best), _gist(dream)) > NEAR):
            self.settle()
        self._offers += 1
        if self._best is None or dream.score > self._best.score:
            self._best = dream
        if self._offers >= SETTLED:
            self.settle()

    def settle(self) -> None:
        """Write the best of the dream under way, if it belongs into the bank."""
        dream, self._best, self._offers = self._best, None, 0
        if dream is None or time.monotonic() - self._refused < RETRY:
            return
        same = [entry for entry in self.entries if self._same(entry, dream)]
        if any(entry.score >= dream.score for entry in same):
            return
        others = [entry for entry in self.entries if entry not in same]
        if len(others) >= self._most and min(entry.score for entry in others) >= dream.score:
            return
        try:
            written = self._write(dream)
        except OSError as error:
            self._refuse(error)
            return
        self.entries = [*others, written]
        for entry in same:
            self._remove(entry.path)
        self._bound()

    def loop(self, samples: int, number: int, target: Target) -> Dream | None:
        """A loop to be played instead, of this length or brought to it where its tempo is near.

        It is the least played, of these one made for this length, of these one of this target, of these the best.

        number   that it is to have
        """
        wanted = write(target)
        fitting = [entry for entry in self.entries if 1 / BENT <= entry.samples / samples <= BENT]

        def rank(entry: Entry) -> tuple[float, ...]:
            played = self._played.get(entry.path, 0)
            return (played, entry.samples != samples, entry.target != wanted, -entry.score)

        for entry in sorted(fitting, key=rank):
            try:
                dream = brought(self._read(entry.path, number), samples)
            except BROKEN as error:
                self._drop(entry.path, error)
                self.entries.remove(entry)
                continue
            self._played[entry.path] = self._played.get(entry.path, 0) + 1
            return dream
        return None

    def _found(self) -> list[Entry]:
        """What lies on disk; half-written and broken files are removed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for part in self._folder.glob("*.part"):
                self._remove(part)
        except OSError as error:
            self._refuse(error)
        return self._strange([])

    def _strange(self, known: list[Entry]) -> list[Entry]:
        """What lies on disk and is not known; broken files are removed."""
        found, paths = list[Entry](), {entry.path for entry in known}
        try:
            strange = [path for path in sorted(self._folder.glob(NAME)) if path not in paths]
        except OSError as error:
            self._refuse(error)
            return found
        for path in strange:
            try:
                found.append(self._entry(path))
            except BROKEN as error:
                self._drop(path, error)
        return found

    def _entry(self, path: Path) -> Entry:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            about, gist = _about(arrays), arrays["gist"].astype(np.float32)
        last = self._anatomy.layers[-1]
        if gist.shape != (last.units,) or not np.isfinite([*gist, float(about["score"])]).all():
            raise ValueError("it is of another ear")
        return Entry(path, float(about["score"]), int(about["samples"]), about["target"], gist, path.stat().st_size)

    def _write(self, dream: Dream) -> Entry:
        """Raises OSError; then nothing is left behind."""
        clip = on_grid(dream.clip)
        sound = io.BytesIO()
        soundfile.write(sound, clip.samples.T, clip.rate, format="FLAC", subtype="PCM_24")
        shown = dream.scalogram
        about = {
            "score": dream.score, "step": dream.step, "target": write(dream.target), "samples": clip.samples.shape[1],
            "lowest": shown.lowest, "bins_per_octave": shown.bins_per_octave, "frame": shown.seconds_per_frame,
        }  # fmt: skip
        arrays = {f"layer {name}": np.clip(np.rint(layer.astype(np.float32) * FINER), -128, 127).astype(np.int8)
                  for name, layer in dream.activations.layers.items()}  # fmt: skip
        gist = _gist(dream)
        path = self._folder / f"{hashlib.sha256(clip.samples.tobytes()).hexdigest()[:16]}{NAME[1:]}"
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez_compressed(
                    file, allow_pickle=False, about=np.array(json.dumps(about)), gist=gist,
                    level=shown.level.astype(np.float16), sound=np.frombuffer(sound.getvalue(), np.uint8), **arrays,
                )  # fmt: skip
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _settled(self._folder)
        except OSError:
            self._remove(part)
            raise
        return Entry(path, dream.score, clip.samples.shape[1], about["target"], gist, path.stat().st_size)

    def _read(self, path: Path, number: int) -> Dream:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            about = _about(arrays)
            samples, rate = soundfile.read(io.BytesIO(arrays["sound"].tobytes()), dtype="float32", always_2d=True)
            level = arrays["level"].astype(np.float32)
            layers = {layer.name: (arrays[f"layer {layer.name}"] / np.float32(FINER)).astype(np.float16)
                      for layer in self._anatomy}  # fmt: skip
        target = parse(about["target"])
        check(target, self._anatomy)
        fits = all(layers[layer.name].shape[:2] == (layer.channels, layer.bins) for layer in self._anatomy)
        if rate != RATE or len(samples) != about["samples"] or not fits:
            raise ValueError("its parts do not belong together")
        return Dream(
            number,
            Clip(np.ascontiguousarray(samples.T), rate),
            Activations(layers),
            Scalogram(level, float(about["lowest"]), int(about["bins_per_octave"]), float(about["frame"])),
            target,
            float(about["score"]),
            int(about["step"]),
        )

    def _same(self, entry: Entry, dream: Dream) -> bool:
        return entry.samples == dream.clip.samples.shape[1] and _apart(entry.gist, _gist(dream)) <= NEAR

    def _bound(self) -> None:
        """Let the worst go while there are too many, or they are too large; a folder that was away brings old ones."""
        self.entries += self._strange(self.entries)
        self.entries.sort(key=lambda entry: -entry.score)
        while self.entries and (
            len(self.entries) > self._most or sum(entry.size for entry in self.entries) > self._largest
        ):
            self._remove(self.entries.pop().path)

    def _drop(self, path: Path, error: Exception) -> None:
        log.warning("the loop %s of the bank cannot be read and is removed: %s", path.name, error)
        self._remove(path)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def _refuse(self, error: OSError) -> None:
        self._refused = time.monotonic()
        log.warning("the bank of loops %s cannot be written, the show goes on: %s", self._folder, error.strerror)


def _about(arrays: Any) -> dict[str, Any]:
    about = json.loads(str(arrays["about"]))
    if not isinstance(about, dict):
        raise ValueError("it tells nothing about itself")
    return about


def _gist(dream: Dream) -> Floats:
    """The mean answers of the last layer, [units]: what the whole loop is to the ear."""
    last: Floats = list(dream.activations.layers.values())[-1].mean(2, dtype=np.float32).ravel()
    return last


def _apart(one: Floats, other: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(one - other)))) if one.shape == other.shape else np.inf


def _settled(folder: Path) -> None:
    """Have the disk know of the new name, too."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
