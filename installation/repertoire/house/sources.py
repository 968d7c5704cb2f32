"""Where sounds come from besides our own synthesis: recorded one-shots and single notes of General MIDI instruments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import signal

from installation.data import RATE, Floats
from installation.repertoire.house.waves import between

SAMPLES, NOTES = "house_samples.npz", "gm_notes.npz"
Packed = Mapping[str, NDArray[np.int16]]


@dataclass(frozen=True, eq=False, slots=True)
class Sources:
    """Recorded sounds by name, kept as they were packed; any of the two may be empty.

    oneshots   "part/name" -> [samples] int16 at 48 kHz
    notes      "rate/family/program/pitch" -> [samples] int16 at that rate; drums are of the family "kick", "clap", ...
    """

    oneshots: Packed = field(default_factory=dict)
    notes: Packed = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What lies in a folder; a file that is missing is a source that is not used."""
        return cls(unpacked(folder / SAMPLES), unpacked(folder / NOTES))

    def parts(self, part: str) -> list[str]:
        """The names of all recorded hits for a part of the kit."""
        return [name for name in self.oneshots if name.startswith(f"{part}/")] + [
            name for name in self.notes if f"/{part}/" in name
        ]

    def hit(self, name: str) -> Floats:
        """A recorded hit, peak 1, [samples] at 48 kHz."""
        return (
            sound(self.oneshots[name], RATE)
            if name in self.oneshots
            else sound(self.notes[name], int(name.split("/")[0]))
        )

    def programs(self, family: str) -> list[str]:
        """The instruments of a family that there are notes of."""
        return sorted({name.rsplit("/", 1)[0] for name in self.notes if f"/{family}/" in name})

    def note(self, program: str, pitch: float) -> Floats:
        """A note of an instrument, moved from the nearest recorded one, [samples] at 48 kHz, peak 1."""
        pitches = [int(name.rsplit("/", 1)[1]) for name in self.notes if name.startswith(f"{program}/")]
        near = min(pitches, key=lambda known: abs(known - pitch))
        recorded = sound(self.notes[f"{program}/{near}"], int(program.split("/")[0]))
        speed = 2 ** ((pitch - near) / 12)
        return between(recorded, speed, int((len(recorded) - 1) / speed))


def unpacked(path: Path) -> Packed:
    if not path.exists():
        return {}
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def sound(packed: NDArray[np.int16], rate: int) -> Floats:
    """Packed samples as floats at 48 kHz, peak 1."""
    out = packed.astype(np.float32)
    if rate != RATE:
        out = signal.resample_poly(out, RATE // rate, 1).astype(np.float32)
    return np.asarray(out / np.float32(max(1e-9, np.abs(out).max())), np.float32)


@lru_cache(maxsize=4)
def found(folder: Path) -> Sources:
    """The sources in a folder, read once a process."""
    return Sources.load(folder)


def pick(names: list[str], generator: Generator) -> str:
    return names[int(generator.integers(len(names)))]
