"""A machine that is too slow for the picture makes a smaller one, and the whole screen is still filled."""

import time

import numpy as np
import pytest

from installation.app.easel import Easel
from installation.app.screen import Blind, Steady
from installation.body import body
from installation.data import Activations, Clip, Dream, Frame, Look, Scalogram, Target
from installation.settings import Settings
from installation.stage import orbit
from installation.watch import ladder
from installation.watch.ladder import RUNGS, Ladder
from installation.watch.pace import Pace

SIZE = (160, 90)


@pytest.fixture
def easel(monkeypatch):
    monkeypatch.setattr(ladder, "STAY", 0.0)
    monkeypatch.setattr(ladder, "FEWEST", 2)
    with Steady(lambda: Blind(SIZE), SIZE) as screen:
        yield Easel(screen, body("tiny"), Settings(), Pace(time.monotonic()))


@pytest.fixture
def frame():
    anatomy = body("tiny").anatomy
    layers = {layer.name: np.ones((layer.channels, layer.bins, 4), np.float16) for layer in anatomy}
    shown = Scalogram(np.zeros((216, 64), np.float32), 40.0, 24, 1.3333 / 64)
    dream = Dream(0, Clip(np.zeros((1, 64_000), np.float32)), Activations(layers), shown, Target(()), 0.0, 1)
    return Frame(0, 0.0, Look(orbit(0.9), bloom=0.3), dream, None, 0.5)


def paint(easel, frame, times=1):
    over = []
    for _ in range(times):
        easel.paint(frame, time.monotonic(), lambda picture, look: over.append((picture.size, look.bloom)))
    return over


def test_a_machine_that_bears_it_draws_the_whole_size(easel, frame):
    easel.ladder = Ladder(60.0)
    assert {size for size, _ in paint(easel, frame, 8)} == {SIZE}
    assert easel.ladder.number == 0


def test_a_machine_that_is_too_slow_goes_down_all_rungs_and_pictures_go_on(easel, frame):
    easel.ladder = Ladder(1e-6)
    sizes = [size for size, _ in paint(easel, frame, 20)]
    assert easel.ladder.rung is RUNGS[-1]
    assert sizes[-1] == (53, 30)
    assert sizes == sorted(sizes, reverse=True)
    assert easel.renderer.read().max() > 0


def test_without_bloom_the_lens_spreads_no_light(easel, frame):
    easel.ladder = Ladder(1e-6)
    blooms = [bloom for _, bloom in paint(easel, frame, 20)]
    assert (blooms[0], blooms[-1]) == (0.3, 0.0)


def test_shaders_made_anew_keep_the_size(easel, frame):
    easel.ladder = Ladder(1e-6)
    paint(easel, frame, 20)
    easel.redraw()
    assert easel.renderer.size == (53, 30)
    paint(easel, frame)
