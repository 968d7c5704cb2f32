"""A machine that is too slow draws less, soon; one that has room draws more again, later; and it never swings."""

import numpy as np
import pytest

from installation.watch.ladder import PATIENCE, RUNGS, Ladder

WANTED = 1 / 60


def evening(cost, seconds, ladder=None):
    """Rungs over time on a machine where a picture takes cost(time, rung) seconds."""
    ladder, now, seen = ladder or Ladder(WANTED), 0.0, []
    while now < seconds:
        took = cost(now, ladder.rung)
        now += max(took, WANTED)
        ladder.step(now, took)
        seen.append((now, ladder.number))
    return ladder, seen


def pixels(rung):
    return rung.scale**2 * (1.0 if rung.bloom else 0.7)


def test_a_fast_machine_never_gives_anything_up():
    ladder, _ = evening(lambda now, rung: 0.8 * WANTED, 120)
    assert (ladder.number, ladder.changes) == (0, 0)


def test_one_slow_picture_changes_nothing():
    ladder, _ = evening(lambda now, rung: 1.0 if 10 < now < 11 else 0.5 * WANTED, 60)
    assert ladder.changes == 0


@pytest.mark.parametrize("times", [1.6, 3.0, 5.0])
def test_a_slow_machine_finds_the_rung_that_it_can_hold_within_seconds(times):
    ladder, seen = evening(lambda now, rung: times * WANTED * pixels(rung), 40)
    assert times * pixels(ladder.rung) <= 1.25
    settled = next(now for now, number in seen if number == ladder.number)
    assert settled < 30
    assert times * pixels(RUNGS[ladder.number - 1]) > 1.25


def test_when_the_load_is_gone_it_climbs_again():
    ladder, seen = evening(lambda now, rung: (4.0 if now < 30 else 0.3) * WANTED * pixels(rung), 900)
    assert max(number for _, number in seen) >= 2
    assert ladder.number == 0


def test_it_does_not_swing():
    dice = np.random.default_rng(1)
    ladder, _ = evening(lambda now, rung: 1.3 * WANTED * pixels(rung) * dice.uniform(0.8, 1.25), 1800)
    assert ladder.changes <= 12


def test_the_worst_machine_ends_on_the_last_rung_and_stays():
    ladder, _ = evening(lambda now, rung: 1.0, 200)
    assert ladder.rung is RUNGS[-1]
    assert ladder.changes == len(RUNGS) - 1


def test_what_did_not_hold_is_tried_ever_more_seldom():
    tried = []

    def cost(now, rung):
        if rung is RUNGS[0] and now > 20:
            tried.append(now)
        return (2.0 if rung is RUNGS[0] else 0.5) * WANTED

    evening(cost, 1200)
    starts = [now for before, now in zip([0.0, *tried], tried, strict=False) if now - before > 10]
    gaps = np.diff(starts)
    assert len(gaps) >= 2
    assert gaps[0] > PATIENCE
    assert (np.diff(gaps) > 0).all()
