"""The loudness of a loop is that of the loop repeated for ever."""

import numpy as np
import pyloudnorm
import pytest

from installation.data import RATE
from installation.guard.loudness import SILENCE, loudness, true_peak


def music(generator, length, channels=1):
    """Noise in bursts of very different level, so that the gates have something to do: [channels, length]."""
    noise = np.cumsum(generator.standard_normal((channels, length)), axis=1)
    noise -= np.linspace(0, 1, length) * (noise[:, -1:] - noise[:, :1])
    places = np.arange(length) / length
    level = 0.001 + (np.sin(2 * np.pi * 2 * places) > 0.3) + 0.1 * (np.sin(2 * np.pi * 5 * places) > 0)
    return (0.2 * level * noise / np.abs(noise).max()).astype(np.float32)


@pytest.mark.parametrize("length", [192_000, 64_000, 90_123, 12_345])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_loudness_is_that_of_the_repeated_loop(length, channels):
    samples = music(np.random.default_rng(length + channels), length, channels)
    repeated = np.tile(samples, 1 + 20 * RATE // length).T.astype(np.float64)
    reference = pyloudnorm.Meter(RATE).integrated_loudness(repeated)
    assert loudness(samples) == pytest.approx(reference, abs=0.1)


def test_a_full_scale_sine_of_997_hz_is_minus_3_lufs():
    sine = np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE, dtype=np.float32)[None]
    assert loudness(sine) == pytest.approx(-3.01, abs=0.03)


def test_the_bass_channel_does_not_count_and_those_behind_count_more():
    tone = music(np.random.default_rng(1), 48_000)
    only = {place: loudness(np.concatenate([tone * (place == c) for c in range(6)])) for place in range(6)}
    assert only[3] == SILENCE
    assert only[4] - only[0] == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize("samples", [np.zeros((1, 100)), np.full((2, 48_000), 1e-6), np.zeros((1, 1))])
def test_silence_has_a_number(samples):
    assert loudness(samples.astype(np.float32)) == SILENCE


@pytest.mark.parametrize("length", [48_000, 4_004])
def test_a_peak_between_the_samples_is_found(length):
    cycles = length // 4
    quarter = np.sin(2 * np.pi * cycles * np.arange(length) / length + np.pi / 4).astype(np.float32)[None]
    assert np.abs(quarter[:]).max() < 0.9
    assert true_peak(quarter) == pytest.approx(1.0, abs=0.01)


def test_the_true_peak_is_never_below_the_samples():
    noise = np.random.default_rng(2).standard_normal((2, 1_001)).astype(np.float32)
    assert true_peak(noise) >= np.abs(noise).max()
    alternating = np.tile(np.float32([0.5, -0.5]), 500)[None]  # the highest frequency there is
    assert true_peak(alternating) == pytest.approx(0.5)
