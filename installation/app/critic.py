"""Between the dreamer and the player: every new dream is judged and its light made, on a thread of its own."""

import logging
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple, Self

from installation.app.understudy import Understudy
from installation.data import Anatomy, Dream
from installation.dream.dreamer import Dreamer
from installation.dream.judge import judge
from installation.mailbox import Mailbox
from installation.render.activity import Light, light
from installation.take import on_grid
from installation.worker import Worker

log = logging.getLogger(__name__)

GLANCE = 0.05  # seconds between two looks for a new dream


class Ready(NamedTuple):
    """A dream that may be shown and heard."""

    dream: Dream
    light: Light


class Critic:
    """Takes what the dreamer delivers and makes it ready, inside a `with` block; the newest wins.

    judge  spreads a dream out in the room and judges it
    lit    makes its light, calm where it would flash
    understudy   has loops where the dreamer has none
    keep   called with a start clip as the ear heard it, on this thread because it takes its time
    """

    def __init__(
        self,
        dreamer: Dreamer,
        anatomy: Anatomy,
        keep: Callable[[Dream], None],
        judge: Callable[[Dream], Dream] = judge,
        lit: Callable[[Dream], tuple[Dream, Light]] | None = None,
        understudy: Understudy | None = None,
    ) -> None:
        self._keep = keep
        self._judge = judge
        self._lit = lit or (lambda dream: (dream, light(dream, anatomy)))
        self._understudy = understudy
        self._dreamer = dreamer
        self._ready: Mailbox[Ready] = Mailbox()
        self._worker = Worker("critic", self._step)
        self.dreams = 0  # judged so far
        self.seconds_per_step = 0.0  # CPU seconds, of the last dream

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.__exit__(kind, error, trace)
        if self._understudy is not None:
            self._understudy.close()

    def take(self) -> Ready | None:
        """The newest dream that is ready and was not taken yet."""
        self._worker.check()
        return self._ready.take()

    def _step(self) -> None:
        dream, understudy = self._dreamer.deliver(), self._understudy
        if dream is None and understudy is not None:
            dream = understudy.instead()
        if dream is None:
            self._worker.rest(GLANCE)
            return
        try:
            judged = self._judge(dream)
            judged = replace(judged, clip=on_grid(judged.clip))  # what is played is what a take gives back
            self._ready.post(Ready(*self._lit(judged)))
            if judged.step == judged.number == 0 and not judged.lent:
                self._keep(replace(judged, clip=on_grid(judge(dream).clip)))  # as the ear heard it, wherever it stands
        except Exception as error:  # a dream that nobody can judge is not heard; the show goes on with what it has
            log.error(
                "the dream %d could not be judged and is left out: %s: %s", dream.number, type(error).__name__, error
            )
            return
        if dream.number < 0:  # from the bank
            return
        if understudy is not None:
            understudy.dreamt(dream)
        self.dreams += 1
        self.seconds_per_step = dream.seconds_per_step
