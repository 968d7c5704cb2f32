"""What an operator and a curator can read: the journal, the day's page, health and metrics."""

import errno
import json
import logging
import re
from datetime import datetime, timedelta

import pytest

from installation.watch import health
from installation.watch.daybook import CSV, Daybook
from installation.watch.journal import NAME, Journal, lines


@pytest.fixture
def said(tmp_path):
    journal = Journal(tmp_path / "journal", largest=4000, files=3)
    speaker = logging.getLogger("installation.test_watch")
    speaker.addHandler(journal)
    speaker.setLevel(logging.INFO)
    yield speaker, journal, tmp_path / "journal"
    speaker.removeHandler(journal)
    journal.close()


def test_every_line_of_the_journal_is_an_object(said):
    speaker, journal, folder = said
    speaker.info("the show begins: %s", "evening")
    try:
        raise ValueError("broken")
    except ValueError:
        speaker.exception("it failed,\nover two lines")
    first, second = lines(folder)
    assert (first["level"], first["words"], first["from"]) == ("info", "the show begins: evening", speaker.name)
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert "ValueError: broken" in second["error"]
    assert len((folder / NAME).read_text().splitlines()) == 2
    assert journal.troubles == 1


def test_the_journal_is_bounded_and_keeps_the_newest(said):
    speaker, _, folder = said
    for number in range(400):
        speaker.info("line %d", number)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 3 * 4200
    assert lines(folder)[-1]["words"] == "line 399"


def test_a_line_that_a_power_cut_has_broken_is_left_out(said):
    speaker, _, folder = said
    speaker.info("whole")
    with (folder / NAME).open("ab") as file:
        file.write(b'{"time": "2026-\xff\x00')
    assert [line["words"] for line in lines(folder)] == ["whole"]
    assert lines(folder / "nowhere") == []


def test_a_full_disk_costs_lines_and_not_the_show(said, monkeypatch, capsys):
    speaker, journal, folder = said

    class Full:
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self):
            return None

        def tell(self):
            return 0

        def seek(self, *places):
            return 0

        def close(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    journal.stream = Full()
    speaker.info("lost")
    speaker.info("lost too")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("installation.watch.journal.RETRY", 0.0)
    speaker.info("there is room again")
    assert [line["words"] for line in lines(folder)] == ["there is room again"]


NOON = datetime.fromisoformat("2026-11-24T12:00:00")


def lived(book, start, seconds, loudness=-23.0, light=0.05, target="ar8", is_open=True):
    for second in range(seconds):
        book.second(start + timedelta(seconds=second), 1.0, loudness, light, target, is_open)


def test_a_day_is_added_up_and_survives_a_restart(tmp_path):
    book = Daybook(tmp_path, NOON)
    lived(book, NOON, 180)
    lived(book, NOON + timedelta(seconds=180), 120, -20.0, 0.2, "block4.conv1")
    book.count(faults=2, visitors=5, dreams=7)
    book.settle()
    again = Daybook(tmp_path, NOON + timedelta(minutes=6))
    lived(again, NOON + timedelta(minutes=6), 60, is_open=False)
    day = again.day
    assert (day.running, day.open, day.starts) == (360.0, 300.0, 2)
    assert (day.faults, day.visitors, day.dreams) == (2, 5, 7)
    assert day.loudest == pytest.approx(-20.0)
    assert day.loudest_at == "12:03"
    assert day.brightest == pytest.approx(0.2)
    assert day.regions == {"ar8": 240.0, "block4.conv1": 120.0}


def test_at_midnight_a_new_page_begins(tmp_path):
    late = datetime.fromisoformat("2026-11-24T23:59:30")
    book = Daybook(tmp_path, late)
    lived(book, late, 120)
    book.settle()
    assert (tmp_path / "2026-11-24.html").exists()
    first, second = (json.loads((tmp_path / f"2026-11-{day}.json").read_text()) for day in (24, 25))
    assert (first["running"], second["running"]) == (30.0, 90.0)
    rows = (tmp_path / "days.csv").read_text().splitlines()
    assert rows[0] == ",".join(CSV)
    assert [row.split(",")[0] for row in rows[1:]] == ["2026-11-24", "2026-11-25"]


def test_a_clock_that_is_set_does_not_count_as_hours(tmp_path):
    book = Daybook(tmp_path, NOON)
    book.second(NOON + timedelta(hours=9), 9 * 3600, -23.0, 0.1, "ar8", True)
    book.second(NOON, -9 * 3600, -23.0, 0.1, "ar8", True)
    assert book.day.running <= 5.0


@pytest.mark.parametrize("wrong", [b"", b"{", b'{"day": 1, "unknown": 2}', b"\xff"])
def test_a_broken_day_begins_anew(tmp_path, wrong):
    (tmp_path / "2026-11-24.json").write_bytes(wrong)
    book = Daybook(tmp_path, NOON)
    book.settle()
    assert json.loads((tmp_path / "2026-11-24.json").read_text())["starts"] == 1


def test_a_disk_that_refuses_is_told_and_costs_nothing_else(tmp_path):
    (tmp_path / "days").write_text("a file where the folder should be")
    book = Daybook(tmp_path / "days", NOON)
    lived(book, NOON, 61)
    book.settle()
    assert book.refused


def test_a_page_never_runs_what_a_target_says(tmp_path):
    book = Daybook(tmp_path, NOON)
    lived(book, NOON, 1, target="<script>alert(1)</script>")
    book.settle()
    assert "<script>" not in (tmp_path / "2026-11-24.html").read_text()


WELL = {"frames": 100, "seconds": 12.5, "sound": "playing", "underruns": 0, "score": 1.5, "held": False, "age": 0.5}


def test_health_says_what_is_wrong():
    assert health.troubles(WELL) == []
    assert health.ready(WELL)
    assert "no show runs" in health.troubles({})[0]
    assert "hangs" in health.troubles({**WELL, "age": 60.0})[0]
    assert not health.ready({**WELL, "age": 60.0})
    assert "silent" in health.troubles({**WELL, "sound": "silent"})[0]


def test_metrics_are_what_prometheus_reads():
    text = health.metrics({**WELL, "frame_ms_p99": float(17)})
    assert "immersions_up 1\n" in text
    assert "immersions_frames_total 100\n" in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+ -?[0-9.]+", line), line
    assert health.metrics({}).endswith("immersions_up 0\n")


def test_the_newest_run_is_read(tmp_path):
    assert health.newest(tmp_path) == {}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status.json").write_text(json.dumps({"frames": len(name), "name": name}))
    status = health.newest(tmp_path)
    assert status["frames"] == 1
    assert 0 <= status["age"] < 60
    (tmp_path / "a" / "status.json").write_text("{")
    (tmp_path / "b" / "status.json").write_text("[]")
    assert health.newest(tmp_path) == {}
