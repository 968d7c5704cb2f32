"""The pace: what is expected of the next picture, and what a technician is told."""

import time

import pytest

from installation.watch.pace import Pace


def test_the_first_picture_says_nothing_about_the_next():
    pace = Pace(time.monotonic())
    pace.shown(1.5)
    assert pace.ahead == 0.0
    pace.shown(0.03)
    assert pace.ahead == pytest.approx(0.03)


def test_one_slow_picture_does_not_change_what_is_expected():
    pace = Pace(time.monotonic())
    for took in (1.5, 0.03, 0.03, 0.03, 0.4, 0.03):
        pace.shown(took)
    assert pace.ahead == pytest.approx(0.03)


def test_a_lasting_change_is_followed_within_five_pictures():
    pace = Pace(time.monotonic())
    for took in (1.5, *[0.03] * 20, *[0.08] * 5):
        pace.shown(took)
    assert pace.ahead == pytest.approx(0.08)


def test_pictures_that_can_wait_are_promised_for_when_all_but_the_slowest_are_ready():
    pace = Pace(time.monotonic(), held=True)
    for took in (1.5, *[0.03] * 20, 0.05, 0.2, *[0.03] * 7):
        pace.shown(took)
    assert pace.ahead == pytest.approx(0.05)
    for _ in range(2):
        pace.shown(0.03)
    assert pace.ahead == pytest.approx(0.03)


def test_the_figures_are_told():
    pace = Pace(time.monotonic() - 1)
    assert pace.told()["seconds_to_first_picture"] is None
    pace.shown(0.02)
    pace.dreamt()
    for seconds in (-0.004, 0.004, 0.004, 0.050):
        pace.apart(seconds)
    told = pace.told()
    assert (told["frames"], told["dreams"]) == (1, 1)
    assert told["seconds_to_first_picture"] == pytest.approx(1, abs=0.5)
    assert told["seconds_to_first_dream"] >= told["seconds_to_first_picture"]
    assert told["apart_ms_median"] == 4.0
    assert 40 < told["apart_ms_p99"] <= 50


def test_one_picture_that_stands_is_told(monkeypatch):
    pace, now = Pace(time.monotonic()), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for gap in (0.02, 0.02, 1.7, 0.02):
        now[0] += gap
        pace.shown(0.01)
    told = pace.told()
    assert told["frame_ms_worst"] == pytest.approx(1700.0)
    assert told["frame_ms_median"] == pytest.approx(20.0)
