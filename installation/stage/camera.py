"""Where we look from: moves that are slow, round and never jump."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from installation.data import Camera, Vector
from installation.stage.curves import Curve, wave
from installation.stage.places import Place

Doubles = NDArray[np.float64]

NEAREST = 0.02  # of a radius 1 body: nearer to its centre no camera comes
UP = (0.0, 1.0, 0.0)


def orbit(
    radius: float = 3.0,
    height: float = 0.0,
    turns: float = 0.0,
    centre: Vector = (0.0, 0.0, 0.0),
    angle: float = 45.0,
) -> Camera:
    """Stand on a circle around a point and look at it; at 0 turns we see the front, and the eye moves to the right."""
    eye = (
        centre[0] + radius * math.sin(2 * math.pi * turns),
        centre[1] + height,
        centre[2] + radius * math.cos(2 * math.pi * turns),
    )
    return Camera(eye, centre, UP, angle)


def toward(
    place: Place, fill: float = 0.6, turns: float = 0.0, lift: float = 0.0, upward: float = 0.0, angle: float = 45.0
) -> Camera:
    """Look at a part of the body from so far that it fills this share of the picture's height.

    turns    to the right around the place, in turns; a quarter sees a flat body from its edge
    lift     above it, in turns, less than a quarter
    upward   0..1: how far the picture is rolled so that the place, seen from the body's middle, comes to point up
    """
    distance = max(place.radius, NEAREST) / (fill * math.tan(math.radians(angle) / 2))
    around, above = 2 * math.pi * turns, 2 * math.pi * lift
    way = (math.cos(above) * math.sin(around), math.sin(above), math.cos(above) * math.cos(around))
    eye = vector(np.add(place.centre, np.multiply(distance, way)))
    x, y, _ = place.centre
    lean = 0.49 * upward / (math.hypot(x, y) + 0.1)  # always less than half, so that no place can turn the picture over
    up = (lean * x, 1 - lean * (math.hypot(x, y) - y), 0.0)
    return Camera(eye, place.centre, up, angle)


def sway(time: float, seconds: float = 60.0, width: float = 0.05, height: float = 0.03) -> tuple[float, float]:
    """A slow drift of the view that never repeats: turns and lift for `toward`, within +-width and +-height turns."""
    turns = width * (0.7 * wave(time, seconds) + 0.3 * wave(time, seconds * 0.618, 0.2))
    lift = height * (0.7 * wave(time, seconds * 1.414, 0.4) + 0.3 * wave(time, seconds * 0.786, 0.7))
    return turns, lift


def journey(time: float, *stops: tuple[float, Place]) -> Place:
    """The way from place to place: (seconds, place) in order of time; sizes change evenly to the eye."""
    centres = [Curve(*((at, place.centre[axis]) for at, place in stops))(time) for axis in range(3)]
    radius = math.exp(Curve(*((at, math.log(max(place.radius, NEAREST))) for at, place in stops))(time))
    return Place((centres[0], centres[1], centres[2]), radius)


def glide(a: Camera, b: Camera, along: float) -> Camera:
    """The camera on the way from a (0) to b (1): the direction turns, the distance changes evenly, nothing jumps."""
    if along <= 0.0:
        return a
    if along >= 1.0:
        return b
    centre = _mix(a.centre, b.centre, along)
    distance = math.exp((1 - along) * math.log(reach(a)) + along * math.log(reach(b)))
    back, up = _turned(axes(a), axes(b), along)
    return Camera(
        eye=vector(centre + distance * back),
        centre=vector(centre),
        up=vector(up),
        angle=(1 - along) * a.angle + along * b.angle,
    )


def moved(camera: Camera, closeness: float, turns: float, lift: float) -> Camera:
    """The camera as hands push it: nearer to what it looks at, and around it.

    closeness   0..1; at 1 a quarter of the distance is left
    """
    if closeness == turns == lift == 0.0:
        return camera
    right, up, back = axes(camera)
    distance = reach(camera) * (1.0 - 0.75 * closeness)
    around, above = 2 * math.pi * turns, 2 * math.pi * lift
    level = math.cos(around) * back + math.sin(around) * right
    way = math.cos(above) * level + math.sin(above) * up
    return replace(camera, eye=vector(np.add(camera.centre, distance * way)), up=vector(up))


def reach(camera: Camera) -> float:
    """From the eye to what it looks at."""
    return max(math.dist(camera.eye, camera.centre), 1e-4)


def axes(camera: Camera) -> Doubles:
    """[3, 3]: the unit vectors to the right, up and back (from the centre to the eye) of the camera."""
    back = np.subtract(camera.eye, camera.centre, dtype=float)
    back = back / length if (length := np.linalg.norm(back)) > 1e-9 else np.array([0.0, 0.0, 1.0])
    right = _cross(camera.up, back)
    if np.linalg.norm(right) < 1e-6:  # up along the view: any other up will do
        right = _cross((0.0, 0.0, -1.0) if abs(back[1]) > 0.9 else UP, back)
    right /= np.linalg.norm(right)
    return np.stack([right, _cross(back, right), back])


def _turned(a: Doubles, b: Doubles, along: float) -> tuple[Doubles, Doubles]:
    """Back and up, part of the shortest turn from axes a to axes b."""
    turn = b.T @ a  # [3, 3] takes every axis of a to its own of b
    cosine = min(max((np.trace(turn) - 1) / 2, -1.0), 1.0)
    angle = math.acos(cosine)
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    size = float(np.linalg.norm(axis))
    # for a half turn every axis across the view is as short; around the picture's up the horizon stays level
    axis = axis / size if size > 1e-9 else a[1]
    if size <= 1e-9 and cosine > 0:
        return b[2], b[1]
    return _around(a[2], axis, along * angle), _around(a[1], axis, along * angle)


def _around(vector: Doubles, axis: Doubles, angle: float) -> Doubles:
    """The vector turned around a unit axis (Rodrigues)."""
    flat = _cross(axis, vector)
    turned = vector * math.cos(angle) + flat * math.sin(angle) + axis * (axis @ vector) * (1 - math.cos(angle))
    return np.asarray(turned, dtype=float)


def _cross(a: Sequence[float] | Doubles, b: Sequence[float] | Doubles) -> Doubles:
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _mix(a: Sequence[float], b: Sequence[float], along: float) -> Doubles:
    return (1 - along) * np.asarray(a, dtype=float) + along * np.asarray(b, dtype=float)


def vector(values: Sequence[float] | Doubles) -> Vector:
    """Three numbers as a place or a direction."""
    x, y, z = (float(value) for value in values)
    return x, y, z
