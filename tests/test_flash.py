"""What counts as a flash: transitions of every square of 0.006 sr, of ten degrees, and of the whole picture."""

import math

import numpy as np
import pytest

from installation.guard.flash import MOST, SWING, Fields, members, most_in_a_second, pooled, seen_from, transitions
from installation.guard.tally import Tally

RATE = 48  # steps a second


def series(values):
    return np.asarray(values, np.float32)[:, None]


def wave(rate, low, high, seconds=4.0):
    time = np.arange(round(seconds * RATE)) / RATE
    return series(np.where(time * rate % 1.0 < 0.5, high, low))


@pytest.mark.parametrize(("rate", "most"), [(0.5, 1), (1, 2), (1.5, 3), (2, 4), (5, 10), (15, 24)])
def test_a_strobe_makes_two_transitions_a_cycle(rate, most):
    assert abs(most_in_a_second(transitions(wave(rate, 0.0, 1.0)), RATE)[0] - most) <= (6 if rate == 15 else 0)


@pytest.mark.parametrize(
    ("low", "high", "counts"), [(0.2, 0.29, False), (0.2, 0.31, True), (0.85, 1.0, False), (0.75, 0.9, True)]
)
def test_small_swings_and_two_bright_states_do_not_count(low, high, counts):
    assert bool(transitions(wave(3, low, high)).any()) is counts


def test_a_long_rise_is_one_transition_and_a_small_way_back_does_not_end_it():
    rise = np.linspace(0, 0.9, 200)
    assert transitions(series(rise)).sum() == 1
    assert transitions(series(rise + 0.04 * np.sin(np.arange(200)))).sum() == 1


def test_a_field_is_a_quarter_of_the_smallest_area_that_may_flash():
    size = (1920, 1080)
    radians = seen_from(size, 60)
    fields = Fields.of(size, radians)
    assert 0.7 * 0.006 / 4 < fields.wide * fields.high * radians**2 <= 0.006 / 4
    assert 2 * fields.squares[0] - fields.columns in (0, 1)
    near, far = (Fields.of(size, seen_from(size, degrees)).count for degrees in (90, 20))
    assert near > fields.count > far  # the nearer the eye, the smaller the part of the picture that may harm it


def test_a_dome_has_fields_of_the_same_angle_whatever_its_pixels():
    for side in (512, 4096):
        fields = Fields.of((side, side), math.pi / side)
        assert fields.wide * math.pi / side == pytest.approx(math.sqrt(0.006) / 2, rel=0.02)


def test_every_square_ten_degrees_and_the_whole_are_judged():
    fields = Fields(40.0, 40.0, 12, 8)
    light = np.random.default_rng(0).random((3, 96)).astype(np.float32)
    pools = pooled(light, fields)
    assert np.allclose(pools[:, -1], light.mean(axis=1))
    for pool in range(pools.shape[1]):
        inside = members(pool, fields)
        assert inside.sum() in (4, 16, 96)
        assert np.allclose(pools[:, pool], light[:, inside].mean(axis=1), atol=1e-5)
    covered = sum(members(pool, fields).astype(int) for pool in range(pools.shape[1]))
    assert covered.min() >= 3


def test_two_squares_that_flash_in_turn_are_found_in_the_field_around_them():
    fields = Fields(40.0, 40.0, 8, 8)
    light = np.zeros((96, 8, 8), np.float32)
    light[:, 2:4, 2:4] = wave(1.5, 0, 1, 2)[:, :, None]
    light[:, 2:4, 4:6] = np.roll(wave(1.5, 0, 1, 2), 8, axis=0)[:, :, None]
    most = most_in_a_second(transitions(pooled(light.reshape(96, 64), fields), SWING), RATE)
    assert most[:49].max() == 4  # squares that reach into both
    assert most[[2 * 7 + 2, 2 * 7 + 4]].max() <= MOST


def test_a_film_is_told_where_the_last_line_would_have_acted():
    def film(rate):
        tally = Tally((6, 4))
        for number in range(150):
            colour = 255 if number / 30 * rate % 1.0 < 0.5 else 20
            tally.look(number, np.full((54, 96, 3), colour, np.uint8), number / 30)
        return tally.unsafe

    assert film(1.2) == []
    assert film(4)[0] in range(10, 20)
