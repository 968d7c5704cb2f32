"""A picture on a net of cells: where each of its points falls on an output."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

CLOSE = 2.0  # the gap between the ends of a ring, in gaps between its other points; a flat net is open far wider


@dataclass(frozen=True, eq=False, slots=True)
class Mesh:
    """Points in rows and columns; the picture is stretched over the cells between them.

    places   [rows, columns, 2], x and y on the output, 0..1 from its lower left corner, may lie beyond
    points   [rows, columns, 2], u and v in the picture, 0..1 from its lower left corner
    light    [rows, columns], factor of the picture's numbers, 0..1; cells that touch one below 0 are not drawn
    holes    [rows - 1, columns - 1], which cells are not drawn, where that is known already
    """

    places: Doubles
    points: Doubles
    light: Doubles
    holes: NDArray[np.bool_] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of points."""
        return self.light.shape[0], self.light.shape[1]

    def cells(self) -> NDArray[np.int32]:
        """Two triangles for each cell that is drawn, as indices of points in reading order, [triangles, 3]."""
        rows, columns = self.shape
        number = np.arange(rows * columns).reshape(rows, columns)
        low, right, high, both = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
        pairs = np.stack([low, right, both, low, both, high], axis=-1).reshape(-1, 6)
        drawn = pairs[~self._dark().ravel()]
        return drawn.reshape(-1, 3).astype(np.int32)

    def finer(self, cells: int) -> Mesh:
        """The same surface with at least so many cells each way."""
        rows, columns = self.shape
        down, across = (-(-cells // max(1, length - 1)) for length in (rows, columns))
        if down == across == 1:
            return self
        holes = np.repeat(np.repeat(self._dark(), down, 0), across, 1)
        places, points, light = (
            _between(_between(part, 0, down), 1, across) for part in (self.places, self.points, self.light)
        )
        return Mesh(places, points, light, holes)

    def turned(self, degrees: int, mirrored: bool) -> Mesh:
        """The picture with left and right swapped, if mirrored, then turned clockwise by a multiple of 90 degrees."""
        x, y = self.places[..., 0], self.places[..., 1]
        if mirrored:
            x = 1 - x
        for _ in range(degrees // 90 % 4):
            x, y = y, 1 - x
        return replace(self, places=np.stack([x, y], axis=-1))

    def closed(self) -> Mesh:
        """A net whose first and last points of a row, or of a column, meet as a ring, with the ring closed."""
        mesh = self
        for axis in (0, 1):
            net = mesh.places.swapaxes(0, axis)
            steps = np.linalg.norm(np.diff(net, axis=0), axis=-1).mean()
            gap = np.linalg.norm(net[0] - net[-1], axis=-1).mean()
            if len(net) > 3 and 1e-6 < gap < CLOSE * steps:
                parts = (mesh.places, mesh.points, mesh.light)
                mesh = Mesh(*(np.concatenate([part, part.take([0], axis)], axis) for part in parts))
        return mesh

    def _dark(self) -> NDArray[np.bool_]:
        """Which cells are not drawn, [rows - 1, columns - 1]."""
        if self.holes is not None:
            return self.holes
        dark = self.light < 0
        return np.asarray(dark[:-1, :-1] | dark[:-1, 1:] | dark[1:, :-1] | dark[1:, 1:])


def quad(rectangle: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)) -> Mesh:
    """The picture as it is, in a rectangle of the output: left, low, width, height, 0..1."""
    corners = np.array([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 1.0]]])
    return Mesh(np.array(rectangle[:2]) + corners * np.array(rectangle[2:]), corners, np.ones((2, 2)))


def _between(values: Doubles, axis: int, parts: int) -> Doubles:
    """Values along an axis with each gap divided evenly."""
    if parts == 1:
        return values.copy()
    net = values.swapaxes(0, axis)
    share = (np.arange(parts) / parts).reshape(-1, *[1] * (net.ndim - 1))
    filled = net[:-1, None] * (1 - share) + net[1:, None] * share
    whole = np.concatenate([filled.reshape(-1, *net.shape[1:]), net[-1:]])
    return whole.swapaxes(0, axis)
