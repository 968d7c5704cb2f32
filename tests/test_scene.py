"""What a scene dreams of over time."""

import pytest

from installation.data import Look
from installation.errors import TargetError
from installation.stage import Aims, Places, Scene, parse


def test_aims_hold_and_come_in_over_their_fade():
    aims = Aims((0, "ar0"), (10, "ar1"), fade=4.0)
    assert aims(-5) == aims(9.9) == parse("ar0")
    assert aims(12) == 0.5 * parse("ar0") + 0.5 * parse("ar1")
    assert aims(14) == aims(1000) == parse("ar1")


def test_a_target_with_a_fault_points_at_it():
    with pytest.raises(TargetError, match="empty"):
        Aims((0, "ar0[channels 5..3]"))


def test_aims_are_written_in_order():
    with pytest.raises(ValueError, match="in order of time"):
        Aims((3, "ar0"), (3, "ar1"))


def test_targets_are_spread_evenly():
    aims = Aims.evenly([parse("ar0"), parse("ar1"), parse("ar2")], seconds=90.0, loop=4.0)
    assert aims.times == [0.0, 30.0, 60.0]
    assert aims.fade == 10.0  # a third of its part; four loops would take longer


class Plain(Scene):
    aims = Aims((0, "ar5"))


def test_a_scene_without_a_look_is_the_plain_body():
    scene = Plain(Places(), 4.0)
    assert scene.look(3.0, None) == Look()
    assert scene.target(3.0, None) == parse("ar5")


def test_a_show_may_give_a_scene_other_aims():
    assert Plain(Places(), 4.0, Aims((0, "ar1"))).target(0.0, None) == parse("ar1")
    assert Plain(Places(), 4.0).target(0.0, None) == parse("ar5")
