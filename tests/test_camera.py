"""Cameras look where they should and never jump."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.data import Camera
from installation.stage.camera import glide, journey, moved, orbit, sway, toward
from installation.stage.places import Place


def way(camera):
    """The unit vector from the eye to the centre."""
    vector = np.subtract(camera.centre, camera.eye)
    return vector / np.linalg.norm(vector)


def turned(a, b):
    """Degrees between the directions of two cameras."""
    return math.degrees(math.acos(min(1.0, float(way(a) @ way(b)))))


spots = st.tuples(*[st.floats(-1, 1)] * 3)
cameras = st.builds(
    toward,
    st.builds(Place, spots, st.floats(0.05, 1)),
    fill=st.floats(0.3, 1),
    turns=st.floats(-0.15, 0.15),
    lift=st.floats(-0.15, 0.15),
    upward=st.floats(0, 1),
)


def test_orbit_begins_in_front_and_goes_to_the_right():
    assert orbit(radius=2.0).eye == (0.0, 0.0, 2.0)
    assert orbit(radius=2.0, turns=0.25).eye == pytest.approx((2.0, 0.0, 0.0))
    assert orbit(radius=2.0, height=1.0, turns=1.0).eye == pytest.approx((0.0, 1.0, 2.0))


def test_a_place_fills_its_share_of_the_picture():
    camera = toward(Place((0.2, 0.1, 0.0), 0.3), fill=0.5, turns=0.05, lift=0.02)
    half = math.tan(math.radians(camera.angle / 2)) * math.dist(camera.eye, camera.centre)
    assert 0.3 / half == pytest.approx(0.5)
    assert camera.centre == (0.2, 0.1, 0.0)


def test_upward_rolls_a_place_at_the_side_to_the_top():
    level, rolled = (toward(Place((0.8, 0.0, 0.0), 0.2), upward=share) for share in (0.0, 1.0))
    assert level.up == (0.0, 1.0, 0.0)
    assert rolled.up[0] > 0.3  # the right of the body is nearer to the top of the picture
    below = toward(Place((0.0, -0.9, 0.0), 0.2), upward=1.0)
    assert below.up[1] > 0  # but no place turns the picture over


@given(cameras, cameras, st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_gliding_never_jumps(a, b, along):
    steps = [glide(a, b, min(1.0, along + step / 1000)) for step in range(3)]
    for before, after in pairwise(steps):
        assert turned(before, after) <= 0.4  # degrees, in a thousandth of the way
        assert math.dist(before.eye, after.eye) < 0.08


@given(cameras, cameras)
@settings(max_examples=50, deadline=None)
def test_gliding_begins_and_ends_at_its_cameras(a, b):
    near = [(a, glide(a, b, 1e-9)), (b, glide(a, b, 1 - 1e-9))]
    assert glide(a, b, 0.0) is a
    assert glide(a, b, 1.0) is b
    for end, close in near:
        assert close.eye == pytest.approx(end.eye, abs=1e-5)
        assert close.centre == pytest.approx(end.centre, abs=1e-5)


def test_gliding_keeps_the_distance_between_opposite_cameras():
    """A straight line between the eyes would fly through the body."""
    a, b = orbit(radius=3.0, turns=0.0), orbit(radius=3.0, turns=0.45)
    middle = glide(a, b, 0.5)
    assert math.dist(middle.eye, middle.centre) == pytest.approx(3.0)
    exact = glide(orbit(radius=3.0), orbit(radius=3.0, turns=0.5), 0.5)
    assert math.dist(exact.eye, exact.centre) == pytest.approx(3.0)
    assert abs(exact.eye[1]) < 1e-6  # a half turn goes around, with the horizon level


def test_gliding_between_equal_cameras_stays():
    camera = orbit(radius=2.0, height=0.5, turns=0.1)
    assert glide(camera, camera, 0.4).eye == pytest.approx(camera.eye)
    down = Camera(eye=(0.0, 2.0, 0.0))  # looks along its own up
    assert np.isfinite(glide(down, camera, 0.5).eye).all()


def test_a_journey_stops_at_its_places():
    here, there = Place((0, 0, 0), 1.0), Place((1, 0.5, 0), 0.1)
    assert journey(0, (0, here), (10, there)) == here
    assert journey(10, (0, here), (10, there)).radius == pytest.approx(0.1)
    middle = journey(5, (0, here), (10, there))
    assert middle.centre == pytest.approx((0.5, 0.25, 0))
    assert middle.radius == pytest.approx(math.sqrt(0.1))  # half way to the eye


def test_sway_stays_within_its_width_and_is_slow():
    points = [sway(t / 10, 60.0, 0.05, 0.03) for t in range(6000)]
    assert max(abs(turns) for turns, _ in points) <= 0.05
    assert max(abs(lift) for _, lift in points) <= 0.03
    fastest = max(math.dist(a, b) for a, b in pairwise(points)) * 10 * 360
    assert fastest < 4.0  # degrees a second


def test_hands_push_the_camera_nearer_and_around():
    camera = orbit(radius=4.0)
    assert moved(camera, 0.0, 0.0, 0.0) is camera
    near = moved(camera, 1.0, 0.0, 0.0)
    assert math.dist(near.eye, near.centre) == pytest.approx(1.0)
    assert moved(camera, 0.0, 0.1, 0.0).eye == pytest.approx(orbit(radius=4.0, turns=0.1).eye)
    assert moved(camera, 0.0, 0.0, 0.1).eye[1] > 0
