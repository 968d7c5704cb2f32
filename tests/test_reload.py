"""What is edited while the show plays: tried aside, taken at the next seam, or told with file and line."""

from contextlib import ExitStack
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from museum import until
from night import load, scene

from installation.app.caller import Caller, called
from installation.app.request import Request
from installation.app.rereading import Rereading
from installation.content import places
from installation.control.parameters import defaults
from installation.render.renderer import Renderer
from installation.settings import Settings
from installation.stage import Show
from installation.watch.files import Files

pytestmark = pytest.mark.alone

HANDS = defaults()
NIGHT = 'crossfade = 2\n[[scene]]\nname = "one"\nloops = 12\n[[scene]]\nname = "two"\nloops = 12\n'
COLOURS = "shallow = [0.5, 0.2, 262]\ndeep = [0.8, 0.17, {hue}]\nshine = [0.98, 0.05, 95]\n"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr("installation.app.rereading.GLANCE", 0.01)


@pytest.fixture
def stage(two, tmp_path):
    """A show that plays while its files are watched: edit them, then wait for what has become of it."""
    two(night_toml=NIGHT)
    return Stage(two, tmp_path)


class Stage:
    def __init__(self, write, folder: Path) -> None:
        self.write, self.folder, self.redrawn, self.loop = write, folder, 0, 0

    def __enter__(self):
        self.caller = Caller(load())
        self.rereading = Rereading(self._load, lambda: self.caller.show)
        self.rereading.__enter__()
        self.caller.watch(self.rereading)
        return self

    def __exit__(self, *error) -> None:
        self.rereading.__exit__(None, None, None)

    def _load(self) -> Show:
        return Show.tried("night", defaults())

    def redraw(self) -> None:
        self.redrawn += 1

    def play(self, loops: float):
        """The look after so many loops."""
        self.loop = int(loops)
        self.caller.step(self.loop, loops % 1.0, self.redraw)
        return self.caller.at(loops, HANDS).look

    def edited(self, **files) -> None:
        """Write files anew, and wait until they were read."""
        self.write(**files)
        self.noticed()

    def noticed(self) -> None:
        until(lambda: bool(self.rereading._news._slot), 20)


# which files


def test_a_file_that_changes_comes_or_goes_is_told_once_it_stands_still(tmp_path):
    kept, gone, new = (tmp_path / name for name in ("kept", "gone", "new"))
    kept.write_text("1")
    gone.write_text("1")
    files = Files(lambda: tmp_path.iterdir())
    assert files.changed() == set()
    kept.write_text("12")
    assert files.changed() == set()  # it may be written on
    kept.write_text("123")
    assert files.changed() == set()
    assert files.changed() == {kept}
    gone.unlink()
    new.write_text("1")
    assert (files.changed(), files.changed(), files.changed()) == (set(), {gone, new}, set())


# scenes, shows, palettes, tracks


def test_an_edited_scene_comes_at_the_next_seam_and_glides_in(stage):
    with stage:
        assert stage.play(3.2).glow == 1.0
        stage.edited(one_py=scene("One", glow="3.0"))
        assert stage.play(3.9).glow == 1.0
        assert [stage.play(at).glow for at in (4.0, 4.5, 5.0, 8.0)] == [1.0, 2.0, 3.0, 3.0]
        assert stage.caller.message == ""


def test_a_broken_edit_is_told_with_file_and_line_and_the_old_one_plays_on(stage, caplog):
    with stage:
        stage.play(3.2)
        stage.edited(one_py=scene("One", body="wiggle()"))
        stage.play(4.0)
        assert "scenes/one.py:9: NameError: name 'wiggle' is not defined" in stage.caller.message
        assert "the show plays on as it was: scenes/one.py:9" in caplog.text
        assert stage.play(5.0).glow == 1.0
        stage.edited(one_py=scene("One", glow="3.0"))
        stage.play(6.0)
        assert stage.play(7.0).glow == 3.0
        assert stage.caller.message == ""


def test_a_broken_edit_after_a_good_one_leaves_neither(stage):
    with stage:
        stage.play(3.2)
        stage.edited(one_py=scene("One", glow="3.0"))
        stage.write(one_py="class One(\n")
        until(lambda: bool((slot := stage.rereading._news._slot) and slot[0].fault), 20)
        stage.play(4.0)
        assert stage.play(6.0).glow == 1.0
        assert "scenes/one.py:1: " in stage.caller.message


def test_an_edited_running_order_goes_on_where_it_stood(stage):
    with stage:
        stage.play(13.5)  # in the second scene since loop 10
        stage.edited(
            night_toml=NIGHT.replace('"one"\nloops = 12', '"one"\nloops = 30'), two_py=scene("Two", "ar1", "t")
        )
        stage.play(14.0)
        assert stage.caller.at(14.9, HANDS).scene == "two"
        assert stage.play(16.0).glow == pytest.approx(40.0 * 6 / 12)  # six loops into it, as before
        stage.edited(night_toml='[[scene]]\nname = "one"\nloops = 40\n')  # the scene that plays is gone
        stage.play(17.0)
        stage.play(18.5)
        assert stage.caller.at(18.5, HANDS).scene == "one"


def test_a_wandering_show_goes_on_wandering(stage):
    stage.write(night_toml=NIGHT + "[wander]\nloops = 12\n")
    with stage:
        stage.play(120.2)
        before = stage.caller.at(125.0, HANDS).target
        stage.edited(night_toml=NIGHT.replace("loops = 12", "loops = 16", 1) + "[wander]\nloops = 12\n")
        stage.play(121.0)
        assert stage.caller.at(125.0, HANDS).target == before


def test_an_edited_palette_changes_colours_only_at_the_seam(stage, tmp_path):
    place = tmp_path / "scenes" / "palettes"
    place.mkdir()
    (place / "mine.toml").write_text(COLOURS.format(hue=60))
    mine = scene("One").replace("import Aims", "import PALETTES, Aims, coloured")
    mine = mine.replace("return Look(orbit(3.0), glow=1.0)", 'return coloured(Look(orbit(3.0)), PALETTES["mine"])')
    stage.write(one_py=mine)
    with stage:
        amber = stage.play(3.2).deep
        (place / "mine.toml").write_text(COLOURS.format(hue=150))
        stage.noticed()
        assert stage.play(3.9).deep == amber  # though it was tried already
        stage.play(4.0)
        green = stage.play(5.0).deep
        assert green[1] > 1.5 * green[0]
        (place / "mine.toml").write_text(COLOURS.format(hue=4000))
        stage.noticed()
        assert stage.play(6.0).deep == green
        assert "palettes/mine.toml:2: deep has a hue of 4000; 0 to 360 are possible." in stage.caller.message


def test_another_tempo_waits_for_another_start(stage):
    with stage:
        stage.play(3.2)
        stage.edited(night_toml="tempo = 90\n" + NIGHT)
        stage.play(4.0)
        assert "night.toml:1: tempo is 90 now and was 120.0 when the show began; start it again" in stage.caller.message
        assert stage.caller.show.loop == 4.0


def test_a_called_cue_and_an_edit_at_the_same_seam_both_count(stage):
    with stage:
        stage.play(3.2)
        stage.edited(two_py=scene("Two", "ar1", "3.0"))
        stage.caller.call("two")
        looks = [stage.play(3.2 + n / 20).glow for n in range(1, 100)]
        assert looks[-1] == 3.0
        assert np.abs(np.diff(looks)).max() < 0.3


@pytest.mark.parametrize(
    ("own", "show", "asked", "taken"),
    [
        (True, "night", None, True),  # an artist's or a venue's own content
        (True, "night", False, False),
        (False, "{folder}/scenes/night.toml", None, True),  # a show given by its path
        (False, "{folder}/scenes/night.toml", False, False),
        (False, "immersions", None, False),  # what is shipped stays as it is
        (False, "immersions", True, True),
    ],
)
def test_own_content_is_watched_unless_somebody_says_otherwise(two, tmp_path, monkeypatch, own, show, asked, taken):
    two(night_toml=NIGHT.replace('"one"', '"silence"').replace('"two"', '"listening"'))
    if not own:
        monkeypatch.delenv("IMMERSIONS_CONTENT")
    name = show.format(folder=tmp_path)
    with ExitStack() as stack:
        plays = Show.load(name, defaults())
        caller = called(
            Request(name, "tiny", watch=asked), Settings(), plays, lambda: Show.load(name, defaults()), stack
        )
        assert caller.watched == taken


# shaders


def test_shaders_are_compiled_again_and_the_picture_follows(stage, tmp_path):
    (tmp_path / "shaders").mkdir()
    with stage:
        stage.play(3.2)
        (tmp_path / "shaders" / "neuron.frag").write_text("void main() {}\n")
        stage.noticed()
        stage.play(3.9)
        assert stage.redrawn == 0
        stage.play(4.0)
        assert stage.redrawn == 1


def test_a_broken_shader_leaves_the_picture_and_is_told(stage, body, dreamt, framed, gl, tmp_path):
    anatomy, layout = body
    frame = framed(dreamt({("middle", 3, 2, 5): 8.0}), 0.2)
    renderer = Renderer(gl, layout, anatomy, (64, 36))
    renderer.draw(frame)
    before = renderer.read().copy()
    (tmp_path / "shaders").mkdir()

    def redraw():
        fresh = Renderer(gl, layout, anatomy, (64, 36))
        fresh.release()

    with stage:
        stage.redraw = redraw
        stage.play(3.2)
        (tmp_path / "shaders" / "neuron.frag").write_text("void main() {\n    light = 1;\n}\n")
        stage.noticed()
        stage.play(4.0)
        assert "shaders/neuron.frag:2: " in stage.caller.message
    renderer.draw(frame)
    np.testing.assert_array_equal(renderer.read(), before)
    renderer.release()


def test_a_renderer_made_anew_has_the_lights_of_the_old_one(body, dreamt, framed, gl):
    anatomy, layout = body
    frame = framed(dreamt({("middle", 3, 2, 5): 8.0}), 0.2)
    old = Renderer(gl, layout, anatomy, (64, 36))
    old.draw(frame)
    before = old.read().copy()
    fresh = Renderer(gl, layout, anatomy, (64, 36))
    fresh.inherit(old)
    old.release()
    fresh.draw(frame)
    np.testing.assert_array_equal(fresh.read(), before)
    fresh.release()


def test_watching_is_cheap():
    files = Files(lambda: (path for place in places("scenes") for path in place.glob("**/*.*")))
    begun = process_time()
    for _ in range(10):
        files.changed()
    assert (process_time() - begun) / 10 < 0.02
