"""How bright every field of the picture will be, before it is drawn: neurons shared out to fields, times their light.

All that comes in are plain arrays; who draws knows what they are.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats
from installation.guard.flash import LUMINANCE, SATURATED, Fields

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Numbers = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Indices = NDArray[np.integer]

SQUARE = math.sqrt(math.pi) / 2  # half the side of a square, of the radius of a disc as large
GROWN = 1.4  # times its radius at rest, where a face lies that answers as most do
BLUR = 20.0  # pixels that light spreads in the lens
WEIGHTS = np.array(LUMINANCE, np.float32)


class Sight(NamedTuple):
    """One moment of the loop from one place.

    centres   [units, 2] pixels from the lower left corner
    radii     [units] pixels of a face at rest; 0 is not seen
    kinds     [units] rows of the table
    table     [kinds, 256, 4] red, green, blue that a face adds on the screen by its answer, and its light before film
    mist      [fields, 3] light that lies over each field
    spread    share of all light that spreads in the lens
    fade      0..1 of the whole picture
    """

    centres: Floats
    radii: Floats
    kinds: Numbers
    table: Floats
    mist: Floats
    spread: float
    fade: float


def shares(centres: Floats, radii: Floats, fields: Fields) -> tuple[Numbers, Numbers, Floats]:
    """Which unit covers how much of which field: units, fields, shares of the field's area; a face as a square."""
    units = np.flatnonzero(radii > 0).astype(np.int32)
    across = [
        _overlaps(centres[units, axis], radii[units], side) for axis, side in enumerate((fields.wide, fields.high))
    ]
    found = []
    for row, high in across[1]:
        for column, wide in across[0]:
            area = wide * high
            some = np.flatnonzero(
                (area > 0) & (column >= 0) & (column < fields.columns) & (row >= 0) & (row < fields.rows)
            )
            found.append((units[some], row[some] * fields.columns + column[some], area[some]))
    unit, field, area = (np.concatenate(part) for part in zip(*found, strict=True))
    return unit, field, area


def _overlaps(middle: Floats, radii: Floats, side: float) -> list[tuple[Numbers, Floats]]:
    """Along one axis: the number of each cell that a face may reach, and how much of it is covered."""
    half = np.float32(SQUARE * GROWN / side) * radii
    middle = middle / np.float32(side)
    low, high = middle - half, middle + half
    first = np.floor(low)
    reach = int((np.floor(high) - first).max(initial=0)) + 1
    covered = []
    for cell in (first + np.float32(step) for step in range(reach)):
        share = np.maximum(np.minimum(high, cell + 1) - np.maximum(low, cell), 0) / np.float32(GROWN)
        covered.append((cell.astype(np.int32), share))
    return covered


class Parts(NamedTuple):
    """What each layer of neurons gives to each field over time.

    layer, field   [parts] numbers
    light          [parts, times, 5] red, green and blue on the screen, light before film, saturated red
    """

    layer: Numbers
    field: Numbers
    light: Floats


def parts(answers: Bytes, at: Floats, sights: Sequence[Sight], layer: Numbers, fields: Fields) -> Parts:
    """What is given to fields at every time, each between the two sights around it.

    answers   [units, times] 0 at rest .. 255
    at        [times] in sights, 0 at the first .. len(sights) - 1 at the last
    layer     [units]
    """
    covered = [shares(sight.centres, sight.radii, fields) for sight in sights]
    met = np.zeros((int(layer.max()) + 1) * fields.count, bool)
    for unit, field, _ in covered:
        met[layer[unit] * fields.count + field] = True
    keys = np.flatnonzero(met)
    row = np.cumsum(met) - 1
    light = np.zeros((len(keys), len(at), 5), np.float32)
    for number, (sight, (unit, field, area)) in enumerate(zip(sights, covered, strict=True)):
        near = np.flatnonzero(np.abs(at - number) < 1)  # times in order, so these follow each other
        if not len(near) or not len(unit):
            continue
        there = np.flatnonzero(np.bincount(unit, minlength=len(layer)))
        column = np.empty(len(layer), np.int32)
        column[there] = np.arange(len(there))
        weights = _sparse(area, row[layer[unit] * fields.count + field], column[unit], (len(keys), len(there)))
        index = sight.kinds[there, None] * 256 + answers[there, near[0] : near[-1] + 1]  # [there, near]
        shown = np.take(sight.table.reshape(-1, 4), index, axis=0).reshape(len(there), -1)
        given = (weights @ shown).reshape(len(keys), len(near), 4)
        share = (1 - np.abs(at[near] - number)).astype(np.float32)
        given *= share[:, None]
        light[:, near[0] : near[-1] + 1, :4] += given
        if (red := saturated(sight.table)).any():
            light[:, near[0] : near[-1] + 1, 4] += (weights @ np.take(red.ravel(), index)) * share
    layers, field = np.divmod(keys, fields.count)
    return Parts(layers.astype(np.int32), field.astype(np.int32), light)


def saturated(table: Floats) -> Floats:
    """How much red there is beyond green and blue, where red is saturated, [kinds, 256]."""
    red, others = table[..., 0], table[..., 1] + table[..., 2]
    return np.where((red > 0) & (red >= SATURATED * (red + others)), red - others, 0).astype(np.float32)


class Scene(NamedTuple):
    """What lies around the neurons over time: the same for whatever they do.

    mist     [fields, times, 3] light
    spread   [times] share of all light that spreads in the lens
    fade     [times] of relative luminance, 0..1
    """

    mist: Floats
    spread: Floats
    fade: Floats


def scene(at: Floats, sights: Sequence[Sight]) -> Scene:
    """What lies around the neurons at these times, counted in sights."""
    first = np.minimum(at.astype(int), len(sights) - 2)
    along = (at - first).astype(np.float32)

    def between(values: Floats) -> Floats:
        share = along.reshape(-1, *[1] * (values.ndim - 1))
        result: Floats = values[first] * (1 - share) + values[first + 1] * share
        return result

    mist = between(np.stack([sight.mist for sight in sights])).transpose(1, 0, 2)
    spread = between(np.array([sight.spread for sight in sights], np.float32))
    fade = between(np.array([sight.fade for sight in sights], np.float32))
    return Scene(mist, spread, fade * fade)


def summed(given: Parts, light: Floats, count: int) -> Floats:
    """What all layers together give to each field, [fields, times, 5]."""
    row = np.arange(len(given.field))
    sums = _sparse(np.ones(len(row), np.float32), given.field, row, (count, len(row)))
    total: Floats = (sums @ light.reshape(len(row), light.shape[1] * 5)).reshape(count, light.shape[1], 5)
    return total


def bloomed(total: Floats, fields: Fields) -> Floats:
    """The light that the lens spreads over each field and its neighbours, [fields, times]."""
    grid = total[..., 3].reshape(fields.rows, fields.columns, -1)
    grid = np.tensordot(_blur(fields.rows, BLUR / fields.high), grid, 1)
    grid = np.matmul(_blur(fields.columns, BLUR / fields.wide), grid)
    bloom: Floats = grid.reshape(fields.count, -1)
    return bloom


def _sparse(values: Floats, rows: Indices, columns: Indices, shape: tuple[int, int]) -> "csr_matrix":
    """A matrix that is mostly empty, from what is there. What takes a tenth of a second waits for the first picture."""
    from scipy.sparse import csr_matrix

    return csr_matrix((values, (rows, columns)), shape)


def _blur(count: int, wide: float) -> Floats:
    """What each of so many in a row takes of the others, [count, count]: a bell cut at twice its standard deviation.

    A matrix rather than scipy.ndimage, whose import takes a quarter of a second before the first picture.
    """
    reach = int(2.0 * wide + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / wide) ** 2)
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    weights = np.where(apart <= reach, np.exp(-0.5 * (apart / wide) ** 2), 0.0) / bell.sum()
    return np.asarray(weights, np.float32)


def brightness(total: Floats, bloom: Floats, around: Scene) -> tuple[Floats, Floats]:
    """Relative luminance of fields over time, and their saturated red, each [times, fields] 0..1.

    Faces that lie upon each other add up before the film bends their sum: 1 - exp(-x). Where they lie by chance a field
    shows 1 - exp(-what they would show one by one), and the even light of mist and bloom adds to that exponent.
    """
    faces = total[..., :3]
    even = around.mist + faces * (bloom * around.spread / (faces @ WEIGHTS + 1e-6))[..., None]
    most = np.maximum(np.maximum(even[..., 0], even[..., 1]), even[..., 2])[..., None]  # much faster than max(axis=2)
    even += (most - even) * (most / (most + 8.0))  # as film has it
    screen = -np.expm1(-faces - even)
    return (screen @ WEIGHTS * around.fade).T, (total[..., 4] * around.fade).T
