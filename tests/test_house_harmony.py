"""Chords are what their names say, progressions fill their bars, hands move little."""

from itertools import pairwise

import numpy as np
import pytest

from installation.repertoire.house import harmony
from installation.repertoire.house.harmony import MODES, Chord, diatonic, nearest, voice, voicings


@pytest.mark.parametrize(
    ("degree", "size", "expected"),
    [
        (0, 4, Chord(9, "min7")),
        (3, 4, Chord(2, "min7")),
        (5, 5, Chord(5, "maj9")),
        (6, 4, Chord(7, "7")),
        (1, 4, Chord(11, "min7b5")),
    ],
)
def test_thirds_on_a_minor_give_the_chords_of_its_key(degree, size, expected):
    assert diatonic(9, "minor", degree, size) == expected


def test_every_diatonic_chord_of_every_mode_stays_in_its_key():
    for mode, scale in MODES.items():
        for degree in range(7):
            chord = diatonic(4, mode, degree, 3)
            assert {(chord.root + tone) % 12 for tone in chord.tones} <= {(4 + tone) % 12 for tone in scale}


def test_a_progression_fills_whole_bars_and_knows_its_chord_at_every_step():
    for seed in range(60):
        g = np.random.default_rng(seed)
        drawn = harmony.draw(g, g, {"minor": 1.0, "major": 1.0}, 0.7)
        assert drawn.steps % 16 == 0
        at = 0
        for chord, length in drawn.loop:
            assert drawn.at(at) == chord == drawn.at(at + length - 1) == drawn.at(at + drawn.steps)
            at += length


def test_a_voicing_holds_only_tones_of_its_chord_and_keeps_its_third():
    for quality, tones in harmony.QUALITIES.items():
        for keys in voicings(Chord(3, quality), 62, 4):
            classes = {(key - 3) % 12 for key in keys}
            assert classes <= {tone % 12 for tone in tones}
            assert abs(np.mean(keys) - 62) < 10
            if 3 in tones or 4 in tones:
                assert classes & {3, 4}


def test_voices_lead_closer_than_root_positions():
    chords = [Chord(9, "min7"), Chord(2, "min7"), Chord(7, "7"), Chord(0, "maj7")]
    led = voice(chords, 62, 4, np.random.default_rng(1), parallel=False)
    blocks = [tuple(48 + 12 + chord.root % 12 + tone for tone in chord.tones) for chord in chords]
    travel = [sum(harmony.distance(a, b) for a, b in pairwise(row)) for row in (led, blocks)]
    assert travel[0] < travel[1]


def test_nearest_finds_the_closest_allowed_pitch():
    assert nearest(60.4, (0, 7)) == 60
    assert nearest(66.0, (0, 7)) == 67
