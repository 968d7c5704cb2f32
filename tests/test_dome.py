"""A dome sees every direction where it belongs, whatever its opening and its tilt."""

import math
from dataclasses import replace

import numpy as np
import pytest

from installation.data import Anatomy, Camera, Dome, Layer, Layout
from installation.errors import ContentError
from installation.render.renderer import Renderer

SIDE = 256
LEVEL = Camera(eye=(0.0, 0.0, 0.0), centre=(0.0, 0.0, -1.0), angle=60.0)  # from the middle, towards the front
ALONE = {"camera": LEVEL, "glow": 0.0, "rest": 6.0, "haze": 0.0, "pulses": 0.0, "bloom": 0.0, "size": 0.03}
# to the audience's right, up, to its back
DIRECTIONS = {
    "front": (0, 0, -1), "zenith": (0, 1, 0), "left": (-1, 0, 0), "right": (1, 0, 0), "back": (0, 0, 1),
    "front, up and left": (-1, 1, -1), "back, up and right": (2, 1, 3), "near the zenith": (0.05, 1, -0.1),
}  # fmt: skip


def straight(**given):
    """A dome whose camera looks level and does not step nearer."""
    return Dome(height=0.0, spread=LEVEL.angle, **given)


def one_cell(direction):
    """A body of one neuron in a direction, half a radius away."""
    anatomy = Anatomy((Layer("only", 1, 1, 1),))
    place = 0.5 * np.array(direction) / np.linalg.norm(direction)
    return anatomy, Layout(
        place[None].astype(np.float32), np.empty((0, 2), np.int32), np.empty(0, np.float32), anatomy.fingerprint
    )


def expected(direction, dome, side=SIDE):
    """Column and row (from below) of a direction, by the words of the field: an evenly divided radius."""
    right, up, back = np.array(direction) / np.linalg.norm(direction)
    lowered = math.radians(dome.tilt)
    middle = math.cos(lowered) * up - math.sin(lowered) * back  # the dome's own axis leans to the front
    behind = math.sin(lowered) * up + math.cos(lowered) * back
    share = math.degrees(math.acos(np.clip(middle, -1, 1))) / (dome.fov / 2)
    aside = math.hypot(right, behind) or 1.0
    return side / 2 * (1 + share * right / aside), side / 2 * (1 + share * behind / aside), share


def middle_of_light(gl, direction, dome, dreamt_of, framed):
    anatomy, layout = one_cell(direction)
    renderer = Renderer(gl, layout, anatomy, (SIDE, SIDE), dome)
    renderer.draw(framed(dreamt_of({}, anatomy=anatomy), 0.5, **ALONE))
    light = renderer.radiance().sum(2)[::-1]
    renderer.release()
    if light.sum() < 1e-3:
        return None
    rows, columns = np.indices(light.shape) + 0.5
    return np.average(columns, weights=light), np.average(rows, weights=light)


@pytest.mark.parametrize("tilt", [0.0, 15.0, 30.0])
@pytest.mark.parametrize("fov", [180.0, 220.0])
def test_known_directions_land_on_their_pixels(gl, dreamt, framed, fov, tilt):
    dome = straight(fov=fov, tilt=tilt)
    for name, direction in DIRECTIONS.items():
        column, row, share = expected(direction, dome)
        found = middle_of_light(gl, direction, dome, dreamt, framed)
        if share < 0.97:  # the whole cell lies inside the circle
            assert found is not None, name
            np.testing.assert_allclose(found, (column, row), atol=0.05, err_msg=name)


def test_the_front_is_below_and_left_is_left(gl, dreamt, framed):
    dome = straight(fov=220.0)
    front, left = (middle_of_light(gl, DIRECTIONS[name], dome, dreamt, framed) for name in ("front", "left"))
    assert front[1] < 0.15 * SIDE
    assert left[0] < 0.15 * SIDE


def test_a_camera_looks_at_the_height_of_the_sweet_spot_and_steps_nearer(gl, body, dreamt, framed):
    anatomy, layout = body
    here = Camera(eye=(0.0, 0.0, 3.0), angle=45.0)
    renderer = Renderer(gl, layout, anatomy, (SIDE, SIDE), Dome(height=40.0, spread=110.0))
    renderer.draw(framed(dreamt({}), 0.5, **{**ALONE, "camera": here, "size": 1.0, "rest": 1.0}))
    light = renderer.radiance().sum(2)[::-1]
    renderer.release()
    rows, columns = np.indices(light.shape) + 0.5
    assert np.average(columns, weights=light) == pytest.approx(SIDE / 2, abs=SIDE * 0.03)
    height = 90 * 2 * np.average(rows, weights=light) / SIDE  # degrees above the front of the rim
    assert height == pytest.approx(40.0, abs=6.0)
    lit = np.flatnonzero(light.sum(0) > light.sum(0).max() / 100)
    assert np.ptp(lit) / SIDE > 0.3  # laid around the audience: wider than the 45 degrees of a screen


def test_outside_the_circle_it_is_black_and_the_circle_may_stand_aside(gl, body, dreamt, framed):
    anatomy, layout = body
    rows, columns = np.indices((SIDE, SIDE)) + 0.5
    for offset in ((0.0, 0.0), (0.25, -0.5)):
        dome = Dome(fov=90.0, spread=160.0, offset=offset)
        renderer = Renderer(gl, layout, anatomy, (SIDE, SIDE), dome)
        renderer.draw(framed(dreamt({}), 0.5, rest=3.0, haze=2.0, bloom=0.4))
        picture = renderer.read()[::-1].max(2)
        renderer.release()
        x, y = (SIDE / 2 * (1 + part) for part in offset)
        outside = np.hypot(columns - x, rows - y) > SIDE / 2 + 1
        assert picture[outside].max(initial=0) == 0
        assert picture[~outside].max() > 50


def test_light_is_kept_from_the_middle_to_the_rim(gl, dreamt, framed):
    anatomy, layout = one_cell((0, 1, 0))
    sums = []
    for direction in ((0, 1, 0), (0, 1, -1), (0, 0.25, -1)):
        there = replace(layout, positions=one_cell(direction)[1].positions)
        renderer = Renderer(gl, there, anatomy, (SIDE, SIDE), straight(fov=180.0))
        renderer.draw(framed(dreamt({}, anatomy=anatomy), 0.5, **ALONE))
        sums.append(renderer.radiance().sum())
        renderer.release()
    angles = np.radians([0, 45, 90 - math.degrees(math.atan(0.25))])
    stretched = [1.0, *(angle / math.sin(angle) for angle in angles[1:])]  # pixels per steradian along the rim
    np.testing.assert_allclose(np.array(sums) / sums[0], stretched, rtol=0.06)


@pytest.mark.parametrize("wrong", [{"fov": 60.0}, {"fov": 300.0}, {"tilt": 120.0}, {"spread": 0.0}])
def test_a_dome_that_cannot_be_is_told(gl, dreamt, framed, wrong):
    anatomy, layout = one_cell((0, 1, 0))
    renderer = Renderer(gl, layout, anatomy, (64, 64), Dome(**wrong))
    with pytest.raises(ContentError, match="fov lies in"):
        renderer.draw(framed(dreamt({}, anatomy=anatomy), 0.5))
    renderer.release()
