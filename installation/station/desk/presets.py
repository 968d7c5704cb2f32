"""Presets: how everything stood, kept under a name in the user's own folder; one small TOML file each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation import content, whole
from installation.control.parameters import POINTING, TABLE
from installation.errors import ContentError, StorageError, one_of

MOST = 200  # presets that are listed
LARGEST = 100_000  # bytes of one
NAME = re.compile(r"[\w-]+(?: [\w-]+)*")
LONGEST = 40  # characters of a name

# Presses are no state, the venue's delays are not the artist's, and a held loop is not to be held by surprise.
LEFT_OUT = frozenset({"dream.restart", "dream.clip", "sound.drop", "sound.hold", "sound.delay", "picture.delay"})


@dataclass(frozen=True, slots=True)
class Preset:
    """How everything stands.

    values   by parameter; where hands point at nothing, the box they would point at is left out
    target   that hands have told, "" for the show's own
    clip     the start clip
    """

    values: Mapping[str, float]
    target: str = ""
    clip: str = ""


def standing(values: Mapping[str, float], target: str, clip: str) -> Preset:
    """The preset of this moment."""
    pointing = values.get("dream.hand", 0.0) > 0
    kept = {
        name: value
        for name, value in values.items()
        if name not in LEFT_OUT and (pointing or name not in POINTING | {"dream.hand", "dream.keep"})
    }
    return Preset(kept, target, clip)


def named(name: str) -> str:
    """A name that a file may have. Raises ContentError."""
    if not (NAME.fullmatch(name) and len(name) <= LONGEST):
        raise ContentError(f"a name has 1 to {LONGEST} letters, digits, single spaces, - and _; {name!r} has not.")
    return name


def folder() -> Path:
    """Where presets are kept: with the user's own content, or what else cannot be made again. Raises StorageError."""
    try:
        return content.own("presets")
    except ContentError:
        return content.kept() / "presets"


def listed() -> list[dict[str, Any]]:
    """All presets by name, with the Unix second at which each was saved."""
    try:
        files = [(path.stem, path.stat().st_mtime) for path in folder().glob("*.toml")]
    except (OSError, StorageError):  # where nothing can be read, there is nothing
        return []
    return [{"name": name, "saved": round(when, 1)} for name, when in sorted(files)[:MOST]]


def save(name: str, preset: Preset) -> None:
    """Keep a preset; a reader sees the old file or the whole new one. Raises ContentError, StorageError."""
    path = folder() / f"{named(name)}.toml"
    lines = [f"target = {_quoted(preset.target)}", f"clip = {_quoted(preset.clip)}", "", "[values]"]
    lines += [f'"{key}" = {float(value)!r}' for key, value in preset.values.items()]
    try:
        whole.write(path, "\n".join(lines) + "\n")
    except OSError as error:
        raise StorageError(f"the preset {name} cannot be kept in {path.parent}: {error.strerror}.") from None


def load(name: str) -> Preset:
    """The preset of this name; values are brought into their ranges. Raises ContentError, StorageError."""
    path = folder() / f"{named(name)}.toml"
    try:
        if path.stat().st_size > LARGEST:
            raise ContentError(f"the preset {name} is too large to be one. Remove {path}.")
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = [preset["name"] for preset in listed()]
        raise ContentError(f"there is no preset {name!r}. {one_of(name, known)}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"the preset {path} cannot be read: {error}. Mend or remove it.") from None
    values, target, clip = tables.get("values", {}), tables.get("target", ""), tables.get("clip", "")
    if not (isinstance(values, dict) and isinstance(target, str) and isinstance(clip, str)):
        raise ContentError(f"the preset {path} is not one: it has texts target and clip and a table values.")
    known_values = {key: value for key, value in values.items() if key in TABLE and key not in LEFT_OUT}
    if strange := [key for key, value in known_values.items() if type(value) not in (int, float)]:
        raise ContentError(f"{path}: {strange[0]} is no number. Mend or remove it.")
    return Preset({key: TABLE[key].clamp(value) for key, value in known_values.items()}, target, clip)


def remove(name: str) -> None:
    """Forget a preset. Raises ContentError where there is none, StorageError."""
    path = folder() / f"{named(name)}.toml"
    try:
        path.unlink()
    except FileNotFoundError:
        raise ContentError(f"there is no preset {name!r}.") from None
    except OSError as error:
        raise StorageError(f"the preset {name} cannot be removed: {error.strerror}.") from None


def _quoted(text: str) -> str:
    """A text as TOML writes it."""
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in text)
    return f'"{escaped}"'
