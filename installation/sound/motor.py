"""How fast the line of sound runs, so that its loops keep to a tempo that others set."""

import math
from collections.abc import Callable

from installation.data import RATE
from installation.pace import Pace

REACH = 0.06  # a loop runs at most so much faster or slower than it was made: a semitone
SLEW = 0.12 / RATE  # change of speed in a sample: from one end of the reach to the other in a second
SAME = 1e-7  # of a speed: closer ones are one, so that a loop at its own tempo is heard exactly as it was made


def fitting(length: float, period: float | None) -> float | None:
    """The speed at which a loop of this length fills the period, both in samples; None where that is out of reach."""
    if period is None:
        return 1.0
    speed = length / period
    if abs(speed - 1) < SAME:
        return 1.0
    return speed if abs(speed - 1) <= REACH else None


class Motor:
    """Turns the line. The speed glides to where the loop fills the wanted period; out of reach it stays as it is.

    pace     from where on
    length   samples of the loop that sounds, at its own speed
    told     hears of every change of pace
    """

    def __init__(self, pace: Pace, length: float, told: Callable[[Pace], None] = lambda pace: None) -> None:
        self.pace = pace
        self.period: float | None = None  # samples of sound that a loop should last; None: as it was made
        self.length = length
        self._told = told

    def start(self, pace: Pace, length: float) -> None:
        """Go on from here, in a loop of this length."""
        self.length = length
        self._set(pace)

    def follow(self, sample: int, period: float | None) -> None:
        """Let loops last so many samples of sound, from this sample on."""
        if period != self.period:
            self.period = period
            self._glide(sample)

    def turn(self, sample: int, length: float) -> float:
        """How many times faster a coming loop of this length will run than the one that sounds."""
        if abs(length / self.length - 1) < SAME:
            return 1.0
        speed = fitting(length, self.period)
        return (1.0 if speed is None else speed) / self.pace.speed_at(sample)

    def enter(self, sample: int, begin: int, turn: float, length: float) -> None:
        """The line passes into a loop that begins at its sample `begin`; `sample` is the first that is heard of it."""
        self.length = length
        if turn != 1.0:
            past = self.pace.place(float(sample)) - begin
            speed = self.pace.speed_at(sample) * turn
            self._set(Pace(sample, begin + past * turn, 1.0 if abs(speed - 1) < SAME else speed))
            self._glide(sample)

    def _glide(self, sample: int) -> None:
        """Change from here to the speed that is wanted, if there is a way to go."""
        speed = self.pace.speed_at(sample)
        wanted = fitting(self.length, self.period)
        way = 0.0 if wanted is None else wanted - speed
        lasts = math.ceil(abs(way) / SLEW) if abs(way) >= SAME else 0
        pace = Pace(sample, self.pace.place(float(sample)), speed, way / max(1, lasts), lasts)
        if lasts or self.pace.speed_at(sample + self.pace.lasts) != speed:
            self._set(pace)

    def _set(self, pace: Pace) -> None:
        self.pace = pace
        self._told(pace)
