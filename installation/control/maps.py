"""Maps of MIDI devices as they are written down: TOML under scenes/maps, and every fault with its line."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from installation import whole
from installation.content import every, own, places
from installation.control.acts import GRIPS
from installation.control.mapping import Encoding, Knob, KnobKind, Map
from installation.control.parameters import TABLE
from installation.control.signals import COARSE, Place
from installation.errors import ContentError, StorageError, one_of

KINDS = ("control", "note", "nrpn", "bend", "program")
BANKS = 16
FURTHER = ("cue", "kind", "grip", "encoding", "bits", "bank", "feedback")
HEAD = ("port", "grip", "feedback", "programs", "knob")


def load(name: str) -> Map:
    """The map `scenes/maps/NAME.toml`, the user's own first. Raises ContentError with file and line."""
    for place in places("scenes"):
        if (path := place / "maps" / f"{name}.toml").is_file():
            return read(path)
    raise ContentError(f"there is no MIDI map {name!r} in scenes/maps. {one_of(name, names())}")


def read(path: Path) -> Map:
    """The map in this file. Raises ContentError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise ContentError(f"the MIDI map {path} cannot be read: {error.strerror}. Check the file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"maps/{path.name} is not valid TOML: {error}. Mend that line.") from None
    return _Reader(path, text).map(tables)


def names() -> list[str]:
    """The names of all maps there are, the user's own first."""
    return [path.stem for path in every("scenes", "maps/*.toml")]


def every_map() -> list[Map]:
    """All maps there are. Raises ContentError for the first that cannot be used."""
    return [load(name) for name in names()]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(map: Map) -> str:
    """A map as TOML; reading it gives an equal map."""
    lines = [f"port = {_quoted(map.port)}"]
    lines += ["programs = true"] if map.programs else []
    for knob in map.knobs:
        kind, number, channel = knob.place
        lines += ["", "[[knob]]", f"{kind} = {number + (kind == 'program')}"]
        lines += [f"channel = {channel}"] if channel else []
        lines += [f"parameter = {_quoted(knob.parameter)}" if knob.parameter else f"cue = {_quoted(knob.cue)}"]
        usual = _usual(kind, bool(knob.cue))
        lines += [f"kind = {_quoted(knob.kind)}"] if knob.kind != usual else []
        lines += [f"grip = {_quoted(knob.grip)}"] if knob.grip != "jump" else []
        lines += [f"encoding = {_quoted(knob.encoding)}"] if knob.kind == "encoder" else []
        lines += [f"bits = {knob.bits}"] if knob.bits != 7 else []
        lines += [f"bank = {knob.bank}"] if knob.bank else []
        lines += ["feedback = true"] if knob.feedback else []
    return "\n".join(lines) + "\n"


def path_of(name: str) -> Path:
    """Where a map of the user's own lies, or would. Raises ContentError where there is no such folder."""
    return own("scenes") / "maps" / f"{name}.toml"


def keep(map: Map) -> Path:
    """Write a map into the user's own folder, whole or not at all; where it lies. Raises StorageError, ContentError."""
    path = path_of(map.name)
    try:
        whole.write(path, written(map))
    except OSError as error:
        raise StorageError(f"The MIDI map {path} cannot be written: {error.strerror}. Make room for it.") from None
    return path


def _usual(place: str, cue: bool) -> KnobKind:
    return "button" if cue or place in ("note", "program") else "fader"


def _whole(low: int, high: int) -> tuple[Callable[[Any], bool], str]:
    return lambda x: type(x) is int and low <= x <= high, f"a whole number, {low} to {high}"


def _one(known: tuple[Any, ...]) -> tuple[Callable[[Any], bool], str]:
    return lambda x: type(x) is type(known[0]) and x in known, f"one of {', '.join(map(str, known))}"


def _cue(text: Any) -> bool:
    name, _, about = text.partition(" ") if isinstance(text, str) else ("", "", "")
    if name == "bank":
        return about in ("next", "previous") or (about.isdecimal() and 1 <= int(about) <= BANKS)
    return {"go": not about, "panic": not about, "scene": bool(about), "release": not about or about in TABLE}.get(
        name, False
    )


KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "parameter": (lambda x: isinstance(x, str), "a text in quotes"),
    "cue": (_cue, 'go, panic, release, "scene NAME" or "bank 2", "bank next", "bank previous"'),
    "control": _whole(0, 127),
    "note": _whole(0, 127),
    "nrpn": _whole(0, 16383 - 1),
    "bend": _whole(0, 0),
    "program": _whole(1, 128),
    "channel": _whole(1, 16),
    "kind": _one(get_args(KnobKind)),
    "grip": _one(GRIPS),
    "encoding": _one(get_args(Encoding)),
    "bits": _one((7, 14)),
    "bank": _whole(1, BANKS),
    "feedback": _one((True, False)),
}


class _Reader:
    """Takes a map's tables apart and knows on which line each of them begins."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = [at for at, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*knob\s*\]\]", line)]
        self.usual: dict[str, Any] = {}

    def map(self, tables: dict[str, Any]) -> Map:
        for key in tables.keys() - set(HEAD):
            raise ContentError(f"maps/{self.path.name}: a map has no {key!r}. {one_of(key, HEAD)}")
        rows, programs = tables.pop("knob", []), tables.pop("programs", False)
        port = tables.pop("port", "")
        if not isinstance(port, str) or not isinstance(programs, bool):
            raise ContentError(f"maps/{self.path.name}: port is part of a name in quotes, programs true or false.")
        for key, value in tables.items():
            fits, wanted = KEYS[key]
            if not fits(value):
                raise ContentError(f"maps/{self.path.name}: {key} = {value!r} should be {wanted}.")
        self.usual = tables
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
            raise ContentError(f"maps/{self.path.name} has no [[knob]]. Add one with control and parameter.")
        knobs = tuple(self.knob(number, row) for number, row in enumerate(rows))
        return Map(self.path.stem, port, knobs, programs)

    def knob(self, number: int, row: dict[str, Any]) -> Knob:
        for key, value in row.items():
            if key not in KEYS:
                raise self.fault(number, f"a knob has no {key!r}. {one_of(key, KEYS)}")
            fits, wanted = KEYS[key]
            if not fits(value):
                raise self.fault(number, f"{key} = {value!r} should be {wanted}.")
        if ("parameter" in row) == ("cue" in row):
            raise self.fault(number, "a knob has either a parameter or a cue.")
        if (name := row.get("parameter", "")) and name not in TABLE:
            raise self.fault(number, f"there is no parameter {name!r}. {one_of(name, TABLE)}")
        if len(found := [kind for kind in KINDS if kind in row]) != 1:
            raise self.fault(number, f"a knob has one of {', '.join(KINDS)}; give its number.")
        kind = found[0]
        if row.get("bits") == 14 and (kind != "control" or row[kind] >= COARSE):
            raise self.fault(number, f"only the controls 0 to {COARSE - 1} have a fine part for 14 bits.")
        place = Place(kind, row[kind] - (kind == "program"), row.get("channel", 0))  # type: ignore[arg-type]
        values: dict[str, Any] = {"kind": _usual(kind, "cue" in row), **self.usual}
        values |= {key: row[key] for key in FURTHER if key in row}
        return Knob(place, name, **values)

    def fault(self, number: int, what: str) -> ContentError:
        line = f":{self.lines[number]}" if number < len(self.lines) else ""
        return ContentError(f"maps/{self.path.name}{line}: {what}")
