"""Colours from the first layer's to the last one's."""

import numpy as np
import pytest

from installation.data import Look
from installation.render.palette import palette


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
