"""The pace of a run: how many pictures, how fast, and how far picture and sound are apart."""

import time
from collections import deque
from statistics import median
from typing import Any

import numpy as np

KEPT = 3000  # pictures that the figures are taken over
USUAL = 9  # pictures that say how long the next one will take


class Pace:
    """Counts what the live show does; times are `time.monotonic` seconds.

    began    when the command was given
    held     whether a picture that is finished early waits for the moment that it was drawn for
    ahead    seconds from asking what is heard to the picture's presentation, as expected for the next picture: the
             median of the last ones, or, for pictures that can wait, what all but the slowest of them keep to
    """

    def __init__(self, began: float, held: bool = False) -> None:
        self.began = began
        self.held = held
        self.frames = 0
        self.dreams = 0
        self.ahead = 0.0
        self._first_picture: float | None = None
        self._first_dream: float | None = None
        self._last: float | None = None
        self._took: deque[float] = deque(maxlen=USUAL)
        self._gaps: deque[float] = deque(maxlen=KEPT)
        self._apart: deque[float] = deque(maxlen=KEPT)

    def shown(self, took: float) -> None:
        """A picture was presented; drawing and presenting it took so many seconds, without any waiting."""
        now = time.monotonic()
        if self._first_picture is None:
            self._first_picture = now
        else:  # the first one compiles shaders and says nothing about the next
            self._took.append(took)
            self.ahead = sorted(self._took)[max(0, len(self._took) - 2)] if self.held else median(self._took)
        if self._last is not None:
            self._gaps.append(now - self._last)
        self._last = now
        self.frames += 1

    def dreamt(self) -> None:
        """A dream of the optimiser's is ready to be heard."""
        self.dreams += 1
        if self._first_dream is None:
            self._first_dream = time.monotonic()

    def apart(self, seconds: float) -> None:
        """The place drawn was so many seconds later than the place heard when the picture was presented."""
        self._apart.append(seconds)

    def told(self) -> dict[str, Any]:
        """All figures, for the status."""
        gaps = 1000 * np.array(self._gaps or [0.0])
        apart = 1000 * np.abs(np.array(self._apart or [0.0]))
        return {
            "seconds": round(time.monotonic() - self.began, 3),
            "frames": self.frames,
            "dreams": self.dreams,
            "seconds_to_first_picture": _since(self.began, self._first_picture),
            "seconds_to_first_dream": _since(self.began, self._first_dream),
            "frame_ms_median": round(float(np.median(gaps)), 1),
            "frame_ms_p99": round(float(np.percentile(gaps, 99)), 1),
            "frame_ms_worst": round(float(gaps.max()), 1),
            "apart_ms_median": round(float(np.median(apart)), 1),
            "apart_ms_p99": round(float(np.percentile(apart, 99)), 1),
        }


def _since(began: float, moment: float | None) -> float | None:
    return None if moment is None else round(moment - began, 3)
