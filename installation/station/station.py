"""The station as the show sees it: tell it what is heard, take what visitors ask for, never wait."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

import numpy as np

from installation.control.acts import Act, Cue, Lent, News
from installation.data import RATE, Anatomy, Dream, Floats, Heard
from installation.errors import WorkerStuck
from installation.mailbox import Mailbox
from installation.settings import StationPage
from installation.station import process
from installation.station.bulletin import Bulletin
from installation.station.desk.table import table
from installation.station.hears import Drawn, hears
from installation.station.letters import Asked, Attended, Failed, Now, Office, Open, Order, Seen, Thought
from installation.station.words import reached, spoken
from installation.target import write
from installation.worker import Worker

log = logging.getLogger(__name__)

GLANCE = 0.02  # seconds between two looks at what the show tells; what visitors do is heard at once
DRIFT = 0.004  # seconds: a loop that began so much earlier or later than told is told again
PAUSES = (0.5, 2.0, 8.0, 30.0)  # seconds before a process that failed so many times in a row is started again
STEADY = 60.0  # seconds after which a process that failed before counts as well
GOODBYE = 2.0  # seconds that a process has to end by itself
SILENT = 15.0  # seconds without a sign of life after which a process hangs
KNOWN = 3  # dreams that the process is sure to remember
NOBODY = Seen("", ())


@dataclass(frozen=True, slots=True)
class Venue:
    """What an operator's desk is told of the place.

    cards      the test cards there are
    loudness   LUFS that loops are played at
    ceiling    dBA that nothing passes, and those of 0 LUFS; None where nobody has read a meter
    ring       whether six channels are a ring of loudspeakers rather than 5.1
    """

    show: str = ""
    model: str = ""
    cards: tuple[str, ...] = ()
    loudness: float = -23.0
    ceiling: tuple[float, float] | None = None
    ring: bool = False


def order(
    anatomy: Anatomy,
    positions: Floats,
    plan: Drawn,
    settings: StationPage,
    language: str,
    port: int | None = None,
    venue: Venue | None = None,
) -> Order:
    """What a station begins with. Raises ContentError for sliders that are not for visitors."""
    words = spoken(reached(settings.sliders))
    port = settings.port if port is None else port
    language = language if language in words else "en"
    heard = hears(anatomy, plan)
    venue = venue or Venue()
    office = Office(
        table(anatomy, plan.front_end, heard, language, venue.model, venue.show, venue.cards), settings.reader,
        venue.loudness, venue.ceiling, venue.ring,
    )  # fmt: skip
    return Order(
        "0.0.0.0" if settings.network else "127.0.0.1", port, anatomy, positions, heard,
        settings.sliders, words, language, settings.patience, settings.lease, settings.phones,
        settings.address.rstrip("/"), settings.names, settings.screens, settings.pin, office,
        settings.microphone,
    )  # fmt: skip


class Station:
    """The visitors' page in a process of its own, inside a `with` block. One that dies is started again."""

    def __init__(self, order: Order, run: Callable[[Connection, Order], None] = process.run) -> None:
        self._order = order
        self._run = run
        self.port = 0  # at which it answers; 0 while it does not
        self.restarts = 0
        self._seen = NOBODY
        self._acts: deque[Act] = deque(maxlen=1000)
        self._lent = False  # whether the dream began from a visitor's sound
        self.desks = 0  # that somebody sits at
        self.bulletin = Bulletin()
        self._now: Mailbox[Now] = Mailbox()
        self._stands: Mapping[str, float] = {}
        self._told: Now | None = None
        self._dreams: Mailbox[Dream] = Mailbox()
        self._known: dict[str, Dream] = {}  # that the process has, oldest first
        self._failures = 0
        self._began = 0.0
        self._spoken = 0.0  # time.monotonic() of its last word
        self._process: BaseProcess | None = None
        self._worker = Worker("station", self._attend)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake(GOODBYE)
        try:
            self._worker.__exit__(kind, error, trace)
        except WorkerStuck as stuck:  # visitors must not keep the show from ending
            log.warning("%s", stuck)
        finally:
            self._end()

    def acts(self, wanted: Mapping[str, float]) -> list[Act]:
        """What visitors have asked for since the last time, in their order; nothing of it starts from `wanted`."""
        return [self._acts.popleft() for _ in range(len(self._acts))]

    def tell(self, news: News) -> None:
        """Take in where the parameters stand, for sliders and desks."""
        self._stands = news.stands
        self.bulletin.stands(news)

    @property
    def seen(self) -> Seen:
        """What belongs into the picture."""
        return self._seen

    def ready(self, dream: Dream) -> None:
        """A dream may soon be heard: browsers get it in time."""
        self._dreams.post(dream)

    def heard(self, heard: Heard) -> None:
        """Say what is heard at this moment; call it as often as you like."""
        if (name := called(heard.dream)) not in self._known:
            self._dreams.post(heard.dream)
        self._wake(SILENT)
        loop = heard.dream.clip.seconds / heard.speed
        sliders = {name: round(self._stands[name], 6) for name in self._order.sliders if name in self._stands}
        gain = heard.dream.verdict.gain if heard.dream.verdict else 1.0
        self._now.post(Now(name, time.monotonic() - heard.place * loop, loop, sliders, gain))

    def _attend(self) -> None:
        """One glance at the process and at what the show tells; runs on the worker's thread."""
        if self._process is None:
            return self._start()
        try:
            self._tell()
            if self._connection.poll(GLANCE):
                self._receive()
        except (EOFError, OSError):
            self._process.join(GOODBYE)
            self._restart(f"it ended with code {self._process.exitcode}")
        except Exception as error:  # whatever it was, visitors are worth another try
            self._restart(f"{type(error).__name__}: {error}")

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=self._run, args=(theirs, self._order), name="station", daemon=True)
        self._process.start()
        theirs.close()
        self._began = time.monotonic()
        dreams, self._known, self._told = list(self._known.values()), {}, None
        self.bulletin.again()
        for dream in dreams:
            self._think(dream)

    def _tell(self) -> None:
        if (dream := self._dreams.take()) is not None:
            self._think(dream)
        for letter in self.bulletin.letters():
            self._connection.send(letter)
        now, told = self._now.take(), self._told
        if now is None:
            return
        same = told is not None and (now.name, now.stands, now.gain) == (told.name, told.stands, told.gain)
        if told is None or not same or abs(now.began - told.began) > DRIFT:
            self._told = now
            self._connection.send(now)

    def _think(self, dream: Dream) -> None:
        name = called(dream)
        self._known.pop(name, None)
        self._known = dict([*self._known.items(), (name, dream)][-KNOWN:])
        self._connection.send(
            Thought(
                name, dream.activations, sound(dream), dream.verdict.gain if dream.verdict else 1.0,
                dream.scalogram.level.astype(np.float16), dream.slope, dream.score, dream.step, write(dream.target),
            )
        )  # fmt: skip

    def _wake(self, patience: float) -> None:
        """End a process that says nothing: whoever waits for it to read is free then. Any thread may."""
        process = self._process
        if process is not None and self.port and time.monotonic() - self._spoken > patience:
            with suppress(ValueError):  # it has just been ended by another
                process.kill()

    def _receive(self) -> None:
        letter = self._connection.recv()
        self._spoken = time.monotonic()
        match letter:
            case Asked(acts):
                self._acts.extend(acts)
                for act in acts:
                    self._lent = isinstance(act, Lent) or (self._lent and act != Cue("again"))
            case Seen() as seen:
                self._seen = seen
            case Attended(desks):
                self.desks = desks
            case Open(port, address):
                self.port = port
                log.info("the visitors' page is at %s", address)
            case Failed(words):
                self._restart(words)

    def _restart(self, why: str) -> None:
        self._failures = 0 if time.monotonic() - self._began > STEADY else self._failures
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        log.error("the visitors' page stopped: %s. It is opened again in %g s; the show goes on.", why, pause)
        self._end()
        self._failures += 1
        self.restarts += 1
        self._worker.rest(pause)

    def _end(self) -> None:
        """No process is left behind, and nothing that visitors of before wanted."""
        if self._process is None:
            return
        self.port, self._seen, self.desks = 0, NOBODY, 0
        self._acts.extend((Cue("target", hand="visitors"), Cue("compare", hand="visitors")))
        if self._lent:
            self._lent = False
            self._acts.append(Cue("again", hand="visitors"))
        self._connection.close()
        self._process.join(GOODBYE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(GOODBYE)
        with suppress(ValueError):  # a busy machine takes its time to end even what was killed
            self._process.close()
        self._process = None


def called(dream: Dream) -> str:
    """The name by which browsers know a dream."""
    return f"{dream.number}.{dream.step}"


def sound(dream: Dream) -> np.typing.NDArray[np.int16]:
    """What is heard of a dream, [channels, samples]."""
    gain = dream.verdict.gain if dream.verdict else 1.0
    played = np.clip(dream.clip.samples * np.float32(gain), -1, 1) * 32767
    assert dream.clip.rate == RATE
    quantised: np.typing.NDArray[np.int16] = np.rint(np.nan_to_num(played)).astype(np.int16)
    return quantised
