"""Tracks drawn in GNU Rocket drive the show as it plays, and are kept and played without it."""

import socket
import struct
from time import thread_time

import numpy as np
import pytest
from editor import Editor
from museum import until
from night import load, scene
from test_take import dream

from installation.app.caller import Caller
from installation.app.drawing import Drawing
from installation.control import rocket
from installation.control.parameters import defaults
from installation.control.rocket import Rocket
from installation.stage.tracks import Score, read, write
from installation.take import Header, Take, TakeWriter
from installation.track import Key, Track

pytestmark = pytest.mark.alone

HANDS = defaults()
NAMES = ("look:glow", "stage.haze", "one:fill")
CURVED = """
from installation.stage import Aims, Curve, Look, Scene, orbit

class One(Scene):
    seconds = 40.0
    aims = Aims((0, "ar0"))
    fill = Curve((0, 1.0), (40, 2.0))

    def look(self, t, controls):
        return Look(orbit(3.0), glow=self.fill(t))
"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(rocket, "RETRY", 0.02)


# a track


@pytest.mark.parametrize(
    ("way", "values"),
    [
        ("step", [1, 1, 1, 1, 3]),
        ("linear", [1, 1.5, 2, 2.5, 3]),
        ("smooth", [1, 1.3125, 2, 2.6875, 3]),
        ("ramp", [1, 1.125, 1.5, 2.125, 3]),
    ],
)
def test_a_track_goes_from_key_to_key_in_four_ways(way, values):
    track = Track.of([Key(8, 3.0), Key(4, 1.0, way)])
    assert [track(row) for row in (4, 5, 6, 7, 8)] == values
    assert (track(-1), track(100)) == (1.0, 3.0)


def test_of_two_keys_on_one_row_the_later_counts():
    assert Track.of([Key(1, 1.0), Key(0, 0.0), Key(1, 2.0)]).keys == (Key(0, 0.0), Key(1, 2.0))


# the protocol


def drawn(link, true):
    """What was drawn, as soon as something is true of it."""
    found = []

    def look():
        news = link.take()
        found.extend([news] if news is not None else [])
        return bool(found) and true(found[-1])

    until(look, 10)
    return found[-1]


def test_the_show_asks_for_its_tracks_and_hears_every_key():
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port) as link:
        editor.greet(3)
        assert tuple(editor.names) == NAMES
        editor.set_key("stage.haze", 16, 0.7, 2)
        editor.set_key("look:glow", 0, 1.25, 1)
        editor.set_key("look:glow", 8, 2.0, 3)
        editor.set_key("look:glow", 9, float("nan"))
        tracks = drawn(link, lambda news: len(news.tracks) == 2 and len(news.tracks["look:glow"].keys) == 2).tracks
        assert tracks["look:glow"].keys == (Key(0, 1.25, "linear"), Key(8, 2.0, "ramp"))
        assert tracks["stage.haze"].keys == (Key(16, 0.7, "smooth"),)
        editor.delete_key("look:glow", 8)
        editor.delete_key("look:glow", 99)
        editor.delete_key("stage.haze", 16)
        assert drawn(link, lambda news: list(news.tracks) == ["look:glow"]).tracks["look:glow"].keys == (
            Key(0, 1.25, "linear"),
        )


def test_commands_that_come_in_pieces_are_understood():
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port) as link:
        editor.greet(3)
        whole = struct.pack(">BIIfB", 0, 0, 4, 1.5, 0) + struct.pack(">BI", 3, 64) + b"\x05" + struct.pack(">BB", 4, 1)
        for at in range(0, len(whole), 3):
            editor.send(whole[at : at + 3])
        news = drawn(link, lambda news: news.paused)
        assert (news.row, news.moved, news.saved, news.tracks["look:glow"](0)) == (64, 1, 1, 1.5)


def test_the_editor_follows_the_rows_that_play_and_leads_while_it_pauses():
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port) as link:
        editor.greet(3)
        link.tell(7)
        assert editor.row() == 7
        editor.pause(True)
        assert drawn(link, lambda news: news.paused)
        link.tell(8)
        editor.pause(False)
        assert not drawn(link, lambda news: not news.paused).paused
        link.tell(9)
        assert editor.row() in (8, 9)


def test_an_editor_that_comes_late_or_comes_back_is_found(caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Rocket("127.0.0.1", NAMES, port) as link:
        until(lambda: "there is no Rocket editor" in caplog.text, 10)
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port) as link:
        editor.greet(3)
        editor.set_key("look:glow", 0, 1.5)
        assert drawn(link, lambda news: news.tracks).tracks
        editor.pause(True)
        editor.hang_up()
        left = drawn(link, lambda news: not news.paused)
        assert left.tracks["look:glow"](0) == 1.5  # what was drawn stays, and nothing is held any more
        editor.greet(3)
        editor.set_key("stage.haze", 0, 0.5)
        assert list(drawn(link, lambda news: "stage.haze" in news.tracks).tracks) == ["stage.haze"]
    assert caplog.text.count("there is no Rocket editor") == 1


@pytest.mark.parametrize("nonsense", [b"\x09", struct.pack(">BIIfB", 0, 77, 0, 1.0, 0)])
def test_nonsense_ends_the_connection_but_not_the_show(nonsense):
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port) as link:
        editor.greet(3)
        editor.send(nonsense)
        editor.greet(3)
        editor.set_key("look:glow", 0, 1.5)
        assert drawn(link, lambda news: news.tracks)


def test_somebody_else_at_the_port_is_left_alone(caplog):
    with Editor() as editor, Rocket("127.0.0.1", NAMES, editor.port):
        editor.greet(0, b"HTTP/1.1 400")
        until(lambda: "it answered" in caplog.text, 10)


# the show


@pytest.fixture
def night(content, tmp_path):
    content(one_py=CURVED, two_py=scene("Two", "ar1", "2.0"), night_toml='[[scene]]\nname = "one"\nloops = 20\n')
    return tmp_path / "scenes" / "tracks" / "night.toml"


def keep(path, rows=8, **tracks):
    write(path, Score({name.replace("__", ":"): Track.of(keys) for name, keys in tracks.items()}, rows))


def test_tracks_drive_looks_curves_and_controls_on_the_beat(night):
    plain = load()
    keep(night, look__haze=[Key(64, 0.5, "linear"), Key(128, 1.5)], one__fill=[Key(0, 3.0), Key(65, 5.0)])
    show = load()
    assert plain.at(0.0, HANDS).look.glow == 1.0
    assert [show.at(t, HANDS).look.glow for t in (0.0, 4.0, 4.07)] == [
        3.0,
        3.0,
        5.0,
    ]  # a beat is 8 rows, a loop 8 beats
    assert [show.at(t, HANDS).look.haze for t in (0.0, 4.0, 6.0, 8.0, 80.0)] == pytest.approx([0.5, 0.5, 1.0, 1.5, 1.5])
    keep(night, rows=4, **{"stage.closeness": [Key(32, 0.25)]})
    show = load()
    assert show.resting(show.course.stands(1.0, ()))["stage.closeness"] == 0.25
    assert show.drivable[:2] == ["look:sweep", "look:size"]
    assert {"one:fill", "dream.time_jitter"} <= set(show.drivable)
    assert "picture.delay" not in show.drivable  # that is the venue's


def test_tracks_are_written_as_they_are_read(tmp_path):
    score = Score(
        {"look:glow": Track.of([Key(0, 0.1, "ramp"), Key(7, -1e-7, "smooth")]), "a:b": Track.of([Key(3, 2)])}, 4
    )
    write(tmp_path / "deep" / "night.toml", score)
    assert read(tmp_path / "deep" / "night.toml") == score


def test_what_is_drawn_is_seen_at_once_and_can_be_kept(night, tmp_path):
    keep(night, look__haze=[Key(0, 0.7)])
    show = load()
    with Editor() as editor, Rocket("127.0.0.1", show.drivable, editor.port) as link:
        caller = Caller(show, Drawing(link, show))
        editor.greet(len(show.drivable))
        editor.set_key("look:glow", 0, 4.0)

        def glow(loop=2, place=0.5):
            caller.step(loop, place, lambda: None)
            return caller.at(loop + place, HANDS).look.glow

        until(lambda: glow() == 4.0, 10)
        assert caller.at(2.5, HANDS).look.haze == 0.7
        assert editor.row() == int(2.5 * 64)
        editor.save()
        until(lambda: bool(glow()) and 'glow" = [[0, 4.0' in night.read_text(), 10)
    kept = load()
    assert (kept.at(0.0, HANDS).look.glow, kept.at(0.0, HANDS).look.haze) == (4.0, 0.7)


def test_a_paused_editor_looks_where_it_wants_and_the_show_goes_on_from_there(night):
    show = load()
    with Editor() as editor, Rocket("127.0.0.1", show.drivable, editor.port) as link:
        caller = Caller(show, Drawing(link, show))
        editor.greet(len(show.drivable))
        editor.pause(True)
        editor.set_row(10 * 64)

        def glow(loop, place=0.5):
            caller.step(loop, place, lambda: None)
            return caller.at(loop + place, HANDS).look.glow

        there = show.at(40.0, HANDS).look.glow
        until(lambda: glow(2) == there, 10)
        assert glow(5) == there  # however long
        editor.pause(False)
        until(lambda: glow(5) == there and caller.entrances[-1].at == 10, 10)
        assert glow(5, 0.9) == there
        assert glow(6, 0.0) == there
        assert glow(7, 0.0) == show.at(44.0, HANDS).look.glow


def test_a_show_written_anew_offers_its_new_curves(night, content):
    show = load()
    with Editor() as editor, Rocket("127.0.0.1", show.drivable, editor.port) as link:
        drawing = Drawing(link, show)
        editor.greet(len(show.drivable))
        assert "one:lift" not in editor.names
        content(one_py=CURVED.replace("fill = Curve", "lift = Curve((0, 0.0))\n    fill = Curve"))
        drawing.take(newer := load())
        editor.greet(len(newer.drivable))
        assert "one:lift" in editor.names


def test_tracks_that_cannot_be_kept_are_told(night):
    show = load()
    night.parent.write_text("in the way")
    with Editor() as editor, Rocket("127.0.0.1", show.drivable, editor.port) as link:
        caller = Caller(show, Drawing(link, show))
        editor.greet(len(show.drivable))
        editor.save()

        def told():
            caller.step(1, 0.5, lambda: None)
            return "tracks/night.toml cannot be written" in caller.message

        until(told, 10)


def test_a_take_knows_what_was_drawn_when(night, tmp_path):
    writer = TakeWriter(tmp_path / "take", Header("night", "tiny", "", 0, 0.0))
    first, second = {"look:glow": Track.of([Key(0, 4.0)])}, {"look:glow": Track.of([Key(0, 5.0)])}
    for loop, (at, tracks) in enumerate([(0.0, {}), (0.5, first), (0.25, second), (0.5, {})]):
        writer.loop(loop, float(loop), dream(loop))
        writer.tracks(loop, at, tracks)
    take, show = Take.read(tmp_path / "take"), load()
    glows = [show.at(0.0, HANDS, (), take.tracks(second)).look.glow for second in (0.0, 1.4, 1.6, 2.2, 2.3, 3.6)]
    assert glows == [1.0, 1.0, 4.0, 4.0, 5.0, 1.0]


def test_a_picture_never_waits_for_an_editor(night):
    show = load()
    with Editor() as editor, Rocket("127.0.0.1", show.drivable, editor.port) as link:
        caller = Caller(show, Drawing(link, show))
        editor.greet(len(show.drivable))  # and then it says nothing, and reads nothing
        took = []
        for frame in range(400):
            begun = thread_time()
            caller.step(frame // 100, frame % 100 / 100, lambda: None)
            took.append(thread_time() - begun)
        assert np.median(took) < 1e-3
