"""A deck: the line of sound, read at the speed that a tempo asks for, with the waiting loop beside it."""

import math
from collections import deque
from collections.abc import Callable

import numpy as np

from installation.data import Floats
from installation.pace import Pace
from installation.sound.headphones import Headphones
from installation.sound.mixing import Choose, Line, Loop, Seam
from installation.sound.motor import Motor
from installation.sound.varispeed import SIDE, around, between

SLICE = 4096  # samples that are worked on at once


class Deck:
    """Plays loop after loop. What it gives depends on the seams and paces alone, not on the portions it is read in.

    seam, loop   what sounds at first
    choose       the number and sound of the newest loop, asked once per seam; see `Line`
    entered      told each seam as soon as it is certain
    paced        told each change of pace
    headphones   what the operator hears beside it, in further columns
    """

    def __init__(
        self,
        seam: Seam,
        loop: Loop,
        choose: Choose,
        entered: Callable[[Seam], None] = lambda seam: None,
        paced: Callable[[Pace], None] = lambda pace: None,
        headphones: Headphones | None = None,
    ) -> None:
        self.line = Line(seam, loop, choose, self._certain, self._turn)
        self.sample = seam.begin  # of sound since the first beat, the next that is read
        self.motor = Motor(Pace(seam.begin, float(seam.begin)), seam.length, paced)
        self.headphones = headphones
        self._entered = entered
        self._seam = seam
        self._coming: deque[Seam] = deque()
        self._held = np.zeros((0, loop.samples.shape[1]), np.float32)  # of the line, read and still needed
        self._first = seam.begin  # the number of the first of them

    def open(self) -> None:
        """Begin a fade early, out of silence: only before the first read."""
        self._coming.append(self.line.open())
        self._seam = self.line.seam
        self.sample = self._first = self.line.at
        self.motor.pace = Pace(self.sample, float(self.sample))

    def seek(self, sample: int, pace: Pace) -> None:
        """Go on at a later sample of sound, at this pace, deciding all seams on the way. Only before the first read."""
        place = pace.place(float(sample))
        self.line.seek(max(self.line.at, math.floor(place) - SIDE))
        while self._coming and self._coming[0].begin <= place:
            self._seam = self._coming.popleft()
        self.motor.start(Pace(sample, place, pace.speed_at(sample)), self._seam.length)
        self.sample, self._first = sample, self.line.at

    def follow(self, period: float | None) -> None:
        """Let loops last so many samples of sound, from the next sample on; None: as they were made."""
        self.motor.follow(self.sample, period)

    def read(self, count: int) -> Floats:
        """The next samples, [count, speakers], and two columns more where there are headphones."""
        pieces, left = [], count
        while left:
            pieces.append(self._piece(min(left, SLICE)))
            left -= len(pieces[-1])
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]

    def _piece(self, most: int) -> Floats:
        places = self.motor.pace.place(np.arange(self.sample, self.sample + most, dtype=np.float64))
        self._read_on(around(places)[1])
        if self._coming:
            places = places[: int(np.searchsorted(places, self._coming[0].begin))]
        if not len(places):
            seam = self._seam = self._coming.popleft()
            self.motor.enter(self.sample, seam.begin, seam.turn, seam.length)
            return self._piece(most)
        sound = np.clip(between(places, self._take), -1, 1)
        if self.headphones:
            beside = self.headphones.listen(places - self._seam.start, self._seam.length)
            sound = np.concatenate([sound, beside], axis=1)
        self.sample += len(places)
        self._forget(math.floor(places[-1]) - SIDE)
        return sound

    def _read_on(self, last: int) -> None:
        if (missing := last - self._first - len(self._held)) > 0:
            self._held = np.concatenate([self._held, self.line.read(missing)])

    def _take(self, first: int, last: int) -> Floats:
        silence = max(0, self._first - first)
        part = self._held[first + silence - self._first : last - self._first]
        return np.concatenate([np.zeros((silence, part.shape[1]), np.float32), part]) if silence else part

    def _forget(self, before: int) -> None:
        if (gone := before - self._first) > 0:
            self._held, self._first = self._held[gone:], before

    def _certain(self, seam: Seam) -> None:
        self._coming.append(seam)
        self._entered(seam)

    def _turn(self, following: Loop) -> float:
        return self.motor.turn(self.sample, following.length)
