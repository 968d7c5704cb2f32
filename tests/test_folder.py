"""The run folder: what is told, what is kept, and what happens on a disk that refuses."""

import json
import logging

import numpy as np
import pytest
from museum import dream
from PIL import Image

from installation.app import folder
from installation.app.folder import RunFolder
from installation.data import Controls, Heard
from installation.take import Header, Take

HEADER = Header("evening", "tiny", "fingerprint", 3, 0.0)
GREY = np.full((9, 16, 3), 100, np.uint8)
FIRST, SECOND = dream(1, number=1), dream(2, number=2)


def heard(dream, loop, place=0.25):
    return Heard(dream, None, place, loop, loop + place)


def test_status_and_preview_are_rewritten(tmp_path):
    run = RunFolder(HEADER, tmp_path)
    run.status({"frames": 1}, GREY)
    run.status({"frames": 2}, GREY)
    assert json.loads((run.path / "status.json").read_text()) == {"frames": 2}
    with Image.open(run.path / "preview.jpg") as picture:
        assert picture.size == (16, 9)
    assert not list(run.path.glob("*.part"))


def test_what_was_heard_is_a_take(tmp_path):
    run = RunFolder(HEADER, tmp_path)
    for loop, loud in ((0, FIRST), (0, FIRST), (1, FIRST), (2, SECOND), (3, SECOND)):
        run.heard(heard(loud, loop), Controls({"glow": float(loop)}))
    take = Take.read(run.path / "take-0001")
    assert [(loop.start, loop.clip) for loop in take.loops] == [
        (0, "000001.flac"), (1, "000001.flac"), (2, "000002.flac"), (3, "000002.flac")
    ]  # fmt: skip
    assert take.controls(2.0, Controls({"glow": 9.0}))["glow"] == pytest.approx(1.75)  # on its way from 1 to 2


def test_a_long_show_begins_new_takes_and_keeps_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LOOPS", 2)
    monkeypatch.setattr(folder, "TAKES", 2)
    run = RunFolder(HEADER, tmp_path)
    for loop in range(7):
        run.heard(heard(FIRST, loop), Controls({}))
    assert sorted(path.name for path in run.path.iterdir()) == ["take-0003", "take-0004"]
    assert [loop.start for loop in Take.read(run.path / "take-0003").loops] == [0, 1]


def test_only_the_last_runs_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "RUNS", 2)
    for name in ("2001-01-01-000000", "2002-01-01-000000", "2003-01-01-000000"):
        (tmp_path / name).mkdir()
    run = RunFolder(HEADER, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2003-01-01-000000", run.path.name]


def test_a_full_disk_is_told_once(tmp_path, caplog):
    run = RunFolder(HEADER, tmp_path)
    (run.path / ".status.json.part").symlink_to("/dev/full")
    with caplog.at_level(logging.ERROR):
        for loop in range(5):
            run.status({"frames": 1}, GREY)
            run.heard(heard(FIRST, loop), Controls({}))
    assert len(caplog.records) == 1
    assert "No space left" in caplog.text


def test_after_a_while_the_disk_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "RETRY", 0.0)
    run = RunFolder(HEADER, tmp_path)
    (run.path / ".status.json.part").symlink_to("/dev/full")
    run.status({"frames": 1}, GREY)
    (run.path / ".status.json.part").unlink()
    run.status({"frames": 2}, GREY)
    assert json.loads((run.path / "status.json").read_text()) == {"frames": 2}


def test_a_folder_that_cannot_be_made_does_not_stop_the_show(tmp_path, caplog):
    (tmp_path / "file").touch()
    run = RunFolder(HEADER, tmp_path / "file")
    run.status({"frames": 1}, GREY)
    run.heard(heard(FIRST, 0), Controls({}))
    assert len(caplog.records) == 1
