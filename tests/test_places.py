"""Parts of the body are found by name."""

import numpy as np
import pytest

from installation.data import Anatomy, Layer, Layout
from installation.errors import ContentError
from installation.stage.places import BODY, Places
from installation.target import parse

ANATOMY = Anatomy((Layer("block0.conv1", 2, 4, 2), Layer("block0.conv2", 2, 2, 2), Layer("ar0", 5, 1, 4)))


@pytest.fixture
def layout():
    positions = np.zeros((ANATOMY.units, 3), np.float32)
    positions[ANATOMY.slice("block0.conv1"), 0] = -0.5
    positions[ANATOMY.slice("block0.conv2"), 0] = 0.5
    positions[ANATOMY.slice("ar0"), 1] = [0.1, 0.2, 0.3, 0.4, 0.5]
    return Layout(positions, np.zeros((0, 2), np.int32), np.zeros(0, np.float32), ANATOMY.fingerprint)


def test_a_layer_is_where_its_neurons_are(layout):
    places = Places(ANATOMY, layout)
    assert places["block0.conv1"].centre == pytest.approx((-0.5, 0, 0))
    assert places["ar0"].centre == pytest.approx((0, 0.3, 0))
    assert places["ar0"].radius == pytest.approx(0.2, rel=0.3)


def test_blocks_and_kinds_of_layers_have_a_place_too(layout):
    places = Places(ANATOMY, layout)
    assert places["block0"].centre == pytest.approx((-0.5 / 3, 0, 0), abs=1e-6)  # 8 neurons left, 4 right
    assert places["ar"] == places["ar0"]
    assert places["block0.conv1[pitch 0..0.5]"] == places.of(parse("block0.conv1[pitch 0..0.5]"))


def test_the_body_is_all_of_it(layout):
    """From x -0.5 to 0.5 and y 0 to 0.5."""
    body = Places(ANATOMY, layout)["body"]
    assert body.centre == pytest.approx((0, 0.25, 0))
    assert body.radius == pytest.approx(np.hypot(0.5, 0.25))


def test_a_target_is_where_its_neurons_are(layout):
    places = Places(ANATOMY, layout)
    assert places.of(parse("ar0[channel 4]")).centre == pytest.approx((0, 0.5, 0))
    both = places.of(parse("block0.conv1 + block0.conv2"))
    assert both.centre == pytest.approx((0, 0, 0))
    assert both.radius >= 0.5
    assert places.of(parse("block0.conv1 - ar0")).centre == pytest.approx((-0.5, 0, 0))  # only what is wanted


def test_a_target_that_fades_moves_its_place_without_a_jump(layout):
    places = Places(ANATOMY, layout)
    centres = [places.of(parse(f"{1 - x:g} block0.conv1 + {x:g} ar0")).centre for x in (0.0, 0.01, 0.5, 0.99)]
    assert centres[1] == pytest.approx(centres[0], abs=0.02)
    assert centres[2] == pytest.approx((-0.25, 0.15, 0))


def test_a_layer_of_the_paper_means_the_same_depth_elsewhere(layout):
    assert Places(ANATOMY, layout)["ar8"] == Places(ANATOMY, layout)["ar0"]
    assert Places(ANATOMY, layout)["block7"].centre == pytest.approx((0.5, 0, 0))


def test_a_part_that_does_not_exist_is_told_with_the_nearest(layout):
    with pytest.raises(ContentError, match=r"no part 'blok0'\. Did you mean 'block0'\?"):
        Places(ANATOMY, layout)["blok0"]
    with pytest.raises(ContentError, match=r"ar0 has 5 channels"):
        Places(ANATOMY, layout)["ar0[channel 9]"]


def test_without_a_layout_every_part_is_the_body():
    assert Places()["anything"] == BODY
    assert Places(ANATOMY)["ar0"] == BODY
    assert Places(ANATOMY).of(parse("ar0")) == BODY
