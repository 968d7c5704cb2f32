"""A dome's picture for one projector and a mirror ball: light goes from the lens to the ball and on to the dome."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.data import Dome
from installation.errors import ContentError
from installation.output.mesh import Doubles, Mesh

Hits = NDArray[np.bool_]
RIM = 1.08  # openings up to which cells are drawn: the picture itself ends at its circle, without a ragged edge


@dataclass(frozen=True, slots=True)
class Room:
    """Where projector, ball and dome stand, in metres: x to the right, y up, z to the back from the dome's middle.

    radius      of the dome
    ball        middle of the mirror ball: usually at the front or the back of the rim
    curve       radius of the mirror ball
    projector   its lens
    aim         where the middle of its picture would fall without the ball
    throw       distance to a screen over the picture's width
    aspect      the picture's width over its height
    """

    radius: float = 2.5
    ball: tuple[float, float, float] = (0.0, 0.3, 2.3)
    curve: float = 0.3
    projector: tuple[float, float, float] = (0.0, 0.15, 0.9)
    aim: tuple[float, float, float] = (0.0, 0.44, 2.3)
    throw: float = 2.0
    aspect: float = 16 / 9


def mirrored(room: Room, dome: Dome, columns: int = 161, rows: int = 91) -> Mesh:
    """The mesh that lets a mirror ball fill a dome with its fisheye picture.

    Its light evens out what the ball spreads: the brightest place of the dome gives up as much as the darkest lacks,
    four fifths at most. Raises ContentError where no light reaches the dome.
    """
    lens, ball = (np.array(place) for place in (room.projector, room.ball))
    if np.linalg.norm(lens - ball) <= room.curve or np.allclose(room.aim, room.projector):
        raise ContentError("the projector stands in the mirror ball, or aims at itself; see: immersions mirror --help")
    forward = np.array(room.aim) - lens
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 1.0, 0.0))
    if np.linalg.norm(right) < 1e-9:
        raise ContentError("the projector aims straight up or down; move its aim a little.")
    right = right / np.linalg.norm(right)
    up = np.cross(right, forward)
    across, high = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    wide = (across - 0.5) / room.throw
    tall = (high - 0.5) / room.throw / room.aspect
    ray = _unit(forward + wide[..., None] * right + tall[..., None] * up)
    place, reflected, hit = _from_ball(lens, ray, ball, room.curve)
    spot, reached = _on_dome(place, reflected, room.radius)
    points, inside = fisheye(spot, dome)
    shown = hit & reached & inside
    if not shown.any():
        raise ContentError("no light reaches the dome from there; move the projector's aim or the mirror ball.")
    light = np.where(shown, _evened(spot, wide, tall, shown), -1.0)
    return Mesh(np.stack([across, high], axis=-1), np.where(shown[..., None], points, 0.5), light)


def fisheye(directions: Doubles, dome: Dome) -> tuple[Doubles, Hits]:
    """Where directions [..., 3] from a dome's middle lie in its picture, 0..1; which are in its circle, or nearly."""
    tilt, opening = np.radians(dome.tilt), np.radians(dome.fov) / 2
    x, y, z = np.moveaxis(_unit(directions), -1, 0)
    middle, back = np.cos(tilt) * y - np.sin(tilt) * z, np.sin(tilt) * y + np.cos(tilt) * z
    angle = np.arccos(middle.clip(-1, 1))
    aside = np.maximum(np.hypot(x, back), 1e-12)
    along = np.stack([x, back], axis=-1) / aside[..., None] * (angle / opening)[..., None]
    return 0.5 + 0.5 * (along + np.array(dome.offset)), angle <= opening * RIM


def _from_ball(lens: Doubles, ray: Doubles, ball: Doubles, curve: float) -> tuple[Doubles, Doubles, Hits]:
    """Where rays meet the ball, where they go from there, and which of them do."""
    away = lens - ball
    along = ray @ away
    root = along**2 - (away @ away - curve**2)
    hit = (root > 0) & (along < 0)
    place = lens + (-along - np.sqrt(np.maximum(root, 0.0)))[..., None] * ray
    normal = (place - ball) / curve
    return place, ray - 2 * np.sum(ray * normal, axis=-1, keepdims=True) * normal, hit


def _on_dome(place: Doubles, ray: Doubles, radius: float) -> tuple[Doubles, Hits]:
    """Where rays from inside meet the dome, and which of them do."""
    along = np.sum(place * ray, axis=-1)
    root = along**2 - (np.sum(place**2, axis=-1) - radius**2)
    far = -along + np.sqrt(np.maximum(root, 0.0))
    return place + far[..., None] * ray, (root > 0) & (far > 0)


def _evened(spot: Doubles, wide: Doubles, tall: Doubles, shown: Hits) -> Doubles:
    """How much of its light each place keeps: as much as its patch of the dome is large, against the largest."""
    patch = np.linalg.norm(np.cross(np.gradient(spot, axis=1), np.gradient(spot, axis=0)), axis=-1)  # of the dome
    sent = (1 + wide**2 + tall**2) ** -1.5  # light that the lens sends into a patch of a flat picture
    thin = patch / sent
    most = np.quantile(thin[shown], 0.9)
    return np.asarray((thin / most).clip(0.2, 1.0) ** (1 / 2.2))


def _unit(vectors: Doubles) -> Doubles:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
