"""Pictures of a body while it forms: soft discs on black, its layers in colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats

COLOURS = np.array([[0.8, 0.05, 0.01], [0.01, 0.42, 1.5], [0.02, 0.36, 0.01], [1.2, 0.68, 0.01]], np.float32)
FILL = 0.7  # of the disc that is a vertex's room is drawn
MARGIN = 0.95  # of the picture's half is the body's radius
SMALLEST = 0.9  # pixels
LEAST, MOST = 0.55, 1.1  # times the radius that a disc has where all share the room evenly
EXPOSURE = 1.0
HAZE = np.array([0.012, 0.018, 0.17], np.float32)  # light of the mist at its densest


@dataclass(frozen=True, eq=False, slots=True)
class Discs:
    """A body at one moment.

    positions   [discs, 2] within the unit disc
    radii       [discs] of the room that each one has, in the same unit
    layers      [discs] the number of each one's layer
    """

    positions: Floats
    radii: Floats
    layers: NDArray[np.int64]


def portrait(discs: Discs, size: int, haze: Floats | None = None) -> NDArray[np.uint8]:
    """The picture, [size, size, 3], row 0 is the highest; with `haze` [pixels, pixels] behind the discs."""
    light = np.zeros((size * size, 3), np.float32)
    at = (discs.positions * (MARGIN, -MARGIN) + 1) * (size / 2)  # pixels: column, row
    even = 1 / max(len(discs.radii), 1) ** 0.5
    room = np.clip(discs.radii, LEAST * even, MOST * even)
    radius = np.maximum(room * (FILL * MARGIN * size / 2), SMALLEST)
    reach = np.minimum(2 ** np.ceil(np.log2(radius + 1)).astype(int), size)
    for group in np.unique(reach):
        some = reach == group
        for start in range(0, int(some.sum()), max(1, (1 << 20) // int(2 * group + 1) ** 2)):
            part = np.flatnonzero(some)[start : start + max(1, (1 << 20) // int(2 * group + 1) ** 2)]
            splat(light, at[part], radius[part], COLOURS[discs.layers[part] % len(COLOURS)], int(group), size)
    if haze is not None:
        light += behind(haze, size).reshape(-1, 1) * HAZE
    shown = (1 - np.exp(-EXPOSURE * light)) ** (1 / 2.2)
    pixels: NDArray[np.uint8] = np.rint(255 * shown.reshape(size, size, 3)).astype(np.uint8)
    return pixels


def splat(light: Floats, at: Floats, radius: Floats, colours: Floats, reach: int, size: int) -> None:
    """Add discs [discs, 2] with radii up to `reach` pixels to the light [pixels, 3]."""
    steps = np.arange(-reach, reach + 1)
    column = np.floor(at[:, :1]).astype(int) + steps  # [discs, steps]
    row = np.floor(at[:, 1:]).astype(int) + steps
    apart = np.hypot((row + 0.5 - at[:, 1:])[:, :, None], (column + 0.5 - at[:, :1])[:, None])
    cover = np.clip(radius[:, None, None] + 0.5 - apart, 0, 1)  # [discs, steps, steps]
    cover *= 1 - 0.5 * np.minimum(apart / radius[:, None, None], 1) ** 2  # a little brighter in the middle
    inside = ((row >= 0) & (row < size))[:, :, None] & ((column >= 0) & (column < size))[:, None] & (cover > 0)
    pixel = (row[:, :, None] * size + column[:, None])[inside]
    disc = np.nonzero(inside)[0]
    for axis in range(3):
        light[:, axis] += np.bincount(pixel, cover[inside] * colours[disc, axis], size * size).astype(np.float32)


def behind(haze: Floats, size: int) -> Floats:
    """The haze as it is shown, [size, size], row 0 the highest."""
    edge = (np.arange(size) + 0.5 - size / 2) / (MARGIN * size / 2)  # -1..1 on the body's plane
    place = np.clip(((edge + 1) / 2 * len(haze)).astype(int), 0, len(haze) - 1)
    inside = np.abs(edge) <= 1
    shown: Floats = np.sqrt(np.sqrt(haze))[place[::-1]][:, place]
    return shown * np.outer(inside, inside)
