"""Tables of a settings file: frozen, strict about typing errors, and found again by their lines."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Pixels = Annotated[int, Field(ge=1, le=16384)]  # along one side of a picture or a window


class Section(BaseModel):
    """A table of the settings file. An unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def line_of(text: str, loc: Sequence[str | int]) -> int | None:
    """The line of a settings file where a key (or else its table) stands: `("output", 1, "mesh")`."""
    found, number, wanted = None, -1, next((part for part in loc[1:] if isinstance(part, int)), 0)
    keys = [part for part in loc if isinstance(part, str)]
    inside = len(keys) < 2
    for line, words in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w-]+)", words):
            if (inside := header[2] == keys[0]) and header[1] == "[[":
                number += 1
                inside = number == wanted
            found = line if inside else found
        elif inside and re.match(rf"\s*{re.escape(keys[-1])}\s*=", words):
            return line
    return found
