"""When things sound: patterns on sixteenths for drums, basses, chords and melodies, and how they swing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from installation.data import RATE

LEVELS = {"x": 1.0, "o": 0.65, "g": 0.3, ".": 0.0}

KICKS = {
    "four": ("x...x...x...x...", "x...x...x...x.o.", "x...x...x...x..o", "x...x..ox...x...", "x...x...x..ox...",
        "x.g.x...x.g.x..."),
    "two-step": ("x.........x.....", "x......x..x.....", "x..x......x.....", "x.........x..x..",
        "x.....x...x.....x.........x..x.."),
    "broken": ("x.x.......xx....", "x..x......x.....", "x.....x...x.....", "x.x....x.x......",
        "x.........x.x...x..x......xx....", "x..x..x.......x."),
    "electro": ("x.....x...x.....", "x..x..x...x.....", "x.....x..x....x.", "x..x......x..x..",
        "x.....x.x.......x..x......x....."),
    "slow": ("x.......x.x.....", "x..x....x.......", "x.....x.x.......", "x.........x.....", "x.......x......x",
        "xx......x.x....."),
    "half": ("x...............x.........x.....", "x.........x.....", "x..x............"),
}  # fmt: skip

CLAPS = {
    "back": (
        "....x.......x...",
        "....x.......x..g",
        "....x..g....x...",
        "....x.......x.o.",
        "....x.......x......x.x......x..o",
    ),
    "four": ("x...x...x...x...", "....x...........", "............x..."),
    "broken": (
        "....x..g.g..x..g",
        "....x..g.g....x.",
        "....x..g.gg.x...",
        "....x.g..g.gx..g....x..g.g....xo",
        "....x....g..x.g.",
    ),
    "half": ("........x.......", "........x.....g.", "........x..g...."),
    "none": ("................", "............g...", "...............o"),
}

HATS = {
    "off": ("..x...x...x...x.", "..x...x...x..gx.", "g.x.g.x.g.x.g.x."),
    "eighth": ("x.o.x.o.x.o.x.o.", "o.x.o.x.o.x.o.x.", "x.x.x.x.x.x.x.xg"),
    "sixteenth": ("xoxoxoxoxoxoxoxo", "xgogxgogxgogxgog", "ogxgogxgogxgogxg", "xggoxggoxggoxggo", "goxggoxggoxggoxg"),
    "broken": ("x.xx.x.xx.x.xx.x", "x.x.x.xox.x.xo.x", "x..xx..xx.x.x.xo", "x.xgx.x.xgx.x.xx"),
    "sparse": ("......x.......x.", "..x.......x.....", "x.....x.....x...", "..............x."),
}  # fmt: skip

OPENS = (
    "..x...x...x...x.",
    "..x...x...x...x.",
    "..............x.",
    "......x.......x.",
    "..x.......x.....",
    "..........x.....",
    "...x......x.....",
)
CLAVES = (
    "x..x..x...x.x...",
    "x..x...x..x.x...",
    "x..x..x.x..x..x.",
    "..x.x...x..x..x.",
    "x..x..x.",
    "x.xx.x.xx.x.",
    "x..x.x..x.x.",
    "xx.xx.xx.xx.x.x.",
)

STABS = ("..x...x...x...x.", "x..x..x...x..x..", "x.....x.........", "x..x..x.x..x..x.", "...x..x....x..x.",
"x...............", "x.........x.....",
         "......x..x......", "x..x............", "..x..x....x..x..", "x.x..x.x..x.x..x", ".x.x....x..x....",
             "x..x..x..x..x...", "....x.......x...",
         "x.....x.....x.........x...x.....", "..x...............x..x..........")  # fmt: skip

BASSES = {
    "off": ("..x...x...x...x.", "..x...x...x..xx.", "..xx..xx..xx..xx"),
    "rolling": (".xxx.xxx.xxx.xxx", ".xox.xox.xox.xox", "..xx..xx..xx..xx", ".x.x.x.x.x.x.x.x"),
    "eighth": ("x.x.x.x.x.x.x.x.", "x.x.x.x.x.x.x.xx", "x.xxx.x.x.xxx.x."),
    "tresillo": ("x..x..x.x..x..x.", "x..x..x...x.x...", "x..x..x.........", "x..x.x....x..x.."),
    "sparse": ("x...............", "x.........x.....", "x.....x.........", "x..x............", "x.............xx",
        "......x...x....."),
    "funk": ("x..x..x.xx.x..x.", "x.x..x.x..x.x.xx", "x...x.xx..x..x..", "xx.x..x.x..x.xx.", "x..xx..x..x.x..o",
        "x......xx.x...x...x..x..x.xx.x.."),
    "sixteenth": ("xxxxxxxxxxxxxxxx", "xxx.xxx.xx.xxx.x", "x.xxx.xx.xxx.xxx", "xx.xxx.xx.xx.xx."),
    "kick": ("x.........x.....", "x..x......x.....", "x.....x...x..x.."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """Something to play: step and length in sixteenths from the pattern's beginning, strength 0..1."""

    step: int
    length: float
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the sixteenths of a track lie.

    first   samples before the first beat
    swing   0..0.35, how late every second sixteenth comes, of its length
    """

    bpm: float
    swing: float
    first: float = 0.0

    @property
    def step(self) -> float:
        """Samples a sixteenth."""
        return 15 * RATE / self.bpm

    def at(self, step: float) -> int:
        """The sample at which a sixteenth sounds; those between are swung."""
        late = self.swing if step % 2 == 1 else 0.0
        return round(self.first + (step + late) * self.step)

    def seconds(self, step: float) -> float:
        """The moment of a sixteenth on the straight grid, seconds."""
        return (self.first + step * self.step) / RATE


def levels(pattern: str) -> list[float]:
    return [LEVELS[letter] for letter in pattern]


def choose(patterns: Sequence[str], generator: Generator, wild: float = 0.1) -> list[float]:
    """One of the patterns, two bars long, with a few hits of its own."""
    one = levels(patterns[int(generator.integers(len(patterns)))])
    two = np.resize(one, 32)
    touched = generator.random(32) < wild * 0.3
    two[16:][touched[16:] & (two[16:] == 0)] = 0.4
    two[touched & (two > 0) & (np.arange(32) % 4 != 0)] *= 0.5
    return [float(level) for level in two]


def euclid(hits: int, steps: int, turn: int) -> list[float]:
    """So many hits as evenly as possible over so many steps."""
    return [1.0 if (step + turn) * hits % steps < hits else 0.0 for step in range(steps)]


def ticking(generator: Generator) -> list[float]:
    """A percussion pattern: a clave, something Euclidean or chance, two bars long."""
    way = generator.random()
    if way < 0.35:
        one = levels(CLAVES[int(generator.integers(len(CLAVES)))])
    elif way < 0.7:
        steps = int(generator.choice((8, 12, 16, 16, 24)))
        one = euclid(int(generator.integers(2, steps // 2 + 1)), steps, int(generator.integers(steps)))
    else:
        one = list((generator.random(32) < generator.uniform(0.08, 0.35)).astype(float))
    strength = generator.uniform(0.4, 1, len(one))
    return [float(level * power) for level, power in zip(np.resize(one, 32), np.resize(strength, 32), strict=True)]


def notes(pattern: Sequence[float], gate: float, generator: Generator) -> list[Note]:
    """A pattern as notes; gate 0 is short, 1 holds every note until the next."""
    steps = [step for step, level in enumerate(pattern) if level > 0]
    found = []
    for step, following in zip(steps, [*steps[1:], len(pattern) + (steps[0] if steps else 0)], strict=True):
        length = max(0.5, gate * (following - step) + (1 - gate) * 0.7)
        found.append(Note(step, round(2 * length) / 2, pattern[step] * float(generator.uniform(0.8, 1))))
    return found


def roll(bars: int, generator: Generator) -> list[tuple[float, float]]:
    """A snare roll that doubles its speed to the end of so many bars: (step, strength)."""
    total, found, step = 16 * bars, [], 0.0
    while step < total:
        along = step / total
        found.append((step, 0.25 + 0.75 * along))
        step += 4 if along < 0.5 else 2 if along < 0.75 else 1 if along < 0.9 else 0.5
    return [(at, level * float(generator.uniform(0.8, 1))) for at, level in found]
