"""Warp meshes as text, in Paul Bourke's format: what mirror-ball domes and many players use."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from installation import whole
from installation.errors import ContentError, StorageError
from installation.output.mesh import Mesh

POLAR, RECTANGULAR = 1, 2  # how the points are laid out: in rings, or in rows
MOST = 4_000_000  # points; more is a slip of the keyboard
WANTED = "x y u v i: place on the output (x within -aspect..aspect, y within -1..1), point of the picture 0..1, light"


def read(path: Path, aspect: float = 1.0) -> Mesh:
    """A mesh from a file: its type, then `nx ny`, then nx times ny lines `x y u v i`, row after row.

    aspect   width of the output over its height; x runs from -aspect to aspect

    The format: paulbourke.net/dataformats/meshwarp. Type 1 (polar) has rings, which are closed here where their ends
    meet, type 2 (rectangular) rows. Raises ContentError with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"the mesh {path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    kind = _whole(path, lines, 0, ("type",), "1 (polar) or 2 (rectangular)")[0]
    if kind not in (POLAR, RECTANGULAR):
        raise ContentError(f"{path}:{lines[0][0]}: a mesh has type 1 (polar) or 2 (rectangular), not {kind}.")
    columns, rows = _whole(path, lines, 1, ("nx", "ny"), "nx ny, two whole numbers of 2 or more")
    if min(columns, rows) < 2 or columns * rows > MOST:
        raise ContentError(
            f"{path}:{lines[1][0]}: a mesh has 2 or more points each way and {MOST:,} at most, not {columns} x {rows}."
        )
    nodes = lines[2 : 2 + columns * rows]
    values = np.array([_node(path, number, words) for number, words in nodes]).reshape(-1, 5)
    if len(lines) != 2 + columns * rows:
        last = lines[-1][0]
        raise ContentError(
            f"{path}:{last}: {columns} x {rows} points are {columns * rows:,} lines x y u v i, "
            f"but there are {len(lines) - 2:,}. Mend nx and ny in line {lines[1][0]}, or the lines."
        )
    net = values.reshape(rows, columns, 5)
    places = 0.5 + 0.5 * net[..., :2] / (aspect, 1.0)
    mesh = Mesh(places, net[..., 2:4].copy(), net[..., 4].copy())
    return mesh.closed() if kind == POLAR else mesh


def placed(mesh: Mesh, aspect: float) -> Mesh:
    """A mesh that was read for a square output, on one of this width over its height."""
    return replace(mesh, places=0.5 + (mesh.places - 0.5) / (aspect, 1.0))


def write(mesh: Mesh, path: Path, aspect: float) -> None:
    """Write a rectangular mesh; a reader sees the old file or the whole new one. Raises StorageError."""
    rows, columns = mesh.shape
    places = (2 * mesh.places - 1) * (aspect, 1.0)
    values = np.concatenate([places, mesh.points, mesh.light[..., None]], axis=-1).reshape(-1, 5)
    lines = (" ".join(f"{value:.7g}" for value in row) for row in values)
    try:
        whole.write(path, f"{RECTANGULAR}\n{columns} {rows}\n" + "\n".join(lines) + "\n")
    except OSError as error:
        raise StorageError(f"the mesh {path} cannot be written: {error.strerror or error}.") from None


def _whole(
    path: Path, lines: list[tuple[int, list[str]]], place: int, names: tuple[str, ...], wanted: str
) -> list[int]:
    """The whole numbers of one of the first two lines."""
    if place >= len(lines):
        raise ContentError(f"{path}: the mesh ends before its {' '.join(names)}. Wanted is {wanted}.")
    number, words = lines[place]
    try:
        values = [int(word) for word in words]
    except ValueError:
        values = []
    if len(values) != len(names):
        raise ContentError(f"{path}:{number}: found {' '.join(words)!r}; wanted is {wanted}.")
    return values


def _node(path: Path, number: int, words: list[str]) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != 5 or not np.isfinite(values).all():
        raise ContentError(f"{path}:{number}: found {' '.join(words)!r}; wanted is {WANTED}.")
    return values
