"""A loop brought to another tempo is still the same circle."""

from multiprocessing import Pipe

import numpy as np
import pytest
from museum import dream

from installation.data import RATE, Clip
from installation.dream.knobs import Knobs
from installation.dream.length import lasting, stretched
from installation.dream.process import Fill, Order, _Process
from installation.sound.mixing import length
from installation.target import parse


def wave(samples, cycles):
    angle = 2 * np.pi * np.arange(samples) / samples
    return Clip(sum(0.2 * np.sin(k * angle + k) for k in cycles).astype(np.float32)[None])


@pytest.mark.parametrize(("given", "wanted"), [(64_000, 60_952), (60_952, 64_000), (9_601, 12_000), (12_000, 9_601)])
def test_every_wave_has_as_many_cycles_as_before(given, wanted):
    brought = stretched(wave(given, (3, 440, 2_000)), wanted)
    np.testing.assert_allclose(brought.samples, wave(wanted, (3, 440, 2_000)).samples, atol=1e-5)


def test_there_and_back_is_the_same_loop():
    loop = wave(48_000, (1, 77, 9_000))
    np.testing.assert_allclose(stretched(stretched(loop, 50_400), 48_000).samples, loop.samples, atol=1e-5)
    assert stretched(loop, 48_000) is loop


def test_what_no_longer_fits_below_half_the_rate_is_left_out():
    high = wave(48_000, (23_000,))
    assert np.abs(stretched(high, 40_000).samples).max() < 1e-6


def test_a_dream_knows_the_fraction_of_a_sample_that_its_tempo_gives():
    seconds = 8 * 60 / 121
    whole = dream(0, round(seconds * RATE))
    assert length(lasting(whole, seconds)) == pytest.approx(seconds * RATE, abs=1e-5)
    assert lasting(whole, 4.0) is whole  # of another tempo


def test_the_optimiser_goes_on_with_the_old_loop_at_the_new_length():
    start = Clip(wave(64_000, (100, 440)).samples / 4)
    order = Order("tiny", start, parse("block1.conv1"), 64_000 / RATE, Knobs(batch=1), seed=0, threads=1)
    dreaming = _Process(Pipe()[0], order)
    dreaming.optimizer.step()
    before = dreaming.optimizer
    dreaming.obey(Fill(66_500.4 / RATE))
    after = dreaming.optimizer
    old = Clip(before.samples.numpy()[None])
    assert after.samples.shape == (66_500,)
    assert after.steps == before.steps == 1
    np.testing.assert_allclose(after.samples.numpy(), stretched(old, 66_500).samples[0], atol=1e-6)
    after.step()  # and the start clip it is pulled towards has the new length, too
    assert dreaming.clip(start).samples.shape == (1, 66_500)
    dreaming.obey(Fill(66_500.4 / RATE))
    assert dreaming.optimizer is after
