"""The noise that hides the steps of eight bits has neither clumps nor a pattern."""

import numpy as np

from installation.render.grain import SIDE, grain


def test_every_threshold_comes_once():
    np.testing.assert_allclose(np.sort(grain(), axis=None), (np.arange(SIDE * SIDE) + 0.5) / SIDE**2, atol=1e-6)


def test_it_is_the_same_every_time():
    np.testing.assert_array_equal(grain(), grain())


def test_it_is_blue_what_is_coarse_is_missing_and_no_direction_stands_out():
    power = np.abs(np.fft.fft2(grain() - 0.5)) ** 2
    cycles = np.hypot(*np.meshgrid(np.fft.fftfreq(SIDE), np.fft.fftfreq(SIDE)))
    coarse, fine = power[(cycles > 0) & (cycles < 0.12)].mean(), power[cycles > 0.3].mean()
    assert coarse < 1e-3 * fine
    ring = power[(cycles > 0.3) & (cycles < 0.5)]
    assert ring.max() < 12 * ring.mean()  # chance alone reaches 8 of so many


def test_a_flat_light_between_two_steps_is_met_on_average_in_every_small_patch():
    shown = np.floor(10.3 + grain())
    patches = shown.reshape(SIDE // 8, 8, SIDE // 8, 8).mean((1, 3))
    np.testing.assert_allclose(patches, 10.3, atol=0.07)
