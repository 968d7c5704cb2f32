"""The ear in a process of its own: sound goes in as it comes, the light of what the neurons answer to it comes out."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Event
from types import TracebackType
from typing import Any, Self

import numpy as np

from installation.data import RATE, Clip, Dream, Floats, Target
from installation.errors import ContentError, ImmersionsError
from installation.mailbox import Mailbox
from installation.render.activity import Afterglow, Light
from installation.sound.listener import Listener
from installation.worker import Worker

log = logging.getLogger(__name__)

FRAMES = 8  # of the scalogram that are lit: a sixth of a second, more than passes between two pictures
FURTHEST = 2 * RATE  # samples; of more that waited the beginning is left out
GLANCE = 0.003  # seconds between two looks for new sound
LOADING = 120.0  # seconds that torch and the weights may take
ANSWERING = 10.0  # seconds after which a process that does not answer is started again
GOODBYE = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Glimpse:
    """What the ear has just heard, lit; `until` is the time.monotonic() of its last sample."""

    dream: Dream
    light: Light
    until: float


def run(connection: Connection, model: str, target: Target, threads: int) -> None:
    """The process: says how many samples make one frame, then answers until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import torch

        from installation.listen.ears import load

        torch.set_num_threads(threads)
        ear = load(model, "cuda" if torch.cuda.is_available() else "cpu")
        stream, afterglow = ear.stream(FRAMES), Afterglow(ear.anatomy)
        connection.send(stream.samples_per_frame)
        samples = Clip(np.zeros((1, FRAMES * stream.samples_per_frame), np.float32))
        number = 0
        while True:
            before = stream.heard
            answer = stream.hear(connection.recv())
            if answer is None:
                connection.send(None)
                continue
            scalogram, activations = answer
            dream = Dream(number, samples, activations, scalogram, target, 0.0, 0)
            connection.send((dream, afterglow.light(dream, stream.heard - before)))
            number += 1
    except (EOFError, OSError):
        return  # nobody asks any more
    except ImmersionsError as error:
        connection.send(error)


class Hearing:
    """Asks the ear about the newest sound, over and over, inside a `with` block. One that dies is started again."""

    def __init__(self, model: str, listener: Listener, target: Target, threads: int) -> None:
        self._model, self._listener, self._target = model, listener, target
        self._threads = threads
        self.restarts = 0
        self._wanted = Event()
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
        """The newest glimpse that nobody has taken. Raises ContentError where the model cannot hear at all.

        The ear listens only while somebody waits for it: who draws with the same processor has it alone meanwhile.
        """
        self._worker.check()
        glimpse = self._glimpses.take()
        if glimpse is None:
            self._wanted.set()
        return glimpse

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
            target=run, args=(theirs, self._model, self._target, self._threads), name="hearing", daemon=True
        )
        self._process.start()
        theirs.close()
        self._connection = ours
        self._frame = int(self._answer(ours, LOADING))  # samples
        self._began = self._heard = self._listener.heard  # the ear counts its frames from here

    def _ask(self, connection: Connection) -> None:
        if not self._wanted.wait(GLANCE):
            return
        sound, heard, until = self._listener.news(self._heard)
        if (heard - self._began) // self._frame == (self._heard - self._began) // self._frame:
            self._worker.rest(GLANCE)
            return
        self._heard = heard
        connection.send(mono(sound[:, -FURTHEST:]))
        answer = self._answer(connection, ANSWERING)
        if answer is not None:
            dream, shone = answer
            self._wanted.clear()
            self._glimpses.post(Glimpse(dream, shone, until))

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


def mono(sound: Floats) -> Floats:
    """Both sides together, [2, samples] -> [samples]."""
    together: Floats = sound.mean(axis=0, dtype=np.float32)
    return together
