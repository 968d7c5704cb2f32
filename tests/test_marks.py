"""Rings and the code over a picture: where they belong, in their colours, readable by a phone."""

import moderngl
import numpy as np
import pytest

from installation.body import body
from installation.data import Camera, Dome
from installation.render import view
from installation.render.marks import COLOURS, COMES, STAYS, Mark, Marks, colour, standing
from installation.station.qr import QUIET, squares
from installation.title import Title

SIZE = (640, 360)
AHEAD = Camera(eye=(0.0, 0.0, 2.6))


@pytest.fixture(scope="module")
def house():
    return body("house")


@pytest.fixture
def drawn(gl, house):
    """What marks leave on a black picture, [height, width, 3] uint8, row 0 the highest."""
    marks = Marks(gl, house.layout)
    picture = gl.texture(SIZE, 4)

    def draw(places=(), code=None, fade=1.0, dome=None, seconds=COMES, words=()):
        picture.write(bytes(SIZE[0] * SIZE[1] * 4))
        marks.show(code)
        marks.draw(picture, places, AHEAD, fade, dome, seconds, words)
        return np.frombuffer(picture.read(), np.uint8).reshape(SIZE[1], SIZE[0], 4)[::-1, :, :3]

    yield draw
    marks.release()
    picture.release()


def seen(place):
    """Where a place in the room falls on the picture, in pixels from the upper left."""
    x, y, _, w = view.matrix(AHEAD, SIZE, SIZE) @ np.append(place, 1.0)
    return (x / w + 1) * SIZE[0] / 2, (1 - y / w) * SIZE[1] / 2


def test_a_ring_lies_around_its_neuron_in_its_colour(drawn, house):
    unit = 12_000
    picture = drawn([Mark(unit, 2, 1.0)]).astype(int)
    rows, columns = np.nonzero(picture.sum(axis=2) > 200)
    x, y = seen(house.layout.positions[unit])
    assert (columns.mean(), rows.mean()) == pytest.approx((x, y), abs=1.0)
    brightest = picture.reshape(-1, 3)[picture.sum(axis=2).argmax()] / 255
    assert brightest == pytest.approx(colour(2), abs=0.3)
    assert picture[round(y), round(x)].sum() < 60  # the neuron itself stays free


def test_several_rings_have_several_colours(drawn):
    assert len(set(COLOURS)) == len(COLOURS)
    assert drawn([Mark(100, 1, 1.0), Mark(15_000, 2, 1.0)]).astype(int).sum() > drawn([]).sum()


def test_a_code_is_read_back_from_the_picture_square_by_square(drawn):
    code = squares("http://10.0.0.5:8080/#abcdefghijkl")
    picture = drawn(code=code)[..., 0] > 90
    rows, columns = np.nonzero(picture)
    low, left = rows.min(), columns.min()
    side = (columns.max() + 1 - left) / len(code)
    assert side == int(side) >= 1
    middles = (np.arange(len(code)) * side + side / 2).astype(int)
    assert (picture[low + middles][:, left + middles] == ~code).all()
    assert not code[:QUIET].any()
    assert left > SIZE[0] / 2
    assert low > SIZE[1] / 2


def test_marks_go_with_the_light_of_the_show(drawn):
    assert drawn([Mark(100, 0, 1.0)], squares("x"), fade=0.0).sum() == 0


def test_in_a_dome_marks_stay_within_its_circle(drawn):
    picture = drawn([Mark(100, 0, 1.0)], squares("http://10.0.0.5:8080/#abcdefghijkl"), dome=Dome())
    rows, columns = np.nonzero(picture.sum(axis=2))
    away = np.hypot(columns - SIZE[0] / 2, rows - SIZE[1] / 2)
    assert len(rows) > 100
    assert away.max() <= min(SIZE) / 2


def test_marks_leave_nothing_behind(gl, house):
    marks = Marks(gl, house.layout)
    picture = gl.texture(SIZE, 4)
    marks.show(squares("x"))
    marks.draw(picture, [Mark(1, 0, 1.0)], AHEAD, 1.0, None)
    marks.release()
    picture.release()
    assert isinstance(gl, moderngl.Context)


def test_the_code_goes_to_the_other_corner_and_is_whole_there(drawn):
    code = squares("http://10.0.0.5:8080/#abcdefghijkl")
    right, left = drawn(code=code)[..., 0], drawn(code=code, seconds=1.5 * STAYS)[..., 0]
    assert not right[:, : SIZE[0] // 2].any()
    assert not left[:, SIZE[0] // 2 :].any()
    one, other = (np.argwhere(picture) for picture in (right, left))
    np.testing.assert_array_equal(one - one.min(axis=0), other - other.min(axis=0))


def test_the_code_gives_way_to_words_in_its_corner(drawn):
    code = squares("http://10.0.0.5:8080/#abcdefghijkl")
    light = [
        drawn(code=code, words=[Title("words", place, light=share)]).astype(int).sum()
        for place, share in (("left", 1.0), ("right", 0.5), ("right", 1.0))
    ]
    assert light[0] == drawn(code=code).astype(int).sum() > light[1] > 0
    assert light[2] == 0


def test_the_code_comes_and_goes_slowly():
    light = np.array([standing(second)[1] for second in np.arange(0.0, 4 * STAYS, 1 / 30)])
    assert np.abs(np.diff(light)).max() < 0.012  # no flash for anybody
    assert (light > 0.99).mean() > 0.95
    assert light.min() == 0.0
