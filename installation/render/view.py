"""From a camera to the numbers that every vertex is projected with, on a screen or in a dome."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from installation.data import Camera, Dome, Floats, Vector
from installation.errors import ContentError
from installation.render.passes import Value

NEAR, FAR = 0.01, 50.0  # of the body's radius
WHOLE = 1.0  # radii of the body, from which on all of its breath is seen
STRETCHED = 2.0  # times longer than in the middle of a dome is a length at its rim, at most


def focal(camera: Camera, height: float) -> float:
    """Pixels that one unit of length covers at distance one."""
    return 0.5 * height / math.tan(math.radians(camera.angle) / 2)


def matrix(camera: Camera, picture: tuple[float, float], whole: tuple[int, int]) -> Floats:
    """Room to clip space, [4, 4] to be multiplied from the left, for a picture inside a larger buffer.

    picture   pixels that the camera's angle fills, vertically
    whole     pixels of the buffer; the picture is in its middle
    """
    view = _seen(camera)
    wide, high = (2 * focal(camera, picture[1]) / length for length in whole)
    lens = np.array(
        [
            [wide, 0, 0, 0],
            [0, high, 0, 0],
            [0, 0, (FAR + NEAR) / (NEAR - FAR), 2 * FAR * NEAR / (NEAR - FAR)],
            [0, 0, -1, 0],
        ]
    )
    result: Floats = (lens @ view).astype(np.float32)
    return result


def projection(
    camera: Camera, picture: tuple[float, float], whole: tuple[int, int], dome: Dome | None
) -> dict[str, Value]:
    """What lib/project.glsl reads, by its names; sizes as in `matrix`."""
    if dome is None:
        seen = matrix(camera, picture, whole)
        return {"camera": _columns(seen), "focal": focal(camera, picture[1]), "opening": 0.0, "circle": (0.0,) * 4}
    opening, radius = math.radians(dome.fov) / 2, min(picture) / 2
    middle = (dome.offset[axis] * 2 * radius / whole[axis] for axis in range(2))
    return {
        "camera": _columns(overhead(camera, dome)),
        "focal": radius / opening,
        "opening": opening,
        "circle": (*middle, 2 * radius / whole[0], 2 * radius / whole[1]),
    }


def closest(seen: Mapping[str, object], places: Floats) -> float:
    """Pixels that one unit of length covers at the nearest of some places [places, 3], or more.

    seen   what `projection` has told
    """
    room = np.reshape(seen["camera"], (4, 4)).T.astype(np.float32)  # type: ignore[call-overload]
    if seen["opening"] == 0.0:
        away = places @ room[3, :3] + room[3, 3]
        return float(seen["focal"]) / max(float(away.min(where=away > 0, initial=FAR)), NEAR)  # type: ignore[arg-type]
    away = np.linalg.norm(places @ room[:3, :3].T + room[:3, 3], axis=1)
    return STRETCHED * float(seen["focal"]) / max(float(away.min(initial=FAR)), NEAR)  # type: ignore[arg-type]


def held(camera: Camera) -> float:
    """How still a body holds for this camera, 0 it breathes .. 1: near by, cells would swim through the picture."""
    return max(0.0, 1.0 - math.dist(camera.eye, camera.centre) / WHOLE)


def disc(picture: tuple[float, float], dome: Dome | None) -> tuple[float, float, float]:
    """Middle and radius of a dome's circle in a picture, pixels, row 0 is the lowest; radius 0 without a dome."""
    if dome is None:
        return 0.0, 0.0, 0.0
    radius = min(picture) / 2
    return picture[0] / 2 + dome.offset[0] * radius, picture[1] / 2 + dome.offset[1] * radius, radius


def overhead(camera: Camera, dome: Dome) -> Floats:
    """Room to dome, [4, 4]: x to the audience's right, y to its back, z to the middle of the dome.

    The camera's view is raised to the dome's height, and the camera steps nearer until its view fills the spread.
    Raises ContentError for a dome that cannot be.
    """
    if not 90 <= dome.fov <= 250 or not -90 <= dome.tilt <= 90 or not 1 <= dome.spread <= 170:
        raise ContentError(
            f"a dome with fov {dome.fov:g}, tilt {dome.tilt:g} and spread {dome.spread:g} was asked for. "
            "fov lies in 90..250 degrees, tilt in -90..90, spread in 1..170."
        )
    nearer = math.tan(math.radians(camera.angle) / 2) / math.tan(math.radians(dome.spread) / 2)
    eye = tuple(c + (e - c) * nearer for e, c in zip(camera.eye, camera.centre, strict=True))
    view = _seen(Camera(eye, camera.centre, camera.up, camera.angle))  # type: ignore[arg-type]
    raised = math.radians(dome.height + dome.tilt)  # of the view above the rim's plane
    turn = np.array(
        [
            [1, 0, 0, 0],
            [0, math.sin(raised), math.cos(raised), 0],  # the audience's back, from the camera's up and back
            [0, math.cos(raised), -math.sin(raised), 0],  # the middle of the dome
            [0, 0, 0, 1],
        ]
    )
    result: Floats = (turn @ view).astype(np.float32)
    return result


def _seen(camera: Camera) -> NDArray[np.float64]:
    """Room to camera, [4, 4]: x right, y up, z back. In plain numbers: numpy takes ten times longer for so few."""
    ex, ey, ez = map(float, camera.eye)
    cx, cy, cz = map(float, camera.centre)
    back = unit((ex - cx, ey - cy, ez - cz), (0.0, 0.0, 1.0))
    right = unit(across(camera.up, back), (1.0, 0.0, 0.0))
    rows = right, across(back, right), back
    return np.array([*((x, y, z, -(x * ex + y * ey + z * ez)) for x, y, z in rows), (0.0, 0.0, 0.0, 1.0)])


def _columns(matrix: Floats) -> tuple[float, ...]:
    """A matrix as a shader takes it."""
    return tuple(matrix.T.ravel().tolist())


def across(first: Vector, second: Vector) -> Vector:
    """What stands upright on both: their cross product."""
    (a, b, c), (d, e, f) = first, second
    return b * f - c * e, c * d - a * f, a * e - b * d


def unit(vector: Vector, otherwise: Vector) -> Vector:
    """The direction of a vector; `otherwise` where it has none."""
    length = math.hypot(*vector)
    if length <= 1e-9:
        return otherwise
    x, y, z = vector
    return x / length, y / length, z / length
