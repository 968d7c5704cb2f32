"""The loop's scalogram goes round the body, and the play-head with it."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import Camera, Scalogram
from installation.render.renderer import Renderer

SIZE = (240, 240)
ONLY = {
    "camera": Camera(eye=(0.0, 0.0, 3.6)), "rest": 0.0, "glow": 0.0, "haze": 0.0, "pulses": 0.0, "bloom": 0.0,
    "ring": 1.0,
}  # fmt: skip


@pytest.fixture
def renderer(gl, body):
    renderer = Renderer(gl, body[1], body[0], SIZE)
    yield renderer
    renderer.release()


def sounding(dreamt, *frames, number=0):
    """A dream whose low notes are loud at these frames of 64."""
    level = np.zeros((216, 64), np.float32)
    level[:60, list(frames)] = 0.9
    return replace(dreamt({}, number=number), scalogram=Scalogram(level, 40.0, 24, 1 / 48))


def around(renderer, frame, colour=slice(None)):
    """The light of the picture by direction, in 64 parts clockwise from the top, without what is white."""
    renderer.draw(frame)
    light = renderer.radiance()
    y, x = np.indices(light.shape[:2]) + 0.5 - SIZE[0] / 2
    part = (np.arctan2(x, -y) / (2 * np.pi) % 1.0 * 64).astype(int)
    tinted = light.max(2) - light.min(2)
    return np.bincount(part.ravel(), tinted.ravel(), 64)


def test_what_is_loud_stands_where_it_is_heard_clockwise_from_the_top(renderer, dreamt, framed):
    for frame in (16, 32, 48):
        found = around(renderer, framed(sounding(dreamt, frame), 0.9, **ONLY))
        assert abs(int(found.argmax()) - frame) <= 1


def test_the_play_head_is_where_we_are(renderer, dreamt, framed):
    for place in (0.1, 0.35, 0.6, 0.85):
        renderer.draw(framed(sounding(dreamt), place, **ONLY))
        light = renderer.radiance().sum(2)
        y, x = np.indices(light.shape) + 0.5 - SIZE[0] / 2
        turn = np.arctan2(np.average(x, weights=light), -np.average(y, weights=light)) / (2 * np.pi) % 1.0
        assert turn == pytest.approx(place, abs=0.01)


def test_before_the_head_stands_the_loop_before_and_behind_it_the_new_one(renderer, dreamt, framed):
    old, new = sounding(dreamt, 16, 48), sounding(dreamt, 8, 40, number=1)
    found = around(renderer, framed(new, 0.5, previous=old, **ONLY))
    lit = set(np.flatnonzero(found > 0.2 * found.max()).tolist()) - {31, 32}  # the head
    assert lit & set(range(7, 11))
    assert lit & set(range(47, 50))
    assert not lit & set(range(14, 19))
    assert not lit & set(range(38, 43))


def test_the_seam_is_not_seen(renderer, dreamt, framed):
    old, new, newest = (sounding(dreamt, 16 + number, 62, number=number) for number in range(3))
    end = around(renderer, framed(new, 1 - 1e-5, previous=old, **ONLY))
    begin = around(renderer, framed(newest, 1e-5, previous=new, **ONLY))
    np.testing.assert_allclose(begin, end, atol=0.02 * end.max())


def test_without_a_ring_there_is_none(renderer, dreamt, framed):
    renderer.draw(framed(sounding(dreamt, 5), 0.3, **(ONLY | {"ring": 0.0})))
    assert renderer.radiance().max() == 0


@pytest.mark.parametrize("shape", [(1, 16), (7, 33), (216, 192)])
def test_scalograms_of_every_size_and_broken_ones_are_drawn(renderer, dreamt, framed, shape):
    level = np.full(shape, 0.8, np.float32)
    level[0, 0] = np.nan
    dream = replace(dreamt({}), scalogram=Scalogram(level, 40.0, 24, 1 / 48))
    renderer.draw(framed(dream, 0.3, **ONLY))
    assert np.isfinite(renderer.radiance()).all()
    assert renderer.radiance().max() > 0.05
