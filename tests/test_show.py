"""Shows blend their scenes, go on for ever, and survive what artists write."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest

from installation.control.parameters import defaults
from installation.data import Anatomy, Controls, Layer, Layout
from installation.errors import ContentError
from installation.stage.camera import axes
from installation.stage.show import Show
from installation.target import write

ANATOMY = Anatomy(
    (
        Layer("scalogram", 1, 16, 1),
        *(Layer(f"block{b}.conv{c}", 64, 8, 2) for b in range(8) for c in (1, 2)),
        *(Layer(f"ar{b}", 64, 1, 8) for b in range(9)),
    )
)
SCENE = """
from installation.stage import Aims, Look, Scene, orbit

class {name}(Scene):
    seconds = {seconds}
    aims = Aims((0, "{aim}"))

    def look(self, t, controls):
        {body}
        return Look(orbit(3.0), glow={glow})
"""


@pytest.fixture
def content(tmp_path, monkeypatch):
    """Writes scenes and shows into a user's own folder."""
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    (tmp_path / "scenes").mkdir()

    def write(**files):
        for name, text in files.items():
            (tmp_path / "scenes" / name.replace("_toml", ".toml").replace("_py", ".py")).write_text(text)

    return write


def scene(name, aim="ar0", glow="1.0", seconds=40.0, body="pass"):
    return SCENE.format(name=name, aim=aim, glow=glow, seconds=seconds, body=body)


def load(name="night", anatomy=ANATOMY, seed=None):
    return Show.load(name, defaults(), anatomy, seed=seed)


@pytest.fixture
def two(content):
    """First 10 loops of `one` (glow 1, ar0), then 12 of `two` (glow 2, ar1), 4 loops of cross-fade, then it wanders."""
    content(
        one_py=scene("One", "ar0", "1.0"),
        two_py=scene("Two", "ar1", "2.0"),
        night_toml='crossfade = 4\n[[scene]]\nname = "one"\n[[scene]]\nname = "two"\nloops = 12\n',
    )
    return content


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
    assert {moment.scene for moment in first} == {"listening", "descent", "one_cell"}
    assert len({region.layer for moment in first for region in moment.target.regions}) > 4
    for moment in first:
        assert all(0.0 <= r.channels.start < r.channels.end <= 1.0 for r in moment.target.regions)


def test_wandering_goes_on_without_repeating_a_scene():
    show = Show.load("immersions", defaults(), ANATOMY)
    begin = len(show.program.parts)
    scenes = [show._turns[begin + n].scene for n in range(60)]
    assert all(a != b for a, b in pairwise(scenes))
    for before, after in pairwise([show._turns[n] for n in range(begin + 60)]):
        assert before.end - after.start == after.fade  # each comes in while the other goes
        assert after.end - after.start >= 2 * after.fade


def test_a_show_tells_when_the_next_scene_comes_in(two):
    show = load()
    assert show.following(0.0) == show.following(23.9) == 24.0
    assert show.following(24.0) == 72.0 - 16.0  # wandering comes in over the last four loops
    wandering = [show.following(4000.0)]
    for _ in range(5):
        wandering.append(show.following(wandering[-1]))
    assert all(60 < b - a < 200 for a, b in pairwise(wandering))
    two(night_toml='after = "black"\n[[scene]]\nname = "one"\n')
    assert load().following(10.0) == load().following(1000.0) == 40.0


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


# what artists mistype

FAULTS = {
    "no scene": ('title = "x"\n', "scenes/night.toml names no scene"),
    "unknown scene": ('[[scene]]\nname = "onne"\n', "asks for the scene 'onne'. Did you mean 'one'?"),
    "unknown key": (
        '[[scene]]\nname = "one"\nlops = 3\n',
        "scenes/night.toml:3: [scene] has no 'lops'. Did you mean 'loops'?",
    ),
    "unknown key above": ("crosfade = 3\n", "scenes/night.toml:1: a show has no 'crosfade'. Did you mean 'crossfade'?"),
    "of two the second": (
        '[[scene]]\nname = "one"\nloops = 20\n[[scene]]\nname = "two"\nloops = "long"\n',
        "scenes/night.toml:6: loops = 'long' should be a whole number",
    ),
    "a scene without a name": ("[[scene]]\nloops = 3\n", "scenes/night.toml:1: this scene has no name"),
    "scene instead of [[scene]]": ('scene = "one"\n', "begun with [[scene]]"),
    "broken TOML": ('[[scene]\nname = "one"\n', "scenes/night.toml is not valid TOML"),
    "unknown palette": ('[[scene]]\nname = "one"\npalette = "red"\n', "one of original, ember"),
    "unknown end": ('after = "stop"\n[[scene]]\nname = "one"\n', "after = 'stop' should be one of wander, loop, black"),
    "a target with a fault": ('[[scene]]\nname = "one"\ntargets = ["ar0[chanel 3]"]\n', "scenes/night.toml:3: "),
    "a target nobody has": ('[[scene]]\nname = "one"\ntargets = ["ar77"]\n', "there is no layer 'ar77'"),
    "a wandering layer nobody has": ('[[scene]]\nname = "one"\n[wander]\nlayers = ["arr5"]\n', "Did you mean 'ar5'?"),
    "unknown control": (
        '[[scene]]\nname = "one"\n[controls]\n"dream.batsh" = 3\n',
        "scenes/night.toml:4: there is no control 'dream.batsh'. Did you mean 'dream.batch'?",
    ),
    "too short": (
        '[[scene]]\nname = "one"\nloops = 5\n[[scene]]\nname = "two"\n',
        "one lasts 5 loops, but its cross-fades take 8",
    ),
    "wander too short": (
        '[[scene]]\nname = "one"\n[wander]\nloops = 5\n',
        "scenes/night.toml:4: 5 loops are too short",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_a_show_is_told_before_it_starts(two, fault):
    text, words = FAULTS[fault]
    two(night_toml=text)
    with pytest.raises(ContentError) as error:
        load()
    assert words in str(error.value)


def test_a_show_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(ContentError, match=r"no show and no scene 'imersions'.*Did you mean 'immersions'"):
        load("imersions")
    with pytest.raises(ContentError, match="no show and no scene"):
        load("/nowhere/night.toml")


SCENE_FAULTS = {
    "a syntax error": ("def look(:\n", "scenes/one.py:1: "),
    "an error at import": ("x = 1\ny = x / 0\n", "scenes/one.py:2: ZeroDivisionError: division by zero\n    y = x / 0"),
    "no scene in it": ("x = 1\n", "scenes/one.py should define one class made from Scene, but defines none"),
    "two scenes in it": (scene("One") + scene("Two"), "but defines One, Two"),
    "an unknown control": (
        scene("One", body='controls["closenes"]'),
        "scenes/one.py:9: there is no control 'closenes'. Did you mean 'stage.closeness'?",
    ),
    "an error at some second": (scene("One", body="1 / (t < 20)"), "scenes/one.py:9: ZeroDivisionError"),
    "an unknown word": (scene("One", body="wiggle()"), "scenes/one.py:9: NameError: name 'wiggle' is not defined"),
    "no look": (scene("One", body="return 3"), "it gave int instead of a Look"),
    "no number": (scene("One", glow="float('nan')"), "its glow is nan, but must be finite at"),
    "a target with a fault": (scene("One", aim="ar0["), "scenes/one.py:6: "),
    "a target nobody has": (scene("One", aim="ar99"), "there is no layer 'ar99'"),
    "a place nobody has": (scene("One", body='self.places["heart"]'), "scenes/one.py:9: the body has no part 'heart'"),
    "no time": (scene("One", seconds=0), "One.seconds is 0; give a time above 0"),
}


@pytest.mark.parametrize("fault", SCENE_FAULTS)
def test_what_is_wrong_with_a_scene_is_told_before_the_start(two, fault):
    text, words = SCENE_FAULTS[fault]
    two(one_py=text)
    with pytest.raises(ContentError) as error:
        load()
    assert words in str(error.value)
    assert "Traceback" not in str(error.value)


def test_a_scene_that_fails_while_it_runs_is_logged_once_and_its_look_held(two, caplog):
    two(one_py=scene("One", glow="1 + t / 100", body='1 / (controls["stage.closeness"] < 0.5)'))
    show, calm = load(), defaults()
    near = Controls({**calm.values, "stage.closeness": 1.0})
    good = show.at(10.0, calm).look.glow
    assert [show.at(t, near).look.glow for t in (11.0, 12.0)] == [good, good]
    assert len(caplog.records) == 1
    assert "the scene one failed at 11.0 s; its last look is held: scenes/one.py:9: ZeroDivisionError" in caplog.text
    assert show.at(60.0, near).scene == "two"  # and the show goes on


def test_the_users_own_scene_comes_first(content):
    content(listening_py=scene("Mine", glow="0.123"))
    assert load("listening").at(1.0, defaults()).look.glow == 0.123


def test_an_edited_scene_is_read_again(two):
    assert load("one").at(0.0, defaults()).look.glow == 1.0
    two(one_py=scene("One", glow="3.0"))  # within the same second, and as long as before
    assert load("one").at(0.0, defaults()).look.glow == 3.0
