"""Single peaks become quieter, softly and on the circle, and nothing else does."""

import numpy as np
import pytest

from installation.data import RATE
from installation.guard.limiter import REACH, limited
from installation.guard.loudness import true_peak

TONE = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def struck(*places, height=2.0, channels=1):
    samples = np.tile(TONE, (channels, 1))
    for place in places:
        samples[0, place] += height
    return samples.astype(np.float32)


@pytest.mark.parametrize("length", [1, 2, 3, 50, 1_001, 48_000])
@pytest.mark.parametrize("highest", [0.01, 0.5, 0.9])
def test_no_wave_is_higher_than_asked_for_loops_of_any_length(length, highest):
    samples = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    assert true_peak(limited(samples, highest)) <= highest * 1.0001


def test_what_is_low_enough_does_not_change_by_a_bit():
    np.testing.assert_array_equal(limited(struck(), 0.5), struck())


def test_far_from_a_peak_nothing_changes_and_around_it_the_gain_is_smooth():
    given = struck(24_000)
    quieter = limited(given, 0.6)
    far = np.abs(np.arange(RATE) - 24_000) > 2.1 * REACH * RATE
    np.testing.assert_allclose(quieter[:, far], given[:, far], rtol=0.03)
    loud = np.abs(given[0]) > 0.05
    gain = quieter[0, loud] / given[0, loud]
    assert np.abs(np.diff(gain)).max() < 0.02


def test_a_peak_at_the_seam_is_met_from_both_sides():
    moved = np.roll(limited(np.roll(struck(24_000), 24_000, axis=1), 0.6), -24_000, axis=1)
    np.testing.assert_allclose(moved, limited(struck(24_000), 0.6), atol=1e-5)


def test_all_channels_follow_one_gain_so_that_nothing_moves_in_the_room():
    quieter = limited(struck(24_000, channels=2), 0.6)
    near = slice(23_900, 24_100)
    np.testing.assert_allclose(
        quieter[1, near] / TONE[near].astype(np.float32), quieter[1, 24_000 - 5] / TONE[23_995], atol=0.2
    )
    assert np.abs(quieter[1, near]).max() < 0.7 * np.abs(TONE).max()
