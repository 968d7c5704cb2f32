"""The real service: what crashes comes back where it was, what cannot be used is bridged, nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from evening import content
from museum import until
from service import QUIET, Service

from installation.app import resuming
from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Activations, Clip, Dream, Scalogram, Verdict
from installation.entrance import Entrance
from installation.stage import Show
from installation.take import Header, TakeWriter
from installation.target import parse
from installation.watch import lastgood, service

pytestmark = pytest.mark.alone


def test_a_show_that_is_killed_goes_on_where_it_was_and_an_end_that_is_asked_for_leaves_nothing(tmp_path):
    with Service(tmp_path, "evening") as service:
        service.playing()
        until(
            lambda: sum(len(path.read_text()) for path in tmp_path.glob("cache/runs/*/take-*/loops.jsonl")) > 1000, 60
        )
        os.kill(service.show(), signal.SIGKILL)
        begin = time.monotonic()
        until(lambda: "where it was cut off" in service.words(), 20)
        service.playing()
        assert time.monotonic() - begin < 15
        assert "is started again" in service.words()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        until(lambda: not service.processes(), 10)


def test_settings_that_cannot_be_used_end_in_safe_mode_and_the_room_is_not_dark(tmp_path):
    with Service(tmp_path, settings="[picture\n") as service:
        until(lambda: "safe mode" in service.words(), 30)
        service.playing()
        assert "is not valid TOML" in service.words()


def test_the_last_good_configuration_is_tried_before_safe_mode(tmp_path):
    own = content(tmp_path)
    good = tmp_path / "state" / "good"
    (tmp_path / "good.toml").write_text(QUIET)
    lastgood.keep(good, tmp_path / "good.toml", own)
    (own / "scenes" / "lamp.py").write_text("this is no scene")
    with Service(tmp_path, "evening") as service:
        until(lambda: "from now on: the last good configuration" in service.words(), 30)
        service.playing()
        assert "safe mode" not in service.words()


def test_a_supervisor_that_is_killed_takes_its_show_with_it(tmp_path):
    with Service(tmp_path, "evening") as service:
        service.playing()
        service.process.kill()
        until(lambda: not service.processes(), 10)


# what is known of where the show was


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    made_of = body("tiny")
    return Show.load("immersions", defaults(), made_of.anatomy, made_of.layout, 5)


def cut_off(show, runs, loops=3, model="tiny", seed=5):
    folder = runs / "2026-01-01-120000" / "take-0001"
    writer = TakeWriter(folder, Header(show.name, model, "", seed, 0.0))
    writer.entrance(Entrance(0, at=10.0))
    for number in range(loops):
        sound = np.full((2, 4 * RATE), 0.01 * number, np.float32)
        dream = Dream(
            number, Clip(sound), Activations({}), Scalogram(np.zeros((1, 16), np.float32), 40.0, 24, 0.25),
            parse("ar8"), 1.0, number, Verdict(1.0, 0.1, 0.0),
        )  # fmt: skip
        writer.loop(number, 4.0 * number, dream)
    return folder


def test_a_show_goes_on_after_the_loop_that_was_heard_last(evening, tmp_path):
    cut_off(evening, tmp_path)
    place = resuming.place(evening, "tiny", 5, tmp_path)
    assert (place.loops, place.entrances) == (13, (Entrance(-3, at=10.0),))
    np.testing.assert_allclose(place.clip.samples, 0.02, atol=1e-6)
    assert place.clip.samples.shape[0] == 1


@pytest.mark.parametrize("other", [{"model": "house"}, {"seed": 6}])
def test_another_show_begins_at_its_beginning(evening, tmp_path, other):
    cut_off(evening, tmp_path, **other)
    assert resuming.place(evening, "tiny", 5, tmp_path) is None


def test_an_old_take_is_no_place_to_go_on_from(evening, tmp_path):
    folder = cut_off(evening, tmp_path)
    long_ago = time.time() - 2 * resuming.RECENT
    os.utime(folder / "loops.jsonl", (long_ago, long_ago))
    assert resuming.place(evening, "tiny", 5, tmp_path) is None


@pytest.mark.parametrize("name", ["take.json", "loops.jsonl", "clips/000002.flac"])
@pytest.mark.parametrize("what", [b"", b"\x00garbage\xff"])
def test_a_take_that_is_broken_only_costs_the_place(evening, tmp_path, name, what):
    (cut_off(evening, tmp_path) / name).write_bytes(what)
    assert resuming.place(evening, "tiny", 5, tmp_path) is None


def test_without_any_take_the_show_begins(evening, tmp_path):
    assert resuming.place(evening, "tiny", 5, tmp_path / "none") is None


# the last good configuration


def test_what_runs_well_is_kept_whole(tmp_path):
    own = content(tmp_path)
    (own / "models" / "mine").mkdir(parents=True)
    (own / "models" / "mine" / "weights.safetensors").write_bytes(bytes(lastgood.SMALL + 1))
    (tmp_path / "venue.toml").write_text(QUIET)
    lastgood.keep(tmp_path / "good", tmp_path / "venue.toml", own)
    settings, known = lastgood.kept(tmp_path / "good")
    assert settings.read_text() == QUIET
    assert (known / "scenes" / "lamp.py").read_text() == (own / "scenes" / "lamp.py").read_text()
    assert (known / "models" / "mine" / "weights.safetensors").stat().st_size == lastgood.SMALL + 1
    (own / "scenes" / "lamp.py").write_text("broken")
    assert (known / "scenes" / "lamp.py").read_text() != "broken"
    lastgood.keep(tmp_path / "good", None, None)
    settings, known = lastgood.kept(tmp_path / "good")
    assert settings.read_text() == ""  # all defaults
    assert known is None


def test_a_power_cut_between_two_names_loses_nothing(tmp_path):
    (tmp_path / "venue.toml").write_text(QUIET)
    lastgood.keep(tmp_path / "good", tmp_path / "venue.toml", None)
    (tmp_path / "good").rename(tmp_path / "good.old")
    assert lastgood.kept(tmp_path / "good")[0].read_text() == QUIET
    assert lastgood.kept(tmp_path / "none") is None


# how the machine is told


def test_a_unit_runs_the_service_for_ever(tmp_path):
    text = service.unit(["/a b/python", "-m", "installation", "serve", "100%"], {"X": "1 2"}, system=False)
    assert 'ExecStart="/a b/python" -m installation serve 100%%' in text
    assert 'Environment="X=1 2"' in text
    assert "Type=notify" in text
    assert "Restart=always" in text
    if shutil.which("systemd-analyze"):
        path = tmp_path / "immersions.service"
        path.write_text(text.replace("/a b/python", sys.executable))
        said = subprocess.run(
            ["systemd-analyze", "verify", "--user", str(path)], capture_output=True, text=True, check=False
        )
        assert "Unknown" not in said.stderr


def test_a_script_starts_again_what_was_killed_and_ends_when_that_was_asked_for(tmp_path):
    counted = tmp_path / "count"
    program = f"""
from pathlib import Path
counted = Path({str(counted)!r})
before = counted.read_text() if counted.exists() else ""
counted.write_text(before + "x")
raise SystemExit(0 if before else 9)
"""
    path = tmp_path / "forever.sh"
    path.write_text(service.script([sys.executable, "-c", program], {"NAME": "a b"}))
    assert subprocess.run(["sh", str(path)], timeout=20, check=False).returncode == 0
    assert counted.read_text() == "xx"
