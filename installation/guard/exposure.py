"""How loud it is to the people in the room: a calibration by ear's distance, a ceiling, and the dose of a day.

Software knows decibels at the ear only after somebody has read them off a meter. Doses follow ITU-T H.870: 80 dBA for
40 hours a week, half the time for every 3 dB more. What is played is known in LUFS, whose weighting is near enough to
dBA for music (they differ by the same few tenths at the calibration with pink noise, where they cancel).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import numpy as np

from installation import whole
from installation.data import RATE, Clip, Floats
from installation.errors import ContentError, StorageError
from installation.guard.loudness import loudness

FILE, DOSE = "calibration.json", "dose.json"
WEEK = timedelta(days=7)
KEPT = 30  # days of doses
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
        _keep(folder / FILE, asdict(self), "the calibration")


def known(folder: Path) -> Calibration | None:
    """The calibration of this machine; None where there is none, or none that can be read."""
    try:
        return Calibration(**json.loads((folder / FILE).read_text()))
    except (OSError, ValueError, TypeError, ContentError):
        return None


class Dose:
    """What somebody who stays all day, every day, is exposed to; it outlives the show that counts it.

    days   what was counted before: date -> share of what a week allows
    """

    def __init__(self, days: Mapping[date, float] | None = None) -> None:
        self._days = dict(days or {})

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What was kept in this folder; nothing where there is nothing that can be read."""
        try:
            said = json.loads((folder / DOSE).read_text())
            days = {date.fromisoformat(day): float(share) for day, share in said.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return cls()
        return cls({day: share for day, share in days.items() if math.isfinite(share) and share >= 0})

    def add(self, day: date, seconds: float, dba: float) -> None:
        """So many seconds at this level on this day, from when it sounds to the ear."""
        share = self.today(day) + seconds / 3600 / HOURS * 10 ** ((dba - ALLOWED) / 10)
        others = [(when, known) for when, known in self._days.items() if when != day][1 - KEPT :]
        self._days = dict(
            [*others, (day, share)]
        )  # a fresh one, so that other threads may read; the last was counted last

    def today(self, day: date) -> float:
        """Of this day, as a share of what a week allows."""
        return self._days.get(day, 0.0)

    def week(self, day: date) -> float:
        """Of this day and the six before it, as a share of what a week allows."""
        return sum(share for when, share in self._days.items() if day - WEEK < when <= day)

    def keep(self, folder: Path) -> None:
        """Write it down whole or not at all. Raises StorageError."""
        _keep(folder / DOSE, {day.isoformat(): share for day, share in self._days.items()}, "the dose")

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


def _keep(path: Path, said: Mapping[str, Any], what: str) -> None:
    """Write JSON. Raises StorageError."""
    try:
        whole.write(path, json.dumps(said, indent=2) + "\n")
    except OSError as error:
        raise StorageError(f"{what} cannot be kept in {path.parent}: {error.strerror}.") from None
