"""The palettes there are: the house's own, and an artist's as files in `scenes/palettes`.

A file of its name holds three colours and, if wanted, the sweep of hues between the first two:

    shallow = [0.50, 0.20, 262]     # first layers: lightness 0..1, chroma 0 grey .. 0.4, hue in degrees (OKLCh)
    deep = "#ffdc28"                # last layers; as on the web works too
    shine = [0.98, 0.05, 95]        # what is dreamt of
    sweep = 0.0                     # turns of hue more than the shorter way round
"""

import logging
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

from installation.content import every
from installation.data import Vector
from installation.errors import ContentError, one_of
from installation.stage.eyes import alike
from installation.stage.lines import Lines, parsed
from installation.stage.palette import HOUSE, Palette, oklch

log = logging.getLogger(__name__)

COLOURS = ("shallow", "deep", "shine")
WEB = re.compile(r"#[0-9a-fA-F]{6}")
RANGES = (("lightness", 1.0), ("chroma", 0.4), ("hue", 360.0))


class Palettes(Mapping[str, Palette]):
    """All palettes by name; an unknown name is a ContentError that tells the nearest."""

    def __init__(self) -> None:
        self._known: Mapping[str, Palette] = MappingProxyType(HOUSE)
        self._tried: ContextVar[Mapping[str, Palette] | None] = ContextVar("palettes", default=None)

    def __getitem__(self, name: str) -> Palette:
        if name not in self.here:
            raise ContentError(f"there is no palette {name!r}. {one_of(name, self.here)}")
        return self.here[name]

    def __contains__(self, name: object) -> bool:
        return name in self.here

    def __iter__(self) -> Iterator[str]:
        return iter(self.here)

    def __len__(self) -> int:
        return len(self.here)

    @property
    def here(self) -> Mapping[str, Palette]:
        """Those that are found now, on this thread."""
        return self._tried.get() or self._known

    @contextmanager
    def trying(self, palettes: Mapping[str, Palette]) -> Iterator[None]:
        """Within the block, and on this thread alone, these are the palettes there are."""
        token = self._tried.set(palettes)
        try:
            yield
        finally:
            self._tried.reset(token)

    def adopt(self, palettes: Mapping[str, Palette]) -> None:
        """From now on these are the palettes there are."""
        self._known = palettes


PALETTES = Palettes()


def found() -> Mapping[str, Palette]:
    """The house's palettes and an artist's. Raises ContentError with file and line for a file that cannot be used."""
    own = {path.stem: read(path) for path in every("scenes", "palettes/*.toml")}
    return MappingProxyType({**HOUSE, **own})


def read(path: Path) -> Palette:
    """The palette in a file. Raises ContentError; colours that some eyes cannot tell apart are only told."""
    tables, lines = parsed(path, "palette")
    for key in tables:
        if key not in (*COLOURS, "sweep"):
            raise lines.fault(f"a palette has no {key!r}. {one_of(key, (*COLOURS, 'sweep'))}", key)
    for key in COLOURS:
        if key not in tables:
            raise lines.fault(f"the palette has no {key!r}. Add a line like {key} = [0.8, 0.15, 60].")
    sweep = tables.get("sweep", 0.0)
    if not _number(sweep) or abs(sweep) > 2:
        raise lines.fault(f"sweep = {sweep!r} should be a number of turns, -2 to 2.", "sweep")
    shallow, deep, shine = (_colour(tables[key], key, lines) for key in COLOURS)
    if (eyes := alike(shallow, deep)) and not sweep:
        log.warning("scenes/palettes/%s: first and last layers look alike to %s eyes", path.name, " and ".join(eyes))
    return Palette(shallow, deep, shine, float(sweep))


def _colour(value: Any, key: str, lines: Lines) -> Vector:
    """The linear light of a colour as it is written."""
    if isinstance(value, str) and WEB.fullmatch(value):
        red, green, blue = (_linear(int(value[at : at + 2], 16) / 255) for at in (1, 3, 5))
        return red, green, blue
    if isinstance(value, list) and len(value) == 3 and all(map(_number, value)):
        for (name, most), part in zip(RANGES, value, strict=True):
            if not 0 <= part <= most:
                raise lines.fault(f"{key} has a {name} of {part:g}; 0 to {most:g} are possible.", key)
        return oklch(*value)
    what = f'{key} = {value!r} should be [lightness, chroma, hue], such as [0.5, 0.2, 262], or "#005cff".'
    raise lines.fault(what, key)


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
