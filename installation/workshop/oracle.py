"""The flash oracle: a public checker that others wrote, asked picture by picture, where it is installed.

iris-pse-detection is Electronic Arts' IRIS in Python: `pip install 'immersions[verify]'`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORDS = ("passes", "passes with a warning", "fails: flashes that go on", "fails: flashes")


class Oracle:
    """Asked about all pictures of a film in order. Raises ImportError where IRIS is not installed.

    size   pixels of the pictures
    rate   pictures a second
    """

    def __init__(self, size: tuple[int, int], rate: int) -> None:
        from iris_pse_detection import Configuration
        from iris_pse_detection.flash_detection import FlashDetection

        self._asked: Any = FlashDetection(rate, size[::-1], Configuration())
        self._count = 0

    def see(self, picture: NDArray[np.uint8]) -> int:
        """The next picture, [height, width, 3]; what the checker says of it as an index into WORDS."""
        self._asked.set_current_frame(np.ascontiguousarray(picture[..., ::-1]))
        data = self._asked.analyse_frame(self._count)
        self._count += 1
        return int(max(data.luminance_frame_result, data.red_frame_result))


def oracle(size: tuple[int, int], rate: int) -> Callable[[NDArray[np.uint8]], int] | None:
    """Asks IRIS; None where it is not installed."""
    try:
        return Oracle(size, rate).see
    except ImportError:
        return None
