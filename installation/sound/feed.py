"""The ring between the rendered sound and the sound card, and the callback that empties it."""

import time
from threading import Event
from typing import Any

import numpy as np

from installation.data import RATE, Floats
from installation.sound.board import Board

BLOCK = 1024  # samples per callback
AHEAD = 16 * BLOCK  # samples rendered ahead: 0.34 s
SECOND = 1_000_000_000  # ns
EASE = 32  # blocks in which the clock follows the device; single reports of latency jitter
JUMP = SECOND // 10  # a report further off than this is a gap, not jitter, if it comes
STRIKES = 8  # times in a row


class Feed:
    """Rendered sound goes in at one end, the sound card takes it out at the other.

    `callback` runs on PortAudio's thread. It copies, replaces what is not a number and clamps, and does nothing that
    may take long: no lock, no log, no file, no memory taken or freed.
    """

    def __init__(self, board: Board, speakers: int, rate: int) -> None:
        self.speakers, self.rate = speakers, rate
        self.latency = int(0.2 * SECOND)  # ns, as the device last said
        self.ended = False
        self._board = board
        self._ring = np.zeros((AHEAD, speakers), np.float32)
        self._broken = np.zeros((BLOCK, speakers), np.bool_)
        self._ramp = np.linspace(1, 0, BLOCK, dtype=np.float32)[:, None]
        self._written = self._taken = 0  # samples at the device's rate since it began
        self.blocks = 0  # asked for by this device
        self._before, self._underruns = board.blocks, board.underruns
        self._first = 0  # the number of the first sample in the ring since the first beat, at 48 kHz
        self._origin = 0  # ns at which the first beat was heard
        self._playing = self._begun = self._closing = False
        self._strikes = 0
        self._closed = Event()

    @property
    def origin(self) -> int:
        """When the first beat was heard, or is to be heard, in ns."""
        return self._origin

    def room(self) -> int:
        """Samples that the ring can take."""
        return AHEAD - (self._written - self._taken)

    def write(self, samples: Floats) -> None:
        """Put the next samples in, [samples, speakers], at most what there is room for."""
        at = self._written % AHEAD
        first = min(len(samples), AHEAD - at)
        self._ring[at : at + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]
        self._written += len(samples)

    def begin(self, first: int, origin: int, samples: Floats) -> None:
        """Play these samples and what is written after them; sample number `first` at its time after `origin`, ns."""
        self._first, self._origin = first, origin
        self.write(samples)
        self._playing = True

    def close(self, patience: float = 0.5) -> None:
        """Fade out within a block."""
        self._closing = True
        if self._playing:
            self._closed.wait(patience)

    def finished(self) -> None:
        """PortAudio ended the stream: the device is gone."""
        self.ended = True

    def callback(self, out: Floats, frames: int, moment: Any, status: Any) -> None:
        """Give the sound card the next block, [frames, speakers]."""
        now = time.monotonic_ns()
        ahead = moment.outputBufferDacTime - moment.currentTime
        if moment.outputBufferDacTime > 0 and 0 < ahead < 2:  # the first report is 0
            self.latency = int(ahead * SECOND)
        self.blocks += 1
        self._underruns += bool(status.output_underflow)
        if not self._playing:
            out.fill(0)
        else:
            silence = 0 if self._begun else self._lead(now, frames)
            self._copy(out, silence, frames - silence)
            if self._begun:
                self._tell(now, silence, frames - silence)
        self._board.beat(now, self._before + self.blocks, self._underruns)

    def _lead(self, now: int, frames: int) -> int:
        """Samples of silence in this block before the first sample is due. Of what is overdue, a little is left out."""
        due = self._origin + self._first * SECOND // RATE
        wait = (due - now - self.latency) * self.rate // SECOND
        if wait < frames:
            self._begun = True
            self._taken += min(max(0, -wait), self._written // 2)  # the rest of a long delay moves the clock
        return max(0, min(wait, frames))

    def _copy(self, out: Floats, silence: int, count: int) -> None:
        there = min(count, self._written - self._taken)
        at = self._taken % AHEAD
        part = min(there, AHEAD - at)
        out[:silence] = 0
        out[silence + there :] = 0
        np.copyto(out[silence : silence + part], self._ring[at : at + part])
        np.copyto(out[silence + part : silence + there], self._ring[: there - part])
        broken = self._broken[: len(out)]
        np.isfinite(out, out=broken)
        np.logical_not(broken, out=broken)
        np.copyto(out, 0, where=broken)
        np.clip(out, -1, 1, out=out)
        self._underruns += there < count
        self._taken += there
        if self._closing:
            np.multiply(out, 0 if self._closed.is_set() else self._ramp[: len(out)], out=out)
            self._closed.set()

    def _tell(self, now: int, silence: int, count: int) -> None:
        """Write the tick of this block's first sample. Called after it was taken."""
        samples = self._first + (self._taken - count) * RATE // self.rate
        heard = now + self.latency + silence * SECOND // self.rate
        error = heard - samples * SECOND // RATE - self._origin
        self._strikes = self._strikes + 1 if abs(error) > JUMP else 0
        if self._strikes > STRIKES:
            self._origin += error
        elif not self._strikes:
            self._origin += error // EASE
        self._board.write(now, samples, self._origin + samples * SECOND // RATE - now)
