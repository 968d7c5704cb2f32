"""The headphones' process: plays what waits on a device of its own, at the moment at which the room hears the rest."""

import time
from multiprocessing.connection import Connection

import numpy as np

from installation.clock import Tick
from installation.data import RATE, Floats
from installation.errors import DeviceError
from installation.sound.board import Board
from installation.sound.capture import Shelf
from installation.sound.feed import BLOCK, SECOND, Feed
from installation.sound.headphones import SIDES
from installation.sound.link import Ready, Stop, living
from installation.sound.process import PATIENCE, SOON, open_device, warm
from installation.sound.resampling import Resampler
from installation.sound.varispeed import around, between

AHEAD = 4 * BLOCK  # samples between the reading and the device: what the loudspeakers' process has made by then
NEAR = RATE // 500  # samples apart that nobody hears
FAR = RATE // 20  # samples apart from which on one does not hurry but leaps
HURRY = 0.002  # of the speed, to come together: two devices never run quite alike


class Follower:
    """Reads the shelf so that its device plays every sample when the loudspeakers do; silence where there is none."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._at: float | None = None  # the next place on the shelf
        self._speed = 1.0
        self._read = 0  # samples so far

    def steer(self, room: Tick | None, origin: int) -> None:
        """Know what is heard in the room, and when the first sample of this device was heard, ns."""
        if room is None:
            return
        apart = origin - (room.ns + room.latency - room.samples * SECOND // RATE)  # ns
        wanted = self._read + apart * RATE / SECOND
        if self._at is None or abs(wanted - self._at) > FAR:
            self._at, self._speed = float(round(wanted)), 1.0
        else:
            behind = wanted - self._at
            self._speed = 1.0 if abs(behind) < NEAR else 1 + max(-HURRY, min(HURRY, behind / RATE))

    def read(self, count: int) -> Floats:
        """The next samples, [count, 2]."""
        self._read += count
        if self._at is None:
            return np.zeros((count, SIDES), np.float32)
        places = self._at + self._speed * np.arange(count, dtype=np.float64)
        self._at += self._speed * count
        last, until = around(places)[1], self._shelf.until
        if last > until:
            return np.zeros((count, SIDES), np.float32)
        sound = between(places, lambda first, last: self._shelf.get(last, last - first))
        if last + count > until:  # the loudspeakers' process has stopped
            sound *= np.linspace(1, 0, count, dtype=np.float32)[:, None]
        return sound


def run(pipe: Connection, room_name: str, board_name: str, shelf_name: str, device: str) -> None:
    """The life of the headphones' process. Tells through the pipe that it is ready, or why not."""
    with living(pipe) as alive:
        if not alive:
            return
        room, board, follower = Board(room_name), Board(board_name), Follower(Shelf(shelf_name))
        stream, feed, name = open_device(device, lambda speakers, rate: Feed(board, speakers, rate), SIDES)
        warm(feed, name)
        pipe.send(Ready(name))
        read = follower.read if feed.rate == RATE else Resampler(follower.read, RATE, feed.rate).read
        feed.begin(0, time.monotonic_ns() + feed.latency + int(SOON * SECOND), np.zeros((0, SIDES), np.float32))
        empty = feed.room()
        while not (pipe.poll(PATIENCE) and isinstance(pipe.recv(), Stop)):
            if feed.ended:
                raise DeviceError("the headphones' device went away")
            follower.steer(room.read(), feed.origin)
            while empty - feed.room() < AHEAD:
                feed.write(read(BLOCK)[:, : feed.speakers])
        feed.close()
        time.sleep(feed.latency / 1e9 + PATIENCE)  # the fade is still on its way
        stream.abort()
