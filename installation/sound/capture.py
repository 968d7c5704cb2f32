"""The listening process: takes sound from a line-in or a microphone; imports numpy and sounddevice only."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from installation.data import RATE, Floats
from installation.errors import DeviceError
from installation.sound.board import Board
from installation.sound.devices import here, pick, quiet
from installation.sound.link import Ready, Stop, living
from installation.sound.resampling import Resampler

KEPT = 20 * RATE  # samples that may be looked back at; the reader takes far fewer, so none changes under its eyes
CHANNELS = 2
BLOCK = 256  # samples per callback, 5 ms
LATENCY = 0.02  # seconds asked of the device: light follows sound
PATIENCE = 0.004  # seconds between two looks at what came
ROUND = 1 << 16  # samples between the callback and the main thread


class Shelf:
    """The last 20 seconds of a stream, in shared memory, [KEPT, CHANNELS]. Without a name it is made."""

    def __init__(self, name: str | None = None) -> None:
        self._own = name is None
        self._memory = SharedMemory(name, create=self._own, size=8 + 4 * KEPT * CHANNELS)
        self.samples: Floats = np.ndarray((KEPT, CHANNELS), np.float32, self._memory.buf, 8)
        self._until = np.ndarray(1, np.int64, self._memory.buf)

    @property
    def name(self) -> str:
        return self._memory.name

    @property
    def until(self) -> int:
        """One past the number of the sample that was written last."""
        return int(self._until[0])

    def put(self, at: int, samples: Floats) -> None:
        """Write samples [count, CHANNELS] as those from number `at` on."""
        until = at + len(samples)
        at %= KEPT
        part = min(len(samples), KEPT - at)
        self.samples[at : at + part] = samples[:part]
        self.samples[: len(samples) - part] = samples[part:]
        self._until[0] = until

    def get(self, end: int, count: int) -> Floats:
        """The `count` samples before number `end`, [count, CHANNELS]; silence before the first."""
        there = max(0, min(count, end))
        out = np.zeros((count, CHANNELS), np.float32)
        out[count - there :] = self.samples.take(np.arange(end - there, end), axis=0, mode="wrap")
        return out

    def close(self) -> None:
        """Let go of the memory, and end it if it was made here."""
        del self.samples, self._until
        self._memory.close()
        if self._own:
            self._memory.unlink()


class Intake:
    """The ring between the sound card and the main thread. `callback` runs on PortAudio's thread and only copies."""

    def __init__(self, board: Board, channels: int) -> None:
        self.came = self.taken = 0  # samples at the device's rate
        self.ended = False
        self._ring = np.zeros((ROUND, channels), np.float32)
        self._board = board
        self._blocks, self._overruns = board.blocks, board.underruns

    def finished(self) -> None:
        """PortAudio ended the stream: the device is gone."""
        self.ended = True

    def callback(self, samples: Floats, frames: int, moment: Any, status: Any) -> None:
        """Take the next block, [frames, channels]."""
        at = self.came % ROUND
        part = min(frames, ROUND - at)
        np.copyto(self._ring[at : at + part], samples[:part])
        np.copyto(self._ring[: frames - part], samples[part:])
        self.came += frames
        self._blocks += 1
        self._overruns += bool(status.input_overflow)
        self._board.beat(time.monotonic_ns(), self._blocks, self._overruns)

    def read(self, count: int) -> Floats:
        """The next samples, of which there must be so many, [count, CHANNELS]; what is not a number is silence."""
        places = np.arange(self.taken, self.taken + count) % ROUND
        self.taken += count
        samples = self._ring[places] if self._ring.shape[1] == CHANNELS else np.repeat(self._ring[places], CHANNELS, 1)
        return np.where(np.isfinite(samples), samples, 0)


def open_device(wanted: str, board: Board) -> tuple[Intake, str, Callable[[int], Floats], Callable[[], int]]:
    """What comes from the device, its name, a reader at 48 kHz, and how much it can read. Raises DeviceError."""
    there = here()
    import sounddevice  # only in this process, and only where PortAudio is installed

    device = pick(wanted, there, sounddevice.default.device[0], inputs=True)
    channels = min(device.inputs, CHANNELS)
    rate = RATE
    with quiet():
        try:
            sounddevice.check_input_settings(device.number, channels, "float32", samplerate=rate)
        except sounddevice.PortAudioError:
            rate = int(device.rate)
        intake = Intake(board, channels)
        try:
            sounddevice.InputStream(
                rate,
                BLOCK,
                device.number,
                channels,
                "float32",
                LATENCY,
                callback=intake.callback,
                finished_callback=intake.finished,
            ).start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(f"sound device {device.name!r} does not open: {error.args[0]}") from error
    if rate == RATE:
        return intake, device.name, intake.read, lambda: intake.came - intake.taken
    resampler = Resampler(intake.read, rate, RATE)
    spare = resampler.needs(0)
    return intake, device.name, resampler.read, lambda: max(0, intake.came - intake.taken - spare) * RATE // rate


def run(pipe: Connection, board_name: str, shelf_name: str, device: str) -> None:
    """The life of the listening process. Tells through the pipe that it is ready, or why not."""
    with living(pipe) as alive:
        if not alive:
            return
        board, shelf = Board(board_name), Shelf(shelf_name)
        intake, name, read, ready = open_device(device, board)
        pipe.send(Ready(name))
        tick = board.read()
        at = tick.samples if tick else 0  # a listening process before this one may have left sound
        while not (pipe.poll(PATIENCE) and isinstance(pipe.recv(), Stop)):
            if intake.ended:
                raise DeviceError("the sound device went away")
            if count := ready():
                shelf.put(at, read(count))
                at += count
                board.write(time.monotonic_ns(), at, 0)
