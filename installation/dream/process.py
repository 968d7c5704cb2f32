"""The dreamer's own process: it loads the ear, optimises without pause and posts what it has in time for every seam.

torch is imported in here only when the process runs, so the show's own process never waits for it.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from installation.data import RATE, Clip, Dream, Target
from installation.dream.attentive import Attentive
from installation.dream.knobs import Knobs
from installation.dream.length import stretched
from installation.dream.vigil import Vigil, Ways
from installation.errors import ImmersionsError

if TYPE_CHECKING:  # it would bring torch
    from installation.listen.hearer import Hearer

POLITE = 10  # niceness: sound and picture go first
ENOUGH = 10  # steps in each loop, below which fewer copies are heard in a step; well above it more, up to the knob
HOPELESS = 20  # steps in a row whose numbers leave the finite, after which the network itself must be broken
SPARE = 1.5  # how many times longer than usual a step or a publication may take without being late


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """Everything that a dreamer's process begins with.

    start    a clip, or the name of one
    seconds  of the loop in the show's own tempo; start clips are cut to it
    filled   seconds of the loop in the tempo of now, where that is another
    resume   the last good dream's sound, to go on from
    number   of the first dream
    chosen   whether a person's hands decide what is dreamt of
    lent     whether `start` is a sound that a visitor lent
    """

    model: str
    start: Clip | str
    target: Target
    seconds: float
    knobs: Knobs
    seed: int
    threads: int
    device: str = "auto"  # "cpu", "cuda", or whichever there is
    number: int = 0
    resume: Clip | None = None
    filled: float | None = None
    chosen: bool = False
    lent: bool = False

    @property
    def loop(self) -> float:
        """Seconds of the loop."""
        return self.filled or self.seconds

    @property
    def samples(self) -> int:
        """Samples of the loop."""
        return round(self.loop * RATE)


@dataclass(frozen=True, slots=True)
class Due:
    """When a dream is wanted next, in `time.monotonic` seconds; after that one every loop."""

    moment: float


@dataclass(frozen=True, slots=True)
class Begin:
    """Start again from this clip, or from the one of this name; one that is lent is written down nowhere."""

    start: Clip | str
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    """Dream loops of so many seconds from now on, going on from the one there is."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whether a person's hands decide what is dreamt of; then nobody else does."""

    target: bool


Message = Target | Knobs | Due | Begin | Fill | Chosen


@dataclass(frozen=True, slots=True)
class Alive:
    """Told after every step, so that silence means trouble.

    score   of the step in spreads; None where its numbers were lost
    """

    step: int
    resets: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an operator may want to know."""

    words: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why the process ends, or which wish it cannot fulfil."""

    words: str
    refused: Message | None = None
    expected: bool = True  # an error that the person at the keyboard can do something about


def run(connection: Connection, order: Order) -> None:
    """The process from its beginning to its end, which comes when the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the show, and the show ends this process
    if hasattr(os, "nice"):
        os.nice(POLITE)
    try:
        _Process(Attentive(connection), order).run()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody listens any more
    except Exception as error:
        expected = isinstance(error, ImmersionsError)
        _tell(connection, Failed(str(error) if expected else f"{type(error).__name__}: {error}", expected=expected))


def asleep(connection: Connection, order: Order) -> None:
    """A process that never dreams: no network is loaded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            connection.recv()


def _tell(connection: Connection, failed: Failed) -> None:
    try:
        connection.send(failed)
    except OSError:
        return  # nobody listens any more


class _Process:
    def __init__(self, connection: Attentive, order: Order) -> None:
        import torch

        from installation.dream.optimize import Optimizer
        from installation.listen.ears import load

        torch.set_num_threads(order.threads)
        self.connection = connection
        self.order = order
        self.number = order.number
        device = ("cuda" if torch.cuda.is_available() else "cpu") if order.device == "auto" else order.device
        ear = load(order.model, device)
        generator = torch.Generator().manual_seed(order.seed)
        self.knobs = order.knobs
        self.copies = 1 if device == "cpu" else order.knobs.batch
        self.vigil = self.watchful(ear)
        self.optimizer_of = partial(Optimizer, ear, generator=generator)
        self.optimizer = self.optimizer_of(self.clip(order.start), order.target, self.affordable())
        if order.resume is not None:
            self.optimizer.resume(stretched(order.resume, order.samples))
        self.due = time.monotonic()
        self.publishing = 0.0  # seconds that it took last
        self.broken = 0  # steps in a row that came to nothing

    def run(self) -> None:
        if self.order.resume is None or self.order.number == 0:
            self.publish()  # the start clip, as the ear hears it: the body glows before anything is dreamt
        while True:
            while self.connection.poll():
                self.obey(self.connection.recv())
            begin = time.monotonic()
            resets, score = self.optimizer.resets, self.optimizer.step()
            lost = self.optimizer.resets != resets
            self.broken = self.broken + 1 if lost else 0
            if self.broken >= HOPELESS:
                raise ArithmeticError(f"{HOPELESS} steps in a row left the finite numbers")
            self.connection.send(Alive(self.optimizer.steps, self.optimizer.resets, None if lost else score))
            now = time.monotonic()
            self.weigh(now - begin)
            if now + SPARE * (now - begin + self.publishing) >= self.due:
                self.publish()

    def publish(self) -> None:
        begin = time.monotonic()
        self.watch(self.deliver())
        now = time.monotonic()
        self.publishing = now - begin
        self.due += self.order.loop
        while self.due <= now:
            self.due += self.order.loop

    def deliver(self) -> Dream:
        """Send what there is now."""
        dream = replace(self.optimizer.dream(self.number), lent=self.order.lent)
        self.connection.send(dream)
        self.number += 1
        return dream

    def watch(self, dream: Dream) -> None:
        """Let nothing get stuck."""
        before = self.vigil.heat
        try:
            if dream.step and (done := self.vigil.after(dream, self.optimizer)):
                self.connection.send(Told(done))
        except ImmersionsError as error:
            self.connection.send(Told(f"what was to help the dream {dream.number} cannot be done: {error}"))
        if self.vigil.heat != before:
            self.optimizer.turn(self.affordable())

    def watchful(self, ear: Hearer) -> Vigil:
        """Whoever watches over the dreams, and what can be done for them."""
        from installation.listen import clips, survey

        ways = Ways(ear.anatomy, partial(survey.asked, ear), tuple(clips.files()), self.clip)
        vigil = Vigil(ways, self.order.seed)
        vigil.chosen(self.order.chosen)
        return vigil

    def weigh(self, took: float) -> None:
        """Hear fewer copies in a step where the machine is too slow for them, more where it has time."""
        steps = self.order.loop / took
        copies = self.copies
        if steps < ENOUGH:
            copies = max(1, copies // 2)
        elif steps > 3 * ENOUGH:
            copies = min(self.knobs.batch, copies * 2)
        if copies != self.copies:
            self.copies = copies
            self.optimizer.turn(self.affordable())

    def affordable(self) -> Knobs:
        """The knobs as they were wished for, with no more copies than there is time for."""
        rate = self.knobs.learning_rate * self.vigil.heat
        return replace(self.knobs, batch=min(self.copies, self.knobs.batch), learning_rate=rate)

    def obey(self, message: Message) -> None:
        try:
            match message:
                case Target():
                    self.optimizer.aim(message)
                case Knobs():
                    self.knobs = message
                    self.optimizer.turn(self.affordable())
                case Begin():
                    start = self.clip(message.start)
                    self.order = replace(self.order, start=message.start, lent=message.lent)
                    self.optimizer.begin(start)
                    self.vigil.begun()
                    self.deliver()  # whoever compares hears what the dream began with
                case Chosen():
                    self.vigil.chosen(message.target)
                case Fill():
                    self.fill(message.seconds)
                case Due():
                    self.due = message.moment
        except ImmersionsError as error:
            self.connection.send(Failed(str(error), refused=message))

    def fill(self, seconds: float) -> None:
        """Go on with the same loop, brought to another length."""
        if seconds == self.order.loop:
            return
        before, was, self.order = self.optimizer, self.order, replace(self.order, filled=seconds)
        try:
            self.optimizer = self.optimizer_of(self.clip(self.order.start), before.target, self.affordable())
        except ImmersionsError:  # the target does not fit such a loop
            self.order = was
            raise
        self.optimizer.resume(stretched(Clip(before.samples.cpu().numpy().copy()[None]), self.order.samples))
        self.optimizer.follow(before)
        self.optimizer.steps, self.optimizer.resets = before.steps, before.resets

    def clip(self, start: Clip | str) -> Clip:
        """The start clip as one loop."""
        from installation.listen.clips import clip

        return stretched(clip(start, round(self.order.seconds * RATE), self.order.seed), self.order.samples)
