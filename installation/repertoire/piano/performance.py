"""A performance: one pianist plays one piece, and what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from installation.repertoire.fluid import Note
from installation.repertoire.piano.harmony import chords, keys, profiles
from installation.repertoire.piano.phrases import lines, phrases
from installation.repertoire.piano.scores import Doubles, Score
from installation.repertoire.piano.taste import taste
from installation.repertoire.piano.timing import pulse, timeline
from installation.repertoire.piano.touch import loudness, pedals, releases, strikes

INTERPRETATIONS = 12  # that a piece is trained with
TRANSPOSITIONS = range(-5, 7)  # semitones
LEAD_IN = 0.4  # seconds before the first note
TAIL = 1.5  # seconds after the last
KEYS = range(21, 109)  # of a piano


@dataclass(frozen=True, slots=True)
class Performance:
    """What the keys and the pedal do, and the labels of the recording that it will be.

    labels   beats, downbeats, bpm, key and chords in seconds; composer, title, work, licence
    """

    notes: Sequence[Note]
    pedals: Sequence[tuple[float, bool]]
    seconds: float
    labels: dict[str, Any]


def perform(score: Score, seed: int, transposed: int = 0) -> Performance:
    """The score, played as the pianist of that seed plays it; the same seed plays the same again."""
    random = np.random.default_rng([seed, len(score.start), int(score.pitch.sum())])
    pianist = taste(random)
    melody, bass = lines(score)
    steady = pulse(score, melody, pianist)
    shape = phrases(score, melody, float(np.median(steady[:, 1])))
    time = timeline(score, steady, shape, pianist, random)
    classes, lowest = profiles(score)
    harmony = chords(classes, lowest)
    velocity = loudness(score, melody, bass, shape, pianist, random)
    when = strikes(score, time, melody, velocity, pianist, random)
    until = releases(score, time, when, pianist, random)
    shift = LEAD_IN - float(when.min())
    notes = [
        Note(start + shift, end - start, pitch + transposed, loud)
        for start, end, pitch, loud in zip(
            when.tolist(), until.tolist(), score.pitch.tolist(), velocity.tolist(), strict=True
        )
        if pitch + transposed in KEYS
    ]
    feet = [(at + shift, down) for at, down in pedals(score, time, harmony, lowest, pianist, random)]
    beats = time.seconds(score.beats) + shift
    piece = score.piece
    labels = {
        "style": "piano",
        "beats": np.round(beats, 4).tolist(),
        "downbeats": np.round(beats[score.downbeat], 4).tolist(),
        "bpm": _tempo(beats),
        "key": _spans(beats, [((root + transposed) % 12, mode) for root, mode in keys(score, classes)]),
        "chords": _spans(beats, [(None if root is None else (root + transposed) % 12, kind) for root, kind in harmony]),
        "composer": piece.composer,
        "title": piece.title,
        "work": piece.work,
        "licence": piece.licence,
        "transposed": transposed,
    }
    return Performance(notes, feet, float(until.max()) + shift + TAIL, labels)


def _tempo(beats: Doubles, window: int = 8) -> list[list[float]]:
    """Beats a minute over every eight beats, [[seconds, bpm], ...]."""
    starts = range(0, max(len(beats) - window // 2, 1), window)
    return [
        [round(float(beats[at]), 4), round(60 / float(np.mean(gaps)), 2)]
        for at in starts
        if len(gaps := np.diff(beats[at : at + window + 1]))
    ]


def _spans(beats: Doubles, values: list[tuple[Any, str]]) -> list[list[Any]]:
    """[[seconds, *value], ...] wherever the value changes."""
    changed = [0, *(beat for beat, (before, now) in enumerate(pairwise(values), 1) if before != now)]
    return [[round(float(beats[beat]), 4), *values[beat]] for beat in changed]
