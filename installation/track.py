"""A track is a value over rows of beats: sorted keys and four ways from one to the next, as in GNU Rocket."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

WAYS = ("step", "linear", "smooth", "ramp")  # from a key to the next; in the protocol 0, 1, 2, 3
ROWS = 8  # in a beat


class Key(NamedTuple):
    """From this row on a value, and the way in which it becomes the next key's."""

    row: int
    value: float
    way: str = "step"


@dataclass(frozen=True)
class Track:
    """A value over rows; before its first key and after its last it holds still."""

    keys: tuple[Key, ...]

    @classmethod
    def of(cls, keys: Iterable[Key]) -> "Track":
        """The track of these keys, in any order; of two on one row the later counts."""
        return cls(tuple(sorted({key.row: key for key in keys}.values())))

    @cached_property
    def _rows(self) -> list[int]:
        return [key.row for key in self.keys]

    def __call__(self, row: float) -> float:
        """The value at a row, whole or between two."""
        after = bisect_right(self._rows, row)
        if after == 0 or after == len(self.keys):
            return self.keys[min(after, len(self.keys) - 1)].value
        start, end = self.keys[after - 1], self.keys[after]
        along = (row - start.row) / (end.row - start.row)
        return start.value + (end.value - start.value) * _risen(start.way, along)


def _risen(way: str, along: float) -> float:
    """How much of the way to the next key is done, 0..1, when so much of its rows has gone by."""
    if way == "step":
        return 0.0
    if way == "smooth":
        return along * along * (3 - 2 * along)
    return along * along if way == "ramp" else along
