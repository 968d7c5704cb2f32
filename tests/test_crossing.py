"""Across a seam light goes on as within a loop: it rises and falls from where the old loop left it."""

import numpy as np
import pytest

from installation.render import activity
from installation.render.crossing import LEAD, crossing


def columns_of(folded, units):
    """[columns, units] 0..1 of folded light."""
    return folded.answers.reshape(-1, folded.rows * activity.WIDTH)[:, :units] / 255


def beats(number, *steps):
    """Answers of one neuron at these steps; all others answer steadily, so that both loops are as bright as usual."""
    return {("low", 0, 0, step): 20.0 for step in steps} | {
        ("middle", channel, pitch, step): 1.0 for channel in range(16) for pitch in range(6) for step in range(32)
    }


@pytest.fixture
def lights(body, dreamt):
    anatomy, _ = body
    old, new = dreamt(beats(0, 10, 60)), dreamt(beats(1, 5, 62), number=1)
    return anatomy, old, new, *(activity.light(dream, anatomy) for dream in (old, new))


def test_two_loops_in_a_row_are_lit_as_one_line(lights):
    anatomy, old, new, before, after = lights
    raw = [activity.adapted(activity.brightness(dream, anatomy), light.dazzle)
           for dream, light in ((old, before), (new, after))]  # fmt: skip
    start = columns_of(before, anatomy.units)[before.columns - 1]
    state = np.zeros(raw[0].shape[1], np.float32)
    state[: anatomy.units] = start
    line = activity.follow(raw[1], 4 / 3 / 64, activity.ATTACK, activity.RELEASE, state)[:, : anatomy.units]
    across = crossing(before, after)
    found = columns_of(across, anatomy.units)[LEAD : LEAD + across.columns]
    np.testing.assert_allclose(found, line[: across.columns], atol=2.5 / 255)


def test_nothing_of_a_loops_own_end_is_seen_before_it_was_heard(lights):
    """The new loop's drum at its very end glows at its beginning when it comes round, and not the first time."""
    anatomy, _, _, before, after = lights
    round_again, first_time = (columns_of(light, anatomy.units) for light in (after, crossing(before, after)))
    silent = crossing(activity.Light(np.zeros_like(before.answers), before.columns, before.rows, before.seconds), after)
    assert round_again[2, 0] > 0.3
    assert columns_of(silent, anatomy.units)[LEAD + 2, 0] == 0
    assert first_time[LEAD + 2, 0] > 0.3  # the old loop had one there, too


def test_after_a_second_the_loop_is_lit_as_it_always_is(lights):
    anatomy, _, _, before, after = lights
    across = crossing(before, after)
    last = across.columns - 1
    found, wanted = columns_of(across, anatomy.units)[LEAD + last], columns_of(after, anatomy.units)[last]
    np.testing.assert_allclose(found, wanted, atol=2 / 255)
    assert across.over(across.columns / across.pace)
    assert not across.over(0.5)


def test_the_moments_of_a_crossing_go_on_without_a_step(lights):
    across = crossing(*lights[3:])
    places = [across.moment(since) for since in np.linspace(0, 0.9, 500)]
    at = np.array([first / across.rows + along for first, _, along in places])
    assert at[0] == 0
    assert 0 <= np.diff(at).min() <= np.diff(at).max() < 0.2
    first, _, along = across.moment(10.0 / across.pace)
    assert first / across.rows + along == pytest.approx(LEAD + 9.5)  # a column's light belongs to its middle
