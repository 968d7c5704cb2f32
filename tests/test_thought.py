"""What goes to browsers: four bits a step, small enough for a phone, and true to the answers."""

import numpy as np
import pytest

from installation.body import body
from installation.data import Activations
from installation.station import thought

SECONDS = 4.0


@pytest.fixture(scope="module")
def paper():
    return body("paper")


def noise(anatomy, seed=0):
    """Answers that no compression makes smaller: music is at most as large."""
    chance = np.random.default_rng(seed)
    shapes = {layer.name: (layer.channels, layer.bins, 192 // layer.stride) for layer in anatomy}
    return Activations({name: chance.exponential(2.0, shape).astype(np.float16) for name, shape in shapes.items()})


def test_every_level_is_half_an_octave_of_answer():
    answers = np.array([0.0, -3.0, 0.15, 0.15 * 2**0.5, 0.3, 0.15 * 2**7, 1e4, np.nan, np.inf])
    assert thought.levels(answers).tolist() == [0, 0, 1, 2, 3, 15, 15, 0, 15]


def test_a_thought_is_what_the_neurons_answered(paper):
    sent = noise(paper.anatomy)
    head, bytes_ = thought.opened(thought.packed_thought(thought.whole(paper.anatomy), paper.anatomy, sent, "7.3"))
    packed = np.frombuffer(bytes_, np.uint8)
    levels = np.stack([packed & 15, packed >> 4], 1).reshape(-1)
    assert head["dream"] == "7.3"
    at = 0
    for layer, steps in zip(paper.anatomy, head["steps"], strict=True):
        mine = levels[at : at + layer.units * steps].reshape(layer.channels, layer.bins, steps)
        assert (mine == thought.levels(sent.layers[layer.name])).all()
        at += mine.size
    assert len(levels) - at in (0, 1)


@pytest.mark.parametrize(("sample", "megabits"), [(thought.whole, 3.0), (thought.coarse, 0.3)])
def test_a_thought_is_small_enough_for_the_line(paper, sample, megabits):
    assert paper.anatomy.units == 34_392
    packed = thought.packed_thought(sample(paper.anatomy), paper.anatomy, noise(paper.anatomy), "1.1")
    assert len(packed) * 8 / SECONDS <= 1e6 * megabits


def test_a_body_stands_where_its_layout_says(paper):
    head, bytes_ = thought.opened(
        thought.packed_body(thought.coarse(paper.anatomy), paper.anatomy, paper.layout.positions)
    )
    many = sum(head["counts"])
    units = np.frombuffer(bytes_, "<i4", many)
    places = np.frombuffer(bytes_, "<i2", 3 * many, 4 * many).reshape(-1, 3) / thought.WHOLE
    assert many <= thought.FEW
    assert all(count > 0 for count in head["counts"])
    assert np.abs(places - paper.layout.positions[units]).max() < 1e-4


def test_few_steps_keep_the_strongest_answer():
    answers = np.zeros((3, 192))
    answers[1, 77] = 5.0
    fewer = thought.slower(answers, 48)
    assert fewer.shape == (3, 48)
    assert fewer[1, 77 // 4] == 5.0
    assert fewer.sum() == 5.0


def test_a_dream_that_does_not_know_all_layers_is_at_rest_there(paper):
    head, bytes_ = thought.opened(
        thought.packed_thought(thought.coarse(paper.anatomy), paper.anatomy, Activations({}), "0.0")
    )
    assert set(head["steps"]) == {1}
    assert not any(bytes_)
