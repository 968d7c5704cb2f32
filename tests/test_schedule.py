"""Opening hours on every day of the year, over summer time, past midnight, and as people mistype them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from installation.errors import ContentError
from installation.watch.schedule import Schedule, read

BERLIN = ZoneInfo("Europe/Berlin")
MUSEUM = {"tue-fri": "10:00-18:00", "sat,sun": "10:00-12:00, 13:00-20:00"}
HOLIDAYS = {"2026-12-24..2026-12-26": "closed", "2026-12-31": "10:00-14:00", "2026-05-16": "18:00-02:00"}


def museum(**more):
    return read(MUSEUM, HOLIDAYS, {}, "Europe/Berlin", **more)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_without_hours_the_room_never_closes():
    assert Schedule().at(datetime.now(UTC)).open
    assert Schedule().next_change(datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-23T12:00", False),  # a Monday
        ("2026-11-24T09:59", False),
        ("2026-11-24T10:00", True),
        ("2026-11-24T17:59", True),
        ("2026-11-24T18:00", False),
        ("2026-11-28T12:30", False),  # lunch on a Saturday
        ("2026-11-28T19:30", True),
        ("2026-12-25T12:00", False),
        ("2026-12-31T13:59", True),
        ("2026-12-31T15:00", False),
        ("2026-05-16T11:00", False),  # the long night has its own hours
        ("2026-05-16T23:59", True),
        ("2026-05-17T01:59", True),
        ("2026-05-17T02:00", False),
    ],
)
def test_it_is_open_when_the_door_says_so(moment, open_):
    assert museum().at(local(moment)).open is open_


def test_every_quarter_of_an_hour_of_a_year_is_as_the_door_says():
    schedule, moment = museum(), datetime(2026, 1, 1, tzinfo=UTC)
    opened = timedelta()
    while moment < datetime(2027, 1, 1, tzinfo=UTC):
        here = moment.astimezone(BERLIN)
        hours = schedule.at(moment)
        if (here.month, here.day) not in {(12, 24), (12, 25), (12, 26), (12, 31), (5, 16), (5, 17)}:
            lunch = time(12) <= here.time() < time(13)
            wanted = {0: False, 5: not lunch and time(10) <= here.time() < time(20)}
            wanted[6] = wanted[5]
            assert hours.open is wanted.get(here.weekday(), time(10) <= here.time() < time(18)), here
        assert hours.open <= hours.display
        assert hours.display or hours.light == 0.0
        opened += timedelta(minutes=15) * hours.open
        moment += timedelta(minutes=15)
    days = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
    usual = sum({0: 0, 5: 9, 6: 9}.get(day.weekday(), 8) for day in days)
    assert opened == timedelta(hours=usual - 8 - 8 - 9 - (8 - 4) - (9 - 8))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_on_the_days_of_summer_time_it_opens_by_the_clock_on_the_wall(day):
    schedule = museum()
    assert not schedule.at(local(f"{day}T09:59")).open
    assert schedule.at(local(f"{day}T10:00")).open


def test_hours_that_summer_time_leaves_out_harm_nobody():
    night = read({"sat": "22:00-02:30", "sun": "02:15-03:00"}, {}, {}, "Europe/Berlin")
    moment = datetime(2026, 3, 28, 20, tzinfo=UTC)
    states = [night.at(moment + timedelta(minutes=number)).open for number in range(12 * 60)]
    assert any(states)
    assert not states[-1]


def test_the_light_comes_before_the_visitors_and_goes_with_them():
    schedule = museum(warm_up=10.0, goodnight=4.0)
    lights = [schedule.at(local("2026-11-24T09:45") + timedelta(minutes=m)).light for m in range(20)]
    assert lights[4] == 0.0
    assert lights[15] == 1.0
    assert lights == sorted(lights)
    assert schedule.at(local("2026-11-24T09:59")).sound == 0.0
    evening = [schedule.at(local("2026-11-24T17:55") + timedelta(minutes=m)) for m in range(8)]
    assert [hours.light for hours in evening] == sorted((hours.light for hours in evening), reverse=True)
    assert (evening[0].light, evening[0].sound) == (1.0, 1.0)
    assert (evening[5].light, evening[5].sound) == (0.0, 0.0)
    assert not evening[7].display
    assert not schedule.at(local("2026-11-24T09:40")).display


def test_light_and_sound_never_jump():
    schedule, moment = museum(), local("2026-11-28T09:00")
    before = schedule.at(moment)
    for second in range(0, 12 * 3600, 4):
        hours = schedule.at(moment + timedelta(seconds=second))
        assert abs(hours.light - before.light) < 0.06
        assert abs(hours.sound - before.sound) < 0.06
        before = hours


@pytest.mark.parametrize(
    ("at", "level"), [("12:00", 0.0), ("20:00", -8.0), ("19:30", -4.0), ("03:00", -8.0), ("08:30", -4.0)]
)
def test_quiet_hours_are_a_line_round_the_clock(at, level):
    quiet = {"09:00": 0.0, "19:00": 0.0, "20:00": -8.0, "08:00": -8.0}
    schedule = read({}, {}, quiet, "Europe/Berlin")
    assert schedule.at(local(f"2026-11-24T{at}")).quieter == pytest.approx(level)


def test_one_quiet_hour_is_the_whole_day():
    assert read({}, {}, {"12:00": -3.0}).at(datetime.now(UTC)).quieter == -3.0


def test_the_next_change_is_known():
    schedule = museum()
    assert schedule.next_change(local("2026-11-24T12:00")) == (local("2026-11-24T18:00"), False)
    assert schedule.next_change(local("2026-11-22T21:00")) == (local("2026-11-24T10:00"), True)
    assert schedule.next_change(local("2026-12-23T19:00")) == (local("2026-12-27T10:00"), True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"week": {"moonday": "10:00-18:00"}}, "no days"),
        ({"week": {"mon": "10-18"}}, "no time of day"),
        ({"week": {"mon": "10:00"}}, "no opening hours"),
        ({"week": {"mon": "25:00-26:00"}}, "no time of day"),
        ({"week": {"mon-fri": "10:00-18:00", "wed": "closed"}}, "wed has hours twice"),
        ({"exceptions": {"24.12.2026": "closed"}}, "no date"),
        ({"exceptions": {"2026-12-26..2026-12-24": "closed"}}, "no date"),
        ({"quiet": {"12:00": 3.0}}, "-60 to 0 dB"),
        ({"quiet": {"noon": -3.0}}, "no time of day"),
        ({"zone": "Europe/Atlantis"}, "no time zone"),
        ({"zone": "../etc/passwd"}, "no time zone"),
    ],
)
def test_what_is_mistyped_is_told(given, words):
    with pytest.raises(ContentError, match=words):
        read(**{"week": {}, "exceptions": {}, "quiet": {}, **given})
