"""Chords and the order they come in: keys, modes, qualities, progressions and how a hand would voice them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

MODES = {
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}

QUALITIES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "5": (0, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "min7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "minmaj7": (0, 3, 7, 11),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 14),
    "minadd9": (0, 3, 7, 14),
    "maj9": (0, 4, 7, 11, 14),
    "min9": (0, 3, 7, 10, 14),
    "9": (0, 4, 7, 10, 14),
    "min11": (0, 3, 7, 10, 14, 17),
    "13": (0, 4, 7, 10, 14, 21),
    "maj7#11": (0, 4, 7, 11, 18),
}
NAMES = {tones: name for name, tones in QUALITIES.items()}

LOOPS = {  # scale degrees, 0 is the tonic
    "minor": ((0,), (0, 5), (0, 3), (0, 6), (0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 6), (0, 4, 3, 3), (0, 0, 5, 6),
              (0, 2, 6, 3), (5, 6, 0, 0), (3, 4, 0, 0), (0, 6, 3, 5), (0, 2, 5, 4), (5, 4, 0, 2), (0, 5, 3, 6)),
    "dorian": ((0,), (0, 3), (0, 1), (0, 3, 0, 6), (0, 2, 3, 3), (0, 6, 3, 0), (0, 1, 2, 1), (0, 4, 3, 6)),
    "phrygian": ((0,), (0, 1), (0, 1, 0, 6), (0, 0, 1, 0), (0, 5, 1, 0), (0, 1, 2, 1)),
    "harmonic minor": ((0, 4), (0, 3, 4, 4), (0, 5, 4, 4), (0, 0, 5, 4), (3, 0, 4, 0)),
    "major": ((0, 3), (3, 0), (0, 5, 3, 4), (1, 4, 0, 5), (3, 4, 2, 5), (0, 2, 3, 3), (5, 3, 0, 4), (0, 4, 5, 3),
              (1, 4, 0, 0), (3, 2, 1, 0), (0, 5, 1, 4), (3, 4, 5, 5)),
    "mixolydian": ((0, 6), (0, 6, 3, 0), (0, 3, 6, 3), (0, 4, 6, 3), (0,)),
    "lydian": ((0, 1), (0, 1, 5, 4), (0, 4, 1, 1)),
}  # fmt: skip

PLANED = (
    (0, 3, -2, 0),
    (0, 0, 5, 3),
    (0, -2, -4, -2),
    (0, 2),
    (0, 1),
    (0, 3, 5, 3),
    (0, -4, -2, 3),
    (0, 0, 0, -2),
    (0, 5),
)

JAZZ = (
    ((2, "min9"), (7, "13"), (0, "maj9"), (9, "7")),
    ((2, "min7b5"), (7, "7"), (0, "min9"), (0, "min6")),
    ((5, "min7"), (10, "9"), (0, "maj7"), (0, "6")),
    ((2, "min9"), (1, "maj7#11"), (0, "maj9"), (9, "min7")),
    ((0, "min9"), (5, "13"), (10, "maj9"), (3, "maj7")),
    ((4, "min7"), (9, "7"), (2, "min9"), (7, "13")),
    ((0, "maj9"), (4, "7"), (9, "min9"), (2, "9")),
    ((5, "maj9"), (4, "min7"), (2, "min9"), (0, "maj9")),
    ((0, "min9"), (8, "maj7"), (2, "min7b5"), (7, "7")),
    ((5, "maj7"), (4, "7"), (9, "min7"), (7, "min7")),
)


@dataclass(frozen=True, slots=True)
class Chord:
    """A root (pitch class, C is 0) and a quality from QUALITIES."""

    root: int
    quality: str

    @property
    def tones(self) -> tuple[int, ...]:
        return QUALITIES[self.quality]


@dataclass(frozen=True, slots=True)
class Harmony:
    """A key and a loop of chords, each so many sixteenths long."""

    tonic: int  # pitch class
    mode: str
    loop: tuple[tuple[Chord, int], ...]

    @property
    def steps(self) -> int:
        return sum(length for _, length in self.loop)

    @property
    def scale(self) -> tuple[int, ...]:
        return tuple((self.tonic + tone) % 12 for tone in MODES[self.mode])

    def at(self, step: int) -> Chord:
        """The chord that sounds at a sixteenth, counted from the loop's beginning for ever."""
        left = step % self.steps
        for chord, length in self.loop:
            if left < length:
                return chord
            left -= length
        raise AssertionError("a loop's chords fill it")


def diatonic(tonic: int, mode: str, degree: int, size: int) -> Chord:
    """Thirds stacked on a degree of a mode; the largest of at most `size` tones that has a name."""
    scale = MODES[mode]
    root = scale[degree % 7]
    stack = [
        scale[(degree + 2 * i) % 7] + 12 * ((degree + 2 * i) // 7) - root - 12 * (degree // 7) for i in range(size)
    ]
    for count in range(size, 2, -1):
        if name := NAMES.get(tuple(stack[:count])):
            return Chord((tonic + root) % 12, name)
    return Chord((tonic + root) % 12, "5")


def suspend(chord: Chord, generator: Generator) -> Chord:
    """Now and then a chord in another dress on the same root."""
    dresses = {
        "maj": ("sus2", "sus4", "add9", "6"),
        "min": ("sus2", "minadd9", "min7", "sus4"),
        "7": ("7sus4", "9", "13"),
        "min7": ("min9", "min11", "7sus4"),
        "maj7": ("maj9", "6", "add9"),
    }.get(chord.quality)
    return Chord(chord.root, str(generator.choice(dresses))) if dresses else chord


def draw(identity: Generator, generator: Generator, modes: Mapping[str, float], colour: float) -> Harmony:
    """Draw a key and a progression.

    identity     draws the key and the manner, `generator` all else
    modes        how likely each mode is
    colour       0..1, how much jazz: sevenths, ninths, borrowed chords
    """
    tonic = int(identity.integers(12))
    weights = np.array(list(modes.values()))
    mode = str(identity.choice(list(modes), p=weights / weights.sum()))
    size = int(identity.choice((3, 4, 5), p=(1 - 0.9 * colour, 0.5 * colour, 0.4 * colour)))
    way = identity.random()
    if way < 0.22 * colour + 0.03:
        pattern = JAZZ[identity.integers(len(JAZZ))]
        mode = "dorian" if any(root == 0 and "min" in quality for root, quality in pattern) else "major"
        chords = [Chord((tonic + root) % 12, quality) for root, quality in pattern]
    elif way < 0.22 * colour + 0.18:
        quality = str(identity.choice(("min", "min7", "min9", "maj7", "maj9", "7sus4", "min11", "sus2", "min6")))
        mode = "minor" if "min" in quality else "mixolydian" if "sus" in quality else "major"
        chords = [Chord((tonic + root) % 12, quality) for root in PLANED[generator.integers(len(PLANED))]]
    elif way < 0.88:
        loops = LOOPS[mode]
        chords = [diatonic(tonic, mode, degree, size) for degree in loops[generator.integers(len(loops))]]
    else:
        steps = np.cumsum(generator.choice((0, 1, 2, 3, 4, 5, -1), size=3))
        chords = [diatonic(tonic, mode, int(degree) % 7, size) for degree in (0, *steps)]
    chords = [suspend(chord, generator) if generator.random() < 0.15 else chord for chord in chords]
    return Harmony(tonic, mode, tuple(zip(chords, lengths(len(chords), generator), strict=True)))


def lengths(count: int, generator: Generator) -> tuple[int, ...]:
    """How many sixteenths each of `count` chords lasts; together 1, 2, 4 or 8 bars."""
    if count == 1:
        return (16,)
    options: tuple[tuple[int, ...], ...]
    if count == 2:
        options = ((16, 16), (32, 32), (64, 64), (48, 16), (24, 8), (12, 20), (14, 18))
    else:
        options = (
            (16,) * 4,
            (16,) * 4,
            (32,) * 4,
            (8,) * 4,
            (24, 8, 24, 8),
            (12, 20, 12, 20),
            (6, 10, 6, 10),
            (16, 16, 24, 8),
            (14, 18, 14, 18),
        )
    return options[generator.integers(len(options))]


def voicings(chord: Chord, centre: float, voices: int) -> list[tuple[int, ...]]:
    """Ways to lay a chord on the keys around a pitch, each [voices] rising MIDI pitches."""
    tones = list(chord.tones)
    if len(tones) > voices:
        tones = tones[1:] if len(tones) - 1 <= voices else [tones[1], *tones[3:]][:voices]  # the bass has the root
    found = []
    for turn in range(len(tones)):
        turned = [tone + 12 for tone in tones[:turn]]
        keys = sorted(chord.root + tone for tone in (*tones[turn:], *turned))
        while len(keys) < min(voices, 3):
            keys.append(keys[-len(tones)] + 12)
        octave = 12 * round((centre - sum(keys) / len(keys)) / 12)
        close = tuple(key + octave for key in keys)
        found.append(close)
        if len(close) >= 4:  # drop the second from above: open, as guitarists and arrangers do
            found.append(tuple(sorted((*close[:-2], close[-2] - 12, close[-1]))))
    return found


def voice(
    chords: Sequence[Chord], centre: float, voices: int, generator: Generator, parallel: bool
) -> list[tuple[int, ...]]:
    """Voice a row of chords so that hands move little, or (parallel) by shifting one shape."""
    options = [voicings(chord, centre, voices) for chord in chords]
    shape = int(generator.integers(len(options[0])))
    if parallel:
        return [option[shape % len(option)] for option in options]
    found = [options[0][shape]]
    for option in options[1:]:
        found.append(min(option, key=lambda keys: distance(found[-1], keys) + 0.3 * abs(float(np.mean(keys)) - centre)))
    return found


def distance(before: Sequence[int], after: Sequence[int]) -> float:
    """How far the fingers travel between two chords, semitones."""
    return float(sum(min(abs(key - other) for other in before) for key in after))


def nearest(pitch: float, classes: Sequence[int]) -> int:
    """The MIDI pitch closest to `pitch` whose pitch class is one of `classes`."""
    candidates = (round(pitch) + offset for offset in range(-6, 7))
    return min((p for p in candidates if p % 12 in classes), key=lambda p: abs(p - pitch))
