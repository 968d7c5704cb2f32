"""Going on to the next scene: time jumps, the picture glides."""

from types import SimpleNamespace

import pytest

from installation.app import skips
from installation.app.skips import Skips
from installation.control.parameters import defaults
from installation.stage import Show


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(skips, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture(scope="module")
def show():
    return Show.load("immersions", defaults())


def test_without_a_wish_nothing_is_skipped(show, clock):
    assert Skips().at(show, 10.0, show.controls) == show.at(10.0, show.controls)


def test_a_wish_leads_into_the_next_scene_whose_dream_begins_at_once(show, clock):
    jumps = Skips()
    jumps.next(show, 10.0)
    clock.now += skips.GLIDE
    ahead = 10.0 + jumps.seconds
    assert ahead > show.following(10.0)
    assert jumps.at(show, 10.0, show.controls) == show.at(ahead, show.controls)


def test_the_picture_glides_and_does_not_jump(show, clock):
    jumps = Skips()
    jumps.next(show, 10.0)
    here, there = show.at(10.0, show.controls).look, show.at(10.0 + jumps.seconds, show.controls).look
    assert jumps.at(show, 10.0, show.controls).look.camera.eye == pytest.approx(here.camera.eye)
    clock.now += skips.GLIDE / 2
    middle = jumps.at(show, 10.0, show.controls).look
    assert min(here.haze, there.haze) <= middle.haze <= max(here.haze, there.haze)
    clock.now += skips.GLIDE / 2
    assert jumps.at(show, 10.0, show.controls).look == there


def test_wishes_add_up(show, clock):
    jumps, scenes = Skips(), []
    for _ in range(3):
        jumps.next(show, 10.0)
        scenes.append(jumps.seconds)
    assert scenes == sorted(set(scenes))
