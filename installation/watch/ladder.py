"""The ladder of the picture: what a machine that is too slow gives up first, and when it takes it back.

The optimiser has a ladder of its own (fewer copies, a held loop, loops from the bank, the processor instead of the
card); this one is for the render loop. Going down is quick and going up is slow, so that nobody sees it swing.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median

WINDOW = 90  # pictures that are looked at
FEWEST = 30  # of them, before anything is decided
DOWN = 1.25  # times the wanted time for a picture, at which the next rung is taken
UP = 0.55  # times the wanted time, below which the rung above would hold, too
STAY = 3.0  # seconds on a rung before the next one down
PATIENCE = 60.0  # seconds on a rung before the one above is tried; doubled each time that it does not hold
LONGEST = 1800.0  # seconds of patience at most


@dataclass(frozen=True, slots=True)
class Rung:
    """How the picture is drawn.

    name    for the log and the metrics
    scale   of width and height
    bloom   whether light spreads in the lens
    """

    name: str
    scale: float = 1.0
    bloom: bool = True


RUNGS = (
    Rung("as wished"),
    Rung("three quarters of the size", 0.75),
    Rung("half the size", 0.5),
    Rung("half the size, no bloom", 0.5, bloom=False),
    Rung("a third of the size, no bloom", 1 / 3, bloom=False),
)


class Ladder:
    """Chooses a rung from how long pictures take.

    wanted   seconds for a picture
    """

    def __init__(self, wanted: float, rungs: tuple[Rung, ...] = RUNGS) -> None:
        self._wanted, self._rungs = wanted, rungs
        self._at = 0
        self._since = 0.0
        self._took: deque[float] = deque(maxlen=WINDOW)
        self._patience = PATIENCE
        self._climbed: float | None = None  # when a rung above was tried last
        self.changes = 0

    @property
    def number(self) -> int:
        """How far down; 0 is as wished."""
        return self._at

    @property
    def rung(self) -> Rung:
        """How the picture is drawn now."""
        return self._rungs[self._at]

    def step(self, now: float, took: float) -> bool:
        """A picture took so many seconds to draw; whether the next one is to be drawn differently."""
        self._took.append(took)
        if len(self._took) < FEWEST or now - self._since < STAY:
            return False
        usual = median(self._took)
        if usual > DOWN * self._wanted and self._at + 1 < len(self._rungs):
            if self._climbed is not None and now - self._climbed < PATIENCE:  # what was tried did not hold
                self._patience = min(2 * self._patience, LONGEST)
            return self._go(self._at + 1, now)
        if self._at and now - self._since >= self._patience and usual < self._room() * self._wanted:
            self._climbed = now
            return self._go(self._at - 1, now)
        return False

    def _room(self) -> float:
        """How much quicker than wanted pictures must be for the rung above: it has as many more pixels."""
        here, above = self._rungs[self._at], self._rungs[self._at - 1]
        return max(UP, min(0.9, (here.scale / above.scale) ** 2))

    def _go(self, rung: int, now: float) -> bool:
        self._at, self._since = rung, now
        self._took.clear()
        self.changes += 1
        return True
