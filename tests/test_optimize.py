"""The optimiser climbs, stays in bounds, and each of its knobs does what it says."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from installation.data import Clip
from installation.dream.knobs import Knobs
from installation.dream.optimize import LOUDEST, Optimizer, dream_once
from installation.errors import TargetError
from installation.listen import clips
from installation.listen.ear import load
from installation.target import parse

SAMPLES = 64_000  # four beats at 180 bpm: the shortest loop
PLAIN = Knobs(batch=1, time_jitter=0, time_mask=0, pitch_mask=0, parametrisation=0)


@pytest.fixture(scope="module")
def ear():
    torch.set_num_threads(1)
    return load("tiny")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def hiss(level=0.01, samples=SAMPLES, seed=5):
    return Clip((level * torch.randn(1, samples, generator=seeded(seed))).numpy())


def optimizer(ear, text="ar2", knobs=PLAIN, start=None, seed=0):
    return Optimizer(ear, start or hiss(), parse(text), knobs, seeded(seed))


def dreamt(optimizer, steps):
    for _ in range(steps):
        optimizer.step()
    return optimizer.dream(0)


def mean_level(dream):
    return dream.scalogram.level.mean()


@pytest.mark.parametrize(
    "text", ["scalogram[pitch 0.2..0.4]", "block1.conv1[channel 2]", "ar2", "ar1[channel 3, time 0.0..0.5]"]
)
def test_the_score_rises(ear, text):
    once = dream_once(optimizer(ear, text), 20)
    assert once.last.score > once.first.score + 0.3
    assert once.last.step == 20


def test_a_negative_weight_goes_the_other_way(ear):
    once = dream_once(optimizer(ear, "-ar2"), 15)
    answers = [dream.activations.layers["ar2"].astype(np.float32).mean() for dream in (once.first, once.last)]
    assert answers[1] < answers[0] - 0.1


def test_the_targeted_region_rises_more_than_another_of_its_layer(ear):
    once = dream_once(optimizer(ear, "block1.conv1[channel 2]"), 20)
    first, last = (dream.activations.layers["block1.conv1"].astype(np.float32) for dream in (once.first, once.last))
    gained = (last - first).mean((1, 2))
    assert gained[2] > 2 * np.delete(gained, 2).mean()


def test_the_same_seed_dreams_the_same_dream(ear):
    knobs = Knobs(batch=2, pitch_change=0.5, gradient_noise=0.2)
    one, two = (dreamt(optimizer(ear, knobs=knobs, seed=7), 3) for _ in range(2))
    other = dreamt(optimizer(ear, knobs=knobs, seed=8), 3)
    np.testing.assert_array_equal(one.clip.samples, two.clip.samples)
    assert one.score == two.score
    assert np.any(one.clip.samples != other.clip.samples)


def test_the_learning_rate_is_the_rms_change_of_a_sample(ear):
    climbing = optimizer(ear, knobs=Knobs(batch=1, learning_rate=1e-3))
    before = climbing.samples
    climbing.step()
    assert (climbing.samples - before).square().mean().sqrt() == pytest.approx(1e-3, rel=0.02)


@pytest.mark.parametrize("rate", [1e2, 1e-5])
@pytest.mark.parametrize("level", [0.0, 0.01, 10.0])
def test_no_start_and_no_learning_rate_leave_full_scale(ear, rate, level):
    dream = dreamt(optimizer(ear, knobs=Knobs(batch=1, learning_rate=rate), start=hiss(level)), 3)
    samples = dream.clip.samples.astype(np.float64)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0
    assert abs(samples.mean()) < 1e-6
    assert np.isfinite(dream.score)


def test_a_dream_does_not_grow_beyond_its_loudness(ear):
    dream = dreamt(optimizer(ear, knobs=Knobs(batch=1, learning_rate=0.05)), 12)
    assert np.sqrt(np.square(dream.clip.samples).mean()) == pytest.approx(LOUDEST, rel=0.01)


def test_silence_can_be_dreamt_upon(ear):
    start = Clip(np.zeros((1, SAMPLES), np.float32))
    assert dream_once(optimizer(ear, start=start), 40).last.score > 0.1


def test_numbers_that_leave_the_finite_bring_the_start_back(ear):
    climbing = optimizer(ear)
    start = climbing.samples
    climbing.step()
    climbing.samples = climbing.samples * torch.nan
    climbing.step()
    assert climbing.resets == 1
    assert torch.equal(climbing.samples, start)
    climbing.step()
    assert climbing.resets == 1


def test_a_clip_of_many_channels_is_heard_as_one(ear):
    stereo = Clip(np.concatenate([hiss(seed=1).samples, hiss(seed=2).samples]))
    assert optimizer(ear, start=stereo).dream(0).clip.samples.shape == (1, SAMPLES)


def test_a_target_may_change_while_dreaming_and_a_wrong_one_changes_nothing(ear):
    climbing = optimizer(ear)
    with pytest.raises(TargetError):
        climbing.aim(parse("ar9"))
    assert climbing.target == parse("ar2")
    climbing.aim(parse("block0.conv1"))
    climbing.step()
    assert climbing.dream(3).target == parse("block0.conv1")


def test_a_dream_can_be_resumed(ear):
    dream = dreamt(optimizer(ear), 2)
    again = optimizer(ear)
    again.resume(dream.clip)
    assert again.dream(0).score == pytest.approx(dream.score, abs=1e-3)


def test_mixing_in_the_original_keeps_it(ear):
    start = hiss()
    free, held = (
        dreamt(optimizer(ear, knobs=Knobs(batch=1, learning_rate=3e-3, mix_original=share), start=start), 8)
        for share in (0.0, 0.5)
    )
    change = [np.abs(dream.clip.samples - start.samples).mean() for dream in (free, held)]
    assert change[1] < 0.5 * change[0]


@pytest.mark.parametrize("name", ["noise_loss", "high_frequency_loss"])
def test_losses_make_the_dream_quieter(ear, name):
    loose = dreamt(optimizer(ear, "ar2[channel 1]"), 8)
    tight = dreamt(optimizer(ear, "ar2[channel 1]", Knobs(**{name: 1.0}, batch=1, time_jitter=0)), 8)
    top = slice(36, None)
    assert tight.scalogram.level[top].mean() < loose.scalogram.level[top].mean()


def test_activation_loss_quietens_everything_else(ear):
    def others(dream):
        return np.mean([layer.astype(np.float32).mean() for name, layer in dream.activations.layers.items()])

    loose = dreamt(optimizer(ear, "ar2[channel 1]"), 10)
    tight = dreamt(optimizer(ear, "ar2[channel 1]", Knobs(batch=1, time_jitter=0, activation_loss=20.0)), 10)
    assert others(tight) < others(loose)


def test_noise_on_the_gradient_is_measured_in_its_spreads(ear):
    climbing = optimizer(ear, knobs=Knobs(batch=1, gradient_noise=1.0))
    before = climbing.samples
    climbing.step()
    assert (climbing.samples - before).square().mean().sqrt() == pytest.approx(1.414e-3, rel=0.02)


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("adam", [False, True])
def test_whatever_is_varied_and_however_the_score_rises(ear, kind, adam):
    once = dream_once(optimizer(ear, "ar2", replace(PLAIN, parametrisation=kind, adam=adam)), 15)
    assert once.last.score > once.first.score + 0.2


def test_what_is_varied_changes_while_dreaming_without_a_jump(ear):
    climbing = optimizer(ear)
    for kind in (0, 1, 2, 0, 2, 1, 0):
        dreamt(climbing, 2)
        before = climbing.samples
        climbing.turn(replace(PLAIN, parametrisation=kind, adam=kind > 1, learning_rate=1e-4))
        assert torch.equal(climbing.samples, before)
        climbing.step()
        assert (climbing.samples - before).square().mean().sqrt() < 1.5e-4


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("start", ["silence", "full-scale noise", "one sample", "a click"])
def test_no_start_and_no_rate_however_absurd_leaves_full_scale(ear, kind, start):
    clip = {
        "silence": Clip(np.zeros((1, SAMPLES), np.float32)),
        "full-scale noise": Clip(np.sign(hiss().samples)),
        "one sample": clips.clip(Clip(np.ones((1, 1), np.float32)), SAMPLES),
        "a click": Clip(np.eye(1, SAMPLES, dtype=np.float32)),
    }[start]
    knobs = Knobs(batch=1, learning_rate=1e6, parametrisation=kind, gradient_noise=1.0, denoise=1.0)
    dream = dreamt(optimizer(ear, knobs=knobs, start=clip), 3)
    samples = dream.clip.samples.astype(np.float64)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0
    assert np.isfinite(dream.score)


def test_a_device_without_memory_hears_fewer_copies_and_then_the_processor_dreams(ear, caplog):
    """The ear says it lives on a graphics card that holds two copies at most, then none."""

    class Card(type(ear)):
        holds = 2

        def answers(self, stimulus, upto=None):
            if self.device.type == "cuda" and len(stimulus) > self.holds:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return super().answers(stimulus, upto)

    card = Card(ear.plan, ear.network, ear.statistics, "cpu")
    climbing = optimizer(card, knobs=Knobs(batch=8))
    card.device = torch.device("cuda")  # from now on; nothing is sent there any more
    for _ in range(3):
        climbing.step()
    assert climbing.steps == 3
    assert [record.message for record in caplog.records] == [
        "The memory of cuda does not hold 8 copies of a loop: fewer are heard."
    ]
    card.holds = 0
    for _ in range(3):
        climbing.step()
    assert climbing.steps == 6
    assert climbing.ear.device.type == "cpu"
    assert [record.message for record in caplog.records][1:] == [
        "The memory of cuda does not hold one loop: the processor dreams instead."
    ]
    assert np.isfinite(climbing.dream(0).score)
