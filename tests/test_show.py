"""Shows blend their scenes and go on for ever."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from night import ANATOMY, load, scene

from installation.control.parameters import defaults
from installation.data import Anatomy, Controls, Layer, Layout
from installation.stage.camera import axes
from installation.stage.show import Show
from installation.target import write


def test_scenes_cross_fade_in_picture_and_in_dream(two):
    show, hands = load(), defaults()
    assert (show.loop, show.seconds) == (4.0, (10 - 4 + 12) * 4.0)
    before, middle, after = show.at(23.9, hands), show.at(32.0, hands), show.at(40.0, hands)
    assert (before.look.glow, write(before.target), before.scene) == (1.0, "ar0", "one")
    assert (middle.look.glow, write(middle.target)) == (1.5, "0.5 ar0 + 0.5 ar1")
    assert (after.look.glow, write(after.target), after.scene) == (2.0, "ar1", "two")


def test_the_target_holds_still_within_a_loop(two):
    show, hands = load(), defaults()
    for loop in range(30):
        targets = {write(show.at(4.0 * loop + place, hands).target) for place in (0.0, 0.7, 3.99)}
        assert len(targets) == 1
    assert len({write(show.at(4.0 * loop, hands).target) for loop in range(6, 11)}) == 5  # but moves while it fades


def test_a_shows_own_targets_replace_the_scenes(two):
    two(night_toml='[[scene]]\nname = "one"\nloops = 20\ntargets = ["ar7", "ar8"]\n')
    show, hands = load(), defaults()
    assert write(show.at(0.0, hands).target) == "ar7"
    assert write(show.at(60.0, hands).target) == "ar8"


def test_time_in_a_scene_runs_to_its_end_whatever_its_length(content):
    content(one_py=scene("One", glow="t", seconds=10.0), night_toml='[[scene]]\nname = "one"\nloops = 50\n')
    assert load().at(100.0, defaults()).look.glow == pytest.approx(5.0)


def test_any_second_can_be_asked_in_any_order():
    show = Show.load("immersions", defaults(), ANATOMY)
    seconds = [7.3 * n for n in range(300)]
    straight = [show.at(t, defaults()) for t in seconds]
    shuffled = list(enumerate(seconds))
    random.Random(1).shuffle(shuffled)
    again = Show.load("immersions", defaults(), ANATOMY)
    for n, t in shuffled:
        assert again.at(t, defaults()) == straight[n]


def test_a_show_wanders_for_ever_and_each_seed_its_own_way():
    nights = [Show.load("immersions", defaults(), ANATOMY, seed=seed) for seed in (1, 1, 2)]
    week = [3600.0 * hour for hour in range(1, 200)]
    first, same, other = ([night.at(t, defaults()) for t in week] for night in nights)
    assert first == same
    assert sum(a.target != b.target for a, b in zip(first, other, strict=True)) > 150
    assert {moment.scene for moment in first} == set(nights[0].program.wander.scenes)
    assert len({region.layer for moment in first for region in moment.target.regions}) > 4
    for moment in first:
        assert all(0.0 <= r.channels.start < r.channels.end <= 1.0 for r in moment.target.regions)


def test_wandering_goes_on_without_repeating_a_scene():
    show = Show.load("immersions", defaults(), ANATOMY)
    begin = len(show.program.parts)
    turns = show.course.turns("")
    scenes = [turns[begin + n].scene for n in range(60)]
    assert all(a != b for a, b in pairwise(scenes))
    for before, after in pairwise([turns[n] for n in range(begin + 60)]):
        assert before.end - after.start == after.fade  # each comes in while the other goes
        assert after.end - after.start >= 2 * after.fade


def test_a_show_may_loop(two):
    two(night_toml='after = "loop"\ncrossfade = 2\n[[scene]]\nname = "one"\n[[scene]]\nname = "two"\n')
    show, hands = load(), defaults()
    period = (10 + 10 - 2 - 2) * 4.0
    for t in (10.0, 30.0, 50.0):
        assert show.at(t + 5 * period, hands) == show.at(t, hands)
    assert show.at(period + 4.0, hands).look.glow == pytest.approx(1.5)  # from the last back into the first


def test_a_show_may_end_in_black(two):
    two(night_toml='after = "black"\ncrossfade = 2\n[[scene]]\nname = "one"\n')
    show, hands = load(), defaults()
    assert show.at(20.0, hands).look.fade == 1.0
    assert show.at(36.0, hands).look.fade == pytest.approx(0.5)
    assert show.at(40.0, hands).look.fade == show.at(4000.0, hands).look.fade == 0.0


def test_hands_point_at_neurons(two):
    values = {"dream.layer": 1.0, "dream.channel_position": 1.0, "dream.channel_width": 0.25, "dream.hand": 1.0}
    hands = Controls({**defaults().values, **values})
    assert write(load().at(0.0, hands).target) == "ar8[channels 0.75..1.0]"
    half = Controls({**hands.values, "dream.hand": 0.5})
    assert write(load().at(0.0, half).target) == "0.5 ar0 + 0.5 ar8[channels 0.75..1.0]"


def test_a_show_sets_where_controls_rest(two):
    two(night_toml='[controls]\n"dream.time_jitter" = 0.4\n[[scene]]\nname = "one"\n')
    show = load()
    assert show.controls["dream.time_jitter"] == 0.4
    assert show.controls["dream.time_mask"] == defaults()["dream.time_mask"]


def test_a_single_scene_is_a_show_too(two):
    show = load("two")
    assert show.at(0.0, defaults()).scene == "two"
    assert show.at(4000.0, defaults()).scene == "two"


def test_a_show_for_the_papers_network_plays_on_another():
    small = Anatomy((Layer("block0.conv1", 4, 8, 2), Layer("block0.conv2", 4, 2, 2), Layer("ar0", 8, 1, 4)))
    show = Show.load("immersions", defaults(), small)
    layers = {r.layer for t in range(0, 2000, 40) for r in show.at(t, defaults()).target.regions}
    assert layers == {"block0.conv1", "block0.conv2", "ar0"}


# what nobody who watches may be exposed to


def test_nothing_in_the_default_show_pulses():
    """Never more than 8 % of light within a second, in any scene or transition."""
    show, hands = Show.load("immersions", defaults(), ANATOMY), defaults()
    rate = 4
    looks = [show.at(n / rate, hands).look for n in range(900 * rate)]
    for name in ("glow", "haze", "rest", "size", "bloom"):
        light = np.array([getattr(look, name) * 2.0**look.exposure * look.fade for look in looks])
        swings = np.abs(np.log(light[rate:] / light[:-rate]))
        assert swings.max() < 0.08, name


def test_the_camera_of_the_default_show_is_stately():
    """Never more than 7 degrees of turning or rolling a second, and never a jump."""
    positions = np.random.default_rng(1).normal(size=(ANATOMY.units, 3)) * (0.05, 0.05, 0.0)
    for number, layer in enumerate(ANATOMY):  # layers in a spiral
        positions[ANATOMY.slice(layer.name), :2] += 0.8 * np.array([math.cos(number / 4), math.sin(number / 4)])
    layout = Layout(positions.astype(np.float32), np.zeros((0, 2), np.int32), np.zeros(0, np.float32), "")
    show, hands = Show.load("immersions", defaults(), ANATOMY, layout), defaults()
    cameras = [show.at(n / 4, hands).look.camera for n in range(900 * 4)]
    cosines = [(np.trace(a.T @ b) - 1) / 2 for a, b in pairwise(axes(camera) for camera in cameras)]
    assert math.degrees(math.acos(min(1.0, *cosines))) * 4 < 7.0
    steps = [math.dist(a.eye, b.eye) / math.dist(b.eye, b.centre) for a, b in pairwise(cameras)]
    assert max(steps) * 4 < 0.3  # of the distance to what is looked at, a second
