"""What a neuron can hear is told from the anatomy alone, and it is true."""

import numpy as np
import pytest

from installation.body import body
from installation.listen import plans
from installation.listen.anatomy import Plan, heard_frames, steps_on_a_line
from installation.station.hears import hears


@pytest.mark.parametrize("model", ["house", "paper", "causal", "ear"])
def test_the_frames_that_an_answer_needs_are_those_that_a_stretch_of_sound_has_to_have(model):
    """Asked of another part of the program: the shortest stretch that decides one step alone."""
    plan = plans.read(model)
    assert isinstance(plan, Plan)
    strides = {layer.name: layer.stride for layer in plans.anatomy(plan)}
    for layer, frames in heard_frames(plan).items():
        whole = 4000 * plan.stride
        decided = len(steps_on_a_line(plan, whole)[layer])
        lost = whole - decided * strides[layer]  # frames that only serve as neighbours
        assert abs(lost - frames) < 2 * strides[layer]  # a stretch ends with a whole step of every pooling on the way


def test_deeper_layers_hear_more_octaves_and_longer():
    house = body("house")
    heard = hears(house.anatomy, house.plan)
    octaves = {name: np.log2(layer.high / layer.low).mean() for name, layer in heard.items()}
    assert octaves["scalogram"] == pytest.approx(1 / 24, abs=0.001)
    assert octaves["scalogram"] < octaves["block0.conv2"] < octaves["block3.conv1"] < octaves["block7.conv2"] == 9.0
    seconds = [heard[name].seconds.min() for name in ("scalogram", "block2.conv1", "block6.conv1", "ar1", "ar8")]
    assert seconds == sorted(seconds)
    assert seconds[-1] > 4


def test_an_octave_is_a_doubling_of_hertz():
    house = body("house")
    scalogram = hears(house.anatomy, house.plan)["scalogram"]
    assert scalogram.low[24] / scalogram.low[0] == pytest.approx(2)
    assert scalogram.low[0] < 40 < scalogram.high[0]


@pytest.mark.parametrize("model", ["crepe", "house+piano"])
def test_every_ear_tells_what_it_hears(model):
    seen = body(model)
    heard = hears(seen.anatomy, seen.plan)
    for layer in seen.anatomy:
        assert heard[layer.name].low.shape == heard[layer.name].high.shape == (layer.bins,)
        assert (heard[layer.name].low < heard[layer.name].high).all()
    assert ("house:ar5" in heard) == (model == "house+piano")
