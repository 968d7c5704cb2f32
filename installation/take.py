"""A take is everything a performance was: enough to render it again at any size, years later.

A take is a folder, written as the performance goes on, so that a power cut loses at most the loop under way:

    take.json       show, model, seed, settings: what was decided before it began
    loops.jsonl     one line per loop: when it began, its clip, target, score and verdict
    paces.jsonl     one line per change of tempo: from which sample on the loops run how fast
    entrances.jsonl one line per cue that was called: from which loop on the show went on from where
    controls.jsonl  one line per change of a control: loop, place in it, name, value
    tracks.jsonl    one line per change of a track that was drawn while it played
    hands.jsonl     one line per thing that hands did: loop, place in it, whose hand, what, and about what
    clips/*.flac    what was heard, 24 bit, each clip once
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import soundfile

from installation.data import RATE, Clip, Controls, Dream, Verdict
from installation.entrance import Entrance
from installation.errors import ContentError, StorageError
from installation.pace import Pace, at_place, at_sample
from installation.target import write as target_text
from installation.track import Key, Track

VERSION = 1
STEP = 2.0**-23  # of amplitude: what 24 bits can tell apart


@dataclass(frozen=True, slots=True)
class Header:
    """What was decided before the performance began."""

    show: str
    model: str
    fingerprint: str  # of the anatomy
    seed: int
    seconds: float  # that the loops together should last at least
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop of a performance."""

    loop: int
    start: float  # seconds since the beginning
    clip: str  # the file's name under clips/
    target: str
    score: float
    step: int
    verdict: Verdict
    at: float | None = None  # samples of music before it, at the speed at which it was made; None: as many as of sound
    turn: float = 1.0  # how many times faster it ran than the loop before
    shown: float | None = None  # loops of the show before it, in takes of before there were entrances


def on_grid(clip: Clip) -> Clip:
    """The clip rounded to 24 bits, so that a take gives back exactly the samples that it was given."""
    limit = 1.0 - STEP
    rounded = np.round(np.clip(clip.samples, -1.0, limit).astype(np.float64) / STEP) * STEP
    return Clip(rounded.astype(np.float32), clip.rate)


class TakeWriter:
    """Writes a take into a new folder. Raises StorageError when the disk refuses, once per call."""

    def __init__(self, folder: Path, header: Header) -> None:
        self.folder = folder
        self._written: dict[int, str] = {}  # number of the dream -> file
        self._values: dict[str, float] = {}
        self._stood: dict[str, tuple[int, float]] = {}  # where each control was last written down
        self._told = (0, 0.0)  # where all of them were last looked at
        self._tracks: Mapping[str, Track] = {}
        try:
            (folder / "clips").mkdir(parents=True, exist_ok=False)
            (folder / "take.json").write_text(json.dumps(asdict(header), indent=2) + "\n")
        except FileExistsError:
            raise StorageError(f"The take {folder} exists already. Choose another name or remove it.") from None
        except OSError as error:
            raise refused(folder, error) from None

    def loop(self, number: int, start: float, dream: Dream, at: float | None = None, turn: float = 1.0) -> None:
        """Write down which dream the loop of this number plays, and when it began in seconds; the rest as in `Loop`."""
        if dream.verdict is None:
            raise ValueError("only a judged dream can have been heard")
        try:
            name = self._written.get(dream.number) or self._clip(dream)
            text = target_text(dream.target)
            line = Loop(number, start, name, text, dream.score, dream.step, dream.verdict, at, turn)
            self._append("loops.jsonl", asdict(line))
        except (OSError, soundfile.SoundFileError) as error:
            raise refused(self.folder, error) from None

    def pace(self, pace: Pace) -> None:
        """Write down how fast the loops run from a sample on."""
        try:
            self._append("paces.jsonl", pace._asdict())
        except OSError as error:
            raise refused(self.folder, error) from None

    def controls(self, loop: int, place: float, controls: Controls) -> None:
        """Write down what has changed in the controls, at this place (0..1) of this loop.

        Between two places a line is drawn, so a control that stood still until now is written down as it stood, too.
        """
        here = loop, round(place, 6)
        try:
            for name, value in controls.values.items():
                before = self._values.get(name)
                if before == value:
                    continue
                if before is not None and self._stood[name] < self._told:
                    self._control(name, before, self._told)
                self._control(name, value, here)
        except OSError as error:
            raise refused(self.folder, error) from None
        self._told = here

    def act(self, loop: int, place: float, hand: str, does: str, what: str) -> None:
        """Write down what a hand did at this place (0..1) of this loop, and about what."""
        line = {"loop": loop, "place": round(place, 6), "hand": hand, "does": does, "what": what}
        try:
            self._append("hands.jsonl", line)
        except OSError as error:
            raise refused(self.folder, error) from None

    def entrance(self, entrance: Entrance) -> None:
        """Write down from where the show goes on from a loop on."""
        try:
            self._append("entrances.jsonl", asdict(entrance))
        except OSError as error:
            raise refused(self.folder, error) from None

    def tracks(self, loop: int, place: float, tracks: Mapping[str, Track]) -> None:
        """Write down which tracks have changed, at this place (0..1) of this loop; one that is gone has no keys."""
        if tracks is self._tracks:
            return
        try:
            for name in sorted(tracks.keys() | self._tracks.keys()):
                if (track := tracks.get(name)) != self._tracks.get(name):
                    keys = [list(key) for key in track.keys] if track else []
                    self._append("tracks.jsonl", {"loop": loop, "place": round(place, 6), "name": name, "keys": keys})
        except OSError as error:
            raise refused(self.folder, error) from None
        self._tracks = tracks

    def _control(self, name: str, value: float, place: tuple[int, float]) -> None:
        self._append("controls.jsonl", {"loop": place[0], "place": place[1], "name": name, "value": value})
        self._values[name], self._stood[name] = value, place

    def _clip(self, dream: Dream) -> str:
        name = f"{dream.number:06d}.flac"
        clip = on_grid(dream.clip)
        soundfile.write(self.folder / "clips" / name, clip.samples.T, clip.rate, subtype="PCM_24")
        self._written[dream.number] = name
        return name

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


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


def refused(folder: Path, error: Exception) -> StorageError:
    why = getattr(error, "strerror", None) or error
    return StorageError(f"The take {folder} cannot be written: {why}. Free some space or choose another folder.")
