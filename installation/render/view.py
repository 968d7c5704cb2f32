"""From a camera to the one matrix that every vertex goes through."""

import math

import numpy as np
from numpy.typing import NDArray

from installation.data import Camera, Floats

Arrow = NDArray[np.float64]  # [3]

NEAR, FAR = 0.01, 50.0  # of the body's radius


def focal(camera: Camera, height: int) -> float:
    """Pixels that one unit of length covers at distance one."""
    return 0.5 * height / math.tan(math.radians(camera.angle) / 2)


def matrix(camera: Camera, picture: tuple[int, int], whole: tuple[int, int]) -> Floats:
    """Room to clip space, [4, 4] to be multiplied from the left, for a picture inside a larger buffer.

    picture   pixels that the camera's angle fills, vertically
    whole     pixels of the buffer; the picture is in its middle
    """
    eye, centre, up = (np.asarray(v, float) for v in (camera.eye, camera.centre, camera.up))
    back = unit(eye - centre, np.array([0.0, 0.0, 1.0]))
    right = unit(np.cross(up, back), np.array([1.0, 0.0, 0.0]))
    turn = np.stack([right, np.cross(back, right), back])  # [3, 3]
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = turn, -turn @ eye
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


def unit(vector: Arrow, otherwise: Arrow) -> Arrow:
    """The direction of a vector; `otherwise` where it has none."""
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else otherwise
