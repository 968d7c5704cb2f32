"""The watchman of a run: the room opens and closes by the clock on the wall, and what happens is written down."""

import json
import logging
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from installation.app import watching as module
from installation.app.watching import Watching
from installation.errors import ContentError
from installation.guard.exposure import Calibration
from installation.settings import Settings

pytestmark = pytest.mark.alone

PICTURE = np.full((64, 64, 3), 128, np.uint8)
STATUS = {"loudness_lufs": -23.0, "sound": "playing", "dreams": 3}


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Makes a watchman at a moment that a test may move."""
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(module, "GLANCE", 0.0)
    clock = {"now": datetime(2026, 11, 24, 12, tzinfo=UTC)}

    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return clock["now"].astimezone(zone) if zone else clock["now"].replace(tzinfo=None)

    monkeypatch.setattr(module, "datetime", Clock)
    with ExitStack() as stack:
        yield lambda **tables: Watching(Settings.model_validate(tables), stack), clock, tmp_path / "state"


OPEN = {"week": {"mon-sun": "10:00-18:00"}, "zone": "UTC", "quiet": {"17:00": 0.0, "17:30": -6.0, "10:00": 0.0}}


def test_outside_the_hours_there_is_no_light_and_no_sound(run):
    make, clock, _ = run
    watching = make(hours=OPEN)
    assert watching.hours().light == 1.0
    assert watching.volume(0.0) == 0.0
    clock["now"] = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert watching.hours().light == 0.0
    assert watching.volume(0.0) == -60.0
    assert watching.told()["open"] is False


def test_quiet_hours_move_in_half_decibels(run):
    make, clock, _ = run
    watching = make(hours=OPEN)
    clock["now"] = datetime(2026, 11, 24, 17, 16, tzinfo=UTC)
    assert watching.volume(-3.0) == -6.0


def test_hours_that_cannot_be_understood_are_told_before_the_show_begins(run):
    make, _, _ = run
    with pytest.raises(ContentError, match=r"\[hours\].*no days"):
        make(hours={"week": {"moonday": "10:00-18:00"}})


def test_the_day_and_the_journal_are_written(run):
    _, _, state = run
    with ExitStack() as stack:
        watching = Watching(Settings(), stack)
        logging.getLogger("installation.somewhere").error("the sound is gone")
        for there in (0, 1, 1, 0, 2):
            watching.second({**STATUS, "visitors": there}, "ar8", PICTURE)
    day = json.loads((state / "days" / "2026-11-24.json").read_text())
    assert (day["faults"], day["visitors"], day["dreams"], day["starts"]) == (1, 3, 3, 1)
    assert list(day["regions"]) == ["ar8"]
    assert "the sound is gone" in (state / "journal" / "journal.jsonl").read_text()
    assert not [one for one in logging.getLogger("installation").handlers if hasattr(one, "troubles")]


def test_a_state_folder_that_cannot_be_made_is_a_warning(run, caplog, monkeypatch, tmp_path):
    make, _, _ = run
    (tmp_path / "file").touch()
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path / "file" / "state"))
    watching = make()
    watching.second(STATUS, "ar8", PICTURE)
    assert "no journal is kept" in caplog.text


def test_when_the_room_closes_the_film_of_the_day_is_begun(run, monkeypatch):
    make, clock, state = run
    begun = []
    monkeypatch.setattr(module.subprocess, "Popen", lambda command, **more: begun.append(command))
    watching = make(hours={**OPEN, "film": True})
    watching.hours()
    assert not begun
    clock["now"] = datetime(2026, 11, 24, 18, 1, tzinfo=UTC)
    watching.hours()
    watching.hours()
    assert len(begun) == 1
    assert begun[0][-1] == str(state / "memories" / "memory-2026-11-24.mp4")


def test_a_calibrated_room_has_a_ceiling_and_a_dose(run, monkeypatch):
    make, _, state = run
    state.mkdir()
    Calibration(80.0).keep(state)
    watching = make(sound={"ceiling": 74.0})
    assert watching.quietened(Settings().sound.model_copy(update={"ceiling": 74.0})).loudness == pytest.approx(-29.0)
    watching.second(STATUS, "ar8", PICTURE)
    assert watching.told()["dba"] == 80.0


def test_the_dose_of_a_day_goes_on_after_a_restart_and_ends_at_midnight_where_the_room_is(run, monkeypatch):
    make, clock, state = run
    seconds = count(0.0, 500.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setattr(module, "OFTEN", 0.0)
    state.mkdir()
    Calibration(80.0).keep(state)
    tokyo = {"hours": {"zone": "Asia/Tokyo"}}
    doses = []
    for moment in ("2026-11-24T13:00", "2026-11-24T14:59", "2026-11-24T15:01"):  # midnight in Tokyo is 15:00
        clock["now"] = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        watching = make(**tokyo)  # as after a crash: nobody ended the one before
        watching.second(STATUS, "ar8", PICTURE)
        doses.append((watching.told()["dose_today"], watching.told()["dose_of_a_week"]))
    one = doses[0][0]
    assert one > 0.001
    assert doses == [(one, one), pytest.approx((2 * one, 2 * one), abs=2e-4), pytest.approx((one, 3 * one), abs=4e-4)]


def test_without_a_meter_nothing_is_said_of_decibels_in_the_room(run):
    make, _, _ = run
    watching = make()
    watching.second(STATUS, "ar8", PICTURE)
    assert "dba" not in watching.told()
    assert watching.quietened(Settings().sound) == Settings().sound
