"""Everything that was called in a performance is in its take, and is seen again as it was."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from museum import dream
from night import load, scene

from installation.app.caller import Caller, called
from installation.app.folder import RunFolder
from installation.app.request import Request
from installation.body import body
from installation.cli.terminal import hour
from installation.control.parameters import defaults
from installation.control.takeover import Takeover
from installation.data import RATE, Heard
from installation.entrance import Entrance, current
from installation.errors import ContentError
from installation.listen import ear
from installation.pace import Pace
from installation.settings import OpeningHours, Settings
from installation.sound.mixing import Seam
from installation.stage import Show
from installation.stage.program import WEEK, Day
from installation.take import Header, Take
from installation.workshop.performing import perform

HANDS = defaults()
NIGHT = """
tempo = 120
crossfade = 2
[[scene]]
name = "one"
loops = 8
[[scene]]
name = "two"
loops = 8
wait = true
[[scene.accent]]
beats = [1]
add = { glow = 0.5 }
[[day]]
name = "evening"
from = "18:00"
until = "23:00"
scenes = ["two", "one"]
[day.controls]
"stage.exposure" = -1.0
"""
LENGTH = 4 * RATE  # samples


@pytest.fixture
def night(content):
    content(one_py=scene("One", glow="1 + t / 40"), two_py=scene("Two", "ar1", "2 + t / 40"), night_toml=NIGHT)


def test_a_night_of_cues_and_hours_is_seen_again_frame_by_frame(night, tmp_path, monkeypatch):
    monkeypatch.setattr("installation.app.folder.LOOPS", 7)  # of a take: the second begins in the midst of things
    show, clock = load(), [datetime(2026, 11, 23, 17, 59)]
    caller, takeover = Caller(show, hour=lambda: clock[0]), Takeover(rest=show.controls)
    run, seen = RunFolder(Header("night", "tiny", "", 0, 0.0), tmp_path), {}
    calls = {(3, 5): "go", (6, 7): "two", (6, 9): "one", (17, 3): "go"}
    for frame in range(24 * 10):
        loop, place = divmod(frame, 10)
        clock[0] += timedelta(seconds=0.4 if frame < 120 else 2.0)
        if (loop, place) in calls:
            caller.call(calls[loop, place])
        caller.step(loop, place / 10, lambda: None)
        takeover.rest = caller.resting(loop + place / 10)
        controls = takeover.step(0.4 * frame)
        seen[loop, place] = caller.at(loop + place / 10, controls)
        heard = Heard(dream(loop, LENGTH), None, place / 10, loop, 0.4 * frame)
        groove = Seam(loop, loop * LENGTH, LENGTH, 0), [Pace(0, 0.0)]
        run.heard(heard, controls, groove, caller.entrances, caller.tracks)
    days = {caller.show.course.stands(n, caller.entrances).day for n in range(24)}
    assert "evening" in days
    assert {moment.scene for moment in seen.values()} == {"one", "two"}
    for number in range(1, 5):
        take, again = Take.read(run.path / f"take-{number:04d}"), load()
        for (loop, place), moment in seen.items():
            local = loop - 7 * (number - 1)
            if not 0 <= local < len(take.loops):
                continue
            seconds = 4.0 * local + 0.4 * place
            controls = take.controls(seconds, HANDS)
            got = again.at(seconds, controls, take.entrances)
            assert (got.scene, got.target) == (moment.scene, moment.target)
            for name in ("glow", "exposure", "fade", "haze"):
                assert getattr(got.look, name) == pytest.approx(getattr(moment.look, name), abs=2e-4), (loop, place)


def test_a_performance_without_an_audience_follows_the_hour_and_says_go_itself(content, tmp_path):
    content(
        one_py=scene("One", "block0.conv1"), two_py=scene("Two", "block0.conv2"),
        night_toml=NIGHT.replace("tempo = 120", "tempo = 180\nbeats = 4").replace("loops = 8", "loops = 5", 1)
        .replace('name = "one"\nloops', 'name = "one"\nwait = true\nloops', 1)
        .replace('scenes = ["two", "one"]', 'scenes = ["one"]'),
    )  # fmt: skip
    made_of = body("tiny")
    show = Show.load("night", defaults(), made_of.anatomy, made_of.layout, 5)
    take = perform(show, ear.load("tiny"), 5, 16.0, tmp_path / "take", when=datetime(2026, 11, 23, 17, 59, 50))
    assert [(one.loop, one.turn, one.day) for one in take.entrances] == [
        (0, 0, ""), (5, 1, ""), (8, 0, "evening"),
    ]  # fmt: skip
    assert show.at(4 * show.loop, HANDS, take.entrances).scene == "one"
    exposure = [take.controls(seconds, HANDS)["stage.exposure"] for seconds in np.arange(0, 16, 0.5)]
    assert exposure[0] == 0.0
    assert exposure[-1] < -0.5
    assert np.abs(np.diff(exposure)).max() < 0.2  # gliding, as live


def test_what_is_seen_of_entrances_is_the_last_and_those_it_comes_in_over():
    course = [Entrance(0), Entrance(5, 1, 10, 4), Entrance(7, 2, 20, 4), Entrance(30, 3, 30, 4)]
    assert current(course, 3) == course[:1]
    assert current(course, 8) == course[:3]
    assert current(course, 9) == course[1:3]
    assert current(course, 20) == course[2:3]


def test_two_goes_at_once_are_one(night):
    caller = Caller(load(), hour=lambda: datetime(2026, 11, 23, 12))  # not in the evening, which is called by itself
    caller.go()
    caller.go()
    caller.step(0, 0.5, lambda: None)
    assert [one.turn for one in caller.entrances] == [0, 1]


@pytest.mark.parametrize(("text", "when"), [("fri 22:00", (4, 22)), ("08:30", (0, 8)), ("SUN 00:00", (6, 0))])
def test_an_hour_of_the_week_is_read(text, when):
    assert ((found := hour(text)).weekday(), found.hour) == when


@pytest.mark.parametrize("text", ["", "25:00", "freitag 08:00", "mon tue 08:00", "noon"])
def test_what_is_no_hour_is_told(text):
    with pytest.raises(ContentError, match=r"is no hour. Write it like 'fri 22:00'"):
        hour(text)


def test_the_parts_of_the_day_go_by_the_venues_own_clock(night):
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # never on the same hour, nor on the same day
    days = []
    for zone in zones:
        show = load()
        here = datetime.now(ZoneInfo(zone))
        late = Day("now", here.time(), (here + timedelta(minutes=10)).time(), WEEK, show.program)
        show = Show("night", replace(show.program, days=(late,)), defaults())
        settings = Settings(hours=OpeningHours(zone=zone))
        with ExitStack() as stack:
            days.append(called(Request("night", "tiny"), settings, show, load, stack).entrances[0].day)
    assert days == ["now", "now"]
