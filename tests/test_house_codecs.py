"""Codecs change the sound but not where it lies in time."""

import numpy as np
import pytest

from installation.data import RATE
from installation.repertoire.house import codecs


@pytest.fixture(scope="module")
def clicks():
    generator = np.random.default_rng(0)
    sound = np.zeros(4 * RATE, np.float32)
    for at in range(RATE // 4, 4 * RATE - 5000, RATE // 4):
        sound[at : at + 4000] += generator.standard_normal(4000, dtype=np.float32) * np.exp(-np.arange(4000) / 300)
    return 0.2 * sound


@pytest.mark.parametrize("kind", list(codecs.KINDS))
def test_a_codec_loses_detail_but_keeps_time_and_length(clicks, kind):
    out = codecs.through(clicks, kind, 0.9)
    assert out.shape == clicks.shape
    assert codecs.lateness(clicks, out) == 0
    assert 0.4 < np.corrcoef(clicks, out)[0, 1] < 0.99999


def test_lateness_is_found_to_the_sample(clicks):
    assert codecs.lateness(clicks, np.roll(clicks, 1105)) == 1105
    assert codecs.lateness(clicks, np.roll(clicks, -17)) == -17


def test_some_recordings_pass_through_no_codec(clicks):
    kinds = {codecs.worn(clicks[:RATE], np.random.default_rng(seed))[1] for seed in range(30)}
    assert kinds == {"none", *codecs.KINDS}
