"""Bloom spreads light and neither makes nor loses any."""

import numpy as np
import pytest

from installation.render.bloom import Bloom, levels, padded
from installation.render.passes import surface


@pytest.mark.parametrize("size", [(256, 144), (333, 211)])
def test_the_mean_light_is_kept(gl, light_of, size):
    whole = padded(size)
    rng = np.random.default_rng(0)
    light = np.zeros((whole[1], whole[0], 4), np.float16)
    light[rng.integers(0, whole[1], 300), rng.integers(0, whole[0], 300)] = rng.random((300, 4)) * 40
    source = surface(gl, whole)
    source.write(light.tobytes())
    spread = light_of(Bloom(gl, whole)(source, 0.5))
    expected = 0.5 * light[..., :3].astype(float).mean(axis=(0, 1))
    np.testing.assert_allclose(spread.mean(axis=(0, 1)), expected, rtol=0.01)


def test_a_point_becomes_a_round_glow(gl, light_of):
    whole = padded((256, 256))
    light = np.zeros((whole[1], whole[0], 4), np.float16)
    middle = whole[1] // 2
    light[middle - 2 : middle + 2, middle - 2 : middle + 2] = 100
    source = surface(gl, whole)
    source.write(light.tobytes())
    glow = light_of(Bloom(gl, whole)(source, 1.0))[..., 0]
    np.testing.assert_allclose(glow, glow.T, rtol=0.02, atol=1e-3)
    np.testing.assert_allclose(glow, glow[::-1], rtol=0.02, atol=1e-3)
    along = glow[len(glow) // 2, len(glow) // 2 :]
    assert (np.diff(along) <= 1e-3).all()


def test_the_coarsest_level_is_as_wide_at_every_resolution():
    assert [levels(height) for height in (360, 720, 1440, 2880)] == [4, 5, 6, 7]


@pytest.mark.parametrize("size", [(1, 1), (1280, 720), (1921, 1081)])
def test_the_margin_is_small_and_halves_exactly(size):
    whole = padded(size)
    for length, padded_length in zip(size, whole, strict=True):
        assert length < padded_length <= length + 2 + (1 << levels(size[1]))
        assert padded_length % (1 << levels(size[1])) == 0
