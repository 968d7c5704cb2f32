"""Shows survive what artists write."""

import pytest
from night import load, scene

from installation.control.parameters import defaults
from installation.data import Controls
from installation.errors import ContentError

FAULTS = {
    "no scene": ('title = "x"\n', "scenes/night.toml: the show names no scene"),
    "unknown scene": (
        '[[scene]]\nname = "onne"\n',
        "scenes/night.toml:2: the show asks for the scene 'onne'. Did you mean 'one'?",
    ),
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
    "broken TOML": ('[[scene]\nname = "one"\n', "scenes/night.toml:1: this is not valid TOML"),
    "unknown palette": ('[[scene]]\nname = "one"\npalette = "red"\n', "one of original, ember"),
    "unknown end": (
        'after = "stop"\n[[scene]]\nname = "one"\n',
        "after = 'stop' should be one of wander, loop, black, hold",
    ),
    "a target with a fault": ('[[scene]]\nname = "one"\ntargets = ["ar0[chanel 3]"]\n', "scenes/night.toml:3: "),
    "a target nobody has": (
        '[[scene]]\nname = "one"\ntargets = ["ar77"]\n',
        "scenes/night.toml:3: there is no layer 'ar77'",
    ),
    "a wandering layer nobody has": (
        '[[scene]]\nname = "one"\n[wander]\nlayers = ["arr5"]\n',
        "scenes/night.toml:4: the show wanders to the layer 'arr5'. Did you mean 'ar5'?",
    ),
    "a wandering scene nobody has": (
        '[[scene]]\nname = "one"\n[wander]\nscenes = ["tow"]\n',
        "scenes/night.toml:4: the show asks for the scene 'tow'. Did you mean 'two'?",
    ),
    "unknown control": (
        '[[scene]]\nname = "one"\n[controls]\n"dream.batsh" = 3\n',
        "scenes/night.toml:4: there is no control 'dream.batsh'. Did you mean 'dream.batch'?",
    ),
    "too short": (
        '[[scene]]\nname = "one"\nloops = 5\n[[scene]]\nname = "two"\n',
        "scenes/night.toml:1: one lasts 5 loops, but its cross-fades take 8",
    ),
    "wander too short": (
        '[[scene]]\nname = "one"\n[wander]\nloops = 5\n',
        "scenes/night.toml:4: 5 loops are too short",
    ),
    "a palette nobody has": (
        '[[scene]]\nname = "one"\n[wander]\npalettes = ["embr"]\n',
        "scenes/night.toml:4: palettes = ['embr'] should be a list, each one of original, ember",
    ),
    "an unknown key in a layer": (
        '[[scene]]\nname = "one"\n[[scene.over]]\nscene = "two"\nshar = 0.3\n',
        "scenes/night.toml:5: [over] has no 'shar'. Did you mean 'share'?",
    ),
    "a layer nobody has": (
        '[[scene]]\nname = "one"\n[[scene]]\nname = "two"\n[[scene.over]]\nscene = "tree"\n',
        "scenes/night.toml:6: the show asks for the scene 'tree'.",
    ),
    "a layer that is no table": ('[[scene]]\nname = "one"\nover = "two"\n', "each begun with [[scene.over]]"),
    "a number that no look has": (
        '[[scene]]\nname = "one"\n[[scene.over]]\nscene = "two"\nnumbers = ["glov"]\n',
        "scenes/night.toml:5: numbers = ['glov'] should be a list, each one of",
    ),
    "an accent without beats": (
        '[[scene]]\nname = "one"\n[[scene.accent]]\nadd = { glow = 0.3 }\n',
        "scenes/night.toml:3: an accent has no beats.",
    ),
    "an accent that adds to nothing": (
        '[[scene]]\nname = "one"\n[[scene.accent]]\nbeats = [1]\nadd = { glov = 0.3 }\n',
        "scenes/night.toml:5: add = {'glov': 0.3} should be braces such as { glow = 0.3 }",
    ),
    "an accent that would flash": (
        '[[scene]]\nname = "one"\n[[scene.accent]]\nbeats = [1, 2]\nadd = { glow = 0.3 }\n',
        "scenes/night.toml:4: accents come 0.50 s apart and would flash; leave at least 1 s",
    ),
    "an accent on a beat that no loop has": (
        '[[scene]]\nname = "one"\n[[scene.accent]]\nbeats = [9]\nadd = { glow = 0.3 }\n',
        "scenes/night.toml:4: there is no beat 9: a loop has 8.",
    ),
    "an unknown table": (
        '[[scene]]\nname = "one"\n[[secne]]\nname = "two"\n',
        "scenes/night.toml:3: a show has no 'secne'. Did you mean 'scene'?",
    ),
    "a scene too short in a part of the day": (
        '[[scene]]\nname = "one"\nloops = 5\ncrossfade = 2\n[[scene]]\nname = "two"\nloops = 20\ncrossfade = 2\n'
        '[[scene]]\nname = "two"\ncue = "end"\nloops = 20\ncrossfade = 4\n'
        '[[day]]\nname = "noon"\nfrom = "12:00"\nuntil = "13:00"\nscenes = ["end", "one"]\n',
        "scenes/night.toml:1: one lasts 5 loops, but its cross-fades take 6",
    ),
    "a wandering target nobody has in a part of the day": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "12:00"\nuntil = "13:00"\n'
        '[day.wander]\ntargets = ["ar88"]\n',
        "scenes/night.toml:8: there is no layer 'ar88'",
    ),
    "a cue called go": (
        '[[scene]]\nname = "one"\ncue = "go"\n',
        "scenes/night.toml:3: cue = 'go' should be another name than go",
    ),
    "wait is no switch": (
        '[[scene]]\nname = "one"\nwait = "yes"\n',
        "night.toml:3: wait = 'yes' should be true or false",
    ),
    "a leader without a length": (
        '[leader]\nkind = "black"\n[[scene]]\nname = "one"\n',
        "night.toml:1: a leader needs",
    ),
    "an unknown leader": (
        '[leader]\nkind = "bars"\nloops = 2\n[[scene]]\nname = "one"\n',
        "scenes/night.toml:2: kind = 'bars' should be one of black, count-down",
    ),
    "no hour": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "25:00"\nuntil = "13:00"\n',
        "scenes/night.toml:5: from = '25:00' should be a time in quotes such as",
    ),
    "no weekday": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "12:00"\nuntil = "13:00"\ndays = ["so"]\n',
        "scenes/night.toml:7: days = ['so'] should be a list, each one of mon, tue",
    ),
    "a part of the day without an end": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "12:00"\n',
        "scenes/night.toml:3: this part of the day has no until.",
    ),
    "a part of the day with another's scene": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "12:00"\nuntil = "13:00"\nscenes = ["two"]\n',
        "scenes/night.toml:7: the running order has no scene 'two'. ",
    ),
    "an unknown control in a part of the day": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "noon"\nfrom = "12:00"\nuntil = "13:00"\n'
        '[day.controls]\n"stage.glov" = 1\n',
        "scenes/night.toml:8: there is no control 'stage.glov'. Did you mean 'stage.glow'?",
    ),
    "two parts of the day at once": (
        '[[scene]]\nname = "one"\n[[day]]\nname = "a"\nfrom = "22:00"\nuntil = "02:00"\n'
        '[[day]]\nname = "b"\nfrom = "01:00"\nuntil = "03:00"\ndays = ["mon"]\n',
        "scenes/night.toml:9: 'b' is on while 'a' is, on mon at 01:00.",
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


TRACKS = {
    "an unknown key": ("row = 8\n", "tracks/night.toml:1: a file of tracks has no 'row'. Did you mean 'rows'?"),
    "a track of nothing": (
        '[tracks]\n"look:glov" = [[0, 1.0]]\n',
        "tracks/night.toml:2: there is nothing called 'look:glov' to drive. Did you mean 'look:glow'?",
    ),
    "no keys": ('[tracks]\n"look:glow" = 1.0\n', "tracks/night.toml:2: look:glow = 1.0 should be keys such as"),
    "a key without a row": (
        '[tracks]\n"look:glow" = [[0.5, 1.0]]\n',
        "tracks/night.toml:2: the key [0.5, 1.0] should be [row, value]",
    ),
    "an unknown way": (
        '[tracks]\n"look:glow" = [[0, 1.0, "smoth"]]\n',
        "tracks/night.toml:2: the way 'smoth' of the key at row 0 should be one of step, linear, smooth, ramp.",
    ),
}


@pytest.mark.parametrize("fault", TRACKS)
def test_what_is_wrong_with_a_shows_tracks_is_told(two, tmp_path, fault):
    text, words = TRACKS[fault]
    (tmp_path / "scenes" / "tracks").mkdir()
    (tmp_path / "scenes" / "tracks" / "night.toml").write_text(text)
    with pytest.raises(ContentError) as error:
        load()
    assert words in str(error.value)


SCENE_FAULTS = {
    "an unknown palette": (
        scene("One", body='from installation.stage import PALETTES\n        PALETTES["embr"]'),
        "scenes/one.py:10: there is no palette 'embr'. Did you mean 'ember'?",
    ),
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
