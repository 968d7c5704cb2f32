"""From a MIDI device's messages to touches of parameters, as a map in TOML says."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido

from installation.content import every, places
from installation.control.parameters import TABLE
from installation.control.takeover import Grip, Touch
from installation.errors import ContentError, one_of

PRESSED = 64  # of 127: from here on a switch is on and a button is down
TICKS = 64  # of a relative encoder for the whole range
KINDS = ("fader", "encoder", "switch", "button")
GRIPS = ("jump", "pickup")


@dataclass(frozen=True, slots=True)
class Knob:
    """One control of a device.

    number    of the controller (CC) or note
    kind      fader: 0..127 over the range; encoder: relative, two's complement; switch: on and off as the device says;
              button: every press turns the parameter over
    channel   1..16, or 0 for any
    """

    parameter: str
    number: int
    kind: str = "fader"
    note: bool = False
    channel: int = 0
    grip: Grip = "jump"


@dataclass(frozen=True, slots=True)
class Map:
    """Which control of a device moves which parameter.

    port    the part of a port's name by which the device is known; empty for any
    """

    name: str
    port: str
    knobs: tuple[Knob, ...]

    @classmethod
    def load(cls, name: str) -> "Map":
        """The map `scenes/maps/NAME.toml`, the user's own first. Raises ContentError with file and line."""
        for place in places("scenes"):
            if (path := place / "maps" / f"{name}.toml").is_file():
                return cls.read(path)
        raise ContentError(f"there is no MIDI map {name!r} in scenes/maps. {one_of(name, names())}")

    @classmethod
    def read(cls, path: Path) -> "Map":
        """The map in this file. Raises ContentError with file and line."""
        try:
            text = path.read_text(encoding="utf-8")
            tables = tomllib.loads(text)
        except OSError as error:
            raise ContentError(f"the MIDI map {path} cannot be read: {error.strerror}. Check the file.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ContentError(f"maps/{path.name} is not valid TOML: {error}. Mend that line.") from None
        return _Reader(path, text).map(tables)

    def touch(self, message: mido.Message, wanted: Mapping[str, float]) -> Touch | None:
        """What a message asks for, or nothing if it means nothing here.

        wanted   where every parameter is going; encoders and buttons start from there
        """
        for knob in self.knobs:
            if (value := _position(knob, message)) is None:
                continue
            entry = TABLE[knob.parameter]
            stands = entry.share(wanted[knob.parameter])
            if knob.kind == "fader":
                return Touch(knob.parameter, entry.value(value / 127), knob.grip)
            if knob.kind == "encoder":
                ticks = value if value < 64 else value - 128
                least = 1 / TICKS
                if entry.curve == "whole":
                    least = max(least, 1 / (entry.high - entry.low))
                return Touch(knob.parameter, entry.value(stands + ticks * least))
            if knob.kind == "switch":
                return Touch(knob.parameter, entry.high if value >= PRESSED else entry.low)
            return Touch(knob.parameter, entry.low if stands >= 0.5 else entry.high) if value >= PRESSED else None
        return None


def names() -> list[str]:
    """The names of all maps there are, the user's own first."""
    return [path.stem for path in every("scenes", "maps/*.toml")]


def every_map() -> list[Map]:
    """All maps there are. Raises ContentError for the first that cannot be used."""
    return [Map.load(name) for name in names()]


def _position(knob: Knob, message: mido.Message) -> int | None:
    """0..127 where the message is this knob's; a note's press is 127 and its release 0."""
    if knob.channel and getattr(message, "channel", -1) != knob.channel - 1:
        return None
    if knob.note and message.type in ("note_on", "note_off") and message.note == knob.number:
        return 127 if message.type == "note_on" and message.velocity > 0 else 0
    if not knob.note and message.type == "control_change" and message.control == knob.number:
        return int(message.value)
    return None


def _whole(low: int, high: int) -> tuple[Callable[[Any], bool], str]:
    return lambda x: type(x) is int and low <= x <= high, f"a whole number, {low} to {high}"


def _one(known: tuple[str, ...]) -> tuple[Callable[[Any], bool], str]:
    return lambda x: x in known, f"one of {', '.join(known)}"


KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "parameter": (lambda x: isinstance(x, str), "a text in quotes"),
    "control": _whole(0, 127),
    "note": _whole(0, 127),
    "channel": _whole(1, 16),
    "kind": _one(KINDS),
    "grip": _one(GRIPS),
}


class _Reader:
    """Takes a map's tables apart and knows on which line each of them begins."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = [at for at, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*knob\s*\]\]", line)]

    def map(self, tables: dict[str, Any]) -> Map:
        for key in tables.keys() - {"port", "grip", "knob"}:
            raise ContentError(f"maps/{self.path.name}: a map has no {key!r}. {one_of(key, ['port', 'grip', 'knob'])}")
        port, grip, rows = tables.get("port", ""), tables.get("grip", "jump"), tables.get("knob", [])
        if not isinstance(port, str) or grip not in GRIPS:
            raise ContentError(f"maps/{self.path.name}: port is part of a name, grip one of {', '.join(GRIPS)}.")
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
            raise ContentError(f"maps/{self.path.name} has no [[knob]]. Add one with control and parameter.")
        return Map(self.path.stem, port, tuple(self.knob(number, row, grip) for number, row in enumerate(rows)))

    def knob(self, number: int, row: dict[str, Any], grip: Grip) -> Knob:
        for key, value in row.items():
            if key not in KEYS:
                raise self.fault(number, f"a knob has no {key!r}. {one_of(key, KEYS)}")
            fits, wanted = KEYS[key]
            if not fits(value):
                raise self.fault(number, f"{key} = {value!r} should be {wanted}.")
        if (name := row.get("parameter", "")) not in TABLE:
            raise self.fault(number, f"there is no parameter {name!r}. {one_of(name, TABLE)}")
        if ("control" in row) == ("note" in row):
            raise self.fault(number, "a knob has either a control or a note; give its number.")
        return Knob(
            parameter=name,
            number=row["note"] if "note" in row else row["control"],
            kind=row.get("kind", "button" if "note" in row else "fader"),
            note="note" in row,
            channel=row.get("channel", 0),
            grip=row.get("grip", grip),
        )

    def fault(self, number: int, what: str) -> ContentError:
        line = f":{self.lines[number]}" if number < len(self.lines) else ""
        return ContentError(f"maps/{self.path.name}{line}: {what}")
