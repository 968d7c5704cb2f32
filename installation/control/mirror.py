"""What another side knows of where things stand: it is told what changes, not too often, and never its own words."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

QUIET = 0.4  # seconds after it moved a thing in which it is not told of it: a motor would fight the hand
ECHO = 0.4  # seconds in which the same value that comes back is its echo, not a hand
BURST = 0.05  # seconds' worth of messages that may be sent at once


class Mirror(Generic[K, V]):
    """What a device or a program was told last. Time is given, never looked up.

    rate   messages a second at most
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._known: dict[K, V] = {}
        self._sent: dict[K, float] = {}  # when each was told
        self._quiet: dict[K, float] = {}  # until when each is not told
        self._credit = 0.0
        self._now: float | None = None

    def known(self, key: K) -> V | None:
        """Where the other side believes a thing to stand."""
        return self._known.get(key)

    def echo(self, key: K, value: V, now: float) -> bool:
        """Whether this is only what it was told a moment ago."""
        return self._known.get(key) == value and now - self._sent.get(key, -ECHO) < ECHO

    def heard(self, key: K, value: V, now: float) -> None:
        """Take in that the other side says where a thing stands."""
        self._known[key] = value
        self.hush(key, now)

    def hush(self, key: K, now: float) -> None:
        """Do not tell it of this for a moment: it is moving it."""
        self._quiet[key] = now + QUIET

    def due(self, stands: Mapping[K, V], now: float) -> list[tuple[K, V]]:
        """What the other side is to be told now, the longest unsaid first. Nothing that changes is ever forgotten."""
        passed = 0.0 if self._now is None else max(0.0, now - self._now)
        self._now = now
        self._credit = min(self._credit + passed * self._rate, max(1.0, BURST * self._rate))
        changed = [
            key for key, value in stands.items() if self._known.get(key) != value and self._quiet.get(key, now) <= now
        ]
        changed.sort(key=lambda key: self._sent.get(key, float("-inf")))
        told = [(key, stands[key]) for key in changed[: int(self._credit)]]
        self._credit -= len(told)
        for key, value in told:
            self._known[key], self._sent[key] = value, now
        return told
