"""Who of the phones plays now: a few seats, each for a minute, and a queue that is fair."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)


@dataclass(slots=True)
class Seat(Generic[G]):
    guest: G
    until: float  # seconds


class Leases(Generic[G]):
    """Seats for guests, in the order in which they came. Time is given, never looked up.

    A lease that has ended goes on as long as nobody waits; then its guest joins the end of the queue.
    """

    def __init__(self, seats: int, seconds: float) -> None:
        self._seats: list[Seat[G] | None] = [None] * seats
        self._queue: deque[G] = deque()
        self._seconds = seconds

    def join(self, guest: G, now: float) -> None:
        """Wait for a seat; whoever has one or waits already stays there."""
        if guest not in self._queue and self.seat(guest) is None:
            self._queue.append(guest)
        self.turn(now)

    def leave(self, guest: G, now: float) -> None:
        """Give up the seat, or the place in the queue."""
        if guest in self._queue:
            self._queue.remove(guest)
        if (number := self.seat(guest)) is not None:
            self._seats[number] = None
        self.turn(now)

    def turn(self, now: float) -> None:
        """Let those in whose turn it is."""
        for number in sorted(range(len(self._seats)), key=self._ends):
            seat = self._seats[number]
            if not self._queue or (seat is not None and now < seat.until):
                continue
            if seat is not None:
                self._queue.append(seat.guest)
            self._seats[number] = Seat(self._queue.popleft(), now + self._seconds)

    def seat(self, guest: G) -> int | None:
        """The number of the guest's seat, or None for who has none."""
        return next((n for n, seat in enumerate(self._seats) if seat is not None and seat.guest == guest), None)

    def left(self, guest: G, now: float) -> float | None:
        """Seconds that the guest's seat is sure; None without one, or where nobody waits for it."""
        number = self.seat(guest)
        seat = None if number is None else self._seats[number]
        return None if seat is None or not self._queue else max(0.0, seat.until - now)

    def wait(self, guest: G, now: float) -> float | None:
        """Seconds until the guest has a seat at the latest; None for who does not wait."""
        if guest not in self._queue or not self._seats:
            return None
        ends = sorted(max(0.0, self._ends(number) - now) for number in range(len(self._seats)))
        rounds, seat = divmod(self._queue.index(guest), len(ends))
        return ends[seat] + rounds * self._seconds

    def _ends(self, number: int) -> float:
        seat = self._seats[number]
        return float("-inf") if seat is None else seat.until
