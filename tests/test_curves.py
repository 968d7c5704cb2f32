"""Curves pass through their keys, calmly."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.stage.curves import Curve, ease, steps, wave

keys = st.lists(st.tuples(st.integers(0, 1000), st.floats(-100, 100)), min_size=1, max_size=8, unique_by=lambda k: k[0])


@given(keys, st.booleans())
def test_a_curve_passes_through_its_keys_and_holds_outside(keys, smooth):
    keys = sorted(keys)
    curve = Curve(*keys, smooth=smooth)
    for time, value in keys:
        assert curve(time) == pytest.approx(value)
    assert curve(keys[0][0] - 5) == keys[0][1]
    assert curve(keys[-1][0] + 5) == keys[-1][1]


@given(keys, st.floats(0, 1000))
def test_a_smooth_curve_never_overshoots(keys, time):
    values = [value for _, value in keys]
    assert min(values) - 1e-6 <= Curve(*sorted(keys))(time) <= max(values) + 1e-6


def test_a_smooth_curve_runs_through_a_key_on_its_way_without_stopping():
    curve = Curve((0, 0.0), (10, 1.0), (20, 2.0))
    assert curve(10.01) - curve(9.99) == pytest.approx(0.02 * 0.1, rel=0.01)
    assert curve(0.01) - curve(0) < 0.0001  # but eases in


def test_a_smooth_curve_has_no_corner():
    curve = Curve((0, 0.0), (3, 2.0), (4, 2.5), (20, -1.0), (21, 0.0))
    slopes = [(curve(t / 100 + 0.01) - curve(t / 100)) / 0.01 for t in range(2100)]
    assert max(abs(b - a) for a, b in pairwise(slopes)) < 0.1


def test_a_straight_curve_is_straight():
    assert Curve((0, 0.0), (4, 8.0), smooth=False)(1) == 2.0


@pytest.mark.parametrize("smooth", [True, False])
def test_a_periodic_curve_begins_again_without_a_jump(smooth):
    curve = Curve((1, 0.0), (3, 2.0), (7, -1.0), period=8, smooth=smooth)
    for time in (0.0, 1.0, 2.3, 5.0, 7.9):
        assert curve(time) == pytest.approx(curve(time + 8)) == pytest.approx(curve(time - 80))
    for border in (1.0, 7.0, 9.0):
        assert curve(border - 1e-6) == pytest.approx(curve(border + 1e-6), abs=1e-4)


@pytest.mark.parametrize("keys", [(), ((1, 0.0), (0, 1.0)), ((1, 0.0), (1, 1.0))])
def test_keys_out_of_order_are_refused(keys):
    with pytest.raises(ValueError, match="in order of time"):
        Curve(*keys)


def test_a_period_shorter_than_its_keys_is_refused():
    with pytest.raises(ValueError, match="begins again after 5 s"):
        Curve((0, 0.0), (5, 1.0), period=5)


def test_ease_goes_from_nothing_to_all_and_stays():
    assert [ease(-1), ease(0), ease(0.5), ease(1), ease(2)] == [0, 0, 0.5, 1, 1]


def test_a_wave_is_back_after_its_seconds():
    assert wave(3.0, 12.0) == pytest.approx(1.0)
    assert wave(1.7, 5.0) == pytest.approx(wave(6.7, 5.0))
    assert wave(0.0, 5.0, phase=0.25) == pytest.approx(1.0)
    assert math.isclose(wave(0.0, 5.0), 0.0)


def test_steps_tells_the_stretch():
    assert [steps([0, 10, 20], t) for t in (-1, 0, 9.9, 10, 25)] == [0, 0, 0, 1, 2]
