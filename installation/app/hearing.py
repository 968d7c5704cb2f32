"""The ear in a process of its own: sound of the last seconds goes in, what the neurons answer to its end comes out."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

import numpy as np

from installation.app.depths import FRAMES, Depths
from installation.data import RATE, Activations, Anatomy, Clip, Dream, Scalogram, Target
from installation.errors import ContentError, ImmersionsError
from installation.mailbox import Mailbox
from installation.render.activity import Light, light
from installation.sound.listener import Listener
from installation.worker import Worker

log = logging.getLogger(__name__)

LOADING = 120.0  # seconds that torch and the weights may take
ANSWERING = 10.0  # seconds after which a process that does not answer is started again
GOODBYE = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Glimpse:
    """What the ear has just heard, lit; `until` is the time.monotonic() of its last sample."""

    dream: Dream
    light: Light
    until: float


def run(connection: Connection, model: str, threads: int) -> None:
    """The process: says how many samples it wants to hear, then answers until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import torch

        from installation.listen.ear import load

        torch.set_num_threads(threads)
        ear = load(model, "cuda" if torch.cuda.is_available() else "cpu")
        with Depths(ear, threads) as depths:
            connection.send(depths.window)
            while True:
                connection.send(depths.glimpse(connection.recv()))
    except (EOFError, OSError):
        return  # nobody asks any more
    except ImmersionsError as error:
        connection.send(error)


class Hearing:
    """Asks the ear about the newest sound, over and over, inside a `with` block. One that dies is started again."""

    def __init__(self, model: str, anatomy: Anatomy, listener: Listener, target: Target, threads: int) -> None:
        self._model, self._anatomy, self._listener, self._target = model, anatomy, listener, target
        self._threads = threads
        self._number = 0
        self.restarts = 0
        self._glimpses: Mailbox[Glimpse] = Mailbox()
        self._connection: Connection | None = None
        self._worker = Worker("hearing", self._step)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()  # a process that is being waited for ends now
        try:
            self._worker.__exit__(kind, error, trace)
        finally:
            self._end()

    def take(self) -> Glimpse | None:
        """The newest glimpse that nobody has taken. Raises ContentError where the model cannot hear at all."""
        self._worker.check()
        return self._glimpses.take()

    def _step(self) -> None:
        try:
            if self._connection is None:
                self._start()
            else:
                self._ask(self._connection)
        except (EOFError, OSError, TimeoutError) as error:
            if self._worker.stopping:
                return
            log.error("the ear stopped (%s) and is started again", error or type(error).__name__)
            self._end()
            self.restarts += 1
            self._worker.rest(1.0)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=run, args=(theirs, self._model, self._threads), name="hearing", daemon=True
        )
        self._process.start()
        theirs.close()
        self._connection = ours
        self._window = int(self._answer(ours, LOADING))

    def _ask(self, connection: Connection) -> None:
        sound, until = self._listener.latest(self._window), self._listener.now()
        connection.send(sound.mean(axis=0, dtype=np.float32))
        scalogram: Scalogram
        activations: Activations
        scalogram, activations = self._answer(connection, ANSWERING)
        samples = np.zeros((1, round(FRAMES * scalogram.seconds_per_frame * RATE)), np.float32)
        dream = Dream(self._number, Clip(samples), activations, scalogram, self._target, 0.0, 0)
        self._glimpses.post(Glimpse(dream, light(dream, self._anatomy), until))
        self._number += 1

    def _answer(self, connection: Connection, patience: float) -> Any:
        if not connection.poll(patience):
            raise TimeoutError(f"no answer within {patience:g} s")
        answer = connection.recv()
        if isinstance(answer, ContentError):
            raise answer
        return answer

    def _end(self) -> None:
        if self._connection is None:
            return
        self._connection.close()
        self._connection = None
        self._process.join(GOODBYE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(GOODBYE)
