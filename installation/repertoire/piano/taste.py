"""Taste: what one pianist does differently from the next, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Taste:
    """How an interpretation is played. Timing in seconds, loudness in MIDI velocity, tempo in natural logarithm."""

    tempo: float  # log of how much faster than written
    pace: float  # notes a second where no tempo is written
    rubato: float  # depth of a phrase's tempo arch
    breadth: float  # depth of a section's
    unrest: float  # spread of a beat's tempo around the arch
    ritard: float  # tempo of the very last beat, share of the tempo before
    breath: float  # pause before a clear new phrase
    lead: float  # how early the melody is
    loose: float  # spread of every note's time
    hands: float  # how late the left hand is
    roll: float  # between the notes of a chord too wide for the hand
    rolled: float  # share of the other chords that is rolled
    level: float  # of everything
    swell: float  # from a phrase's edge to its height
    contrast: float  # spread between sections
    melody: float  # louder than what goes with it
    accent: float  # of the bar's first beat
    uneven: float  # spread of every note's loudness
    legato: float  # share of a note's length that it is held
    pedal: float  # share of the harmonies that are pedalled


def taste(random: np.random.Generator) -> Taste:
    """A pianist. Spreads follow what measured performances show: leads of 10 to 40 ms, tempo varying by 5 to 25 %."""
    return Taste(
        tempo=random.normal(0, 0.09),
        pace=5.5 * np.exp(random.normal(0, 0.2)),
        rubato=random.uniform(0.08, 0.40),
        breadth=random.uniform(0.03, 0.12),
        unrest=random.uniform(0.02, 0.06),
        ritard=random.uniform(0.4, 0.75),
        breath=random.uniform(0.0, 0.25),
        lead=max(random.normal(0.020, 0.008), 0.0),
        loose=random.uniform(0.003, 0.010),
        hands=random.normal(0.0, 0.006),
        roll=random.uniform(0.025, 0.060),
        rolled=random.choice([0.0, 0.02, 0.1]),
        level=random.normal(62, 7),
        swell=random.uniform(10, 28),
        contrast=random.uniform(5, 14),
        melody=random.uniform(10, 22),
        accent=random.uniform(2, 8),
        uneven=random.uniform(3, 6),
        legato=random.uniform(0.75, 1.05),
        pedal=random.choice([0.0, 0.5, 1.0, 1.0, 1.0]),
    )
