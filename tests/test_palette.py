"""Colours from the first layer's to the last one's."""

from itertools import pairwise

import numpy as np
import pytest

from installation.data import Look
from installation.render.palette import TO_CONES, TO_LAB, palette
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


# Severe forms, on linear RGB: Machado, Oliveira and Fernandes 2009, table for severity 1.0
SEEN_BY = {
    "everybody": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def apart(one, other, eyes):
    """How different two colours look to these eyes: 0.02 is just seen side by side, 1 black and white (OKLab)."""
    lab = [TO_LAB @ np.cbrt(TO_CONES @ np.clip(eyes @ np.asarray(colour), 0, None)) for colour in (one, other)]
    return np.linalg.norm(lab[0] - lab[1])


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("name", PALETTES)
def test_every_eye_tells_first_layers_from_last_ones_and_both_from_the_target(name, eyes):
    colours, seen = PALETTES[name], SEEN_BY[eyes]
    assert apart(colours.shallow, colours.deep, seen) > 0.2
    # what is targeted also shines beyond white; its colour must not be that of the tissue around it
    assert min(apart(colours.shine, colour, seen) for colour in (colours.shallow, colours.deep)) > 0.1


def test_layers_in_colours_have_a_hue_each():
    colours = palette(PALETTES["layers"].shallow, PALETTES["layers"].deep, PALETTES["layers"].sweep)
    assert min(apart(one, other, np.eye(3)) for one, other in pairwise(colours)) > 0.03
    assert min(apart(colours[n], colours[m], np.eye(3)) for n in range(16) for m in range(n)) > 0.03


def test_a_sweep_in_the_making_lies_between():
    ends = PALETTES["layers"].shallow, PALETTES["layers"].deep
    half, little = palette(*ends, 0.5), palette(*ends, 0.001)
    np.testing.assert_allclose(little, palette(*ends, 0.0), atol=0.02)  # so that looks can be mixed
    assert np.isfinite(half).all()
