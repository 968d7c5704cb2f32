"""A connection that takes in at once what is said: who says much never waits for a dream that is on its way back."""

from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any


class Attentive:
    """A process's end of a connection, read by a thread of its own.

    Both ends may send more than the system keeps for them: if each only read after it had sent, both could wait for
    ever.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._heard: SimpleQueue[Any] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()

    def send(self, letter: object) -> None:
        """Say something; waits until the other end has room for it. Raises OSError where nobody is there."""
        self._connection.send(letter)

    def poll(self) -> bool:
        """Whether there is something to be heard."""
        return not self._heard.empty()

    def recv(self) -> Any:
        """What was said first, or the EOFError that nobody is there any more."""
        if isinstance(letter := self._heard.get(), EOFError):
            raise letter
        return letter

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._heard.put(self._connection.recv())
        self._heard.put(EOFError())
