"""The dreamer as the show sees it: say what to dream of, take what has been dreamt, never wait."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

import numpy as np

from installation.data import Activations, Clip, Dream, Scalogram, Target
from installation.dream import process
from installation.dream.knobs import Knobs
from installation.dream.length import lasting
from installation.dream.process import Alive, Begin, Chosen, Due, Failed, Fill, Message, Order, Told
from installation.errors import ContentError
from installation.mailbox import Mailbox
from installation.worker import Worker

log = logging.getLogger(__name__)

LOADING = 180.0  # seconds that a new process may take until it speaks: torch, weights, perhaps statistics
SILENT = 60.0  # seconds without a step after which a process hangs
PAUSES = (0.5, 2.0, 8.0, 30.0)  # seconds before a process that failed so many times in a row is started again
GLANCE = 0.05  # seconds between two looks at what the show wants
GOODBYE = 2.0  # seconds that a process has to end by itself
SCORES = 1000  # of the last steps that are remembered until somebody takes them


class Dreamer:
    """Optimises a loop in a process of its own, inside a `with` block.

    A process that dies, fails or falls silent is logged and started again from the last good dream; meanwhile
    `deliver` has nothing new and the show goes on with what it has.

    start     a clip, or the name of one
    seconds   of the loop; a new dream comes at least once in so many seconds
    device    "cpu", "cuda", or "auto" for whichever there is
    resume    a loop that was dreamt from the start clip before, to go on from
    silent    seconds without a word after which the process is started again
    run       what runs in the process
    threads   of torch; more than one only pays while the other processors have nothing to do
    """

    def __init__(
        self,
        model: str,
        start: Clip | str,
        target: Target,
        seconds: float,
        settings: Knobs,
        seed: int,
        *,
        threads: int = 0,
        device: str = "auto",
        resume: Clip | None = None,
        silent: float = SILENT,
        run: Callable[[Connection, Order], None] = process.run,
    ) -> None:
        self._order = Order(model, start, target, seconds, settings, seed, threads or _threads(), device, resume=resume)
        self._first = self._order
        self._silent = silent
        self._run = run
        self.restarts = 0
        self.steps = 0  # of the running process since its start clip
        self.resets = 0  # how often its numbers left the finite
        self.scores: deque[tuple[int, float | None]] = deque(maxlen=SCORES)  # of its last steps; any thread may take
        self._dreams: Mailbox[Dream] = Mailbox()
        kinds = (Target, Knobs, Begin, Due, Fill, Chosen)
        self._wishes: dict[type, Mailbox[Message]] = {kind: Mailbox() for kind in kinds}
        self._worker = Worker("dreamer", self._attend)
        self._process: BaseProcess | None = None
        self._heard = 0.0  # time.monotonic() of its last word
        self._spoken = False  # whether the running process has said anything
        self._failures = 0  # in a row
        self._hopeless: ContentError | None = None

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._worker.__exit__(kind, error, trace)
        finally:
            self._end()

    def aim(self, target: Target) -> None:
        """Dream of this from now on; the newest target wins."""
        self._wishes[Target].post(target)

    def turn(self, knobs: Knobs) -> None:
        """Dream in this way from now on; the newest knobs win."""
        self._wishes[Knobs].post(knobs)

    def begin(self, start: Clip | str, lent: bool = False) -> None:
        """Start again from another clip, or from the one of this name; `lent` says that a visitor lent it."""
        self._wishes[Begin].post(Begin(start, lent))

    def chosen(self, target: bool) -> None:
        """Say whether a person's hands decide what is dreamt of: then a dream that is stuck keeps its target."""
        self._wishes[Chosen].post(Chosen(target))

    def due(self, moment: float) -> None:
        """Say when the next dream is wanted, in `time.monotonic` seconds; without it they come at an even pace."""
        self._wishes[Due].post(Due(moment))

    def fill(self, seconds: float) -> None:
        """Dream loops of so many seconds from now on; the loop there is goes on, brought to that length."""
        self._wishes[Fill].post(Fill(seconds))

    @property
    def samples(self) -> int:
        """Samples of the loops that are dreamt now."""
        return self._order.samples

    def deliver(self) -> Dream | None:
        """The newest dream that nobody has taken yet, ready to be judged."""
        return self._dreams.take()

    def check(self) -> None:
        """Raises ContentError if what was asked for at the start cannot be dreamt at all."""
        self._worker.check()
        if self._hopeless is not None:
            raise self._hopeless

    def _attend(self) -> None:
        """One glance at the process and at what the show wants; runs on the worker's thread."""
        if self._hopeless is not None:
            self._worker.rest(1.0)
        elif self._process is None:
            self._start()
        elif self._connection.poll(GLANCE):
            self._receive()
        elif not self._process.is_alive():
            self._restart(f"it ended with code {self._process.exitcode}")
        elif time.monotonic() - self._heard > (self._silent if self._spoken else max(self._silent, LOADING)):
            self._restart("it has fallen silent")

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=self._run, args=(theirs, self._order), name="dreamer", daemon=True)
        self._process.start()
        theirs.close()
        self._heard, self._spoken = time.monotonic(), False

    def _receive(self) -> None:
        try:
            message = self._connection.recv()
        except (EOFError, OSError):
            assert self._process is not None
            self._process.join(GOODBYE)
            return self._restart(f"it ended with code {self._process.exitcode}")
        self._heard, self._spoken = time.monotonic(), True
        match message:
            case Dream():
                self._keep(message)
            case Alive():
                self.steps, self.resets = message.step, message.resets
                self.scores.append((message.step, message.score))
                self._send()  # only now, so that nothing piles up before a process that hangs
            case Told():
                log.info("%s", message.words)
            case Failed() if message.refused is not None:
                log.warning("the dreamer goes on as before: %s", message.words)
                self._order = replace(self._order, target=self._first.target, start=self._first.start, lent=False)
            case Failed() if message.expected and self._order.number == 0:
                self._hopeless = ContentError(message.words)
                self._end()
            case Failed():
                self._restart(message.words)

    def _keep(self, dream: Dream) -> None:
        dream = lasting(_frozen(dream), self._order.loop)
        if np.isfinite(dream.clip.samples).all():
            resume = dream.clip if dream.lent == self._order.lent else None  # one of before the sound was given back
            self._order = replace(self._order, number=dream.number + 1, resume=resume)
        self._failures = 0
        self._dreams.post(dream)

    def _send(self) -> None:
        for wishes in self._wishes.values():
            if (wish := wishes.take()) is None:
                continue
            match wish:
                case Target():
                    self._order = replace(self._order, target=wish)
                case Knobs():
                    self._order = replace(self._order, knobs=wish)
                case Begin():
                    self._order = replace(self._order, start=wish.start, resume=None, lent=wish.lent)
                case Chosen():
                    self._order = replace(self._order, chosen=wish.target)
                case Fill():
                    self._order = replace(self._order, filled=wish.seconds)
            try:
                self._connection.send(wish)
            except OSError:
                return  # it has ended; the next glance finds out

    def _restart(self, why: str) -> None:
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        log.error("the dreamer stopped: %s. It is started again in %g s, from the last good dream.", why, pause)
        self._end()
        first = self._first
        if self._failures:  # perhaps it is what was wished for that it cannot bear
            resume = None if self._order.lent else self._order.resume
            self._order = replace(
                self._order, target=first.target, knobs=first.knobs, start=first.start, lent=False, resume=resume
            )
        self._failures += 1
        self.restarts += 1
        self._order = replace(self._order, seed=self._order.seed + 1)
        self._worker.rest(pause)

    def _end(self) -> None:
        """No process is left behind, whatever state it is in."""
        if self._process is None:
            return
        self._connection.close()
        self._process.join(GOODBYE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(GOODBYE)
        with suppress(ValueError):  # a busy machine takes its time to end even what was killed
            self._process.close()
        self._process = None


def _threads() -> int:
    """One on a small machine, where picture and sound need the rest; a few on a large one."""
    return max(1, min(4, (os.cpu_count() or 1) // 4))


def _frozen(dream: Dream) -> Dream:
    """The dream with all arrays read-only again, which they are no more after their journey."""
    score, level = dream.scalogram, dream.scalogram.level
    return replace(
        dream,
        clip=Clip(dream.clip.samples, dream.clip.rate),
        activations=Activations(dream.activations.layers, dream.activations.expected),
        scalogram=Scalogram(level, score.lowest, score.bins_per_octave, score.seconds_per_frame),
    )
