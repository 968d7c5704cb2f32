"""What counts as a flash, and how many of them a picture has: general ones, and those of saturated red.

WCAG 2.3.1 lets three flashes, six opposing changes of light, pass within a second. Four to six changes that go on for
seconds fail in practice, so here half of it is the most. Every square of 0.006 sr keeps the rule by itself, and so does
every field of ten degrees, and the picture as a whole.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

SWING = 0.10  # of full relative luminance: less is no transition
DARK = 0.80  # relative luminance; two states both brighter than this do not flash
MOST = 3  # transitions in any second
RED_SWING = 20 / 320  # of R - G - B in full: what tells one red from another
RED_MOST = 1  # transitions of saturated red in any second: it may come and go, not pulse
SATURATED = 0.80  # R / (R + G + B) from which a colour counts as saturated red
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of linear RGB, as WCAG defines relative luminance

SMALL = math.sqrt(0.006) / 2  # radians that a field is wide at most
LEAST = 2  # fields side by side that are 0.006 sr: a quarter of ten degrees of sight, the smallest area that may flash
MANY = 2000  # fields that are looked at as a whole each
WIDE = 4  # fields side by side that are ten degrees


@dataclass(frozen=True, slots=True)
class Fields:
    """The rectangles that a picture is divided into, nearly squares, from its lower left corner on.

    wide, high   pixels of one of them
    """

    wide: float
    high: float
    columns: int
    rows: int

    @classmethod
    def of(cls, size: tuple[int, int], radians: float) -> "Fields":
        """The fields of a picture of this size in pixels, for an eye that sees a pixel under this angle at most."""
        columns, rows = (max(1, math.ceil(length * radians / SMALL)) for length in size)
        return cls(size[0] / columns, size[1] / rows, columns, rows)

    @property
    def count(self) -> int:
        """How many there are."""
        return self.columns * self.rows

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of what is judged: squares of 0.006 sr, of ten degrees, and the whole picture."""
        sides = [(min(side, self.rows), min(side, self.columns)) for side in (LEAST, WIDE)]
        return (*sides, (self.rows, self.columns))

    @property
    def squares(self) -> tuple[int, int]:
        """Columns and rows of the squares of 0.006 sr beside each other."""
        return -(-self.columns // LEAST), -(-self.rows // LEAST)

    @property
    def split(self) -> int:
        """In how many finer ones a field is looked at, each way: a dome has so many fields that one will do."""
        return 2 if self.count <= MANY else 1

    def finer(self) -> "Fields":
        """The fields, each in four where they are not too many."""
        n = self.split
        return Fields(self.wide / n, self.high / n, self.columns * n, self.rows * n)

    def quarters(self, flags: Flags) -> Flags:
        """What is told of the fields, told of the finer ones, [finer fields]."""
        grid = flags.reshape(self.rows, self.columns)
        return np.repeat(np.repeat(grid, self.split, axis=0), self.split, axis=1).ravel()

    def whole(self, quarters: Floats) -> Floats:
        """The means over the fields of what was told of the finer ones, [..., fields]."""
        parts = quarters.reshape(*quarters.shape[:-1], self.rows, self.split, self.columns, self.split)
        means: Floats = parts.mean(axis=(-3, -1)).reshape(*quarters.shape[:-1], self.count)
        return means

    def pixels(self, each: int) -> Floats:
        """Places spread evenly over every field, `each` by `each` of them, [fields, each * each, 2] in pixels."""
        inside = (np.arange(each) + 0.5) / each
        x = (np.arange(self.columns)[:, None] + inside) * self.wide  # [columns, each]
        y = (np.arange(self.rows)[:, None] + inside) * self.high
        grid = np.empty((self.rows, self.columns, each, each, 2), np.float32)
        grid[..., 0], grid[..., 1] = x[None, :, None, :], y[:, None, :, None]
        return grid.reshape(self.count, each * each, 2)


def seen_from(size: tuple[int, int], degrees: float) -> float:
    """Radians under which the middle pixel of a flat picture is seen, if its width fills so many degrees."""
    return 2 * math.tan(math.radians(degrees) / 2) / size[0]


def pooled(series: Floats, fields: Fields) -> Floats:
    """A series of all that is judged: squares of two by two fields, of ten degrees, the whole picture: [times, pools].

    series   [times, fields] a mean over each field
    """
    grid = series.reshape(len(series), fields.rows, fields.columns)
    pools = [_means(grid, *window).reshape(len(series), -1) for window in fields.windows]
    return np.concatenate(pools, axis=1).astype(np.float32)


def members(pool: int, fields: Fields) -> Flags:
    """Which fields belong to a pool, numbered as `pooled` does, [fields]."""
    grid = np.zeros((fields.rows, fields.columns), bool)
    for high, wide in fields.windows:
        down, along = begins(fields.rows, high), begins(fields.columns, wide)
        if pool < len(down) * len(along):
            y, x = down[pool // len(along)], along[pool % len(along)]
            grid[y : y + high, x : x + wide] = True
            break
        pool -= len(down) * len(along)
    return grid.ravel()


def _means(grid: Floats, high: int, wide: int) -> Floats:
    """Means over windows of so many rows and columns, [times, down, along]."""
    sums = np.pad(grid.astype(np.float64), ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    down, along = begins(grid.shape[1], high), begins(grid.shape[2], wide)
    below, above = sums[:, down], sums[:, down + high]
    rows: Floats = (above - below) / (high * wide)
    return rows[:, :, along + wide] - rows[:, :, along]


def begins(length: int, window: int) -> NDArray[np.int64]:
    """Where windows half a width apart begin; the last one ends with the grid."""
    return np.unique(np.append(np.arange(0, length - window + 1, max(1, window // 2)), length - window))


def transitions(series: Floats, swing: float = SWING, dark: float = DARK) -> Flags:
    """Where a transition is complete, [times, pools]: light has moved by a swing away from its last extreme.

    A rise or a fall that goes on is one transition however long it lasts; only a swing the other way is the next one.
    """
    found = np.zeros(series.shape, bool)
    if not len(series):
        return found
    low, high = series[0].copy(), series[0].copy()
    heading = np.zeros(series.shape[1], np.int8)  # +1 rising, -1 falling, 0 not known yet
    for time, light in enumerate(series):
        up = (heading <= 0) & (light >= low + swing) & (low < dark)
        down = (heading >= 0) & (light <= high - swing) & (light < dark)
        found[time] = up | down
        heading = np.where(up, 1, np.where(down, -1, heading))
        low = np.where(up | down, light, np.minimum(low, light))
        high = np.where(up | down, light, np.maximum(high, light))
    return found


def most_in_a_second(found: Flags, second: int) -> Counts:
    """The most transitions of each pool within any `second` steps, [pools]."""
    sums = np.concatenate([np.zeros((1, found.shape[1]), int), found.cumsum(axis=0)])
    window = min(max(second, 1), len(found))
    most: Counts = (sums[window:] - sums[:-window]).max(axis=0)
    return most
