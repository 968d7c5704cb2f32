"""Shows survive what artists write."""

import pytest
from night import load, scene

from installation.control.parameters import defaults
from installation.data import Controls
from installation.errors import ContentError

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
