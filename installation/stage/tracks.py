"""A show's tracks: values over beats drawn by hand in a tracker, kept beside the show and played without it.

They stand in `scenes/tracks/NAME.toml`, for the show of that name:

    rows = 8                                              # in a beat

    [tracks]
    "look:glow" = [[0, 1.0, "smooth"], [64, 1.6, "step"]]  # a number of the look: row, value, way to the next key
    "descent:fill" = [[0, 0.9]]                            # a curve of a scene
    "stage.closeness" = [[128, 0.0, "linear"], [256, 1.0]] # where a control rests
"""

import math
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from installation.errors import StorageError, one_of
from installation.stage.light import SCALARS
from installation.stage.lines import Lines, parsed
from installation.track import ROWS, WAYS, Key, Track

LOOK = "look:"
NOTHING: Mapping[str, Track] = MappingProxyType({})
LAST = 10_000_000  # row: a day of music at 120 bpm


@dataclass(frozen=True, slots=True)
class Score:
    """All tracks of a show."""

    tracks: Mapping[str, Track] = field(default_factory=lambda: NOTHING)
    rows: int = ROWS  # in a beat
    lines: Lines = field(default_factory=Lines, compare=False, repr=False)

    def check(self, known: Iterable[str]) -> None:
        """Raise ContentError for a track that drives nothing there is."""
        names = list(known)
        for name in self.tracks:
            if name not in names:
                raise self.lines.fault(
                    f"there is nothing called {name!r} to drive. {one_of(name, names)}", "tracks", name
                )


def read(path: Path) -> Score:
    """The tracks in a file. Raises ContentError with file, line, what was found and what is possible."""
    tables, lines = parsed(path, "tracks")
    for name in tables:
        if name not in ("rows", "tracks"):
            raise lines.fault(f"a file of tracks has no {name!r}. {one_of(name, ('rows', 'tracks'))}", name)
    rows, tracks = tables.get("rows", ROWS), tables.get("tracks", {})
    if type(rows) is not int or not 1 <= rows <= 64:
        raise lines.fault(f"rows = {rows!r} should be a whole number of rows in a beat, 1 to 64.", "rows")
    if not isinstance(tracks, dict):
        raise lines.fault("tracks is a table: it begins with [tracks].", "tracks")
    return Score({name: _track(name, keys, lines) for name, keys in tracks.items()}, rows, lines)


def write(path: Path, score: Score) -> None:
    """Write tracks as `read` takes them; a reader sees the old file or the whole new one. Raises StorageError."""
    lines = [f"rows = {score.rows}  # in a beat", "", "[tracks]"]
    for name, track in sorted(score.tracks.items()):
        keys = ", ".join(f'[{key.row}, {float(key.value)!r}, "{key.way}"]' for key in track.keys)
        lines.append(f'"{name}" = [{keys}]')
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise StorageError(f"the tracks {path} cannot be written: {error.strerror}. Check the folder.") from None


def of_looks(tracks: Mapping[str, Track]) -> dict[str, Track]:
    """Those that drive numbers of the look, by the number's name."""
    return {name: tracks[LOOK + name] for name in SCALARS if LOOK + name in tracks}


def of_scene(tracks: Mapping[str, Track], scene: str) -> tuple[tuple[str, Track], ...]:
    """Those that drive curves of a scene, by the curve's name."""
    return tuple(
        (name.removeprefix(f"{scene}:"), track) for name, track in tracks.items() if name.startswith(f"{scene}:")
    )


def _track(name: str, keys: Any, lines: Lines) -> Track:
    if not isinstance(keys, list) or not keys:
        raise lines.fault(f'{name} = {keys!r} should be keys such as [[0, 1.0, "linear"], [64, 2.0]].', "tracks", name)
    return Track.of([_key(name, key, lines) for key in keys])


def _key(name: str, key: Any, lines: Lines) -> Key:
    row, value, way = (*key, "step")[:3] if isinstance(key, list) and len(key) in (2, 3) else (None, None, "")
    if type(row) is not int or not 0 <= row <= LAST or type(value) not in (int, float) or not math.isfinite(value):
        what = f'the key {key!r} should be [row, value] or [row, value, way], such as [64, 1.5, "smooth"].'
        raise lines.fault(what, "tracks", name)
    if way not in WAYS:
        raise lines.fault(
            f"the way {way!r} of the key at row {row} should be one of {', '.join(WAYS)}.", "tracks", name
        )
    return Key(row, float(value), way)
