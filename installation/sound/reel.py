"""A performance that is over, to be listened to at any moment: the same samples as when it was live."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from installation.data import Floats
from installation.pace import Pace
from installation.sound.mixing import Line, Loop, Seam
from installation.sound.varispeed import between

KEPT = 3  # passages in memory


class Reel:
    """What was heard, from the first beat on; silence before it and after the last loop.

    seams      where the loops begin; the number of a loop in them is its number for `loop`
    paces      how fast they run, in order; the first holds from the beginning on
    loop       makes a loop ready, by its number
    speakers   columns of the sound
    """

    def __init__(
        self, seams: Sequence[Seam], paces: Sequence[Pace], loop: Callable[[int], Loop], speakers: int
    ) -> None:
        self._seams, self._paces, self._loop, self._speakers = seams, paces, loop, speakers
        self._passages: OrderedDict[int, Floats] = OrderedDict()

    def read(self, start: int, end: int) -> Floats:
        """The sound from one sample to another, [samples, speakers]."""
        out = np.zeros((max(0, end - start), self._speakers), np.float32)
        ends: list[float] = [*(pace.sample for pace in self._paces[1:]), float("inf")]
        for number, (pace, until) in enumerate(zip(self._paces, ends, strict=True)):
            first = start if number == 0 else max(start, pace.sample)
            last = int(min(end, until))
            if first < last:
                places = pace.place(np.arange(first, last, dtype=np.float64))
                out[first - start : last - start] = np.clip(between(places, self._take), -1, 1)
        return out

    def _take(self, first: int, last: int) -> Floats:
        """The line from one of its samples to another; silence where nothing was."""
        out = np.zeros((last - first, self._speakers), np.float32)
        for index, seam in enumerate(self._seams):
            low, high = max(first, seam.begin), min(last, seam.end)
            if low < high:
                out[low - first : high - first] = self._passage(index)[low - seam.begin : high - seam.begin]
        return out

    def _passage(self, index: int) -> Floats:
        """One pass of a loop, and how it flows into the next one; the last goes on into itself."""
        if index not in self._passages:
            seam, following = self._seams[index], self._seams[min(index + 1, len(self._seams) - 1)]
            after = self._loop(following.loop)
            turn = following.turn if index + 1 < len(self._seams) else 1.0
            line = Line(seam, self._loop(seam.loop), lambda: (following.loop, after), turn=lambda loop: turn)
            self._passages[index] = line.read(seam.end - seam.begin)
            if len(self._passages) > KEPT:
                self._passages.popitem(last=False)
        return self._passages[index]
