"""Many hours of recordings as scalograms on disk, and drawing clips from them without loading them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.errors import ContentError
from installation.listen.augment import FINE_RATE

Bytes = NDArray[np.uint8]
ENDING = ".level.npy"  # one recording's levels as bytes, [fine frames, bins], 96 a second
HELD = 12  # one group of recordings in so many is never trained on


@dataclass(frozen=True, eq=False, slots=True)
class Recording:
    """One recording as the ear hears it.

    levels   [fine frames, bins] bytes, mapped from disk
    labels   what is known about it: tempo, key, composer, ...
    """

    name: str
    levels: Bytes
    labels: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return len(self.levels) / FINE_RATE

    @property
    def group(self) -> str:
        """Recordings of one group (all interpretations of a piece) stay on one side of the split."""
        return str(self.labels.get("group", self.name))

    @property
    def held(self) -> bool:
        """Whether it is kept apart from training, which its group alone decides."""
        return int(hashlib.sha256(self.group.encode()).hexdigest()[:8], 16) % HELD == 0


class Dataset:
    """All recordings of a folder of scalograms; new ones join at every `refresh`.

    Raises ContentError where recordings were made for another number of pitch bins.
    """

    def __init__(self, folder: Path, bins: int, shortest: float = 0.0) -> None:
        self.folder = folder
        self.bins = bins
        self.shortest = shortest  # seconds; shorter recordings are left out
        self.recordings: list[Recording] = []
        self.held: list[Recording] = []  # those never trained on
        self._free: list[Recording] = []
        self._known: set[str] = set()
        self.refresh()

    def refresh(self) -> int:
        """Take in what has come since; returns how many."""
        before = len(self.recordings)
        fresh = (path for path in sorted(self.folder.glob(f"*{ENDING}")) if path.name not in self._known)
        for path in fresh:
            self._known.add(path.name)
            recording = self._open(path)
            if recording.seconds >= self.shortest:
                self.recordings.append(recording)
                (self.held if recording.held else self._free).append(recording)
        return len(self.recordings) - before

    def _open(self, path: Path) -> Recording:
        levels = np.load(path, mmap_mode="r")
        if levels.dtype != np.uint8 or levels.ndim != 2 or levels.shape[1] != self.bins:
            raise ContentError(
                f"{path} holds {levels.dtype} {list(levels.shape)}, this ear hears bytes [frames, {self.bins}]. "
                "Make the scalograms again in an empty folder."
            )
        name = path.name.removesuffix(ENDING)
        labels = path.with_name(f"{name}.json")
        return Recording(name, levels, json.loads(labels.read_text()) if labels.exists() else {})

    @property
    def training(self) -> list[Recording]:
        """What may be trained on. Where everything would be kept apart (one recording alone), nothing is."""
        return self._free or self.recordings

    @property
    def hours(self) -> float:
        return sum(recording.seconds for recording in list(self.recordings)) / 3600


def draw(
    recordings: Sequence[Recording], count: int, each: int, frames: int, random: np.random.Generator
) -> tuple[Bytes, NDArray[np.int64]]:
    """Clips from anywhere: `count` recordings (longer ones more often), `each` clips spread over every one of them.

    returns   [count * each, frames, bins] bytes, and the number of the recording of each clip
    """
    room = np.array([len(recording.levels) - frames + 1 for recording in recordings], dtype=np.float64).clip(0)
    if not room.any():
        raise ContentError(f"No recording is longer than {frames / FINE_RATE:.1f} s, which one clip needs.")
    replace = int((room > 0).sum()) < count
    chosen = np.repeat(random.choice(len(recordings), count, replace, room / room.sum()), each)
    clips = np.empty((len(chosen), frames, recordings[0].levels.shape[1]), np.uint8)
    for at, number in enumerate(chosen):
        start = int((at % each + random.random()) / each * room[number])  # one in every part of the recording
        np.copyto(clips[at], recordings[int(number)].levels[start : start + frames])
    return clips, chosen
