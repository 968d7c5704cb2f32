"""Behind the forecast: a live picture that would flash is held back, whatever made it."""

import numpy as np
import pytest
from iris_pse_detection.result import FlashResult
from strobes import Checker, luminance

from installation.guard.flash import DARK, MOST, RED_SWING, SWING, most_in_a_second, transitions
from installation.render.last_line import LastLine, Rule
from installation.render.passes import BYTE, surface

SIZE, FIELDS, RATE = (192, 112), (12, 7), 30


@pytest.fixture
def limited(gl):
    """Shows pictures [height, width, 3] uint8 through the last line, and tells in how many fields of each it acted."""
    picture = surface(gl, SIZE, BYTE)
    target = gl.framebuffer(picture)
    lines = []

    def show(pictures):
        line = LastLine(Rule(FIELDS, SWING, DARK, RED_SWING))
        lines.append(line)
        seen, acted = [], []
        for number, one in enumerate(pictures):
            opaque = np.dstack([one, np.full(one.shape[:2], 255, np.uint8)])
            picture.write(np.ascontiguousarray(opaque[::-1]))
            line.limit(picture, number / RATE)
            raw = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
            seen.append(raw.reshape(SIZE[1], SIZE[0], 3)[::-1])
            acted.append(line.held)
        return seen, acted

    yield show
    for line in lines:
        line.release()
    target.release()
    picture.release()


def flat(colour, area=1.0):
    one = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    one[:, : round(SIZE[0] * area)] = colour
    return one


def verdict(pictures):
    checker = Checker(SIZE, RATE)
    for picture in pictures:
        checker.look(picture)
    return checker.result


WHITE, BLACK, RED, GREEN, GREY = (255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 255, 0), (140, 140, 140)


@pytest.mark.parametrize(
    ("one", "other", "area", "rate"),
    [
        (WHITE, BLACK, 1.0, 15),
        (WHITE, BLACK, 0.5, 5),
        (WHITE, GREY, 1.0, 3),
        (RED, GREEN, 1.0, 5),
        (RED, BLACK, 1.0, 4),
    ],
)
def test_what_flashes_is_held_back(limited, one, other, area, rate):
    film = [flat(one if (n * rate / RATE) % 1 < 0.5 else other, area) for n in range(5 * RATE)]
    assert verdict(film) >= FlashResult.ExtendedFail
    seen, acted = limited(film)
    assert verdict(seen) == FlashResult.Pass
    assert sum(acted) > 0


def test_no_field_makes_a_fourth_transition_within_a_second(limited):
    rng = np.random.default_rng(3)
    film = [np.kron(rng.integers(0, 256, (7, 12, 1), np.uint8), np.ones((16, 16, 3), np.uint8)) for _ in range(120)]
    seen, _ = limited(film)
    light = np.array([luminance(one)[8::16, 8::16].ravel() for one in seen])
    wide = 1.03 * SWING  # the shader reads eight bits a little differently
    assert most_in_a_second(transitions(light, wide)[RATE:], RATE).max() <= MOST


def test_a_calm_picture_is_left_as_it_is(limited):
    film = [flat((round(127 + 90 * np.sin(n / RATE * 2 * np.pi * 0.7)),) * 3) for n in range(4 * RATE)]
    seen, acted = limited(film)
    assert sum(acted) == 0
    assert all(np.array_equal(one, other) for one, other in zip(film, seen, strict=True))
