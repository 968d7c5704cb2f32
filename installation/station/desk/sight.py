"""What a desk sees and hears of a dream beside its neurons: the scalogram with its slope, the sound, the meter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Floats
from installation.guard.loudness import RING, SILENCE, STEP, momentary, peaks
from installation.station.letters import Thought
from installation.station.thought import parcel

FULL = 255  # a level of 1
STEEPEST = 127  # the slope's largest size


def packed_loop(thought: Thought) -> bytes:
    """The scalogram, [bins, frames] uint8, and after it the slope, int8, as a parcel."""
    bins, frames = thought.level.shape
    levels = np.rint(np.clip(np.nan_to_num(thought.level.astype(np.float32)), 0, 1) * FULL).astype(np.uint8)
    body, scale = levels.tobytes(), 0.0
    if thought.slope is not None:
        slope = np.nan_to_num(thought.slope.astype(np.float32), posinf=0.0, neginf=0.0)
        scale = float(np.abs(slope).max())
        body += np.rint(slope * (STEEPEST / max(scale, 1e-20))).astype(np.int8).tobytes()
    head = {
        "say": "loop", "dream": thought.name, "bins": bins, "frames": frames,
        "seconds": round(thought.sound.shape[1] / RATE, 5), "score": thought.score, "step": thought.step,
        "target": thought.target, "slope": thought.slope is not None, "scale": scale,
    }  # fmt: skip
    return parcel(head, body)


def packed_sound(thought: Thought) -> bytes:
    """The first two channels, one after the other, int16 little-endian, as a parcel."""
    front = thought.sound[:2]
    head = {"say": "sound", "dream": thought.name, "rate": RATE, "channels": len(front), "gain": 1.0}
    return parcel(head, front.astype("<i2").tobytes())


@dataclass(frozen=True, eq=False, slots=True)
class Meter:
    """How loud a loop is from moment to moment, as its sound is.

    momentary   [moments] LUFS of the 400 ms that end there
    peak        [moments] dBTP since the moment before
    loudness    LUFS of the whole loop
    """

    momentary: Floats
    peak: Floats
    loudness: float

    def at(self, place: float, gain: float) -> tuple[float, float, float]:
        """Momentary LUFS, dBTP and the loop's LUFS at a place 0..1, played so many times louder than it is."""
        more = 20 * float(np.log10(max(gain, 1e-6)))
        now = int(place * len(self.momentary)) % len(self.momentary)
        values = (self.momentary[now], self.peak[now], self.loudness)
        return tuple(round(max(SILENCE, float(value) + more), 1) for value in values)  # type: ignore[return-value]


def meter(sound: NDArray[np.int16], ring: bool) -> Meter:
    """The meter of a sound [channels, samples] at RATE.

    ring   whether six channels are a ring of loudspeakers rather than 5.1
    """
    samples = sound.astype(np.float32) / np.float32(32767)
    weights = RING if ring and len(samples) == len(RING) else None
    loud, whole = momentary(samples, RATE, weights)
    return Meter(loud, peaks(samples, round(STEP * RATE)), whole)
