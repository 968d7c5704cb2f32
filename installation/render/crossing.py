"""The light of a loop's beginning, as it goes on from the light in which the loop before ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats, frozen
from installation.render.activity import ATTACK, RELEASE, WIDTH, Light, adapted, follow
from installation.render.calm import across

LEAD = 1  # columns before the loop's own: what was seen at the seam


@dataclass(frozen=True, eq=False, slots=True)
class Crossing:
    """A dream's brightness over the first second after another one, folded as a `Light` is.

    answers   [(LEAD + columns + 1) * rows, WIDTH] uint8: what was seen at the seam, the columns of the loop, its target
    """

    answers: NDArray[np.uint8]
    columns: int
    rows: int
    pace: float  # columns a second

    def over(self, since: float) -> bool:
        """Whether so many seconds after the seam the old light is gone."""
        return since * self.pace >= self.columns - 1

    def moment(self, since: float) -> tuple[float, float, float]:
        """As `Light.moment`, so many seconds after the seam.

        The first half column leads from what was seen at the seam to the middle of the loop's first one.
        """
        at = since * self.pace
        at = min(at + 0.5 * min(2 * at, 1.0), float(self.columns))
        first = min(int(at), self.columns - 1)
        return float(first * self.rows), float((first + 1) * self.rows), at - first


def crossing(before: Light, after: Light) -> Crossing:
    """How the light goes on after a seam. Both of one body; about 0.02 CPU seconds.

    It rises and falls from where it was as within a loop, and the eye that was used to the old loop gets used to the
    new one.
    """
    onset = unfolded(after.onset, after.rows)  # [columns, units]
    columns = len(onset)
    used = 1 - (np.arange(columns, dtype=np.float32) + 0.5) / max(columns, 1)  # to the old one still
    onset = adapted(onset, ((before.dazzle / after.dazzle) ** used)[:, None].astype(np.float32))
    old = before.answers.reshape(-1, before.rows * WIDTH)
    last, first = (old[column].astype(np.float32) / 255 for column in (before.columns - 1, 0))
    bytes_ = np.empty((LEAD + columns + 1, after.rows * WIDTH), np.uint8)
    bytes_[0] = np.rint(127.5 * (last + first))  # half a column after the last one an endless loop is half way round
    begun = follow(onset, after.seconds / after.columns, ATTACK, RELEASE, last)
    if len(after.held):
        begun = across(begun, last, unfolded(after.course, after.rows), after.held)
    bytes_[LEAD:-1] = np.rint(255 * begun)
    bytes_[-1] = after.answers.reshape(-1, after.rows * WIDTH)[after.columns]
    return Crossing(frozen(bytes_.reshape(-1, WIDTH)), columns, after.rows, after.columns / after.seconds)


def unfolded(bytes_: NDArray[np.uint8], rows: int) -> Floats:
    """Folded bytes as brightness, [columns, rows * WIDTH] 0..1."""
    result: Floats = bytes_.reshape(-1, rows * WIDTH).astype(np.float32) / np.float32(255)
    return result
