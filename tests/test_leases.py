"""Phones take turns: a code for each, a seat for a minute, and a queue that is fair."""

import numpy as np
import pytest

from installation.station.codes import GOOD, SHOWN, Codes
from installation.station.leases import Leases
from installation.station.limits import Bucket, Buckets


def test_who_comes_first_plays_first():
    leases = Leases[str](2, 60.0)
    for second, guest in enumerate("abcd"):
        leases.join(guest, float(second))
    assert [leases.seat(guest) for guest in "abcd"] == [0, 1, None, None]
    assert [leases.wait(guest, 10.0) for guest in "abcd"] == [None, None, 50.0, 51.0]


def test_a_turn_that_ended_goes_to_the_next_and_its_guest_waits_again():
    leases = Leases[str](1, 60.0)
    for guest in "abc":
        leases.join(guest, 0.0)
    leases.turn(59.9)
    assert leases.seat("a") == 0
    leases.turn(60.0)
    assert (leases.seat("b"), leases.wait("c", 60.0), leases.wait("a", 60.0)) == (0, 60.0, 120.0)


def test_nobody_is_sent_away_while_nobody_waits():
    leases = Leases[str](1, 60.0)
    leases.join("a", 0.0)
    leases.turn(1000.0)
    assert leases.seat("a") == 0
    assert leases.left("a", 1000.0) is None
    leases.join("b", 1000.0)
    assert leases.seat("b") == 0


def test_everybody_plays_equally_long():
    """Fifty phones, three seats, two hours."""
    leases = Leases[int](3, 60.0)
    for guest in range(50):
        leases.join(guest, 0.0)
    played = np.zeros(50)
    for second in range(7200):
        leases.turn(float(second))
        played[[guest for guest in range(50) if leases.seat(guest) is not None]] += 1
    assert played.sum() == 3 * 7200
    assert played.max() - played.min() <= 60


def test_who_leaves_makes_room():
    leases = Leases[str](1, 60.0)
    for guest in "abc":
        leases.join(guest, 0.0)
    leases.leave("b", 1.0)
    leases.leave("a", 1.0)
    assert leases.seat("c") == 0
    leases.leave("nobody", 1.0)


def test_without_seats_nobody_plays():
    leases = Leases[str](0, 60.0)
    leases.join("a", 0.0)
    assert leases.seat("a") is None
    assert leases.wait("a", 0.0) is None


def test_a_code_opens_once():
    codes = Codes(0.0)
    code = codes.shown(1.0)
    assert codes.use(code, 2.0)
    assert not codes.use(code, 2.0)
    assert codes.shown(2.0) != code


def test_a_code_that_was_just_replaced_still_opens_and_an_old_one_does_not():
    codes = Codes(0.0)
    code = codes.shown(0.0)
    assert codes.shown(SHOWN) != code
    assert codes.use(code, GOOD - 1)
    old = codes.shown(GOOD)
    codes.shown(GOOD + 3 * GOOD)
    assert not codes.use(old, GOOD + 3 * GOOD)


@pytest.mark.parametrize("guess", ["", "x", "é" * 50, "0" * 12])
def test_a_guess_does_not_open(guess):
    assert not Codes(0.0).use(guess, 0.0)


def test_a_bucket_gives_so_many_a_second():
    bucket = Bucket(10.0, 5.0)
    assert sum(bucket.take(n / 1000) for n in range(10_000)) == pytest.approx(105, abs=1)


def test_buckets_of_those_who_left_are_forgotten():
    buckets = Buckets(1.0, 2.0, most=100)
    for n in range(100_000):
        buckets.take(str(n), n / 1000)
    assert len(buckets._buckets) <= 100
