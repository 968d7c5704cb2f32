"""The sound process: renders the line of sound ahead and feeds it to the device; imports numpy and sounddevice only."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from installation.data import CHANNELS, RATE, Floats
from installation.errors import DeviceError
from installation.sound.board import Board
from installation.sound.devices import here, pick, quiet
from installation.sound.feed import BLOCK, Feed
from installation.sound.link import Ready, Stop, living
from installation.sound.mixing import FADE, Line, Loop, Seam, prepare
from installation.sound.resampling import Resampler

LATENCY = 0.2  # seconds asked of the device: holds even on busy machines
SOON = 0.15  # seconds from the order to start until the first sound
PATIENCE = 0.02  # seconds between two looks at the ring and the letters
STEADY = 16  # blocks after which a device has filled its own memory and really plays
WARMING = 5.0  # seconds that it may need for them


class Parcel(NamedTuple):
    """A loop on its way: where its samples lie in shared memory, [channels, samples] float32."""

    loop: int
    memory: str
    shape: tuple[int, int]
    gain: float
    length: float


class Start(NamedTuple):
    """The order to play: what sounds now, what comes after it if that is settled, and since when."""

    seam: Seam
    following: Seam | None
    begin: int | None  # time.monotonic_ns() at which the first beat was heard; None: you choose


def open_device(wanted: str, feed_for: Callable[[int, int], Feed], channels: int) -> tuple[Any, Feed, str]:
    """The running stream, what feeds it, and the device's name. Raises DeviceError."""
    there = here()
    import sounddevice  # only in this process, and only where PortAudio is installed

    device = pick(wanted, there, sounddevice.default.device[1])
    speakers = min(max(channels, 2), device.outputs, CHANNELS[-1])
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

    def __init__(self, pipe: Connection, feed: Feed, board: Board) -> None:
        self.pipe, self.feed, self.board = pipe, feed, board
        self.loops: dict[int, Loop] = {}
        self.newest: int | None = None
        self.settled: list[int] = []  # what the player had decided before this process began
        self.read: Callable[[int], Floats] | None = None
        self.stopping = False

    def receive(self, letter: object) -> None:
        if isinstance(letter, Parcel):
            memory = SharedMemory(letter.memory)
            samples: Floats = np.ndarray(letter.shape, np.float32, memory.buf).copy()
            memory.close()
            self.loops[letter.loop] = prepare(samples, letter.gain, letter.length, self.feed.speakers)
            self.newest = letter.loop
        elif isinstance(letter, Start):
            self.start(letter)
        elif isinstance(letter, Stop):
            self.stopping = True

    def start(self, order: Start) -> None:
        line = Line(order.seam, self.loops[order.seam.loop], self.choose, self.board.enter)
        soon = time.monotonic_ns() + self.feed.latency + int(SOON * 1e9)
        if order.following:
            self.settled.append(order.following.loop)
        if order.begin is None:
            line.open()
            begin = soon + FADE * 1_000_000_000 // RATE
        else:
            begin = order.begin
            line.seek(max(0, (soon - begin) * RATE // 1_000_000_000))
        self.read = line.read if self.feed.rate == RATE else Resampler(line.read, RATE, self.feed.rate).read
        first = line.at
        opening = self.read(self.feed.room())
        if order.begin is not None:  # in the middle of the music: out of silence, without a click
            fade = min(FADE, len(opening))
            opening[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)[:, None]
        self.feed.begin(first, begin, opening)

    def choose(self) -> tuple[int, Loop] | None:
        number = self.settled.pop(0) if self.settled else self.newest
        if number is None:
            return None
        for old in [other for other in self.loops if other < number]:
            del self.loops[old]
        return number, self.loops[number]

    def step(self) -> None:
        """Read letters, fill the ring. Raises DeviceError when the device is gone, EOFError when the show is."""
        if self.pipe.poll(PATIENCE):
            self.receive(self.pipe.recv())
        if self.feed.ended:
            raise DeviceError("the sound device went away")
        while self.read and self.feed.room() >= BLOCK:
            self.feed.write(self.read(BLOCK))


def run(pipe: Connection, board_name: str, device: str, channels: int) -> None:
    """The life of the sound process. Tells through the pipe that it is ready, or why not."""
    with living(pipe) as alive:
        if not alive:
            return
        board = Board(board_name)
        stream, feed, name = open_device(device, lambda speakers, rate: Feed(board, speakers, rate), channels)
        deadline = time.monotonic() + WARMING
        while feed.blocks < STEADY:
            if time.monotonic() > deadline:
                raise DeviceError(f"sound device {name!r} is open but plays nothing; is it suspended?")
            time.sleep(PATIENCE / 4)
        pipe.send(Ready(name))
        sound = Sound(pipe, feed, board)
        while not sound.stopping:
            sound.step()
        feed.close()
        time.sleep(feed.latency / 1e9 + PATIENCE)  # the fade is still on its way
        stream.abort()
