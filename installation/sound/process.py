"""The sound process: renders the line of sound ahead and feeds it to the device; imports numpy and sounddevice only."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from installation.data import RATE, Floats
from installation.errors import DeviceError
from installation.pace import Pace
from installation.sound.board import Board
from installation.sound.deck import Deck
from installation.sound.devices import Question, here, pick, quiet
from installation.sound.feed import BLOCK, Feed
from installation.sound.link import Ready, Stop, living
from installation.sound.mixing import FADE, Loop, Seam, prepare
from installation.sound.outputs import Grid, Outputs

LATENCY = 0.2  # seconds asked of the device: holds even on busy machines
SOON = 0.15  # seconds from the order to start until the first sound
PATIENCE = 0.02  # seconds between two looks at the ring and the letters
STEADY = 16  # blocks after which a device has filled its own memory and really plays
WARMING = 5.0  # seconds that it may need for them
MISSED = 10.0  # seconds between two looks for a device that is missing while another one plays


class Parcel(NamedTuple):
    """A loop on its way: where its samples lie in shared memory, [channels, samples] float32."""

    loop: int
    memory: str
    shape: tuple[int, int]
    gain: float
    length: float


class Start(NamedTuple):
    """The order to play: what sounds now and how fast, what comes after it if that is settled, and since when."""

    seam: Seam
    following: Seam | None
    paces: tuple[Pace, ...]
    begin: int | None  # time.monotonic_ns() at which the first beat was heard; None: you choose
    grid: Grid | None = None  # on which you choose


class Want(NamedTuple):
    """The loop to be taken at the next seam."""

    loop: int


class Follow(NamedTuple):
    """How many samples of sound a loop is to last; None: as many as it has."""

    period: float | None


def open_device(wanted: str, feed_for: Callable[[int, int], Feed], speakers: int) -> tuple[Any, Feed, str]:
    """The running stream, what feeds it, and the device's name. Raises DeviceError.

    speakers   columns that are wanted; a device with fewer gets as many as it has
    """
    there = here()
    import sounddevice  # only in this process, and only where PortAudio is installed

    device = pick(wanted, there, sounddevice.default.device[1])
    speakers = min(speakers, device.outputs)
    rate = RATE
    with quiet():
        try:
            sounddevice.check_output_settings(device.number, speakers, "float32", samplerate=rate)
        except sounddevice.PortAudioError:
            rate = int(device.rate)
        feed = feed_for(speakers, rate)
        try:
            stream = sounddevice.OutputStream(
                rate,
                BLOCK,
                device.number,
                speakers,
                "float32",
                LATENCY,
                callback=feed.callback,
                finished_callback=feed.finished,
            )
            stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(f"sound device {device.name!r} does not open: {error.args[0]}") from error
    return stream, feed, device.name


class Sound:
    """Everything that the main thread of the sound process knows."""

    def __init__(self, pipe: Connection, feed: Feed, board: Board, outputs: Outputs) -> None:
        self.pipe, self.feed, self.board, self.outputs = pipe, feed, board, outputs
        self.headphones = outputs.headphones()
        self.loops: dict[int, Loop] = {}
        self.wanted: int | None = None
        self.settled: list[int] = []  # what the player had decided before this process began
        self.period: float | None = None
        self.deck: Deck | None = None
        self.read: Callable[[int], Floats] | None = None
        self.stopping = False

    def receive(self, letter: object) -> None:
        if isinstance(letter, Parcel):
            memory = SharedMemory(letter.memory)
            samples: Floats = np.ndarray(letter.shape, np.float32, memory.buf).copy()
            memory.close()
            loop = self.loops[letter.loop] = prepare(samples, letter.gain, letter.length, self.outputs.speakers)
            if self.headphones:
                self.headphones.put_on(loop)
            self.tidy(letter.loop)
        elif isinstance(letter, Want):
            self.wanted = letter.loop
        elif isinstance(letter, Follow):
            self.period = letter.period
            if self.deck:
                self.deck.follow(letter.period)
        elif isinstance(letter, Start):
            self.start(letter)
        elif isinstance(letter, Stop):
            self.stopping = True

    def start(self, order: Start) -> None:
        outputs = self.outputs
        loop = self.loops[order.seam.loop]
        deck = Deck(order.seam, loop, self.choose, self.board.enter, self.board.pace, self.headphones)
        soon = time.monotonic_ns() + self.feed.latency + int(SOON * 1e9)
        if order.following:
            self.settled.append(order.following.loop)
        if order.begin is None:
            deck.open()
            begin = soon + FADE * 1_000_000_000 // RATE
            if order.grid:
                begin = order.grid.after(begin)
        else:
            begin = order.begin
            sample = max(0, (soon - begin) * RATE // 1_000_000_000)
            there = [pace for pace in order.paces if pace.sample <= sample] or [order.paces[0]]
            deck.seek(sample, there[-1])
        deck.follow(self.period)
        self.deck, first = deck, deck.sample
        self.read = outputs.reader(deck, self.feed.speakers, self.feed.rate)
        opening = self.read(self.feed.room())
        if order.begin is not None:  # in the middle of the music: out of silence, without a click
            fade = min(FADE, len(opening))
            opening[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)[:, None]
        self.feed.begin(first, begin, opening)

    def choose(self) -> tuple[int, Loop] | None:
        number = self.settled.pop(0) if self.settled else self.wanted
        return None if number is None else (number, self.loops[number])

    def tidy(self, newest: int) -> None:
        """Let go of loops that are heard no more and will not be."""
        needed = {newest, self.wanted, *self.settled}
        if self.deck:
            needed.add(self.deck.line.seam.loop)
            self.loops = {number: loop for number, loop in self.loops.items() if number in needed}

    def step(self) -> None:
        """Read letters, fill the ring. Raises DeviceError when the device is gone, EOFError when the show is."""
        if self.pipe.poll(PATIENCE):
            self.receive(self.pipe.recv())
        if self.feed.ended:
            raise DeviceError("the sound device went away")
        while self.read and self.feed.room() >= BLOCK:
            self.feed.write(self.read(BLOCK))


def warm(feed: Feed, name: str) -> None:
    """Wait until the device really plays. Raises DeviceError."""
    deadline = time.monotonic() + WARMING
    while feed.blocks < STEADY:
        if time.monotonic() > deadline:
            raise DeviceError(f"sound device {name!r} is open but plays nothing; is it suspended?")
        time.sleep(PATIENCE / 4)


class Wished:
    """The device of the settings, looked for in vain now and then while another one plays.

    Other processes look, because this one sees the devices as they were when it began.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._asked: Question | None = None
        self._again = time.monotonic() + MISSED

    def check(self) -> None:
        """Raises DeviceError once it is there: then it is time to begin anew."""
        if self._asked is None:
            if time.monotonic() >= self._again:
                self._asked = Question()
        elif (there := self._asked.answer()) is not None:
            self._asked, self._again = None, time.monotonic() + MISSED
            if any(self._name.lower() in device.name.lower() for device in there if device.outputs):
                raise DeviceError(f"the sound device {self._name!r} is there again")


def run(pipe: Connection, board_name: str, device: str, outputs: Outputs, any_other: bool = False) -> None:
    """The life of the sound process. Tells through the pipe that it is ready, or why not.

    any_other   whether another device is played on while this one is not there
    """
    with living(pipe) as alive:
        if not alive:
            return
        board = Board(board_name)

        def feed_for(speakers: int, rate: int) -> Feed:
            return Feed(board, speakers, rate)

        wished: Wished | None = None
        try:
            stream, feed, name = open_device(device, feed_for, outputs.columns)
        except DeviceError:
            if not (device and any_other):
                raise
            stream, feed, name = open_device("", feed_for, outputs.columns)
            wished = Wished(device)
        warm(feed, name)
        fitted = outputs.fitted(feed.speakers)
        lacks = f"there is no sound device {device!r}; {name!r} plays until it is there" if wished else ""
        if fitted.beside != outputs.beside:
            lacks = f"{name!r} has {feed.speakers} outputs, so nothing can be heard in advance on sound.cue"
        pipe.send(Ready(name, lacks))
        sound = Sound(pipe, feed, board, fitted)
        while not sound.stopping:
            sound.step()
            if wished:
                wished.check()
        feed.close()
        time.sleep(feed.latency / 1e9 + PATIENCE)  # the fade is still on its way
        stream.abort()
