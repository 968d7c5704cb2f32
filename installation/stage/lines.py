"""Which line of a TOML file each key stands on, so that every fault is told with its place."""

import re
import tomllib
from pathlib import Path
from typing import Any

from installation.errors import ContentError
from installation.stage.importing import short

Place = tuple[str | int, ...]  # such as ("scene", 2, "name"): tables in square brackets twice are counted from 0

HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
NAME = r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*"""
KEY = re.compile(rf"{NAME}((?:\.{NAME})*)=")
PARSED = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


class Lines:
    """The lines of one file; without one every fault is told by its words alone."""

    def __init__(self, path: Path | None = None, text: str = "") -> None:
        self.path = path
        self._lines: dict[Place, int] = {}
        inside: Place = ()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := HEADER.match(line):
                inside = self._table(_names(header[2]), many := header[1] == "[[")
                for place in (inside, inside[:-1] if many else inside):
                    self._lines.setdefault(place, number)
            elif key := KEY.match(line):
                names = _names(line[: key.end() - 1])
                for deep in range(1, len(names) + 1):
                    self._lines.setdefault((*inside, *names[:deep]), number)

    def fault(self, what: str, *place: str | int) -> ContentError:
        """The error that says what is wrong at a place, or at the nearest one around it that has a line."""
        while place and place not in self._lines:
            place = place[:-1]
        line = f":{self._lines[place]}" if place else ""
        return ContentError(f"{short(self.path)}{line}: {what}" if self.path else what)

    def _table(self, names: list[str], one_of_many: bool) -> Place:
        place: Place = ()
        for number, name in enumerate(names, start=1):
            place = (*place, name)
            count = 0
            while (*place, count) in self._lines:
                count += 1
            if number == len(names) and one_of_many:
                place = (*place, count)
            elif count:
                place = (*place, count - 1)  # of many that table that was begun last
        return place


def parsed(path: Path, what: str) -> tuple[dict[str, Any], Lines]:
    """The tables of a TOML file and where they stand. Raises ContentError with file and line.

    what   the kind of file, such as "show"
    """
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), Lines(path, text)
    except OSError as error:
        raise ContentError(f"the {what} {path} cannot be read: {error.strerror}. Check the file.") from None
    except UnicodeDecodeError:
        raise ContentError(f"{short(path)} is not text in UTF-8. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        found = PARSED.search(str(error))
        line = found[1] if found and found[1] else str(len(text.splitlines()) or 1)
        words = PARSED.sub("", str(error))
        raise ContentError(f"{short(path)}:{line}: this is not valid TOML: {words}. Mend that line.") from None


def _names(dotted: str) -> list[str]:
    """The parts of a dotted name, each with or without quotes."""
    return [a or b or c for a, b, c in re.findall(NAME, dotted)]
