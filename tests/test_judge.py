"""Nothing reaches the loudspeakers that the judge has not made safe."""

import time

import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target
from installation.dream.judge import judge
from installation.guard.loudness import loudness, true_peak


def dream(samples, activations=None, level=None):
    samples = np.atleast_2d(np.asarray(samples, np.float32)).copy()
    layers = {"ar8": np.zeros((4, 1, 12), np.float16) if activations is None else activations}
    scalogram = Scalogram(np.zeros((216, 192), np.float32) if level is None else level, 40.0, 24, 1 / 48)
    return Dream(0, Clip(samples), Activations(layers), scalogram, Target(()), 1.0, 10)


def noise(level, length=192_000, seed=0):
    return level * np.random.default_rng(seed).standard_normal(length).clip(-4, 4)


def played(judged):
    return judged.clip.samples * np.float32(judged.verdict.gain)


@pytest.mark.parametrize("level", [0.02, 0.05, 0.3])
def test_loops_are_played_at_the_wanted_loudness(level):
    judged = judge(dream(noise(level)))
    assert loudness(played(judged)) == pytest.approx(-23.0, abs=0.1)
    assert judged.verdict.loudness == pytest.approx(-23.0, abs=0.1)


def test_a_quiet_loop_is_raised_by_12_db_at_most():
    judged = judge(dream(noise(0.0005)))
    assert 20 * np.log10(judged.verdict.gain) == pytest.approx(12.0, abs=1e-6)


def test_a_click_decides_the_gain_where_loudness_would_let_it_pass_the_peak():
    samples = np.zeros(48_000)
    samples[24_000] = 0.9
    judged = judge(dream(samples))
    assert 20 * np.log10(true_peak(played(judged))) <= -1.0 + 1e-4


@pytest.mark.parametrize("wrong", [1.5, -1.5, 1e20, 3.0])
def test_the_played_loop_never_passes_minus_1_dbtp(wrong):
    samples = noise(0.1, 9_600)
    samples[77] = wrong
    judged = judge(dream(samples))
    assert 20 * np.log10(true_peak(played(judged))) <= -1.0 + 1e-4


@pytest.mark.parametrize("wanted", [-24.0, -23.0])
def test_music_with_high_peaks_is_as_loud_as_the_rest(wanted):
    beat = np.exp(-(np.arange(192_000) % 24_000) / 600) * np.sin(2 * np.pi * 60 * np.arange(192_000) / RATE)
    judged = judge(dream(0.8 * beat + noise(0.004)), wanted)
    assert loudness(played(judged)) == pytest.approx(wanted, abs=0.1)
    assert judged.verdict.loudness == pytest.approx(wanted, abs=0.1)
    assert 20 * np.log10(true_peak(played(judged))) <= -1.0 + 1e-3


def test_silence_stays_silence():
    for level in (0.0, 1e-5):
        judged = judge(dream(noise(level)))
        assert judged.verdict.gain == 1.0
        assert judged.verdict.loudness == -70.0


def test_dc_is_taken_away_and_told():
    judged = judge(dream(np.stack([noise(0.05) + 0.25, noise(0.05)])))
    assert np.abs(judged.clip.samples.mean(axis=1, dtype=np.float64)).max() < 1e-6
    assert judged.verdict.dc == pytest.approx(0.25, abs=1e-3)


def test_samples_that_are_no_numbers_are_mended_from_their_neighbours():
    samples = np.sin(2 * np.pi * 100 * np.arange(48_000) / RATE)
    wrong = samples.copy()
    wrong[[0, 1, 5_000, 47_999]] = [np.nan, np.inf, -np.inf, np.nan]
    judged = judge(dream(wrong))
    assert judged.verdict.repaired == 4
    assert np.abs(judged.clip.samples[0] - samples).max() < 1e-3


def test_a_dream_of_nothing_but_nan_is_silence():
    judged = judge(dream(np.full(100, np.nan)))
    assert judged.verdict.repaired == 100
    assert not judged.clip.samples.any()


def test_the_picture_gets_finite_numbers_too():
    activations = np.float16([[[1, np.nan, -np.inf, 2]]])
    level = np.float32([[0.5, np.nan]])
    judged = judge(dream(noise(0.1, 4_800), activations, level))
    assert judged.activations.layers["ar8"].tolist() == [[[1, 0, 0, 2]]]
    assert judged.scalogram.level.tolist() == [[0.5, 0.0]]


def test_what_is_given_is_not_changed():
    given = dream(noise(0.1) + 0.5)
    before = given.clip.samples.copy()
    judge(given)
    np.testing.assert_array_equal(given.clip.samples, before)
    assert given.verdict is None


def test_the_judge_is_quick():
    layers = np.zeros((512, 60, 80), np.float16)
    given = dream(noise(0.1), layers)
    begin = time.process_time()
    judge(given)
    assert time.process_time() - begin < 0.4
