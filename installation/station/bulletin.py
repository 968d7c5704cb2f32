"""What operators' desks are told: put down by the show, and taken along to the station's process once it is new."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from installation.control.acts import News
from installation.mailbox import Mailbox
from installation.station.letters import Lines, Scores, Stands, Told

OFTEN = 0.05  # seconds between two words about where parameters stand
LOG = 100  # lines of the log that a process which is started again gets


class Bulletin:
    """The show puts down what is new from its main thread; one other thread takes the letters, never waiting."""

    def __init__(self) -> None:
        self._news: Mailbox[Stands] = Mailbox()
        self._stood: Stands | None = None  # what was taken last, and when
        self._stood_at = 0.0
        self._kept: dict[str, Told] = {}  # the newest of each kind
        self._sent: dict[str, Told] = {}
        self._pending: deque[Scores | Lines] = deque(maxlen=1000)
        self._written: deque[Mapping[str, Any]] = deque(maxlen=LOG)

    def stands(self, news: News) -> None:
        """Where the parameters stand."""
        told = (news.stands, news.holders, news.ghosts, news.rests)
        self._news.post(Stands(*(dict(table) for table in told)))  # type: ignore[arg-type]  # of their own kinds

    def say(self, kind: str, words: Mapping[str, Any]) -> None:
        """How a kind of thing stands, ready for JSON; the newest counts."""
        if (known := self._kept.get(kind)) is None or known.words != words:
            self._kept[kind] = Told(kind, words)

    def scored(self, scores: Scores) -> None:
        """What the optimiser's steps scored."""
        self._pending.append(scores)

    def wrote(self, lines: tuple[Mapping[str, Any], ...]) -> None:
        """What was written into the log."""
        self._written.extend(lines)
        self._pending.append(Lines(lines))

    def again(self) -> None:
        """Everything is to be told once more, to a process that knows nothing. Called by whoever takes the letters."""
        self._sent, self._stood = {}, None
        self._pending.appendleft(Lines(tuple(self._written)))

    def letters(self) -> Iterator[Scores | Lines | Told | Stands]:
        """What is new."""
        while self._pending:
            yield self._pending.popleft()
        for kind, told in list(self._kept.items()):
            if self._sent.get(kind) is not told:
                yield told
                self._sent[kind] = told
        now = time.monotonic()
        if now - self._stood_at >= OFTEN and (stands := self._news.take()) is not None and stands != self._stood:
            self._stood, self._stood_at = stands, now
            yield stands
