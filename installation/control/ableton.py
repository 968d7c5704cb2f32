"""Ableton Link: the tempo and the beat that all musicians in the same network share.

Ableton's code runs in a process of its own: whatever it does, the show goes on, and this project is not linked to it.
"""

import asyncio
import importlib.util
import logging
import multiprocessing
import os
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from installation.control.beats import BAR, Beat

log = logging.getLogger(__name__)

WITHOUT = "aalink is not installed, so there is no Ableton Link. Add it with: pip install 'immersions[link]'"
OFTEN = 0.05  # seconds between two reports; in between the beat goes on by itself
STALE = 2.0  # seconds without a report after which the session counts as lost
RETRY = 10.0  # seconds after which a process that died is started again
GOODBYE = 1.0  # seconds that it has to leave


class Report(NamedTuple):
    """Where a session is."""

    others: int
    beat: Beat


class Link:
    """One of the musicians in the network. It leads only while there are others; without aalink it never does.

    tempo   beats a minute that it brings to a session which it begins
    """

    name = "Ableton Link"

    def __init__(self, tempo: float) -> None:
        self._tempo = tempo
        self._report: Report | None = None
        self._process: Any = None
        self._again = 0.0  # seconds of time.monotonic() from which on it may be started
        if importlib.util.find_spec("aalink") is None:
            log.warning(WITHOUT)
            self._again = float("inf")
        else:
            self._start()

    @property
    def others(self) -> int:
        """How many others there are."""
        self._hear()
        return self._report.others if self._report else 0

    def beat(self, now: float) -> Beat | None:
        """Where the session is, or None while nobody else is there."""
        self._hear()
        report = self._report
        if report is None or not report.others or time.monotonic() - report.beat.moment > STALE:
            return None
        return report.beat.danceable()

    def leave(self) -> None:
        """Leave the session."""
        self._again = float("inf")
        self._end()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=play, args=(theirs, self._tempo), name="link", daemon=True)
        self._process.start()
        theirs.close()

    def _hear(self) -> None:
        if self._process is None:
            if time.monotonic() >= self._again:
                self._start()
            return
        try:
            while self._pipe.poll():
                self._report = self._pipe.recv()
        except (EOFError, OSError):
            self._end()
            self._again = time.monotonic() + RETRY
            log.warning("Ableton Link stopped; it is started again in %g s, the show keeps its tempo", RETRY)

    def _end(self) -> None:
        self._report = None
        if self._process is not None:
            self._pipe.close()
            self._process.join(GOODBYE)
            if self._process.is_alive():
                self._process.kill()
            self._process = None


def play(pipe: Connection, tempo: float) -> None:
    """The life of that process: it tells where the session is until nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link = asyncio.run(_join(tempo))
    with suppress(OSError):
        while True:
            moment, beat, shared = time.monotonic(), float(link.beat), float(link.tempo)
            pipe.send(Report(int(link.num_peers), Beat(shared, moment, beat)))
            time.sleep(OFTEN)
    link.enabled = False
    os._exit(0)  # nothing of it is left to tidy up


async def _join(tempo: float) -> Any:
    import aalink  # optional, and under another licence than the rest

    link = aalink.Link(tempo)
    link.quantum = BAR
    link.enabled = True
    return link
