"""The copies of a loop: which are shifted, tuned and hidden, and what the front end hears of them."""

import pytest
import torch

from installation.data import RATE
from installation.dream.copies import Shape, draw
from installation.dream.knobs import Knobs

SHAPE = Shape(samples=64_000, frames=64, stride=16, pitches=24)
QUIET = Knobs(batch=4, time_jitter=0, time_mask=0, pitch_mask=0)
BINS = 72


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def stimuli(sounds):
    return torch.rand(sounds, BINS, SHAPE.frames, generator=seeded(1))


def test_without_disturbance_all_copies_are_the_loop():
    samples = torch.randn(SHAPE.samples, generator=seeded())
    copies = draw(QUIET, SHAPE, seeded())
    assert torch.equal(copies.sounds(samples), samples[None])  # heard once for all
    heard = copies.heard(stimuli(1))
    assert torch.equal(heard, stimuli(1).expand(4, -1, -1))


@pytest.mark.parametrize("jitter", [1e-6, 0.5])
def test_jitter_covers_the_grid_of_the_deepest_layer(jitter):
    """To within a frame, in which all copies of a step stand alike."""
    frame = SHAPE.samples / SHAPE.frames
    most = max(SHAPE.stride * frame / 2, jitter * RATE)
    later = []
    for seed in range(30):
        copies = draw(Knobs(batch=8, time_jitter=jitter), SHAPE, seeded(seed))
        assert copies.rolls[0] == 0
        later += [copies.shift + roll * frame for roll in copies.rolls[1:]]
    assert max(map(abs, later)) <= most + frame
    counts = torch.histc(torch.tensor(later), 8, -most, most)
    assert counts.min() > 0.4 * counts.mean()


def test_a_copy_is_the_loop_shifted_by_samples():
    """What the front end makes of a roll by whole frames is a roll of what it makes of the loop."""
    samples = torch.randn(SHAPE.samples, generator=seeded())
    copies = draw(Knobs(batch=3, time_jitter=0.3, time_mask=0, pitch_mask=0), SHAPE, seeded())
    sounds = copies.sounds(samples)
    assert torch.equal(sounds[0], samples)
    assert torch.equal(sounds[1], samples.roll(copies.shift))
    loudness = sounds.view(2, 1, SHAPE.frames, -1).square().mean(-1)
    frame = SHAPE.samples // SHAPE.frames
    for roll, heard in zip(copies.rolls[1:], copies.heard(loudness)[1:], strict=True):
        whole = samples.roll(copies.shift + roll * frame)
        torch.testing.assert_close(heard, whole.view(1, SHAPE.frames, -1).square().mean(-1))


DISTURBED = ("time_mask", "pitch_mask", "pitch_change")


@pytest.mark.parametrize("name", DISTURBED)
def test_the_first_of_several_copies_is_left_alone_and_a_single_one_is_not(name):
    several = draw(Knobs(**{"time_mask": 0, "pitch_mask": 0, "time_jitter": 0, "batch": 4, name: 0.5}), SHAPE, seeded())
    heard, plain = several.heard(stimuli(2)), stimuli(2)
    assert torch.equal(heard[0], plain[0])
    assert all(not torch.equal(copy, plain[1]) for copy in heard[1:])
    single = draw(Knobs(**{"time_mask": 0, "pitch_mask": 0, "time_jitter": 0, "batch": 1, name: 0.5}), SHAPE, seeded())
    assert not torch.equal(single.heard(stimuli(1)), stimuli(1))


def test_masks_hide_their_share_of_time_and_pitch():
    copies = draw(Knobs(batch=40, time_jitter=0, time_mask=0.25, pitch_mask=0.5), SHAPE, seeded())
    heard = copies.heard(torch.ones(1, BINS, SHAPE.frames))
    assert heard[0].all()
    assert heard[1:].mean((1, 2)).tolist() == pytest.approx([0.75 * 0.5] * 39, abs=1e-6)
    assert len({tuple(copy.sum(0).tolist()) for copy in heard}) > 10  # each elsewhere


def test_resampling_tunes_the_sound_instead_of_the_scalogram():
    samples = torch.randn(SHAPE.samples, generator=seeded())
    knobs = Knobs(batch=2, time_jitter=0, time_mask=0, pitch_mask=0, pitch_change=1.0, resampling=True)
    copies = draw(knobs, SHAPE, seeded())
    assert copies.bins is None
    assert copies.speed != 1
    assert abs(12 * torch.log2(torch.tensor(copies.speed))) <= 1
    first, other = copies.sounds(samples)
    assert torch.equal(first, samples)
    assert not torch.equal(other, samples)


def test_what_has_no_pitches_is_not_moved_in_pitch():
    raw = Shape(SHAPE.samples, SHAPE.frames, SHAPE.stride, pitches=0)
    copies = draw(Knobs(batch=2, time_jitter=0, time_mask=0, pitch_mask=0.5, pitch_change=1.0), raw, seeded())
    assert torch.equal(copies.heard(stimuli(1)), stimuli(1).expand(2, -1, -1))
