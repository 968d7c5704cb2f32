"""What a trained ear dreams is told apart from what an untrained one dreams."""

from statistics import median

import numpy as np
import pytest
import torch

from installation.data import RATE, Scalogram
from installation.errors import ContentError
from installation.listen import clips, ear
from installation.listen.liking import ranked
from installation.listen.survey import survey
from installation.workshop import comparing

torch.set_num_threads(1)


def scalogram(level):
    return Scalogram(level.astype(np.float32), 40.0, 24, 4 / 192)


def test_a_beat_has_a_pulse_and_noise_has_none():
    dice = np.random.default_rng(0)
    noise = dice.random((216, 192))
    assert comparing.pulse(scalogram(noise)) < 0.3
    beat = 0.1 * noise
    beat[:48, ::24] += 1.0  # every half second, below 160 Hz
    assert comparing.pulse(scalogram(beat), comparing.BASS) > 0.9
    assert comparing.pulse(scalogram(beat), (1_000.0, 9_000.0)) < 0.3
    assert comparing.pulse(scalogram(np.zeros((216, 192)))) == 0.0


def test_the_pulse_of_a_drum_loop_is_heard():
    house = ear.load("house")
    drums, _ = house.hear(clips.clip("beat-garzul", 4 * RATE), 192)
    hiss, _ = house.hear(clips.clip("low noise", 4 * RATE), 192)
    assert comparing.pulse(drums) > 2 * comparing.pulse(hiss)


def test_shuffled_weights_are_the_same_weights_in_another_order():
    network = ear.load("tiny").network
    other = comparing.shuffled(network, seed=1)
    for ours, theirs in zip(other.parameters(), network.parameters(), strict=True):
        assert torch.equal(ours.flatten().sort().values, theirs.flatten().sort().values)
    assert not torch.equal(other.predictor.weight, network.predictor.weight)


def test_dreams_of_chosen_channels_gain_and_keep_some_of_it():
    tiny = ear.load("tiny")
    found = comparing.dreams(tiny, "block1.conv1", steps=6, channels=(0, 5))
    assert [finding.channel for finding in found] == [0, 5]
    for finding in found:
        assert finding.kept > 0.3  # a shallow layer does not mind where in the loop a sound stands
        assert finding.scalogram.level.shape == (72, 192)


def test_an_untrained_ear_is_not_compared():
    with pytest.raises(ContentError, match="never trained"):
        comparing.compare("tiny", 1, 1, None, lambda done, total: None)


def test_an_unknown_layer_is_told_before_anything_is_dreamt():
    with pytest.raises(ContentError, match=r"house has no layer 'ar9'\. Did you mean 'ar"):
        comparing.compare("house", 1, 1, None, lambda done, total: None, ["ar9"])


def test_shuffled_weights_lose_what_the_trained_ear_holds_on_to():
    """A dream of the trained ear keeps most of its gain wherever the loop begins, one of shuffled weights does not."""

    def kept(kind):
        listener = comparing.listener("house", kind)
        best = ranked(survey(listener), "ar8")[:3]
        return median(finding.kept for finding in comparing.dreams(listener, "ar8", 50, best))

    assert kept("trained") > max(0.5, 2 * kept("shuffled"))
