"""Screens last: the picture drifts unseen, the code moves, and nothing bright stands still for ten minutes."""

import numpy as np
import pytest

from installation.app.easel import drifting
from installation.body import body
from installation.control.parameters import defaults
from installation.data import Dream, Frame, Look
from installation.dream.judge import judge
from installation.listen import clips, ears
from installation.listen.anatomy import frames_per_loop
from installation.output import drift
from installation.output.drift import REACH, Drift, aside
from installation.render.marks import STAYS, Marks
from installation.render.renderer import Renderer
from installation.settings import Picture
from installation.stage import Show
from installation.station.qr import squares
from installation.target import parse
from installation.watch.heart import VARIABLE

SIZE = (192, 108)
LONG = 600.0  # seconds that nothing bright may stand
EVERY = 20.3  # seconds between two pictures: they fall on all places of a loop
BRIGHT = 96  # of 255: an eighth of full light
STILL = 16  # of 255, that a pixel may change by and still stand


def places(seconds, step=1.0):
    return 1080 * np.array([aside(second) for second in np.arange(0.0, seconds, step)])


def test_the_drift_is_small_slow_and_never_rests():
    path = places(4 * 3600.0)
    assert np.abs(path).max() <= 1080 * REACH
    assert np.abs(np.diff(path, axis=0)).max() < 0.04  # pixels of a high screen in a second
    for begin in range(0, len(path) - 600, 60):
        assert np.ptp(path[begin : begin + 600], axis=0).max() > 2.0  # within ten minutes every edge has moved


def test_the_picture_moves_by_what_is_said_and_its_edges_go_on(gl, monkeypatch):
    noise = np.random.default_rng(1).integers(0, 256, (90, 160, 4), np.uint8)
    picture = gl.texture((160, 90), 4, noise.tobytes())
    picture.repeat_x = picture.repeat_y = False  # as a developed one
    move = Drift()
    monkeypatch.setattr(drift, "aside", lambda seconds: (3 / 90, -2 / 90))
    moved = np.frombuffer(move(picture, 0.0).read(), np.uint8).reshape(90, 160, 4)[..., :3]
    np.testing.assert_array_equal(moved[:-2, 3:], noise[2:, :-3, :3])
    np.testing.assert_array_equal(moved[:-2, 0], noise[2:, 0, :3])
    monkeypatch.setattr(drift, "aside", lambda seconds: (0.0, 0.0))
    still = np.frombuffer(move(picture, 0.0).read(), np.uint8).reshape(90, 160, 4)[..., :3]
    np.testing.assert_array_equal(still, noise[..., :3])
    picture.release()


def test_the_picture_drifts_where_nobody_watches_and_as_the_settings_say(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert [drifting(Picture(drift=how)) for how in ("auto", "on", "off")] == [False, True, False]
    monkeypatch.setenv(VARIABLE, "heart")
    assert [drifting(Picture(drift=how)) for how in ("auto", "on", "off")] == [True, True, False]


@pytest.fixture(scope="module")
def dreams():
    """A few loops of different sounds, as a small ear hears them."""
    ear, found = ears.load("tiny"), []
    for number, name in enumerate(clips.names()[:4]):
        clip = clips.clip(name, 192_000, 1)
        scalogram, answers = ear.hear(clip, frames_per_loop(clip.seconds, ear.stride))
        found.append(judge(Dream(number, clip, answers, scalogram, parse("ar0"), 0.0, number)))
    return found


def hour(gl, dreams):
    """Pictures of an hour of the default show with the code for phones, as they are shown, [height, width] 0..255."""
    made = body("tiny")
    show = Show.load("immersions", defaults(), made.anatomy, made.layout, 2019, made.liked)
    renderer, marks, move = Renderer(gl, made.layout, made.anatomy, SIZE), Marks(gl, made.layout), Drift()
    marks.show(squares("http://10.0.0.5:8080/#abcdefghijkl"))
    for second in np.arange(0.0, 3600.0, EVERY):
        loop, place = divmod(second / show.loop, 1.0)
        look = show.at(second, show.controls).look
        now, before = (dreams[int(loop - back) // 3 % len(dreams)] for back in (0, 1))
        picture = renderer.draw(Frame(0, second, look, now, before if loop else None, place))
        marks.draw(picture, (), look.camera, look.fade, None, second)
        yield brightest(move(picture, second))
    marks.release()
    renderer.release()


def code_alone(gl, moves):
    """The same hour of nothing but the code, which moves or does not."""
    marks, picture = Marks(gl, body("tiny").layout), gl.texture(SIZE, 4)
    marks.show(squares("http://10.0.0.5:8080/#abcdefghijkl"))
    for second in np.arange(0.0, 3600.0, EVERY):
        picture.write(bytes(4 * SIZE[0] * SIZE[1]))
        marks.draw(picture, (), Look().camera, 1.0, None, second if moves else STAYS / 2)
        yield brightest(picture)
    marks.release()
    picture.release()


def brightest(picture):
    return np.frombuffer(picture.read(), np.uint8).reshape(*SIZE[::-1], 4)[..., :3].max(axis=2)


def longest(pictures):
    """For how many seconds any pixel stood, bright and without much of a change."""
    worst, stood = 0.0, np.zeros(SIZE[::-1])
    low = high = np.zeros(SIZE[::-1])
    for picture in pictures:
        level = picture.astype(float)
        low, high = np.minimum(low, level), np.maximum(high, level)
        stays = (high - low <= STILL) & (level >= BRIGHT)
        stood = np.where(stays, stood + EVERY, 0.0)
        low, high = np.where(stays, low, level), np.where(stays, high, level)
        worst = max(worst, float(stood.max()))
    return worst


def test_in_an_hour_of_the_show_nothing_bright_stands_for_ten_minutes(gl, dreams):
    assert STAYS / 2 < longest(hour(gl, dreams)) < LONG  # the code is there, and goes in time


def test_a_code_that_never_moves_is_found(gl):
    assert longest(code_alone(gl, moves=True)) < LONG
    assert longest(code_alone(gl, moves=False)) > LONG
