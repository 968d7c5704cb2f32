"""The scribe writes everything down that a run keeps, on a thread of its own: no picture waits for a slow disk."""

import logging
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

from installation.errors import WorkerStuck
from installation.worker import Worker

log = logging.getLogger(__name__)

GLANCE = 0.1  # seconds between two looks for something to write; what came meanwhile is written at once
MOST = 1500  # jobs that wait; at sixty pictures a second what a disk may owe is some twenty seconds
FAREWELL = 3.0  # seconds that a disk has at the end for what still waits


class Job(NamedTuple):
    """One thing to write: a function that bears what the disk does to it, and what it is given."""

    write: Callable[..., object]
    given: tuple[Any, ...]


class Scribe:
    """Does jobs in order, inside a `with` block; outside of it they are done at once.

    lost   called before the next job whenever jobs had to be left out, because the disk hung
    """

    def __init__(self, lost: Callable[[], None] = lambda: None) -> None:
        self.lost = lost
        self._waiting: deque[Job] = deque()
        self._behind = False
        self._open = False
        self._worker = Worker("scribe", self._step, patience=FAREWELL)

    def __enter__(self) -> Self:
        self._open = True
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._worker.__exit__(None, None, None)
        except WorkerStuck as stuck:  # a disk that hangs must not keep the show from ending
            log.warning("what could not be written is left behind: %s", stuck)
            return
        self._open = False
        self._work()

    def write(self, job: Callable[..., object], *given: Any) -> None:
        """Have a job done soon; while the disk hangs it is left out."""
        if not self._open:
            job(*given)
        elif len(self._waiting) >= MOST:
            self._behind = True
        else:
            self._waiting.append(Job(job, given))

    def _step(self) -> None:
        self._worker.rest(GLANCE)
        self._work()

    def _work(self) -> None:
        while self._waiting:
            job = self._waiting.popleft()
            try:
                job.write(*job.given)
            except Exception as error:  # one thing that cannot be written must not end all writing
                log.error("something could not be written down: %s: %s", type(error).__name__, error)
            if self._behind and not self._waiting:
                self._behind = False
                log.error("the disk hangs now and then; what it could not take in time is left out")
                self.lost()


class Aside(logging.Handler):
    """Hands what is logged to another handler, by way of a scribe."""

    def __init__(self, handler: logging.Handler, scribe: Scribe) -> None:
        super().__init__()
        self._handler, self._scribe = handler, scribe

    def emit(self, record: logging.LogRecord) -> None:
        """Pass it on."""
        self._scribe.write(self._handler.handle, record)
