"""Warps made on screen, kept for the next evening: one small file an output, in the user's own folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np

from installation import content, whole
from installation.errors import ContentError, StorageError
from installation.output.warp import Warp, straight

POSSIBLE = "possible are corners, four points [x, y], and net, rows of points [x, y], all in 0..1 of the output"


def folder() -> Path:
    """Where warps are kept: in the user's own content, or with what else cannot be made again. Raises StorageError."""
    try:
        return content.own("warps")
    except ContentError:
        return content.kept() / "warps"


def load(name: str) -> Warp:
    """The warp of an output; straight where none was kept. Raises ContentError with file and line."""
    try:
        path = folder() / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, StorageError):  # where nothing can be written, nothing was
        return straight()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"the warp {path} cannot be read: {error}. Mend or remove it.") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"the warp {path} is not valid TOML: {error}. Mend that line, or remove the file.") from None
    for key in tables:
        if key not in ("corners", "net"):
            raise ContentError(f"{path}:{_line(text, key)}: found {key!r}; {POSSIBLE}.")
    warp = straight()
    corners = _points(path, text, tables, "corners", warp.corners)
    net = _points(path, text, tables, "net", warp.net)
    if corners.shape != (4, 2) or net.ndim != 3 or net.shape[2] != 2 or not 2 <= min(net.shape[:2]) < 100:
        key = "corners" if corners.shape != (4, 2) else "net"
        raise ContentError(f"{path}:{_line(text, key)}: {key} has not the shape it should have; {POSSIBLE}.")
    try:
        return Warp(corners, net)
    except ContentError as error:
        raise ContentError(f"{path}:{_line(text, 'corners')}: {error}") from None


def save(name: str, warp: Warp) -> Path:
    """Keep the warp of an output; a reader sees the old file or the whole new one. Raises StorageError."""
    path = folder() / f"{name}.toml"
    rows = ",\n".join(f"    {_list(row)}" for row in warp.net)
    text = (
        f"# How the output {name!r} is bent; made on screen. Points are x, y in 0..1 from the lower left.\n"
        f"corners = {_list(warp.corners)}  # low left, low right, high left, high right\n"
        f"net = [  # rows from below\n{rows},\n]\n"
    )
    try:
        whole.write(path, text)
    except OSError as error:
        raise StorageError(
            f"the warp {path} cannot be kept: {error.strerror or error}. The old one still is."
        ) from None
    return path


def _points(
    path: Path, text: str, tables: dict[str, object], key: str, usual: np.typing.NDArray[np.float64]
) -> np.typing.NDArray[np.float64]:
    try:
        return np.array(tables.get(key, usual), np.float64)
    except (TypeError, ValueError):
        raise ContentError(f"{path}:{_line(text, key)}: {key} are not all numbers; {POSSIBLE}.") from None


def _line(text: str, key: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.lstrip().startswith(key)), 1)


def _list(points: np.typing.NDArray[np.float64]) -> str:
    return "[" + ", ".join(f"[{x:.7g}, {y:.7g}]" for x, y in points) + "]"
