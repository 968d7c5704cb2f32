"""Reading a show: TOML in, a program out, and every fault with its line."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from installation.data import Controls
from installation.errors import ContentError, TargetError, one_of
from installation.stage import tracks
from installation.stage.checks import TABLES, Check
from installation.stage.checks import number as number_in
from installation.stage.importing import path_of, scene_names, show_names
from installation.stage.lines import Lines, Place, parsed
from installation.stage.program import WEEK, Accent, Day, Leader, Over, Part, Program, Wander
from installation.stage.titles import Saying
from installation.target import parse

SHORTEST = 0.5  # loops that words must stay to be read
CALM = 1.0  # seconds between two accents: nearer ones would flash
SCENE = 'this scene has no name. Add a line like name = "descent".'
INSIDE = ("over", "accent")  # tables within a scene


def written(name: str, controls: Controls) -> tuple[str, Program]:
    """The name and program of the show `scenes/NAME.toml`, of the scene `scenes/NAME.py` alone, or of a show's file.

    Its tracks, if there are any, belong to it. Raises ContentError where there is none, or it cannot be used.
    """
    file = Path(name) if name.endswith(".toml") else path_of(f"{name}.toml")
    if file is not None and file.is_file():
        name, program = file.stem, read(file, controls.values)
    elif path_of(f"{name}.py"):
        program = Program(parts=(Part(name),), crossfade=1)
    else:
        hint = one_of(name, {*show_names(), *scene_names()})
        raise ContentError(f"there is no show and no scene {name!r} in scenes/. {hint}")
    beside = file.parent / "tracks" / f"{name}.toml" if file is not None else None
    kept = beside if beside is not None and beside.is_file() else path_of(f"tracks/{name}.toml")
    return name, program if kept is None else replace(program, score=tracks.read(kept))


def read(path: Path, controls: Iterable[str]) -> Program:
    """Read a show. Raises ContentError with file, line, what was found and what is possible.

    controls   the names that the show may set in its [controls]
    """
    tables, lines = parsed(path, "show")
    return _Reader(lines, list(controls)).program(tables)


class _Reader:
    """Takes a show's tables apart."""

    def __init__(self, lines: Lines, controls: list[str]) -> None:
        self.lines = lines
        self.known = controls

    def program(self, tables: dict[str, Any]) -> Program:
        inner = {name: tables.pop(name, empty) for name, empty in _INNER.items()}
        self.check("", tables, (), tuple(_INNER))
        scenes = self.many("scene", inner["scene"])
        if not scenes:
            raise self.lines.fault('the show names no scene. Add a [[scene]] with name = "descent", for example.')
        program = Program(
            parts=tuple(self.part(scene, number) for number, scene in enumerate(scenes)),
            leader=Leader(**self.check("leader", inner["leader"], ("leader",))),
            sayings=tuple(
                self.saying(saying, number) for number, saying in enumerate(self.many("words", inner["words"]))
            ),
            wander=Wander(**self.check("wander", inner["wander"], ("wander",))),
            controls=self.controls(inner["controls"], ("controls",)),
            lines=self.lines,
            **tables,
        )
        if inner["leader"] and not program.leader.loops:
            raise self.lines.fault("a leader needs its length. Add a line like loops = 4.", "leader")
        self.fitting(program, ("wander", "loops"))
        self.apart(program)
        days = [self.day(day, program, number) for number, day in enumerate(self.many("day", inner["day"]))]
        self.without_overlap(days)
        return replace(program, days=tuple(days))

    def part(self, scene: Any, number: int) -> Part:
        place: Place = ("scene", number)
        overs, accents = ([], []) if not isinstance(scene, dict) else (scene.pop(name, []) for name in INSIDE)
        values = self.check("scene", scene, place, INSIDE)
        if "name" not in values:
            raise self.lines.fault(SCENE, *place)
        over = [self.over(one, (*place, "over", n)) for n, one in enumerate(self.many("over", overs, place))]
        accent = [self.accent(one, (*place, "accent", n)) for n, one in enumerate(self.many("accent", accents, place))]
        return Part(over=tuple(over), accents=tuple(accent), number=number, **values)

    def over(self, table: Any, place: Place) -> Over:
        values = self.check("over", table, place)
        if "scene" not in values:
            raise self.lines.fault('what is laid over has no scene. Add a line like scene = "beat".', *place)
        return Over(**values)

    def accent(self, table: Any, place: Place) -> Accent:
        values = self.check("accent", table, place)
        if missing := [key for key in ("beats", "add") if key not in values]:
            what = f"an accent has no {missing[0]}. Add lines like beats = [1] and add = {{ glow = 0.3 }}."
            raise self.lines.fault(what, *place)
        values["add"] = tuple((key, float(value)) for key, value in values["add"].items())
        return Accent(**values)

    def saying(self, table: Any, number: int) -> Saying:
        values = self.check("words", table, ("words", number))
        if missing := [key for key in ("text", "at", "until") if key not in values]:
            what = f'these words have no {missing[0]}. Add lines like text = "Immersions", at = 1, until = 3.'
            raise self.lines.fault(what, "words", number)
        if (stay := values["until"] - values["at"]) < SHORTEST:
            what = f"these words stay for {stay:g} loops, and {SHORTEST:g} are the least to be read."
            raise self.lines.fault(what, "words", number, "until")
        return Saying(**values)

    def day(self, table: Any, whole: Program, number: int) -> Day:
        place = ("day", number)
        wander, controls = (
            ({}, {}) if not isinstance(table, dict) else (table.pop(n, {}) for n in ("wander", "controls"))
        )
        values = self.check("day", table, place, ("wander", "controls"))
        if missing := [key for key in ("name", "from", "until") if key not in values]:
            what = f'this part of the day has no {missing[0]}. Add lines like name = "evening", from = "18:00", '
            raise self.lines.fault(f'{what}until = "23:00".', *place)
        own = whole.wander
        if "palettes" in values:
            own = replace(own, palettes=values["palettes"])
        own = replace(own, **self.check("wander", wander, (*place, "wander")))
        program = replace(
            whole,
            parts=self.chosen(values, whole, place),
            sayings=whole.sayings if "scenes" not in values else (),
            wander=own,
            after=values.get("after", whole.after),
            controls={**whole.controls, **self.controls(controls, (*place, "controls"))},
        )
        self.fitting(program, (*place, "wander", "loops"))
        return Day(values["name"], _time(values["from"]), _time(values["until"]), values.get("days", WEEK), program)

    def chosen(self, values: Mapping[str, Any], whole: Program, place: Place) -> tuple[Part, ...]:
        """The parts of the running order that a part of the day names, in its order and its colours."""
        names = {part.called: part for part in reversed(whole.parts)} | {
            part.name: part for part in reversed(whole.parts)
        }
        parts = list(whole.parts)
        if "scenes" in values:
            for scene in values["scenes"]:
                if scene not in names:
                    what = f"the running order has no scene {scene!r}. {one_of(scene, names)}"
                    raise self.lines.fault(what, *place, "scenes")
            parts = [names[scene] for scene in values["scenes"]]
        colours = values.get("palettes", ())
        if colours:
            parts = [replace(part, palette=colours[n % len(colours)]) for n, part in enumerate(parts)]
        return tuple(parts)

    def controls(self, table: Any, place: Place) -> dict[str, float]:
        if not isinstance(table, dict):
            raise self.lines.fault("controls is a table: it begins with [controls].", *place)
        for name, value in table.items():
            if name not in self.known:
                raise self.lines.fault(f"there is no control {name!r}. {one_of(name, self.known)}", *place, name)
            if wanted := number_in(-1e9, 1e9)(value):
                raise self.lines.fault(f"{name} = {value!r} should be {wanted}.", *place, name)
        return {name: float(value) for name, value in table.items()}

    def many(self, name: str, tables: Any, place: Place = ()) -> list[Any]:
        if not isinstance(tables, list):
            dotted = ".".join([*(part for part in place if isinstance(part, str)), name])
            what = f"{name} stands in tables of its own, each begun with [[{dotted}]]."
            raise self.lines.fault(what, *place, name)
        return tables

    def check(self, table: str, values: Any, place: Place, tables: tuple[str, ...] = ()) -> dict[str, Any]:
        """The values, each found to be what it should be, lists as tuples."""
        known: dict[str, Check] = TABLES[table]
        if not isinstance(values, dict):
            raise self.lines.fault(f"{table} is a table: it begins with [{table}].", *place)
        for key, value in values.items():
            if key not in known:
                named = f"[{table}]" if table else "a show"
                raise self.lines.fault(f"{named} has no {key!r}. {one_of(key, [*known, *tables])}", *place, key)
            if wanted := known[key](value):
                raise self.lines.fault(f"{key} = {value!r} should be {wanted}.", *place, key)
        for text in values.get("targets", ()):
            try:
                parse(text)
            except TargetError as error:
                raise self.lines.fault(str(error), *place, "targets") from None
        return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}

    def fitting(self, program: Program, place: Place) -> None:
        """A wandering scene must last longer than it comes and goes."""
        wander = program.wander
        crossfade = wander.crossfade or program.crossfade
        if wander.loops < 3 * crossfade:
            what = f"{wander.loops} loops are too short for cross-fades of {crossfade}; give at least {3 * crossfade}."
            raise self.lines.fault(what, *place)

    def apart(self, program: Program) -> None:
        """Accents must not flash."""
        for number, part in enumerate(program.parts):
            if not part.accents:
                continue
            beats = sorted({beat for accent in part.accents for beat in accent.beats})
            if beats[-1] > program.beats:
                what = f"there is no beat {beats[-1]}: a loop has {program.beats}. Count from 1."
                raise self.lines.fault(what, "scene", number, "accent", 0, "beats")
            gap = min(b - a for a, b in pairwise([*beats, beats[0] + program.beats])) * 60 / program.tempo
            if gap < CALM - 1e-9:
                what = f"accents come {gap:.2f} s apart and would flash; leave at least {CALM:g} s between two."
                raise self.lines.fault(what, "scene", number, "accent", 0, "beats")

    def without_overlap(self, days: list[Day]) -> None:
        """At no time may two parts of the day be on, and none may be called like another."""
        for at, day in enumerate(days):
            for other in days[:at]:
                if other.name == day.name:
                    raise self.lines.fault(f"two parts of the day are called {day.name!r}.", "day", at, "name")
                for minute, _ in (*day.minutes(), *other.minutes()):
                    if day.on(minute) and other.on(minute):
                        when = f"{WEEK[minute // 1440]} at {minute % 1440 // 60:02}:{minute % 60:02}"
                        what = f"{day.name!r} is on while {other.name!r} is, on {when}. Change from, until or days."
                        raise self.lines.fault(what, "day", at, "from")


_INNER: dict[str, Any] = {"scene": [], "words": [], "leader": {}, "wander": {}, "controls": {}, "day": []}


def _time(text: str) -> time:
    return time() if text == "24:00" else time.fromisoformat(text)
