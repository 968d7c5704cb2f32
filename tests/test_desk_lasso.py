"""What a lasso means to the dream: single neurons in a target's text, in the score, and the slope that desks see."""

import numpy as np
import pytest
import torch

from installation.data import Anatomy, Clip, Layer, Region
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.optimize import Optimizer
from installation.errors import TargetError
from installation.listen.ear import load
from installation.render.activity import mask
from installation.station.desk import lasso
from installation.target import check, parse, write

ANATOMY = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 8, 1, 16)))
SAMPLES = 64_000


def test_single_neurons_are_written_as_they_are_read():
    target = parse("0.5 low[neurons 3 7..12 39, time 0.2..0.5] - silence(deep[neuron 4])")
    assert target.regions[0].neurons == ((3, 3), (7, 12), (39, 39))
    assert parse(write(target)) == target
    check(target, ANATOMY, 32)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("low[neurons 3 2]", "whole numbers that rise"),
        ("low[neurons 0.5]", "whole numbers that rise"),
        ("low[neurons 3..2]", "whole numbers that rise"),
        ("low[neurons]", "a number"),
        ("low[neurons 3, channel 2]", "leave those out"),
        ("low[pitch 1, neurons 3]", "leave those out"),
        ("low[neurons 3, neurons 4]", "named twice"),
        ("low[neurons 40]", "low has 40 neurons"),
    ],
)
def test_what_cannot_be_meant_is_pointed_at(text, words):
    with pytest.raises(TargetError, match=words):
        check(parse(text), ANATOMY)


def test_only_the_named_neurons_count_and_shine():
    heard = {"low": np.zeros((2, 4, 10, 32), np.float32)}
    heard["low"][:, 2, 3:5] = 3.0  # neurons 23 and 24
    objective = Objective(parse("low[neurons 3 23..24]"), ANATOMY, 32)
    assert objective.score(heard, lambda name, answer: answer) == pytest.approx([2.0, 2.0])
    shines = mask((Region("low", neurons=((3, 3), (23, 24))),), ANATOMY)
    assert np.flatnonzero(shines).tolist() == [3, 23, 24]


def test_every_neuron_of_a_lasso_counts_the_same():
    target = lasso.target(np.array([0, 1, 2, 45]), ANATOMY)
    assert write(target) == "0.75 low[neurons 0..2] + 0.25 deep[neurons 5]"
    assert write(lasso.target(np.arange(48), ANATOMY)) == "0.8333 low + 0.1667 deep"


def test_a_lasso_of_very_many_scattered_neurons_closes_the_smallest_gaps(monkeypatch):
    monkeypatch.setattr(lasso, "RUNS", 3)
    runs = lasso.joined(np.array([0, 2, 10, 12, 30, 41]), {0, 40})
    assert runs == [(0, 12), (30, 30), (41, 41)]


def test_the_slope_that_is_seen_lies_where_the_target_listens():
    torch.set_num_threads(1)
    chance = np.random.default_rng(5)
    sound = Clip(chance.normal(0, 0.05, (1, SAMPLES)).astype(np.float32))
    knobs = Knobs(batch=1, time_jitter=0, time_mask=0, pitch_mask=0)
    target = parse("scalogram[pitch 0.5..0.6, time 0.2..0.4]")
    optimizer = Optimizer(load("tiny"), sound, target, knobs, torch.Generator().manual_seed(0))
    assert optimizer.dream(0).slope is None  # nothing is known yet
    for _ in range(3):
        optimizer.step()
    dream = optimizer.dream(1)
    slope = dream.slope.astype(np.float64)
    bins, frames = slope.shape
    assert slope.shape == dream.scalogram.level.shape
    there = slope[int(0.5 * bins) : int(0.6 * bins) + 1, int(0.2 * frames) : int(0.4 * frames) + 1]
    assert np.square(there).sum() / np.square(slope).sum() > 0.99  # of its power


def test_shifts_are_undone_in_the_slope_that_is_seen():
    torch.set_num_threads(1)
    start = Clip(np.random.default_rng(5).normal(0, 0.05, (1, SAMPLES)).astype(np.float32))
    knobs = Knobs(batch=1, time_jitter=0, time_mask=0, pitch_mask=0)
    optimizer = Optimizer(load("tiny"), start, parse("ar2"), knobs, torch.Generator().manual_seed(0))
    frames = optimizer.frames
    cells = torch.zeros(1, 72, frames)
    cells[0, 3, 10] = 1.0
    optimizer._remember(cells.roll(5, -1), round(5 * SAMPLES / frames))  # of the loop, begun five frames later
    assert optimizer._slope is not None
    assert torch.equal(optimizer._slope, cells[0])
