"""Entrances: from which loop of a performance on a show goes on elsewhere, because somebody or the hour said so."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entrance:
    """From the beginning of a loop on, the show goes on from somewhere else.

    loop    of the performance, counted from 0; below 0 in a take that began later than the performance
    turn    number of the scene's turn that comes in; those before it no longer play
    at      loops of the show that have gone by there
    fade    loops in which it comes in; 0 cuts
    day     the part of the day whose scenes play; "" for the show's own
    """

    loop: int
    turn: int = 0
    at: float = 0.0
    fade: int = 0
    day: str = ""

    def shown(self, loops: float) -> float:
        """Loops of the show that have gone by after so many of the performance, if nothing holds it."""
        return self.at + loops - self.loop


def current(entrances: Sequence[Entrance], loops: float) -> Sequence[Entrance]:
    """Those that are seen after so many loops of the performance: the last, and any that it is still coming in over."""
    begun = [entrance for entrance in entrances if entrance.loop <= loops]
    whole = [number for number, entrance in enumerate(begun) if entrance.loop + entrance.fade <= loops]
    return begun[max(whole, default=0) :]
