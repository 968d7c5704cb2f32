"""The optimiser climbs, stays in bounds, and each of its knobs does what it says."""

import numpy as np
import pytest
import torch

from installation.data import RATE, Clip
from installation.dream.knobs import Knobs
from installation.dream.optimize import LOUDEST, Optimizer, dream_once
from installation.dream.regularise import (
    calmed,
    denoised,
    shifted,
    transposed,
    treble,
    veils,
)
from installation.errors import TargetError
from installation.listen.ear import load
from installation.target import parse

SAMPLES = 64_000  # four beats at 180 bpm: the shortest loop
PLAIN = Knobs(batch=1, time_jitter=0, time_mask=0, pitch_mask=0)


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


def test_jitter_covers_the_grid_of_the_deepest_layer_and_leaves_the_first_copy(ear):
    climbing = optimizer(ear, "ar2", Knobs(batch=64, time_jitter=1e-6))
    grid = climbing._objective.stride * SAMPLES / climbing.frames
    shifts = climbing._shifts()
    assert shifts[0] == 0
    assert 0.8 * grid < max(shifts) - min(shifts) <= grid + 1
    climbing.turn(Knobs(batch=64, time_jitter=0.5))
    assert max(map(abs, climbing._shifts())) > 0.3 * RATE
    climbing.turn(Knobs(batch=64, time_jitter=0))
    assert set(climbing._shifts()) == {0}


def test_the_first_copy_is_never_disturbed(ear):
    climbing = optimizer(ear, knobs=Knobs(batch=4, time_mask=0.5, pitch_mask=0.5, pitch_change=2.0))
    level = torch.rand(4, 72, 64)
    disturbed = climbing._disturbed(level)
    assert torch.equal(disturbed[0], level[0])
    assert all(not torch.equal(disturbed[copy], level[copy]) for copy in range(1, 4))


def test_dreams_made_with_jitter_hold_when_they_are_shifted(ear):
    """By no multiple of the grid of the poolings, onto which they otherwise lock."""

    def after_a_shift(jitter):
        climbing = optimizer(ear, "ar2[channel 3]", Knobs(batch=1, time_jitter=jitter))
        dreamt(climbing, 25)
        grid = climbing._objective.stride * SAMPLES / climbing.frames
        scores = []
        for part in (0.3, 0.6):
            shift = round(part * grid)
            climbing.resume(Clip(np.roll(climbing.dream(0).clip.samples, shift, axis=1)))
            scores.append(climbing.dream(0).score)
            climbing.resume(Clip(np.roll(climbing.dream(0).clip.samples, -shift, axis=1)))
        return np.mean(scores)

    assert after_a_shift(0.1) > 1.2 * after_a_shift(0.0)


def test_shifts_are_rolls_on_the_circle():
    samples = torch.arange(5.0)
    assert shifted(samples, [0, 2, -1]).tolist() == [[0, 1, 2, 3, 4], [3, 4, 0, 1, 2], [1, 2, 3, 4, 0]]


@pytest.mark.parametrize("by", [0.0, 1.0, -2.0, 0.25, -1.5, 9.0])
def test_transposing_moves_a_line_by_fractions_of_bins(by):
    level = torch.zeros(2, 30, 3)
    level[:, 15] = 1.0
    moved = transposed(level, [0.0, by])
    assert torch.equal(moved[0], level[0])
    assert moved[1].sum(0) == pytest.approx(1.0)
    assert (moved[1] * torch.arange(30)[:, None]).sum(0) == pytest.approx(15 + by, abs=1e-5)


def test_a_veil_hides_its_share_from_all_copies_but_the_first():
    seen = veils(50, 20, 0.3, seeded())
    assert seen[0].all()
    assert (seen[1:].sum(1) == 14).all()
    assert (seen[1:].mean(0) < 1).all()  # also over the seam


def test_treble_is_the_upper_half():
    assert treble(5).flatten().tolist() == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_denoising_takes_the_floor_and_leaves_the_notes():
    places = torch.arange(SAMPLES) / RATE
    beats = ((places * 3) % 1 < 0.3).float()
    tone = 0.3 * beats * torch.sin(2 * torch.pi * 440 * places)
    noise = 0.01 * torch.randn(SAMPLES, generator=seeded())
    clean = denoised(tone + noise, 0.9)
    assert (clean - tone).square().mean() < 0.4 * noise.square().mean()
    assert clean.square().mean() > 0.95 * tone.square().mean()


def test_denoising_does_nothing_at_strength_0_and_knows_no_seam():
    samples = torch.randn(SAMPLES + 123, generator=seeded())
    torch.testing.assert_close(denoised(samples, 0.0), samples, atol=1e-4, rtol=0)
    clean = denoised(samples, 0.9)
    steps = clean.diff(append=clean[:1]).abs()
    assert steps[-1] < steps.max()


def test_calming_scales_the_whole_loop():
    loud = torch.tensor([2.0, 1.0, -4.0, 1.0])
    calm = calmed(loud, 10.0)
    assert calm.tolist() == [0.5, 0.25, -1.0, 0.25]
    assert calmed(loud + 7, 0.1).square().mean().sqrt() == pytest.approx(0.1)
    assert calmed(torch.zeros(8), 0.1).tolist() == [0.0] * 8
