"""Hands take over and give back without a jump."""

import math

import pytest

from installation.clock import HandClock
from installation.control.grips import scaled
from installation.control.parameters import POINTING, TABLE, defaults
from installation.control.takeover import PATIENCE, Takeover, Touch
from installation.data import Controls


class Desk:
    """A takeover whose time a test moves on, a frame at a time."""

    def __init__(self, rest=None):
        self.clock = HandClock()
        self.takeover = Takeover(rest)
        self.controls = self.takeover.step(0.0)

    def touch(self, name, value, grip="jump"):
        self.takeover.touch(Touch(name, value, grip), self.clock.now())

    def wait(self, seconds, rate=30):
        """Let time pass and return the largest step that any of the steady controls took, as a share of its way."""
        largest = 0.0
        for _ in range(round(seconds * rate)):
            self.clock.advance(1 / rate)
            before, self.controls = self.controls, self.takeover.step(self.clock.now())
            for name, entry in TABLE.items():
                if entry.slew != math.inf:
                    step = abs(entry.share(self.controls[name]) - entry.share(before[name]))
                    largest = max(largest, step / entry.slew * rate)
        return largest


@pytest.fixture
def desk():
    return Desk()


def test_untouched_everything_rests(desk):
    desk.wait(100, rate=1)
    assert desk.controls.values == defaults().values


def test_a_touched_value_eases_in(desk):
    desk.touch("stage.glow", 2.0)
    assert desk.controls["stage.glow"] == 1.0
    assert desk.wait(1.0) <= 1.001
    assert 1.0 < desk.controls["stage.glow"] < 2.0
    desk.wait(8.0)
    assert desk.controls["stage.glow"] == 2.0


def test_the_show_takes_back_after_its_patience_gliding(desk):
    desk.touch("stage.glow", 2.0)
    desk.wait(PATIENCE - 0.1)
    assert desk.controls["stage.glow"] == 2.0
    assert desk.takeover.held == {"stage.glow"}
    desk.wait(1.1)
    assert 1.7 < desk.controls["stage.glow"] < 2.0  # on its way back, slowly
    desk.wait(10.0)
    assert desk.controls["stage.glow"] == 1.0
    assert not desk.takeover.held


def test_every_touch_begins_the_patience_anew(desk):
    for _ in range(3):
        desk.touch("stage.haze", 0.5)
        desk.wait(20.0, rate=10)
    assert desk.takeover.held == {"stage.haze"}


def test_given_back_means_what_the_show_wants_not_the_default():
    desk = Desk(Controls({**defaults().values, "dream.time_jitter": 0.4}))
    assert desk.controls["dream.time_jitter"] == 0.4
    desk.touch("dream.time_jitter", 3.0)
    desk.wait(PATIENCE + 30, rate=10)
    assert desk.controls["dream.time_jitter"] == 0.4


def test_pointing_raises_the_hand_and_gives_the_whole_box_back(desk):
    desk.touch("dream.channel_width", 0.1)
    assert desk.takeover.held == POINTING | {"dream.hand"}
    desk.wait(3.0)
    assert desk.controls["dream.hand"] == 1.0
    assert desk.controls["dream.channel_width"] == pytest.approx(0.1)
    desk.wait(PATIENCE)
    assert 0.0 < desk.controls["dream.hand"] < 1.0
    assert desk.controls["dream.channel_width"] == pytest.approx(0.1)  # the box stands while it still counts
    desk.wait(20.0)
    assert desk.controls["dream.hand"] == 0.0
    assert desk.controls["dream.channel_width"] == 1.0


def test_a_fader_is_picked_up_when_it_passes_the_value(desk):
    desk.touch("sound.volume", -60.0, "pickup")  # the fader stands at the bottom, the volume at the top
    desk.wait(1.0)
    assert desk.controls["sound.volume"] == 0.0
    assert desk.takeover.ghosts == {"sound.volume": 0.0}
    desk.touch("sound.volume", -30.0, "pickup")
    desk.wait(1.0)
    assert desk.controls["sound.volume"] == 0.0  # not there yet
    desk.touch("sound.volume", 0.0, "pickup")  # met
    desk.touch("sound.volume", -30.0, "pickup")
    desk.wait(2.0)
    assert desk.controls["sound.volume"] == -30.0
    assert desk.takeover.ghosts == {}


def test_a_fader_that_jumps_over_the_value_is_picked_up_too(desk):
    desk.touch("stage.glow", 0.2, "pickup")
    desk.touch("stage.glow", 1.8, "pickup")
    desk.wait(10.0)
    assert desk.controls["stage.glow"] == 1.8


def test_pointing_with_one_fader_does_not_pick_up_the_others(desk):
    desk.touch("dream.pitch_width", 1.0, "pickup")
    desk.touch("dream.channel_position", 0.0, "pickup")
    desk.wait(3.0)
    assert desk.controls["dream.channel_position"] == 0.5


def test_all_can_be_let_go(desk):
    desk.touch("stage.glow", 2.0)
    desk.takeover.let_go()
    desk.wait(1.0)
    assert desk.controls["stage.glow"] == 1.0


def test_what_the_table_lacks_or_no_number_changes_nothing(desk):
    desk.touch("stage.wobble", 1.0)
    desk.touch("stage.glow", math.nan)
    desk.touch("stage.haze", math.inf)
    desk.wait(10.0)
    assert desk.controls["stage.glow"] == 1.0
    assert desk.controls["stage.haze"] == 2.0
    assert "stage.wobble" not in desk.controls.values


def test_time_that_runs_back_moves_nothing(desk):
    desk.wait(5.0)
    desk.touch("stage.glow", 2.0)
    assert desk.takeover.step(1.0)["stage.glow"] == 1.0


def test_frames_that_come_late_lead_to_the_same_value():
    smooth, late = Desk(), Desk()
    for desk, rate in ((smooth, 60), (late, 3)):
        desk.touch("stage.exposure", 2.0)
        desk.wait(4.0, rate)
    assert smooth.controls["stage.exposure"] == pytest.approx(late.controls["stage.exposure"])


def test_a_picked_up_fader_has_to_meet_the_value_again_after_another_hand_has_moved_it(desk):
    fader, other = (
        (lambda value: Touch("sound.volume", value, "pickup", "fader")),
        Touch("sound.volume", -30.0, hand="osc"),
    )
    desk.takeover.touch(fader(0.0), 0.0)  # met: it stands where the parameter does
    desk.takeover.touch(other, 0.0)
    desk.wait(2.0)
    desk.takeover.touch(fader(-1.0), desk.clock.now())
    desk.wait(2.0)
    assert desk.controls["sound.volume"] == -30.0
    assert desk.takeover.holder("sound.volume") == "osc"
    desk.takeover.touch(fader(-40.0), desk.clock.now())  # passed
    desk.wait(2.0)
    assert desk.controls["sound.volume"] == -40.0


def test_two_faders_of_one_parameter_do_not_pull_at_each_other(desk):
    def move(hand, value):
        desk.takeover.touch(Touch("stage.closeness", value, "pickup", hand), desk.clock.now())
        desk.wait(5.0, rate=5)
        return desk.controls["stage.closeness"]

    assert move("left", 0.0) == 0.0
    assert move("left", 0.6) == 0.6
    assert move("right", 0.1) == 0.6  # a ghost, and the left one goes on
    assert move("left", 0.5) == 0.5
    assert move("right", 0.55) == 0.55  # met
    assert move("left", 0.7) == pytest.approx(0.7)  # passed on its way up


def test_a_device_that_is_gone_leaves_no_place_behind(desk):
    desk.takeover.touch(Touch("stage.closeness", 0.0, "pickup", "desk"), 0.0)
    desk.takeover.gone("desk")
    desk.takeover.touch(Touch("stage.closeness", 0.9, "pickup", "desk"), 0.0)  # it was moved meanwhile
    desk.wait(1.0)
    assert desk.controls["stage.closeness"] == 0.0
    assert desk.takeover.ghosts == {"stage.closeness": pytest.approx(0.9)}


def test_a_scaled_fader_never_jumps_and_reaches_both_ends(desk):
    def move(share):
        desk.takeover.touch(Touch("stage.closeness", share, "scaled", "knob"), desk.clock.now())
        desk.wait(5.0, rate=5)
        return desk.controls["stage.closeness"]

    desk.takeover.touch(Touch("stage.closeness", 0.5, hand="osc"), 0.0)
    desk.wait(5.0, rate=5)
    assert move(0.2) == 0.5  # the first thing that is known of it
    assert move(0.6) == pytest.approx(0.75)  # half of the way that was left for both
    assert move(1.0) == pytest.approx(1.0)
    assert move(0.5) == pytest.approx(0.5)
    assert move(0.0) == pytest.approx(0.0)
    assert desk.takeover.ghosts == {}


def test_a_scaled_fader_moves_whole_numbers_however_small_its_steps(desk):
    desk.takeover.touch(Touch("dream.batch", 32.0, hand="osc"), 0.0)
    for step in range(101):
        desk.takeover.touch(Touch("dream.batch", TABLE["dream.batch"].value(0.5 + step / 200), "scaled", "knob"), 1.0)
    assert desk.takeover.wanted["dream.batch"] == 64.0


@pytest.mark.parametrize(("fader", "stands"), [(0.99, 0.1), (0.01, 0.9)])
def test_a_scaled_fader_near_its_end_does_not_throw_the_parameter(fader, stands):
    end = round(fader)
    assert abs(scaled(fader, end, stands) - stands) <= 4 * abs(end - fader) + 1e-9
