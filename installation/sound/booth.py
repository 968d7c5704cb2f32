"""Keeps the headphones' process alive, where they have a device of their own; without them the show goes on."""

import logging
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from installation.sound.board import Board
from installation.sound.capture import Shelf
from installation.sound.cue import run
from installation.sound.link import Keeper, Link
from installation.worker import Worker

log = logging.getLogger(__name__)

LOOK = 0.05  # seconds between two looks after the process


class Booth:
    """Where the operator listens, inside a `with` block.

    device   part of the name of a sound device
    room     the name of the board on which the loudspeakers' process tells what is heard
    """

    def __init__(self, device: str, room: str) -> None:
        self._device, self._room = device, room
        self._board, self._shelf = Board(), Shelf()
        self._keeper = Keeper(
            "the headphones", self._start, lambda link: None, lambda: None, self._absent, lambda: self._board.beaten
        )
        self._worker = Worker("headphones", self._look)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self._board.close)
            stack.callback(self._shelf.close)
            stack.callback(self._keeper.end)
            stack.enter_context(self._worker)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def shelf(self) -> str:
        """The name of the shared memory into which the loudspeakers' process puts what waits."""
        return self._shelf.name

    def _start(self) -> Link:
        return Link("immersions headphones", run, self._room, self._board.name, self._shelf.name, self._device)

    def _look(self) -> None:
        self._keeper.look()
        self._worker.rest(LOOK)

    def _absent(self, why: str) -> bool:
        log.warning("nothing can be heard in advance until there is a device: %s", why)
        return True
