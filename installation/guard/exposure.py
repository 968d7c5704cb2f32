"""How loud it is to the people in the room: a calibration by ear's distance, a ceiling, and the dose of a day.

Software knows decibels at the ear only after somebody has read them off a meter. Doses follow ITU-T H.870: 80 dBA for
40 hours a week, half the time for every 3 dB more. What is played is known in LUFS, whose weighting is near enough to
dBA for music (they differ by the same few tenths at the calibration with pink noise, where they cancel).
"""

import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from installation.data import RATE, Clip, Floats
from installation.errors import ContentError, StorageError
from installation.guard.loudness import loudness

FILE = "calibration.json"
PLAYED = -23.0  # LUFS of the pink noise
ALLOWED, HOURS = 80.0, 40.0  # dBA, and the hours of it that a week allows
POSSIBLE = (30.0, 120.0)  # dBA that a meter may read


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a meter read where visitors stand.

    dba    while pink noise was played
    lufs   that the noise had
    device on which it was played
    when   ISO date
    """

    dba: float
    lufs: float = PLAYED
    device: str = ""
    when: str = ""

    def __post_init__(self) -> None:
        if not POSSIBLE[0] <= self.dba <= POSSIBLE[1]:
            raise ContentError(
                f"a meter does not read {self.dba:g} dBA. Give what it shows, {POSSIBLE[0]:g} to {POSSIBLE[1]:g}."
            )

    def level(self, lufs: float) -> float:
        """dBA in the room while this is played."""
        return self.dba + lufs - self.lufs

    def capped(self, wanted: float, ceiling: float) -> float:
        """The wanted LUFS, or so much less that the room stays below a ceiling in dBA."""
        return min(wanted, self.lufs + ceiling - self.dba)

    def keep(self, folder: Path) -> None:
        """Write it down whole or not at all. Raises StorageError."""
        part = folder / f".{FILE}.part"
        try:
            with part.open("w", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self), indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / FILE)
        except OSError as error:
            raise StorageError(f"the calibration cannot be kept in {folder}: {error.strerror}.") from None


def known(folder: Path) -> Calibration | None:
    """The calibration of this machine; None where there is none, or none that can be read."""
    try:
        return Calibration(**json.loads((folder / FILE).read_text()))
    except (OSError, ValueError, TypeError, ContentError):
        return None


@dataclass(slots=True)
class Dose:
    """What somebody who stays all day is exposed to."""

    week: float = 0.0  # share of what a week allows

    def add(self, seconds: float, dba: float) -> None:
        """So many seconds at this level, from when it sounds to the ear."""
        self.week += seconds / 3600 / HOURS * 10 ** ((dba - ALLOWED) / 10)

    @staticmethod
    def hours(dba: float) -> float:
        """How many hours a week this level may last."""
        return HOURS * 10 ** ((ALLOWED - dba) / 10)


def pink_noise(seconds: float, lufs: float = PLAYED, seed: int = 1) -> Clip:
    """A loop of pink noise, the same power in every octave from 20 Hz to 20 kHz, at this loudness, one channel."""
    length = round(seconds * RATE)
    pitches = np.fft.rfftfreq(length, 1 / RATE)
    heard = (pitches >= 20.0) & (pitches <= 20_000.0)
    phases = np.exp(2j * math.pi * np.random.default_rng(seed).random(len(pitches)))
    spectrum = np.where(heard, phases / np.sqrt(np.maximum(pitches, 1.0)), 0.0)
    sound = np.fft.irfft(spectrum, length)
    samples: Floats = (0.1 * sound / np.abs(sound).max()).astype(np.float32)[None]
    gain = 10 ** ((lufs - loudness(samples)) / 20)
    return Clip((samples * np.float32(gain)).astype(np.float32))
