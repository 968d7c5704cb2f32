"""Blue noise: every pixel's own threshold, without clumps and without a pattern, to hide the steps of eight bits."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats, frozen

SIDE = 64  # pixels; it repeats, which nobody sees at this size
WIDE = 1.9  # pixels: the standard deviation in which neighbours feel each other, from experience
BEGUN = 0.1  # of all pixels are placed by chance
SEED = 5

Field = NDArray[np.float64]  # [SIDE, SIDE]


@lru_cache(maxsize=1)
def grain() -> Floats:
    """Thresholds [SIDE, SIDE], each of the evenly spread 0 < t < 1 once, those next to each other far from each other.

    Void and cluster (Ulichney 1993): pixel after pixel is set where most room is left, round the edges.
    """
    count = SIDE * SIDE
    begun = round(BEGUN * count)
    there = np.zeros(count, bool)
    there[np.random.default_rng(SEED).permutation(count)[:begun]] = True
    crowd = sum((felt(int(place)) for place in np.flatnonzero(there)), np.zeros(count))
    while True:  # until the one that stands closest belongs where most room is
        closest = int(np.where(there, crowd, -np.inf).argmax())
        there[closest] = False
        crowd -= felt(closest)
        roomiest = int(np.where(there, np.inf, crowd).argmin())
        there[roomiest] = True
        crowd += felt(roomiest)
        if roomiest == closest:
            break
    rank = np.empty(count)
    left, room = there.copy(), crowd.copy()
    for number in reversed(range(begun)):  # the last ones are those that are missed least
        closest = int(np.where(left, room, -np.inf).argmax())
        left[closest] = False
        room -= felt(closest)
        rank[closest] = number
    for number in range(begun, count):
        roomiest = int(np.where(there, np.inf, crowd).argmin())
        there[roomiest] = True
        crowd += felt(roomiest)
        rank[roomiest] = number
    thresholds: Floats = ((rank + 0.5) / count).astype(np.float32).reshape(SIDE, SIDE)
    return frozen(thresholds)


def felt(place: int) -> Field:
    """How strongly every pixel, flat, feels one that is set."""
    down, right = divmod(place, SIDE)
    return _bells()[SIDE - down : 2 * SIDE - down, SIDE - right : 2 * SIDE - right].ravel()


@lru_cache(maxsize=1)
def _bells() -> Field:
    """The bell around the first pixel, [2 * SIDE, 2 * SIDE]: any square of SIDE cut out of it is round the edges."""
    apart = np.minimum(np.arange(SIDE), SIDE - np.arange(SIDE))
    bell = np.exp(-(apart**2) / (2 * WIDE**2))
    return np.tile(np.outer(bell, bell), (2, 2))
