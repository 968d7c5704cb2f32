"""Colours from the first layer's to the last one's."""

from itertools import pairwise

import numpy as np
import pytest

from installation.data import Look
from installation.render.palette import palette
from installation.stage.eyes import EYES, apart
from installation.stage.palettes import PALETTES


@pytest.mark.parametrize(
    ("shallow", "deep"),
    [(Look().shallow, Look().deep), ((1, 0, 0), (1, 0, 0)), ((0, 0, 0), (1, 1, 1)), ((0.2,) * 3, (0, 0, 1))],
)
def test_the_ends_are_the_colours_that_were_asked_for(shallow, deep):
    colours = palette(shallow, deep)
    np.testing.assert_allclose(colours[0], shallow, atol=2e-3)
    np.testing.assert_allclose(colours[-1], deep, atol=2e-3)
    assert np.isfinite(colours).all()
    assert (colours >= 0).all()


def test_blue_and_amber_do_not_meet_in_grey():
    colours = palette(Look().shallow, Look().deep)
    assert (colours.max(axis=1) > 1.5 * colours.min(axis=1)).all()


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_every_eye_tells_first_layers_from_last_ones_and_both_from_the_target(name, eyes):
    colours = PALETTES[name]
    assert apart(colours.shallow, colours.deep, eyes) > 0.2
    # what is targeted also shines beyond white; its colour must not be that of the tissue around it
    assert min(apart(colours.shine, colour, eyes) for colour in (colours.shallow, colours.deep)) > 0.1


def test_layers_in_colours_have_a_hue_each():
    colours = palette(PALETTES["layers"].shallow, PALETTES["layers"].deep, PALETTES["layers"].sweep)
    assert min(apart(one, other, "most") for one, other in pairwise(colours)) > 0.03
    assert min(apart(colours[n], colours[m], "most") for n in range(16) for m in range(n)) > 0.03


def test_a_sweep_in_the_making_lies_between():
    ends = PALETTES["layers"].shallow, PALETTES["layers"].deep
    half, little = palette(*ends, 0.5), palette(*ends, 0.001)
    np.testing.assert_allclose(little, palette(*ends, 0.0), atol=0.02)  # so that looks can be mixed
    assert np.isfinite(half).all()
