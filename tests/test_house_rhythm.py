"""Patterns lie on the grid, swing moves only the off-beat sixteenths, rolls end on the bar."""

from itertools import pairwise

import numpy as np
import pytest

from installation.repertoire.house import rhythm
from installation.repertoire.house.rhythm import Clock
from installation.repertoire.house.styles import STYLES


def test_a_clock_counts_beats_without_drifting():
    clock = Clock(124.7, 0.2)
    beats = [clock.at(4 * beat) for beat in range(1000)]
    assert np.abs(np.array(beats) - np.arange(1000) * 48_000 * 60 / 124.7).max() <= 0.5


def test_swing_delays_every_second_sixteenth_and_nothing_else():
    straight, swung = Clock(120, 0.0), Clock(120, 0.3)
    assert [swung.at(step) - straight.at(step) for step in range(4)] == [0, 1800, 0, 1800]


@pytest.mark.parametrize("table", [rhythm.KICKS, rhythm.CLAPS, rhythm.HATS, rhythm.BASSES])
def test_every_pattern_lasts_one_or_two_bars(table):
    assert all(len(pattern) in (16, 32) for patterns in table.values() for pattern in patterns)


def test_euclid_spreads_hits_evenly():
    assert rhythm.euclid(3, 8, 0) == [1, 0, 0, 1, 0, 0, 1, 0]
    assert all(sum(rhythm.euclid(hits, 16, 5)) == hits for hits in range(1, 17))


def test_a_roll_gets_faster_and_louder_up_to_the_bar():
    hits = rhythm.roll(2, np.random.default_rng(0))
    gaps = np.diff([step for step, _ in hits])
    assert np.all(np.diff(gaps) <= 0)
    assert 31 <= hits[-1][0] < 32
    assert hits[-1][1] > hits[0][1]


def test_notes_never_run_into_the_next_when_held():
    for seed in range(20):
        g = np.random.default_rng(seed)
        line = rhythm.notes(rhythm.choose(rhythm.STABS, g, 0.5), 1.0, g)
        for note, following in pairwise(line):
            assert note.step + note.length <= following.step + 0.5


def test_styles_name_only_patterns_that_exist():
    for style in STYLES:
        assert set(style.kick) <= set(rhythm.KICKS)
        assert set(style.clap) <= set(rhythm.CLAPS)
        assert set(style.hat) <= set(rhythm.HATS)
        assert set(style.bass) <= set(rhythm.BASSES)


def test_house_proper_keeps_to_house_tempi():
    house = [style for style in STYLES if "house" in style.name and style.name != "slow house"]
    assert all(style.bpm[0] >= 117 and style.bpm[1] <= 131 for style in house)
    assert len({style.name for style in STYLES}) == len(STYLES) >= 8
