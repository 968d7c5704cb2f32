"""What time it is: on the wall, in a test's hand, or in the loudspeaker."""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from installation.data import RATE


class Clock(Protocol):
    """Anything that tells seconds and never runs backwards."""

    def now(self) -> float:
        """Seconds since some beginning."""
        ...


class WallClock:
    """Seconds since it was made, on the machine's steady clock."""

    def __init__(self) -> None:
        self._begin = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._begin


class HandClock:
    """Stands still until somebody moves it: for tests and for films."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Move on. Raises ValueError for a step back in time."""
        if seconds < 0:
            raise ValueError(f"time only runs forwards, asked for {seconds:g} s")
        self.seconds += seconds


class Tick(NamedTuple):
    """What the sound card asked for last, and when."""

    ns: int  # time.monotonic_ns() at that moment
    samples: int  # the number of the first sample that was asked for; the first beat is sample 0
    latency: int  # ns from that moment until this sample leaves the loudspeaker


class AudioClock:
    """Seconds of sound that left the loudspeaker, carried on between the sound card's ticks and after the last one.

    read          the newest tick, or None before the first: the clock then stands at 0
    delay         seconds between the computer's output and the ear (amplifiers, distance)
    """

    def __init__(
        self,
        read: Callable[[], Tick | None],
        delay: float = 0.0,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._read = read
        self._delay = delay
        self._monotonic_ns = monotonic_ns
        self._latest = 0.0  # a corrected latency never turns time back

    def now(self) -> float:
        if tick := self._read():
            since = self._monotonic_ns() - tick.ns - tick.latency
            self._latest = max(self._latest, tick.samples / RATE + since / 1e9 - self._delay)
        return self._latest
