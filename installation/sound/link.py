"""A process of its own for a device, kept alive: started, watched, killed when it hangs, started again."""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from threading import Event
from typing import NamedTuple

from installation.errors import DeviceError

log = logging.getLogger(__name__)

CONTEXT = multiprocessing.get_context("spawn")  # a fork would take the picture's driver and threads along
FAREWELL = 1.5  # seconds to fade out and close the device
OPENING = 15.0  # seconds that a process may need to open its device
DEAF = 0.8  # seconds without a call from the device after which the process counts as dead; its memory holds 0.2
RETRY = (0.0, 0.3, 0.4, 0.6, 0.8, *[1.0] * 18, 2.0, 5.0, 10.0, 20.0)  # seconds before each next try; most soon end well
STABLE = 30.0  # seconds after which a process counts as well
CALM = 4.0  # seconds after which a spare one is made: not while the show begins


class Go(NamedTuple):
    """The order to begin. Until then a process waits with everything imported."""


class Ready(NamedTuple):
    """A process says: the device of this name is open, and what cannot be done with it."""

    device: str
    lacks: str = ""


class Failed(NamedTuple):
    """A process says why it cannot go on."""

    text: str


class Stop(NamedTuple):
    """The order to end."""


class Link:
    """A process with a pipe to it. It ends with the show, whatever happens to either.

    life   what the process does once it reads Go: a function of the module level, given the pipe, then the arguments
    """

    def __init__(self, name: str, life: Callable[..., None], *arguments: object) -> None:
        self.begun = time.monotonic()
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=life, args=(theirs, *arguments), name=name, daemon=True)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is for the show; it inherits this
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def number(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    def send(self, letter: object) -> None:
        """Write to it; a dead process does not read, and that shows elsewhere."""
        with suppress(OSError):
            self._pipe.send(letter)

    def receive(self) -> object | None:
        """Its next letter, or None."""
        with suppress(EOFError, OSError):
            return self._pipe.recv() if self._pipe.poll() else None
        return None

    def end(self, farewell: object | None = None) -> None:
        """Let it end after a last letter, or at once without one."""
        if farewell is not None:
            self.send(farewell)
            self._process.join(FAREWELL)
        if self._process.is_alive():
            self._process.kill()
        self._process.join(FAREWELL)
        self._pipe.close()


class Keeper:
    """Keeps one such process running, and a spare one waiting, because imports take longest of all.

    `look` is the step of a worker; the calls below come from its thread.

    what        for the log: "the sound", "the line-in"
    start       makes a new process, which says Ready or Failed
    hand_over   called with a process that is ready
    lost        called when a process that was ready has died or hangs
    absent      called once, with the reason, when the very first one finds no device; whether one is waited for
    beaten      when the device last called, in ns of time.monotonic_ns()
    """

    def __init__(
        self,
        what: str,
        start: Callable[[], Link],
        hand_over: Callable[[Link], None],
        lost: Callable[[], None],
        absent: Callable[[str], bool],
        beaten: Callable[[], int],
    ) -> None:
        self.restarts = 0
        self.link: Link | None = None
        self._spare: Link | None = None
        self.live = False  # the process is ready and was handed over to
        self.away = False  # the last one found no device that plays
        self.settled = Event()  # it is known whether there is a device
        self._what, self._start, self._hand_over, self._lost = what, start, hand_over, lost
        self._absent, self._beaten = absent, beaten
        self._since = self._again = 0.0  # seconds of the steady clock
        self._tries = 0
        self._lacks = ""  # what could not be done with the last device

    def look(self) -> None:
        """Do what is due now."""
        now = time.monotonic()
        if self.link is None:
            if self._spare is None and self._again < float("inf"):
                self._spare = self._start()  # it imports while the next try is waited for
            if self._spare is not None and now >= self._again:
                self.link, self._spare = self._spare, None
                self.link.begun = now
                self.link.send(Go())
        elif not self.live:
            self._open(self.link, now)
        elif not self.link.alive or now - max(self._beaten() / 1e9, self._since) > DEAF:
            self._lose(self.link, now)
        elif not (self._spare and self._spare.alive) and now - self._since > CALM:
            self._spare = self._start()

    def end(self) -> None:
        """End the process, gently if it is well."""
        if self.link:
            self.link.end(Stop() if self.live else None)
        if self._spare:
            self._spare.end()

    def _open(self, link: Link, now: float) -> None:
        letter = link.receive()
        if isinstance(letter, Ready):
            if self.away:
                log.info("%s is back, on the device %s", self._what, letter.device)
            if letter.lacks and letter.lacks != self._lacks:
                log.warning("%s", letter.lacks)
            self._since, self.live, self.away, self._lacks = now, True, False, letter.lacks
            self._hand_over(link)
            self.settled.set()
        elif isinstance(letter, Failed):
            self._give_up(link, letter.text)
        elif not link.alive or now - link.begun > OPENING:
            self._give_up(link, f"{self._what} did not open its device")

    def _lose(self, link: Link, now: float) -> None:
        letter = link.receive()
        link.end()
        self.link, self.live = None, False
        self._lost()
        self.restarts += 1
        self._tries = 0 if now - self._since > STABLE else self._tries
        self._later()
        why = letter.text if isinstance(letter, Failed) else f"{self._what} fell silent"
        log.warning("%s; it is started again, the show goes on meanwhile", why)

    def _give_up(self, link: Link, why: str) -> None:
        link.end()
        self.link, away, self.away = None, self.away, True
        self._later()
        if not self.settled.is_set():
            if not self._absent(why):
                self._again = float("inf")
            self.settled.set()
        elif not away:
            log.warning("%s: %s; trying again until it works", self._what, why)

    def _later(self) -> None:
        self._again = time.monotonic() + RETRY[self._tries]
        self._tries = min(self._tries + 1, len(RETRY) - 1)


@contextmanager
def living(pipe: Connection) -> Iterator[bool]:
    """The life of such a process: from Go to the last letter, which says what ended it.

    The chatter of sound libraries and pauses for garbage are kept away. Gives False when the show ended before Go.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(OSError):
        os.nice(-10)
    sys.setswitchinterval(0.0005)  # seconds; the callback soon gets its turn
    gc.freeze()
    gc.disable()
    try:
        yield isinstance(pipe.recv(), Go)
    except (EOFError, BrokenPipeError):
        pass  # the show is over
    except Exception as error:
        with suppress(OSError):
            pipe.send(Failed(str(error) if isinstance(error, DeviceError) else f"{type(error).__name__}: {error}"))
