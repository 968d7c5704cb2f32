"""The objective hears the targeted neurons and no others."""

import numpy as np
import pytest

from installation.data import Activations, Anatomy, Layer, Target
from installation.dream.objective import Objective
from installation.errors import TargetError
from installation.target import parse

FRAMES = 32
ANATOMY = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 8, 1, 16)))


def answers(low=0.0, deep=0.0):
    return {"low": np.full((2, 4, 10, 32), low, np.float32), "deep": np.full((2, 8, 1, 2), deep, np.float32)}


def plain(name, answer):
    return answer


def objective(text):
    return Objective(parse(text), ANATOMY, FRAMES)


def test_only_the_box_counts():
    heard = answers()
    heard["low"][:, 2, 3:5, 8:16] = 3.0
    assert objective("low[channel 2, pitch 3..4, time 8..15]").score(heard, plain) == pytest.approx([3.0, 3.0])
    assert objective("low[channels 0..1]").score(heard, plain) == pytest.approx([0.0, 0.0])
    assert objective("low[channel 2, pitch 0..4, time 0..15]").score(heard, plain) == pytest.approx(3.0 * 2 / 5 / 2)


def test_a_single_deep_channel_counts_as_much_as_a_whole_layer():
    both = objective("low + deep[channel 5]")
    heard = answers(low=1.0)
    heard["deep"][:, 5] = 3.0
    assert both.score(heard, plain) == pytest.approx([2.0, 2.0])


def test_weights_are_shares_and_may_be_negative():
    assert objective("3 low - deep").score(answers(low=1.0, deep=1.0), plain) == pytest.approx([0.5, 0.5])
    assert objective("7 low").score(answers(low=1.0), plain) == pytest.approx([1.0, 1.0])


def test_answers_are_normalised_before_they_are_averaged():
    score = objective("low + deep").score(answers(1.0, 1.0), lambda name, a: a * 10 if name == "deep" else a)
    assert score == pytest.approx([5.5, 5.5])


def test_time_over_the_seam_counts_every_step_alike():
    heard = answers()
    heard["low"][..., 24:] = 1.0
    heard["low"][..., :16] = 4.0
    assert objective("low[time 0.75..0.5]").score(heard, plain) == pytest.approx((8 * 1 + 16 * 4) / 24)


def test_each_copy_has_its_own_score():
    heard = answers()
    heard["deep"][1] = 2.0
    assert objective("deep").score(heard, plain) == pytest.approx([0.0, 2.0])


def test_what_was_heard_can_be_measured_again():
    layers = {name: answer[0].astype(np.float16) for name, answer in answers(0.25, 1.5).items()}
    assert objective("deep - low").measure(Activations(layers)) == pytest.approx((1.5 - 0.25) / 2)


def test_the_deepest_layer_gives_the_grid():
    assert objective("low").stride == 1
    assert objective("low + deep").stride == 16


@pytest.mark.parametrize("text", ["lower", "low[channel 4]", "deep[time 2]", "low - low", "0.0 deep"])
def test_what_cannot_be_heard_is_refused(text):
    with pytest.raises(TargetError):
        objective(text)


def test_an_empty_target_is_refused():
    with pytest.raises(TargetError):
        Objective(Target(()), ANATOMY, FRAMES)
