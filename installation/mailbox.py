"""One slot between two threads."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """The newest value wins and nobody waits. Each call is a single deque operation."""

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)

    def post(self, value: T) -> None:
        """Put a value in the slot, dropping whatever was not yet taken."""
        self._slot.append(value)

    def take(self) -> T | None:
        """Empty the slot and return its value, or None if there is nothing new."""
        try:
            return self._slot.popleft()
        except IndexError:
            return None
