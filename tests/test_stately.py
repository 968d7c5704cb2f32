"""No scene and no transition moves the camera faster than people like, and in a dome it is slower still."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from installation.body import body
from installation.control.parameters import defaults
from installation.data import Camera, Dome
from installation.render import view
from installation.stage import Show
from installation.stage.camera import glide, orbit, toward
from installation.stage.places import Place
from installation.stage.stately import STATELY, STEADY, speed, stately

STEP = 0.5  # seconds between two looks
WANDERS = 600.0  # seconds of the wandering after the running order


def path(domed):
    """The cameras of the default show and of its wandering; in a dome as near as the dome brings them."""
    shown = body("house")
    show = Show.load("immersions", defaults(), shown.anatomy, shown.layout, 0, domed=domed)
    nearer = math.tan(math.radians(22.5)) / math.tan(math.radians(Dome().spread / 2)) if domed else 1.0
    for second in np.arange(0.0, show.seconds + WANDERS, STEP):
        camera = show.at(float(second), show.controls).look.camera
        eye = tuple(c + (e - c) * nearer for e, c in zip(camera.eye, camera.centre, strict=True))
        yield replace(camera, eye=eye)


@pytest.mark.parametrize(("domed", "limits"), [(False, STEADY), (True, STATELY)], ids=["screen", "dome"])
def test_no_scene_and_no_transition_is_faster_than_the_limit(domed, limits):
    speeds = np.array([speed(before, after, STEP) for before, after in pairwise(path(domed))])
    assert (speeds.max(axis=0) < limits).all(), speeds.max(axis=0)
    assert speeds.max(axis=0)[0] > 0.5  # and it does move


def test_a_quarter_turn_in_ten_seconds_turns_nine_degrees_a_second():
    steps = [orbit(3.0, turns=turn) for turn in np.linspace(0, 0.25, 101)]
    turned, drifted = zip(*(speed(a, b, 0.1) for a, b in pairwise(steps)), strict=True)
    assert turned == pytest.approx([9.0] * 100)
    assert max(drifted) < 1e-6


def test_a_step_aside_drifts_and_a_step_nearer_does_not():
    front = Camera(eye=(0.0, 0.0, 2.0))
    aside = Camera(eye=(0.2, 0.0, 2.0), centre=(0.2, 0.0, 0.0))
    assert speed(front, aside, 1.0) == pytest.approx((0.0, math.degrees(math.atan(0.1))))
    assert speed(front, Camera(eye=(0.0, 0.0, 1.0)), 1.0) == pytest.approx((0.0, 0.0), abs=1e-6)


def test_a_roll_is_a_turn():
    rolled = Camera(up=(math.sin(math.radians(30)), math.cos(math.radians(30)), 0.0))
    assert speed(Camera(), rolled, 2.0)[0] == pytest.approx(15.0)


def test_in_a_dome_the_camera_looks_at_the_same_place_from_further_away():
    home = toward(Place(), 0.9)
    dive = toward(Place((0.4, 0.2, 0.0), 0.05), 0.6, turns=0.2, upward=1.0)
    calm = stately(dive, home)
    assert calm.centre == dive.centre
    assert math.dist(dive.eye, dive.centre) < math.dist(calm.eye, calm.centre) < math.dist(home.eye, home.centre)
    assert speed(home, calm, 1.0)[0] < 0.5 * speed(home, dive, 1.0)[0]
    assert stately(home, home).eye == pytest.approx(home.eye)


def test_what_is_looked_at_is_never_near_the_zenith():
    """It lies at the dome's sweet spot, whatever the scene does."""
    dome = Dome()
    for camera in list(path(True))[::40]:
        x, y, z, _ = view.overhead(camera, dome) @ np.append(camera.centre, 1.0)
        height = math.degrees(math.atan2(z, math.hypot(x, y)))
        assert height == pytest.approx(dome.height, abs=0.1)


def test_gliding_from_scene_to_scene_never_jumps():
    a, b = orbit(2.0, turns=0.1), toward(Place((0.3, 0.1, 0.0), 0.1), upward=0.5)
    steps = [glide(a, b, along) for along in np.linspace(0, 1, 1001)]
    assert max(max(speed(one, other, 1.0)) for one, other in pairwise(steps)) < 1.5
