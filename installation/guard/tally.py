"""A film is looked at picture by picture: where would the last line of a live show have held light back?"""

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats
from installation.guard.flash import DARK, LUMINANCE, MOST, SWING

SAMPLES = 20  # along each side of a field
SECOND = 1.0
BYTES = np.arange(256) / 255
LINEAR = np.where(BYTES <= 0.04045, BYTES / 12.92, ((BYTES + 0.055) / 1.055) ** 2.4).astype(np.float32)  # of sRGB


class Tally:
    """Counts the transitions of every field, in order of time.

    fields   columns and rows
    """

    def __init__(self, fields: tuple[int, int]) -> None:
        self.fields = fields
        self.unsafe: list[int] = []  # numbers of pictures with a transition too many
        self._extreme: Floats | None = None
        self._heading = np.zeros(0, np.int8)
        self._times = np.zeros((MOST, 0))  # seconds of the last transitions, the oldest first

    def look(self, number: int, picture: NDArray[np.uint8], seconds: float) -> None:
        """Take in the picture [height, width, 3] of this number, seen at this second."""
        self.weigh(number, measured(picture, self.fields), seconds)

    def weigh(self, number: int, light: Floats, seconds: float) -> None:
        """Take in the light of all fields in the picture of this number, as `measured` gives it."""
        if self._extreme is None:
            self._extreme, self._heading = light, np.ones(len(light), np.int8)
            self._times = np.full((MOST, len(light)), -np.inf)
            self._times[-1] = seconds  # the first picture is a transition itself
            return
        back = (self._extreme - light) * self._heading
        turned = (back >= SWING) & (np.minimum(light, self._extreme) < DARK)
        if (turned & (seconds - self._times[0] < SECOND - 1e-6)).any():
            self.unsafe.append(number)
        self._times[:, turned] = np.vstack([self._times[1:, turned], np.full(turned.sum(), seconds)])
        self._extreme = np.where((back <= 0) | turned, light, self._extreme)
        self._heading = np.where(turned, -self._heading, self._heading)


def measured(picture: NDArray[np.uint8], fields: tuple[int, int]) -> Floats:
    """The mean relative luminance of every field, [fields], from samples spread over it.

    picture   [height, width, 3]
    fields    columns and rows
    """
    columns, rows = fields
    height, width = picture.shape[:2]
    y = ((np.arange(rows * SAMPLES) + 0.5) / (rows * SAMPLES) * height).astype(int)
    x = ((np.arange(columns * SAMPLES) + 0.5) / (columns * SAMPLES) * width).astype(int)
    light = LINEAR[picture[y[:, None], x]] @ np.array(LUMINANCE, np.float32)
    means: Floats = light.reshape(rows, SAMPLES, columns, SAMPLES).mean(axis=(1, 3)).ravel()
    return means
