"""The listener: the newest sound from a line-in or a microphone, at any time."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

import numpy as np

from installation.data import Floats
from installation.errors import DeviceError
from installation.sound.board import Board
from installation.sound.capture import KEPT, Shelf, run
from installation.sound.link import OPENING, Keeper, Link
from installation.worker import Worker

LOOK = 0.05  # seconds between two looks after the listening process


class Listener:
    """Listens for ever, inside a `with` block. A device that goes away is opened again when it comes back.

    device   part of the name of a sound device; "" is the system's choice
    """

    def __init__(self, device: str = "") -> None:
        self._device = device
        self._error: DeviceError | None = None
        self._keeper = Keeper(
            "the line-in", self._start, lambda link: None, lambda: None, self._do_without, lambda: self._board.beaten
        )
        self._worker = Worker("line-in", self._look)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._board, self._shelf = Board(), Shelf()
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
    def heard(self) -> int:
        """Samples that came in since the beginning, at 48 kHz."""
        tick = self._board.read()
        return tick.samples if tick else 0

    @property
    def process(self) -> int | None:
        """The number of the listening process, while there is one."""
        return self._keeper.link.number if self._keeper.link else None

    @property
    def restarts(self) -> int:
        """How often the listening process had to be started again."""
        return self._keeper.restarts

    def news(self, after: int) -> tuple[Floats, int, float]:
        """What came after so many samples, left and right, [2, count], at most the last 10 seconds.

        With it: how many samples came in all, and when the last of them did, in seconds of time.monotonic().
        """
        tick = self._board.read()
        if tick is None:
            return np.zeros((2, 0), np.float32), 0, 0.0
        count = min(max(0, tick.samples - after), KEPT // 2)
        return self._shelf.get(tick.samples, count).T, tick.samples, tick.ns / 1e9

    def wait(self, seconds: float = OPENING) -> None:
        """Wait until the device is open. Raises DeviceError where there is none."""
        self._keeper.settled.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise DeviceError when the device is not there at the start."""
        self._worker.check()
        if self._error:
            raise self._error

    def _start(self) -> Link:
        return Link("immersions line-in", run, self._board.name, self._shelf.name, self._device)

    def _look(self) -> None:
        self._keeper.look()
        self._worker.rest(LOOK)

    def _do_without(self, why: str) -> bool:
        self._error = DeviceError(why)
        return False
