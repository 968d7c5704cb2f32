"""A show as it is written down: TOML in, running order out, and every fault with its line."""

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installation.errors import ContentError, TargetError, one_of
from installation.stage.importing import short
from installation.stage.palette import PALETTES
from installation.target import parse

AFTER = ("wander", "loop", "black")


@dataclass(frozen=True, slots=True)
class Part:
    """One scene of the running order. Lengths are in loops; 0 loops means the scene's own length."""

    name: str
    loops: int = 0
    crossfade: int | None = None
    palette: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wander:
    """What goes on for ever when the running order is over."""

    scenes: tuple[str, ...] = ()
    loops: int = 24
    crossfade: int | None = None
    dwell: int = 6  # loops that a target stays
    palettes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    layers: tuple[str, ...] = ("block1.conv2", "block4.conv1", "ar2", "ar5", "ar8", "block2.conv2", "ar4")


@dataclass(frozen=True, slots=True)
class Program:
    """A whole show as written."""

    title: str = ""
    tempo: float = 120.0  # beats a minute
    beats: int = 8  # in a loop
    seed: int = 2019
    crossfade: int = 4  # loops
    after: str = "wander"
    start: str = "beat-mika"  # the clip that the first dream grows from
    parts: tuple[Part, ...] = ()
    wander: Wander = field(default_factory=Wander)
    controls: Mapping[str, float] = field(default_factory=dict)

    @property
    def loop(self) -> float:
        """Seconds of one loop."""
        return self.beats * 60.0 / self.tempo


Check = Callable[[Any], str]  # what is wrong with a value, or nothing


def _whole(low: int, high: int) -> Check:
    return lambda x: "" if type(x) is int and low <= x <= high else f"a whole number, {low} to {high}"


def _number(low: float, high: float) -> Check:
    fits = f"a number, {low:g} to {high:g}"
    return lambda x: "" if type(x) in (int, float) and math.isfinite(x) and low <= x <= high else fits


def _word(x: Any) -> str:
    return "" if isinstance(x, str) else "a text in quotes"


def _choice(known: Iterable[str]) -> Check:
    names = list(known)
    return lambda x: "" if x in names else f"one of {', '.join(names)}"


def _choice_of(*known: int) -> Check:
    return lambda x: "" if type(x) is int and x in known else f"one of {', '.join(map(str, known))}"


def _each(check: Check) -> Check:
    def fault(x: Any) -> str:
        if not isinstance(x, list) or not x:
            return "a list in square brackets"
        return next((f"a list, each {wanted}" for item in x if (wanted := check(item))), "")

    return fault


TABLES: dict[str, dict[str, Check]] = {
    "": {
        "title": _word,
        "tempo": _number(60, 180),
        "beats": _choice_of(4, 8, 16),
        "seed": _whole(0, 2**63 - 1),
        "crossfade": _whole(1, 64),
        "after": _choice(AFTER),
        "start": _word,
    },
    "scene": {
        "name": _word,
        "loops": _whole(1, 10_000),
        "crossfade": _whole(1, 64),
        "palette": _choice(PALETTES),
        "targets": _each(_word),
    },
    "wander": {
        "scenes": _each(_word),
        "loops": _whole(4, 10_000),
        "crossfade": _whole(1, 64),
        "dwell": _whole(1, 1_000),
        "palettes": _each(_choice(PALETTES)),
        "targets": _each(_word),
        "layers": _each(_word),
    },
}


def read(path: Path, controls: Iterable[str]) -> Program:
    """Read a show. Raises ContentError with file, line, what was found and what is possible.

    controls   the names that the show may set in its [controls]
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise ContentError(f"the show {path} cannot be read: {error.strerror}. Check the file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{short(path)} is not valid TOML: {error}. Mend that line.") from None
    return _Reader(path, text, tables).program(list(controls))


class _Reader:
    """Takes a show's tables apart and knows on which line each key stands."""

    def __init__(self, path: Path, text: str, tables: dict[str, Any]) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.tables = tables

    def program(self, controls: list[str]) -> Program:
        tables = dict(self.tables)
        wander, values, scenes = tables.pop("wander", {}), tables.pop("controls", {}), tables.pop("scene", [])
        self.check("", tables, ("scene", "wander", "controls"))
        if not isinstance(scenes, list):
            raise self.fault("", "scene", "scenes stand in tables of their own, each begun with [[scene]].")
        if not scenes:
            raise ContentError(
                f'{short(self.path)} names no scene. Add a [[scene]] with name = "descent", for example.'
            )
        for number, scene in enumerate(scenes):
            self.check("scene", scene, number=number)
            if "name" not in scene:
                raise self.fault("scene", "", 'this scene has no name. Add a line like name = "descent".', number)
        self.check("wander", wander)
        for name, value in values.items():
            if name not in controls:
                raise self.fault("controls", name, f"there is no control {name!r}. {one_of(name, controls)}")
            if wanted := _number(-1e9, 1e9)(value):
                raise self.fault("controls", name, f"{name} = {value!r} should be {wanted}.")
        program = Program(
            parts=tuple(Part(**_tuples(scene)) for scene in scenes),
            wander=Wander(**_tuples(wander)),
            controls={name: float(value) for name, value in values.items()},
            **tables,
        )
        return self.fitting(program)

    def check(self, table: str, values: Any, tables: tuple[str, ...] = (), number: int = 0) -> None:
        known = TABLES[table]
        if not isinstance(values, dict):
            raise self.fault("", table, f"{table} is a table: it begins with [{table}].")
        for key, value in values.items():
            if key not in known:
                place = f"[{table}]" if table else "a show"
                raise self.fault(table, key, f"{place} has no {key!r}. {one_of(key, [*known, *tables])}", number)
            if wanted := known[key](value):
                raise self.fault(table, key, f"{key} = {value!r} should be {wanted}.", number)
        for text in values.get("targets", ()):
            try:
                parse(text)
            except TargetError as error:
                raise self.fault(table, "targets", str(error), number) from None

    def fitting(self, program: Program) -> Program:
        wander = program.wander
        crossfade = wander.crossfade or program.crossfade
        if wander.loops < 3 * crossfade:
            what = f"{wander.loops} loops are too short for cross-fades of {crossfade}; give at least {3 * crossfade}."
            raise self.fault("wander", "loops", what)
        return program

    def fault(self, table: str, key: str, what: str, number: int = 0) -> ContentError:
        """A fault, with the line on which the key stands in the table (of several the one of this number)."""
        line, inside, seen = 0, "", -1
        wanted = rf"""\s*["']?{re.escape(key)}["']?\s*="""
        for at, text in enumerate(self.lines, start=1):
            if header := re.match(r"\s*\[+\s*([\w.]+)\s*\]+", text):
                inside = header[1]
                seen += inside == table
                if inside == table and max(seen, 0) == number:
                    line = line or at
            elif inside == table and (not table or max(seen, 0) == number) and key and re.match(wanted, text):
                line = at
                break
        return ContentError(f"{short(self.path)}{f':{line}' if line else ''}: {what}")


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
