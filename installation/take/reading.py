"""A take that was written, read back."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import soundfile

from installation.data import RATE, Clip, Controls, Verdict
from installation.entrance import Entrance
from installation.errors import ContentError
from installation.pace import Pace, at_place, at_sample
from installation.take.records import VERSION, Header, Loop
from installation.track import Key, Track


class Take:
    """A take that was written, read back.

    `loops` are all loops in order; `header` is what was decided before; `paces` tell how fast the loops run; `places`
    where each of them begins, in samples of music; `entrances` what was called.
    """

    def __init__(
        self,
        folder: Path,
        header: Header,
        loops: list[Loop],
        changes: list[tuple[float, str, float]],
        paces: list[Pace],
        entrances: Sequence[Entrance] = (),
        drawn: Sequence[tuple[float, str, Track | None]] = (),
    ) -> None:
        self.folder = folder
        self.header = header
        self.loops = loops
        self.paces = paces
        self.places = [loop.start * RATE if loop.at is None else loop.at for loop in loops]
        self._numbers = [loop.loop for loop in loops]
        self.entrances = entrances
        self._drawn = drawn  # seconds, name, and what the track became
        self._changes: dict[str, tuple[list[float], list[float]]] = {}
        for seconds, name, value in changes:
            times, values = self._changes.setdefault(name, ([], []))
            times.append(seconds)
            values.append(value)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a take's folder (or any file in it). Raises ContentError, naming file and line."""
        folder = path if path.is_dir() else path.parent
        if not (folder / "take.json").is_file():
            raise ContentError(
                f"{path} is no take: it has no take.json. Give the folder that `immersions record` wrote."
            )
        try:
            header = Header(**json.loads((folder / "take.json").read_text()))
            loops = [Loop(**{**line, "verdict": Verdict(**line["verdict"])}) for line in lines(folder / "loops.jsonl")]
        except (ValueError, TypeError, KeyError) as error:
            raise ContentError(f"The take {folder} is damaged: {error}. Use another copy of it.") from None
        if header.version != VERSION:
            raise ContentError(
                f"The take {folder} has version {header.version}, this is version {VERSION}. "
                "Render it with the version of Immersions that wrote it."
            )
        if not loops:
            raise ContentError(f"The take {folder} holds no loop: the performance ended before it began.")
        paces = [Pace(**line) for line in lines(folder / "paces.jsonl")] or [Pace(0, 0.0)]
        when = cls(folder, header, loops, [], paces).when
        changes = [(when(line), line["name"], line["value"]) for line in lines(folder / "controls.jsonl")]
        drawn = [(when(line), line["name"], _track(line["keys"])) for line in lines(folder / "tracks.jsonl")]
        entrances = [Entrance(**line) for line in lines(folder / "entrances.jsonl")] or _jumps(loops)
        return cls(folder, header, loops, changes, paces, entrances, drawn)

    def when(self, line: Mapping[str, Any]) -> float:
        """The second of a line that was written at a place in a loop."""
        index = bisect_right(self._numbers, line["loop"]) - 1
        begin = self.places[max(index, 0)]
        end = self.places[index + 1] if 0 <= index < len(self.places) - 1 else begin + self._length(index)
        at = begin + line["place"] * (end - begin)
        return at_place(self.paces, at).when(at) / RATE

    def _length(self, index: int) -> int:
        return int(self.clip(self.loops[index]).samples.shape[1])

    def clip(self, loop: Loop) -> Clip:
        """What was heard in this loop, before the verdict's gain."""
        return read_clip(self.folder / "clips" / loop.clip)

    @property
    def seconds(self) -> float:
        """The whole performance, to the end of its last loop."""
        end = self.places[-1] + self._length(-1)
        return at_place(self.paces, end).when(end) / RATE

    def at(self, seconds: float) -> tuple[int, float]:
        """The index in `loops` of what sounds at this second, and the place 0..1 in it."""
        place = at_sample(self.paces, seconds * RATE).place(seconds * RATE)
        index = max(0, bisect_right(self.places, place + 1e-4) - 1)
        return index, min(max(0.0, place - self.places[index]) / self._length(index), 1.0) % 1.0

    def tracks(self, seconds: float) -> dict[str, Track]:
        """The tracks that were being drawn at this second."""
        here = {name: track for when, name, track in self._drawn if when <= seconds}
        return {name: track for name, track in here.items() if track is not None}

    def controls(self, seconds: float, defaults: Controls) -> Controls:
        """Every control's value at this second: a line drawn between the changes that were written down."""
        values = dict(defaults.values)
        for name, (times, points) in self._changes.items():
            if seconds >= times[0]:
                values[name] = float(np.interp(seconds, times, points))
        return Controls(values)


@lru_cache(maxsize=8)
def read_clip(path: Path) -> Clip:
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise ContentError(f"The take's clip {path} cannot be read: {error}. Use another copy of the take.") from None
    if rate != RATE:
        raise ContentError(f"The take's clip {path} has {rate} Hz, but takes hold {RATE} Hz. Use another copy.")
    return Clip(np.ascontiguousarray(samples.T), rate)


def _track(keys: list[Any]) -> Track | None:
    return Track(tuple(Key(*key) for key in keys)) if keys else None


def _jumps(loops: list[Loop]) -> list[Entrance]:
    """The entrances of a take of before there were any: wherever the show went on from elsewhere."""
    jumps, ahead = [], 0.0
    for loop in loops:
        if loop.shown is not None and abs(loop.shown - loop.loop - ahead) > 1e-6:
            ahead = loop.shown - loop.loop
            jumps.append(Entrance(loop.loop, at=loop.shown))
    return jumps


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole line of a file of JSON lines; one cut off at its end by a power cut is left out."""
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    for line in text.split("\n")[:-1]:
        yield json.loads(line)
