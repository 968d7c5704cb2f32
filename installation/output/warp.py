"""The bending of an output by hand: four corners in perspective, and a net of points in between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from installation.errors import ContentError
from installation.output.mesh import Doubles

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # low left, low right, high left, high right
AROUND = (0, 1, 3, 2)  # the corners against the clock
NETS = (2, 3, 5, 9, 17)  # points each way; each holds the ones before
FAR = 2.0  # outputs beyond which no point is moved
LEAST = 1e-3  # of the output: the area that a corner's triangle keeps


@dataclass(frozen=True, eq=False, slots=True)
class Warp:
    """How an output is bent.

    corners   [4, 2], where low left, low right, high left and high right of the output come to lie, 0..1
    net       [rows, columns, 2], where evenly spread points come to lie before that; between them it is cubic

    Raises ContentError where the corners do not go around, or a number is none.
    """

    corners: Doubles
    net: Doubles

    def __post_init__(self) -> None:
        for part in (self.corners, self.net):
            if not (np.isfinite(part).all() and np.abs(part - 0.5).max() <= FAR):
                raise ContentError(f"a point of a warp lies within {0.5 - FAR:g}..{0.5 + FAR:g}.")
        around = self.corners[list(AROUND)]
        side = np.roll(around, -1, axis=0) - around
        following = np.roll(side, -1, axis=0)
        if (side[:, 0] * following[:, 1] - side[:, 1] * following[:, 0]).min() < LEAST:
            raise ContentError(
                "the four corners of a warp go around without a dent: low left, low right, high left, high right; "
                f"found {self.corners.tolist()}."
            )

    @property
    def straight(self) -> bool:
        """Whether nothing is bent."""
        return self.flat and bool((self.corners == SQUARE).all())

    @property
    def flat(self) -> bool:
        """Whether the net is even."""
        return bool((self.net == even(*self.net.shape[:2])).all())

    def moved(self, point: int, right: float, up: float, of_net: bool = False) -> Warp:
        """The same with one point moved, as far as it may; points are counted from low left, row by row."""
        part = (self.net if of_net else self.corners).copy()
        part.reshape(-1, 2)[point] += (right, up)
        try:
            return replace(self, net=part) if of_net else replace(self, corners=part)
        except ContentError:
            return self

    def netted(self, points: int) -> Warp:
        """The same shape, held by another number of points each way."""
        return replace(self, net=bend(even(points, points), self.net))

    def handles(self) -> tuple[Doubles, Doubles]:
        """Where the corners [4, 2] and the net's points [points, 2] are seen on the output, 0..1."""
        seen = np.append(self.net.reshape(-1, 2), np.ones((self.net.size // 2, 1)), axis=1) @ homography(self.corners).T
        return self.corners, seen[:, :2] / seen[:, 2:]


def even(rows: int, columns: int) -> Doubles:
    """Points spread evenly over the output, [rows, columns, 2]."""
    up, right = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    return np.stack([right, up], axis=-1)


def straight() -> Warp:
    """The warp that changes nothing."""
    return Warp(SQUARE.copy(), even(2, 2))


def bend(places: Doubles, net: Doubles) -> Doubles:
    """Where places [..., 2] of the output lie once its net is bent; beyond the net they move with its edge.

    Catmull and Rom's cubic through the points, each way; at the rim the net goes on as it ends, so that whatever is
    straight stays straight.
    """
    inside = places.clip(0.0, 1.0)
    up, right = (_weights(inside[..., axis], net.shape[1 - axis]) for axis in (1, 0))
    whole = _prolonged(_prolonged(net, 0), 1)
    bent = np.einsum("...r,...c,rcd->...d", up, right, whole, optimize=True)
    return np.asarray(bent + (places - inside))


def homography(corners: Doubles) -> Doubles:
    """The perspective [3, 3] that brings the unit square's corners, in the order of `SQUARE`, to these."""
    if (corners == SQUARE).all():
        return np.eye(3)
    rows, wanted = [], []
    for (x, y), (to_x, to_y) in zip(SQUARE, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -to_x * x, -to_x * y], [0, 0, 0, x, y, 1, -to_y * x, -to_y * y]]
        wanted += [to_x, to_y]
    return np.append(np.linalg.solve(np.array(rows), np.array(wanted)), 1.0).reshape(3, 3)


def _weights(along: Doubles, points: int) -> Doubles:
    """How much of each point of a prolonged line there is at places 0..1 along it, [..., points + 2]."""
    at = along * (points - 1)
    first = np.minimum(at.astype(int), points - 2)
    t = (at - first)[..., None]
    four = 0.5 * np.concatenate(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=-1
    )
    weights = np.zeros((*along.shape, points + 2))
    np.put_along_axis(weights, first[..., None] + np.arange(4), four, axis=-1)
    return weights


def _prolonged(net: Doubles, axis: int) -> Doubles:
    """The net with one more row at both ends, as far again as the last one."""
    rows = net.swapaxes(0, axis)
    whole = np.concatenate([2 * rows[:1] - rows[1:2], rows, 2 * rows[-1:] - rows[-2:-1]])
    return whole.swapaxes(0, axis)
