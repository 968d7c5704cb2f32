"""What a dream bears: shifts, other pitches and hidden parts, and no mark of the frames that it was made in."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from installation.data import Clip
from installation.dream.copies import draw
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer
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


def optimizer(ear, text, knobs, seed=0):
    start = Clip((0.01 * torch.randn(1, SAMPLES, generator=seeded(5))).numpy())
    return Optimizer(ear, start, parse(text), knobs, seeded(seed))


def dreamt(optimizer, steps):
    for _ in range(steps):
        optimizer.step()
    return optimizer.dream(0)


def test_dreams_made_with_jitter_hold_when_they_are_shifted(ear):
    """By no multiple of the grid of the poolings, onto which they otherwise lock."""

    def after_a_shift(jitter):
        climbing = optimizer(ear, "ar2[channel 3]", replace(PLAIN, time_jitter=jitter))
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


def under(disturbance, climbing, rounds=4):
    """The mean score of the loop so far under fresh disturbances of this kind."""
    found = []
    with torch.no_grad():
        for seed in range(100, 100 + rounds):
            copies = draw(replace(disturbance, batch=9), climbing._shape, seeded(seed))
            heard = copies.heard(climbing.ear.stimulus(copies.sounds(climbing.samples), climbing.frames))
            found.append(climbing._objective.hear(climbing.ear, heard)[1][1:].mean())
    return float(torch.stack(found).mean())


@pytest.mark.parametrize(
    ("text", "disturbance"),
    [
        ("ar2[channel 3]", {"time_jitter": 0.2}),
        ("ar2[channel 3]", {"pitch_change": 1.0}),
        ("block1.conv1[channel 2]", {"pitch_change": 1.0, "resampling": True}),
        ("block1.conv1[channel 2]", {"time_mask": 0.2}),
        ("block1.conv1[channel 2]", {"pitch_mask": 0.2}),
    ],
    ids=["shift", "pitch", "tape", "time mask", "pitch mask"],
)
def test_what_a_dream_was_disturbed_by_it_bears_better(ear, text, disturbance):
    """On the mean of two dreams each."""
    calm = replace(PLAIN, batch=4, learning_rate=2e-3)
    wild = replace(calm, **disturbance)
    scores = []
    for knobs in (calm, wild):
        climbing = [optimizer(ear, text, knobs, seed=seed) for seed in (0, 1)]
        for one in climbing:
            for _ in range(20):
                one.step()
        scores.append(np.mean([under(wild, one) for one in climbing]))
    assert scores[1] > scores[0]


def lines(samples, frames):
    """How far the power at the frame rate's multiples stands above that around, of the sound and of its envelope: dB.

    Means over eight multiples each, for a single one of noise stands 6 dB above now and then.
    """
    found = []
    for wave, multiples in ((samples, 240), (np.abs(samples) - np.abs(samples).mean(), 16)):
        power = np.abs(np.fft.rfft(wave)) ** 2
        places = frames * np.arange(1, multiples + 1)[:, None]
        near = power[places + np.r_[-30:-3, 4:31]].mean(1)
        there = power[places + np.arange(-1, 2)].mean(1)
        found += [10 * np.log10(part.mean()) for part in (there / near).reshape(-1, 8)]
    return np.array(found)


@pytest.mark.parametrize("kind", [0, 1])
def test_a_dream_has_no_line_at_the_frame_rate(ear, kind):
    climbing = optimizer(ear, "ar2[channel 3]", replace(PLAIN, learning_rate=3e-3, parametrisation=kind))
    dreamt(climbing, 20)
    samples = climbing.samples.numpy().astype(np.float64)
    assert lines(samples, climbing.frames).max() < 6
    buzz = np.zeros(SAMPLES)
    buzz[:: SAMPLES // climbing.frames] = 0.3
    assert lines(samples + buzz, climbing.frames).max() > 6
