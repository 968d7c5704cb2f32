"""The picture is developed where there is light, and is black elsewhere, as if all of it had been developed."""

import numpy as np
import pytest

from installation.render.bloom import Bloom
from installation.render.develop import Develop
from installation.render.passes import BYTE, Pass, surface
from installation.render.sheet import Sheet


def pixels(picture):
    return np.frombuffer(picture.read(), np.uint8).reshape(picture.height, picture.width, 4)[..., :3]


@pytest.mark.parametrize("size", [(33, 7), (192, 128), (500, 321), (1280, 720)])
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_not_even_a_single_faint_pixel_is_left_out(gl, size, spread):
    sheet = Sheet(size)
    whole, margin = sheet.whole, sheet.margin
    rng = np.random.default_rng(0)
    light = np.zeros((whole[1], whole[0], 4), np.float16)
    lit = rng.integers(0, whole[1], 12), rng.integers(0, whole[0], 12)
    light[lit] = np.geomspace(1e-3, 20, 12)[:, None]
    source = surface(gl, whole)
    source.write(light.tobytes())
    bloom, develop = Bloom(gl, whole), Develop(gl, sheet, size)
    mist = bloom(source, spread)
    everywhere = Pass(gl, "post/develop.frag", size, BYTE)
    film = {"spread": spread, "fade": 1.0}
    found = pixels(develop(source, mist, bloom.gathered, inset=margin, **film))
    where = {"inset": margin, "margin": margin, "whole": whole}
    wanted = pixels(everywhere(light=source, mist=mist, noise=develop.grain, **where, **film))
    assert wanted.max() > 100
    np.testing.assert_array_equal(found, wanted)


def test_a_screen_shows_light_as_srgb(gl):
    """The grain adds less than a step of eight bits; the darkest light falls to black at most three steps early."""
    size = (256, 16)
    sheet = Sheet(size)
    whole, margin = sheet.whole, sheet.margin
    shown = np.linspace(0, 1, size[0], endpoint=False) ** 2  # linear light on the screen
    left = margin[0]
    light = np.zeros((whole[1], whole[0], 4), np.float16)
    light[:, left : left + size[0]] = -np.log(1 - shown)[:, None]  # film bends grey light by 1 - exp(-light)
    source = surface(gl, whole)
    source.write(light.tobytes())
    bloom = Bloom(gl, whole)
    develop = Develop(gl, sheet, size)
    picture = develop(source, bloom(source, 0.0), bloom.gathered, inset=margin, spread=0.0, fade=1.0)
    exact = 255 * np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    apart = pixels(picture)[..., 1] - exact  # [height, width]
    assert np.abs(apart[:, shown > 0.0026]).max() <= 1.2
    assert np.abs(apart).max() <= 4
    assert pixels(picture)[:, shown < 8e-4].max() == 0
