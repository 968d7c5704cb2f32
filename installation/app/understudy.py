"""Who plays when the dreamer is late or dead: loops from the bank, of the same length and so on the show's beat."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from installation.content import kept
from installation.data import RATE, Anatomy, Dream, Target
from installation.dream.bank import Bank
from installation.errors import StorageError
from installation.listen.liking import learnt

log = logging.getLogger(__name__)

LATE = 3.0  # loops without a new dream after which one from the bank is played
FIRST = 8.0  # the same before the first dream: the network has to be loaded
STAY = 4.0  # loops that a loop from the bank stays


class Understudy:
    """Hears of every dream, keeps the best and gives them back when nothing comes.

    loop   samples of the loop that is wanted now, and what is to be dreamt of
    now    seconds
    first  loops that it waits for the first dream
    """

    def __init__(
        self,
        bank: Bank | None,
        loop: Callable[[], tuple[int, Target]],
        now: Callable[[], float] = time.monotonic,
        first: float = FIRST,
    ) -> None:
        self._bank, self._loop, self._now = bank, loop, now
        self._wanted = now() + first * self._seconds()
        self.played = 0  # loops from the bank
        self._playing = False

    def dreamt(self, dream: Dream) -> None:
        """A new dream has come."""
        if self._playing:
            log.info("the dreamer is back: the dream %d is heard again.", dream.number)
        self._playing = False
        self._wanted = self._now() + LATE * self._seconds()
        if self._bank is not None and dream.step and not dream.lent:
            self._bank.offer(dream)

    def instead(self) -> Dream | None:
        """A loop to be played because nothing new comes; None where that is not needed, or there is none."""
        if self._bank is None or self._now() < self._wanted:
            return None
        self._wanted = self._now() + STAY * self._seconds()
        samples, target = self._loop()
        dream = self._bank.loop(samples, -1 - self.played, target)
        if dream is not None:
            if not self._playing:
                log.warning("nothing new has been dreamt for a while: loops from the bank are played.")
            self._playing = True
            self.played += 1
        return dream

    def close(self) -> None:
        """Keep what is worth it."""
        if self._bank is not None:
            self._bank.settle()

    def _seconds(self) -> float:
        return self._loop()[0] / RATE


def bank(model: str, anatomy: Anatomy) -> Bank | None:
    """The bank of a model in the user's state folder; None, and a warning, where there can be none."""
    try:
        return Bank(kept() / "bank" / f"{model}-{anatomy.fingerprint}-{learnt(model)}", anatomy)
    except StorageError as error:
        log.warning("there is no bank of loops: %s", error)
        return None
