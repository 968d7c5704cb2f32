"""Keeps a show running for weeks: a process that starts it, feels whether it lives, and starts it again.

It imports nothing heavy and does nothing clever, so that there is little in it that could fail.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installation.watch.heart import VARIABLE, Heart, Pulse
from installation.watch.notify import Notifier

log = logging.getLogger(__name__)

LOOK = 0.05  # seconds between two looks
FROZEN = 3.0  # seconds without a new picture after which the show hangs
MUTE = 20.0  # seconds without sound, though there is a device; the show mends its own sound sooner than that
OPENING = 60.0  # seconds that a show may take to its first picture
PAUSE = 0.05  # seconds between an end and the next beginning
CRASHES, WITHIN = 3, 600.0  # so many ends in so many seconds, and the next rung is tried
GOOD = 600.0  # seconds after which a show that runs is known to be good
FAREWELL = 8.0  # seconds that a show may take to end when it is asked to
LEFT = 3.0  # seconds after which what a dead show left behind is ended
UNUSABLE = 78  # the exit code for settings or content that cannot be used: trying again would not help
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
RESTART = 75  # the exit code of a show that wants to be started again


@dataclass(frozen=True, slots=True)
class Rung:
    """One way of running the show.

    name      for the log
    command   that runs it
    more      variables of its environment; an empty text takes a variable away
    there     whether it can be tried now
    """

    name: str
    command: Sequence[str]
    more: Mapping[str, str] = field(default_factory=dict)
    there: Callable[[], bool] = lambda: True


class Supervisor:
    """Runs the first rung of a ladder; after three ends within ten minutes the next one, and the last for ever.

    heart    file by which the show is felt
    good     called once a show on the first rung has run well for ten minutes
    """

    def __init__(
        self,
        ladder: Sequence[Rung],
        heart: Path,
        good: Callable[[], None] = lambda: None,
        notifier: Notifier | None = None,
    ) -> None:
        self._ladder = ladder
        self._place = heart
        self._heart = Heart(heart)
        self._good = good
        self._notifier = notifier or Notifier()
        self._ends: deque[float] = deque(maxlen=CRASHES)
        self._rung = 0
        self._asked = False
        self._left: list[tuple[float, int]] = []  # process groups of dead shows, and when they are ended
        self.restarts = 0

    def run(self) -> int:
        """Keep the show running until it ends as it should or the end is asked for; returns its exit code."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while True:
                code = self._one()
                if self._asked or code == 0:
                    return 0
                self._climb(code)
                self._wait(PAUSE)
                self.restarts += 1
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._sweep(now=float("inf"))

    def _one(self) -> int | None:
        """One life of the show; None if it had to be ended because it hung."""
        rung = self._ladder[self._rung]
        self._heart.still()
        environment = {**os.environ, **rung.more, VARIABLE: str(self._place)}
        environment = {name: value for name, value in environment.items() if value}
        log.info("the show begins: %s", rung.name)
        self._notifier.status(rung.name)
        try:
            show = subprocess.Popen(rung.command, env=environment, start_new_session=True, preexec_fn=_bound)
        except OSError as error:  # no memory, no processes left: the next try may succeed
            log.error("the show cannot be started: %s", error)
            return None
        try:
            return self._watch(show)
        finally:
            if show.poll() is None:
                show.kill()
                show.wait()
            self._left.append((time.monotonic() + LEFT, show.pid))

    def _watch(self, show: "subprocess.Popen[bytes]") -> int | None:
        began = seen = heard = fed = time.monotonic()
        felt = Pulse(0, 0, False)
        known = False
        while (code := show.poll()) is None:
            if self._asked:
                return self._end(show)
            self._wait(LOOK)
            now, pulse = time.monotonic(), self._heart.feel()
            if pulse.ready and not felt.ready:
                self._notifier.ready()
            if pulse.pictures != felt.pictures:
                seen = now
            if pulse.blocks != felt.blocks or not pulse.sounding:
                heard = now
            felt = pulse
            if now - seen > (FAREWELL if pulse.ending else FROZEN if pulse.ready else OPENING):
                log.error("no picture for %.1f s: the show hangs and is started again.", now - seen)
                return None
            if now - heard > MUTE:
                log.error("no sound for %.0f s: the show is started again.", now - heard)
                return None
            if now - fed > 1.0 and seen > fed and heard > fed:
                self._notifier.alive()
                fed = now
            if not known and now - began > GOOD:
                known = True
                self._ends.clear()
                if self._rung == 0:
                    self._good()
        return code

    def _climb(self, code: int | None) -> None:
        """Think about why it ended, and take another rung where this one does not hold."""
        if code not in (None, RESTART):
            how = f"by signal {-code}" if code < 0 else f"with code {code}"
            log.error("the show ended %s and is started again.", how)
        if code == RESTART:
            return
        self._ends.append(time.monotonic())
        often = len(self._ends) == CRASHES and self._ends[-1] - self._ends[0] < WITHIN
        if not (often or code == UNUSABLE):
            return
        for rung in range(self._rung + 1, len(self._ladder)):
            if self._ladder[rung].there():
                log.error("%s does not hold; from now on: %s.", self._ladder[self._rung].name, self._ladder[rung].name)
                self._rung = rung
                self._ends.clear()
                return

    def _end(self, show: "subprocess.Popen[bytes]") -> int:
        """Ask the show to end well."""
        self._notifier.stopping()
        show.send_signal(signal.SIGINT)
        try:
            show.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            log.error("the show did not end within %g s and is killed.", FAREWELL)
            show.kill()
            show.wait()
        return 0

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds)
        self._sweep(time.monotonic())

    def _sweep(self, now: float) -> None:
        """End what dead shows have left behind, such as a process that a frozen sound server holds."""
        for moment, group in [left for left in self._left if left[0] <= now]:
            self._left.remove((moment, group))
            try:
                os.killpg(group, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue  # there is nothing left, as it should be

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True


def _bound() -> None:
    """Have the show end with its supervisor, so that the next one does not find two."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
