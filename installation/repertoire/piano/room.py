"""Rooms: where a performance is recorded, and how; no two recordings sound alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.signal import sosfilt

from installation.data import RATE, Floats
from installation.repertoire.fluid import Hall, Synth
from installation.repertoire.piano.performance import Performance

PEAK = 0.95  # linear, where the limiter begins to hold
CHAMBER = Hall(0.05)
Band = tuple[float, float, float]  # Hz, decibels, octaves of width (0: a shelf)


@dataclass(frozen=True, slots=True)
class Room:
    """Everything between the strings and the file."""

    program: int = 0  # 0 grand piano, 1 bright grand piano
    hall: Hall = CHAMBER
    tuning: float = 440.0  # Hz
    low: Band = (200.0, 0.0, 0.0)
    middle: Band = (1000.0, 0.0, 1.0)
    high: Band = (4000.0, 0.0, 0.0)
    level: float = -20.0  # decibels below full scale, root mean square
    hiss: float = -90.0  # likewise
    width: float = 1.0  # 0 both sides alike .. 1 as recorded


def room(random: np.random.Generator) -> Room:
    """A room, a microphone and a tuner by chance."""
    dry = random.random() < 0.15
    hall = Hall(
        level=0.0 if dry else float(np.exp(random.uniform(np.log(0.008), np.log(0.12)))),
        size=float(random.uniform(0.2, 0.82)),
        damp=float(random.uniform(0.0, 0.8)),
        width=float(random.uniform(0.0, 60.0)),
    )
    return Room(
        program=int(random.random() < 0.4),
        hall=hall,
        tuning=float(np.clip(random.normal(441.0, 1.3), 438.0, 444.0)),
        low=(float(np.exp(random.uniform(np.log(90), np.log(350)))), float(random.normal(0, 3)), 0.0),
        middle=(float(np.exp(random.uniform(np.log(300), np.log(4000)))), float(random.normal(0, 3)), 1.5),
        high=(float(np.exp(random.uniform(np.log(2500), np.log(8000)))), float(random.normal(1, 5)), 0.0),
        level=float(random.uniform(-27, -15)),
        hiss=float(random.uniform(-95, -58)),
        width=float(random.choice([0.0, 0.5, 1.0])),
    )


def render(performance: Performance, soundfont: Path, room: Room, seed: int = 0, mono: bool = False) -> Floats:
    """The recording, [2 or 1, samples] at 48 kHz within +-1; the same arguments give the same samples.

    seed   of the hiss
    mono   the mean of both sides, at half the cost of what follows the strings

    Raises DeviceError and ContentError as `fluid.Synth` does.
    """
    with Synth(soundfont, room.hall, room.tuning, fine=False) as synth:
        notes = (replace(note, program=room.program) for note in performance.notes)
        dry = synth.render(notes, performance.seconds, performance.pedals)
    middle = dry.mean(axis=0, keepdims=True)
    sound = middle if mono else middle + room.width * (dry - middle)
    filters = [biquad(*band) for band in (room.low, room.middle, room.high) if abs(band[1]) > 0.1]
    if filters:
        sound = sosfilt(np.array(filters, np.float32), sound, axis=-1)
    loud = float(np.sqrt(np.mean(np.square(sound), dtype=np.float64)))
    sound = sound * np.float32(10 ** (room.level / 20) / max(loud, 1e-9))
    hiss = np.random.default_rng(seed).standard_normal(sound.shape, np.float32)
    hiss *= np.float32(10 ** (room.hiss / 20))
    return limited(sound + hiss)


def limited(sound: Floats) -> Floats:
    """Peaks above 0.95 turned down together with a tenth of a second around them; the rest as it was."""
    step = RATE // 100
    padded = np.pad(np.abs(sound).max(axis=0), (0, -sound.shape[1] % step))
    peaks = padded.reshape(-1, step).max(axis=1)  # [hundredths of a second]
    if peaks.max(initial=0.0) <= PEAK:
        return sound
    around = np.max([np.roll(peaks, shift) for shift in range(-5, 6)], axis=0)
    gains = np.minimum(1.0, PEAK / np.maximum(around, 1e-9))
    gains = np.convolve(np.pad(gains, 2, "edge"), np.ones(5) / 5, "valid")
    curve = np.interp(np.arange(sound.shape[1]) / step - 0.5, np.arange(len(gains)), gains)
    return sound * curve.astype(np.float32)


def biquad(frequency: float, decibels: float, octaves: float) -> list[float]:
    """Second-order section of a bell, or of a shelf where octaves are 0 (low below 1 kHz, else high).

    The formulas are R. Bristow-Johnson's, the shelves with slope 1.
    """
    gain = 10 ** (decibels / 40)
    angle = 2 * np.pi * frequency / RATE
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    if octaves:
        alpha = sin * float(np.sinh(np.log(2) / 2 * octaves * angle / sin))
        top = [1 + alpha * gain, -2 * cos, 1 - alpha * gain]
        bottom = [1 + alpha / gain, -2 * cos, 1 - alpha / gain]
    else:
        side = 1.0 if frequency >= 1000 else -1.0
        root = 2 * np.sqrt(gain) * sin / np.sqrt(2)
        up, down = gain + 1, (gain - 1) * side * cos
        top = [gain * (up + down + root), -2 * side * gain * ((gain - 1) + side * up * cos), gain * (up + down - root)]
        bottom = [up - down + root, 2 * side * ((gain - 1) - side * up * cos), up - down - root]
    return [value / bottom[0] for value in (*top, *bottom)]
