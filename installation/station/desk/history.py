"""What desks have changed, so that it can be taken back: one history for all of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from installation.control.acts import Act

LONGEST = 200  # changes that can be taken back
ONE = 1.0  # seconds between two moves of one thing by one desk that are a single change


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a desk has done.

    about   what it changed, in words for people: a parameter's name, or the kind of thing
    back    the acts that bring back what was before
    again   the acts that do it once more
    """

    desk: str
    about: str
    back: tuple[Act, ...]
    again: tuple[Act, ...]
    moment: float  # seconds


class History:
    """Changes that can be taken back, and those that were. Time is given, never looked up."""

    def __init__(self) -> None:
        self._done: deque[Change] = deque(maxlen=LONGEST)
        self._undone: list[Change] = []

    def did(self, change: Change) -> None:
        """Remember a change; a move that goes on is one change with its beginning."""
        self._undone.clear()
        last = self._done[-1] if self._done else None
        if last and (last.desk, last.about) == (change.desk, change.about) and change.moment - last.moment < ONE:
            self._done[-1] = replace(change, back=last.back)
        else:
            self._done.append(change)

    def undo(self) -> tuple[Act, ...]:
        """The acts that take the last change back; none where there is nothing."""
        if not self._done:
            return ()
        change = self._done.pop()
        self._undone.append(replace(change, moment=float("-inf")))  # what comes after it is no part of it
        return change.back

    def redo(self) -> tuple[Act, ...]:
        """The acts that do once more what was taken back last."""
        if not self._undone:
            return ()
        self._done.append(self._undone.pop())
        return self._done[-1].again

    def told(self) -> dict[str, Any]:
        """What can be taken back and done once more, for desks."""
        return {
            "undo": self._done[-1].about if self._done else "",
            "redo": self._undone[-1].about if self._undone else "",
            "undos": len(self._done),
            "redos": len(self._undone),
        }
