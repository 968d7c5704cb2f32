"""Threads that end well."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from installation.errors import WorkerStuck


class Worker:
    """Runs `step` over and over on its own thread, inside a `with` block.

    Leaving the block stops the thread, waits for it, and raises what it raised.
    Call `check` once per frame to hear of a failure while the show is running.
    """

    def __init__(self, name: str, step: Callable[[], None], patience: float = 5.0) -> None:
        self.name = name
        self.error: BaseException | None = None
        self._step = step
        self._patience = patience  # seconds to wait for the last step
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(self._patience)
        if error is not None:
            return  # the block already failed; its error is the one worth seeing
        if self._thread.is_alive():
            raise WorkerStuck(f"{self.name} did not stop within {self._patience:g} s; the process must be ended.")
        self.check()

    @property
    def stopping(self) -> bool:
        """Whether the block is being left."""
        return self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """Wait inside a step, but end at once when the worker is asked to stop."""
        self._stopping.wait(seconds)

    def check(self) -> None:
        """Raise the error that ended the thread, if one did."""
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        except BaseException as error:  # whatever it was must come home
            self.error = error
