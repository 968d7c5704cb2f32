"""How fast a camera may move, and the stately ways that it takes in a dome."""

import math

import numpy as np

from installation.data import Camera
from installation.stage.camera import axes, glide, reach, vector

STEADY = 10.0, 10.0  # degrees a second on a screen, turning and drifting: what a slow film allows itself in a pan
STATELY = 4.0, 10.0  # in a dome, where the picture is all that one sees and the body feels every turn
SHARE = 0.4  # of every turn, and of every dive by doublings, is left in a dome


def stately(camera: Camera, home: Camera) -> Camera:
    """The camera as a dome takes it: it looks at the same place, but turns less and comes less near.

    home   where the whole body is seen from
    """
    between = glide(home, camera, SHARE)
    eye = np.asarray(camera.centre) + reach(between) * axes(between)[2]
    return Camera(vector(eye), camera.centre, between.up, camera.angle)


def speed(before: Camera, after: Camera, seconds: float) -> tuple[float, float]:
    """How fast the picture turns, and how fast it drifts to a side, degrees a second.

    It turns as the camera's axes do; it drifts as what the camera looks at does, seen from where the camera stands.
    """
    old, new = axes(before), axes(after)
    turned = math.acos(min(max((float(np.trace(new.T @ old)) - 1) / 2, -1.0), 1.0))
    way = np.subtract(after.centre, before.centre)
    aside = float(np.linalg.norm(way - old[2] * (way @ old[2]))) / min(reach(before), reach(after))
    return math.degrees(turned) / seconds, math.degrees(math.atan(aside)) / seconds
