"""A picture made of tiles is the picture made at once."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import Camera, Dome, Title
from installation.errors import ContentError
from installation.render.mosaic import Mosaic, largest, starts
from installation.render.renderer import Renderer

CLOSE = Camera(eye=(0.45, -0.2, 0.5), centre=(0.45, 0.0, 0.0))
LOOKS = {
    "body": {"camera": Camera(eye=(0.0, 0.0, 2.2)), "haze": 1.0, "pulses": 2.0, "bloom": 0.3, "ring": 1.0},
    "close": {"camera": CLOSE, "rest": 0.3, "bloom": 0.5},
    "aside": {"camera": Camera(eye=(1.6, 0.5, 1.6)), "haze": 0.6, "exposure": 1.0},
    "words": {"titles": (Title("Immersions\nin eight parts", "below", 0.09), Title("left", "left", 0.05)), "haze": 0.4},
    "foreseen": {"foresight": 1.0, "camera": CLOSE, "haze": 0.2},
    "forming": {"formed": 0.4, "fade": 0.7},
}


@pytest.fixture
def lively(dreamt):
    """Makes dreams in which a quarter of all neurons answer, differently at each step."""

    def make(seed):
        rng = np.random.default_rng(seed)
        answers = {}
        for name, shape in (("low", (4, 12, 64)), ("middle", (16, 6, 32)), ("high", (32, 1, 8))):
            for place in zip(*np.nonzero(rng.random(shape) < 0.25), strict=True):
                answers[(name, *map(int, place))] = rng.gamma(2.0)
        dream = dreamt(answers, number=seed)
        came = dream.activations.layers
        foreseen = {"high": rng.normal(0, 3, came["high"].shape).astype(np.float16)}
        return replace(dream, activations=replace(dream.activations, expected=foreseen))

    return make


def apart(gl, body, frame, size, dome, side):
    """Steps of eight bits between the picture made at once and the one made of tiles: the most, and in how many."""
    anatomy, layout = body
    makers = Renderer(gl, layout, anatomy, size, dome), Mosaic(gl, layout, anatomy, size, dome, side)
    at_once, tiled = (maker.picture(frame).astype(int) for maker in makers)
    for maker in makers:
        maker.release()
    assert at_once.shape == tiled.shape
    assert at_once.max() > 60
    return np.abs(at_once - tiled)


@pytest.mark.parametrize("dome", [None, Dome(fov=200.0, tilt=15.0)], ids=["flat", "dome"])
@pytest.mark.parametrize("look", LOOKS)
def test_no_pixel_is_more_than_one_step_apart(gl, body, lively, framed, look, dome):
    frame = framed(lively(1), 0.03, previous=lively(0), **LOOKS[look])
    difference = apart(gl, body, frame, (500, 334), dome, 128)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


@pytest.mark.parametrize(("size", "side"), [((333, 217), 64), ((64, 700), 192), ((900, 60), 256), ((300, 300), 4096)])
def test_any_size_and_any_tile_will_do(gl, body, lively, framed, size, side):
    assert apart(gl, body, framed(lively(2), 0.6, haze=0.5), size, None, side).max() <= 1


def test_the_next_frame_knows_nothing_of_the_last_one(gl, body, lively, framed):
    anatomy, layout = body
    mosaic = Mosaic(gl, layout, anatomy, (300, 200), side=128)
    frames = [framed(lively(seed), 0.4) for seed in (0, 1, 0)]
    first, second, again = (mosaic.picture(frame) for frame in frames)
    mosaic.release()
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)


def test_bands_come_from_above_and_are_the_picture(gl, body, lively, framed):
    anatomy, layout = body
    mosaic = Mosaic(gl, layout, anatomy, (300, 500), side=128)
    frame = framed(lively(0), 0.4)
    bands = list(mosaic.bands(frame))
    np.testing.assert_array_equal(np.concatenate(bands), mosaic.picture(frame))
    mosaic.release()
    assert len(bands) > 3
    assert max(map(len, bands)) <= 128


def test_a_picture_that_the_driver_cannot_place_is_told(gl, body):
    anatomy, layout = body
    most = largest(gl)
    with pytest.raises(ContentError, match=rf"{most + 1} x 100 pixels .* draws {most} at most"):
        Mosaic(gl, layout, anatomy, (most + 1, 100))


@pytest.mark.parametrize(("length", "side"), [(64, 64), (8448, 3072), (10112, 3072), (14336, 3072), (700, 1000)])
def test_tiles_cover_all_and_are_even(length, side):
    found = starts(length, side)
    assert found.step <= max(side, 64)
    assert found.step % 64 == 0
    assert found[-1] < length <= found[-1] + found.step
    assert len(found) == -(-length // side)


def test_a_cell_larger_than_the_drivers_largest_point_is_round(gl, body, dreamt, framed):
    """Points end at 255 pixels on some drivers; a cell that is larger must not become a square."""
    anatomy, layout = body
    x, y, _ = layout.positions[anatomy.start("high") + 3]
    near = Camera(eye=(float(x), float(y), 0.3), centre=(float(x), float(y), 0.0))
    renderer = Renderer(gl, layout, anatomy, (1600, 1600))
    look = {"camera": near, "rest": 0.0, "haze": 0.0, "pulses": 0.0, "bloom": 0.0, "size": 0.7}
    renderer.draw(framed(dreamt({("high", 3, 0, 4): 20.0}), 4.5 / 8, **look))
    light = renderer.radiance().sum(axis=2) > 1.0
    renderer.release()
    rows, columns = np.nonzero(light)
    wide, high = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert wide > 300
    np.testing.assert_allclose(light.sum() / (wide * high), np.pi / 4, atol=0.01)
