"""The player: what is heard, and when. The picture asks it what is true."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.shared_memory import SharedMemory
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np

from installation.clock import AudioClock, Clock
from installation.data import RATE, Dream, Heard
from installation.errors import DeviceError
from installation.pace import Pace
from installation.sound.board import Board
from installation.sound.booth import Booth
from installation.sound.course import Course
from installation.sound.feed import SECOND
from installation.sound.link import OPENING, Keeper, Link
from installation.sound.mixing import Seam, gain, length
from installation.sound.outputs import Grid, Outputs, pair
from installation.sound.process import Follow, Parcel, Start, Want, run
from installation.worker import Worker

log = logging.getLogger(__name__)

LOOK = 0.05  # seconds between two looks after the sound process
BEGIN = 8.0  # seconds after which the show begins, with sound or without


class Player:
    """Plays a loop for ever and changes to the newest dream at the seam, inside a `with` block.

    first    the judged dream that begins; time stands at 0 until its first beat is heard
    device   part of the name of a sound device; "" is the system's choice
    delay    seconds from the device to the ear
    silent   play nothing but keep the same seams
    patient  a device of this name that is not there is waited for, and meanwhile any other is played on
    clock    the time of a silent player, by default the machine's
    cue      where the waiting dream is heard in advance: two outputs of the same device, such as "3/4", part of the
             name of another device, or nowhere
    grid     moments on which the first beat may fall; without it, as soon as it can
    """

    def __init__(
        self,
        first: Dream,
        device: str = "",
        delay: float = 0.0,
        silent: bool = False,
        patient: bool = False,
        clock: Clock | None = None,
        cue: str = "",
        grid: Grid | None = None,
    ) -> None:
        self._silent = silent
        self._device, self._patient = device, patient
        self._grid = grid
        self._cue = cue
        self._holding = False
        self._period: float | None = None  # samples that a loop is to last
        self._ns: Callable[[], int] = (lambda: round(clock.now() * SECOND)) if clock and silent else time.monotonic_ns
        self._course = Course(first)
        self._lock = Lock()  # between those who ask and the thread that looks after the sound process
        self._board = Board()
        self._booth = Booth(cue, self._board.name) if cue and pair(cue) is None and not silent else None
        self._known = 0  # paces that the sound process has told
        self._clock = AudioClock(self._board.read, delay, self._ns)
        self._memories: dict[int, SharedMemory] = {}  # loops on their way to the sound process
        self._live: Link | None = None  # the sound process, while it is the one that settles the seams
        self._error: DeviceError | None = None
        self._keeper = Keeper(
            "the sound", self._start, self._hand_over, self._lose, self._do_without, lambda: self._board.beaten
        )
        self._worker = Worker("sound", self._look)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self._close)
            if self._silent:
                self._begin_in_silence()
            else:
                if self._booth:
                    stack.enter_context(self._booth)
                self._keeper.look()
                stack.enter_context(self._worker)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _close(self) -> None:
        self._keeper.end()
        for memory in self._memories.values():
            memory.close()
            memory.unlink()
        self._memories.clear()
        self._board.close()

    def offer(self, dream: Dream) -> None:
        """Let this dream be heard from the next seam on, unless a newer one comes. Raises ValueError if unjudged.

        While the player holds, it waits until it is dropped.
        """
        with self._lock:
            self._learn()
            number = self._course.offer(dream)
            if number is not None and self._live:
                self._live.send(self._parcel(number))
            if not self._holding:
                self._want()

    def explain(self, first: Dream) -> None:
        """Say more of the dream that began: it sounds the same, but now more is known of it."""
        with self._lock:
            self._course.explain(first)

    def hold(self, holding: bool = True) -> None:
        """Keep the loop that is heard until another is dropped, or let the newest follow again."""
        with self._lock:
            self._holding = holding
            if not holding:
                self._want()

    def drop(self) -> None:
        """Let the dream that waits be heard from the next seam on."""
        with self._lock:
            self._want()

    @property
    def waiting(self) -> Dream | None:
        """The dream that waits to be dropped, while the player holds."""
        with self._lock:
            course = self._course
            return course.dreams[course.newest] if course.newest != course.wanted else None

    def follow(self, seconds: float | None) -> None:
        """Let a loop last so many seconds, at most 6 % from its own length; None: as long as it was made.

        The speed glides, and pitch with it. A loop whose length is further away keeps its speed; one that comes in
        with another length runs at its new speed from its first beat on.
        """
        period = None if seconds is None else seconds * RATE
        with self._lock:
            if period == self._period:
                return
            self._learn()
            self._period = period
            if self._live:
                self._live.send(Follow(period))

    def heard(self, ahead: float = 0.0) -> Heard:
        """What is in the ear now, or so many seconds from now, for a picture that takes its time to be presented.

        A seam that is not yet settled by then is not crossed.
        """
        with self._lock:
            self._learn()
            now = self._clock.now() * RATE
            sample = max(0.0, now + ahead * RATE)
            before, seam, _ = self._course.at(sample)
            pace = self._course.pace(sample)
            for number in self._course.forget(now):
                if memory := self._memories.pop(number, None):
                    memory.close()
                    memory.unlink()
            dreams = self._course.dreams
            previous = dreams[before.loop] if before else None
            place = min(max(0.0, (pace.place(sample) - seam.start) / seam.length), 1 - 1e-9)
            seconds, speed = sample / RATE, pace.speed_at(sample)
            return Heard(dreams[seam.loop], previous, place, seam.number, seconds, speed)

    def groove(self, loop: int) -> tuple[Seam, list[Pace]]:
        """The seam with which this loop began, or the earliest that is known, and the paces from there on."""
        with self._lock:
            course = self._course
            seam = next((seam for seam in course.seams if seam.number >= loop), course.seams[-1])
            return seam, list(course.paces)

    def wait(self, seconds: float = BEGIN) -> None:
        """Wait until the first beat is on its way, in sound or in silence. Raises DeviceError for a wrong device.

        A sound server that does not answer by then is no reason to wait longer: the show begins, sound comes later.
        """
        if not self._keeper.settled.wait(OPENING if self._device and not self._patient else seconds):
            with self._lock:
                if self._origin() is None:
                    log.warning("the sound does not answer; the show begins without it")
                    self._begin_in_silence()
        self.check()

    def check(self) -> None:
        """Raise DeviceError when the device that was asked for is not there at the start."""
        self._worker.check()
        if self._error:
            raise self._error

    @property
    def silent(self) -> bool:
        """Whether nothing is heard: so it is wished, or there is no device now. One that comes is played on."""
        return self._silent or self._keeper.away

    @property
    def blocks(self) -> int:
        """How often the sound card asked for sound."""
        return self._board.blocks

    @property
    def underruns(self) -> int:
        """How often it did not get all it asked for."""
        return self._board.underruns

    @property
    def process(self) -> int | None:
        """The number of the sound process, while there is one."""
        return self._keeper.link.number if self._keeper.link else None

    @property
    def restarts(self) -> int:
        """How often the sound process had to be started again."""
        return self._keeper.restarts

    def _origin(self) -> int | None:
        """When the first beat left the loudspeaker, in ns, or would have; None before it is known."""
        tick = self._board.read()
        return tick and tick.ns + tick.latency - tick.samples * SECOND // RATE

    def _learn(self) -> None:
        """Know all seams that are settled, or settle those that are due while nobody else does."""
        self._known, paces = self._board.paces(self._known)
        self._course.merge(self._board.seams(), paces)
        origin = self._origin()
        if not self._live and origin is not None:
            self._course.settle((self._ns() - origin) * RATE / SECOND, self._period)

    def _want(self) -> None:
        number = self._course.want()
        if self._live:
            self._live.send(Want(number))

    def _parcel(self, number: int) -> Parcel:
        dream = self._course.dreams[number]
        samples = dream.clip.samples
        if number not in self._memories:
            memory = self._memories[number] = SharedMemory(create=True, size=samples.nbytes)
            np.copyto(np.ndarray(samples.shape, np.float32, memory.buf), samples)
        shape = (samples.shape[0], samples.shape[1])
        return Parcel(number, self._memories[number].name, shape, gain(dream), length(dream))

    def _start(self) -> Link:
        channels = self._course.dreams[self._course.newest].clip.samples.shape[0]
        outputs = Outputs.of(channels, self._cue, self._booth.shelf if self._booth else "")
        return Link("immersions sound", run, self._board.name, self._device, outputs, self._patient)

    def _look(self) -> None:
        self._keeper.look()
        self._worker.rest(LOOK)

    def _hand_over(self, link: Link) -> None:
        """Tell a fresh sound process where we are; from here on it settles the seams."""
        with self._lock:
            self._learn()
            origin = self._origin()
            sample = 0.0 if origin is None else (self._ns() - origin) * RATE / SECOND
            _, seam, after = self._course.at(sample)
            course = self._course
            for number in sorted({seam.loop, after.loop if after else seam.loop, course.wanted, course.newest}):
                link.send(self._parcel(number))
            link.send(Want(course.wanted))
            link.send(Follow(self._period))
            link.send(Start(seam, after, tuple(course.paces), origin, self._grid))
            self._live = link

    def _lose(self) -> None:
        """Settle the seams here until there is a new process."""
        with self._lock:
            self._learn()
            self._live = None
            self._course.take_over()

    def _do_without(self, why: str) -> bool:
        """There is no device: an error if one was named and is not waited for, else silence until there is one."""
        if self._device and not self._patient:
            self._error = DeviceError(why)
            return False
        log.warning("the show plays in silence until there is a device: %s", why)
        self._begin_in_silence()
        return True

    def _begin_in_silence(self) -> None:
        """Let the first beat be now, or on the next bar."""
        now = self._ns()
        self._board.write(self._grid.after(now) if self._grid else now, 0, 0)
        self._keeper.settled.set()
