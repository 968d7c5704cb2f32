"""A disk that is full, read-only, missing or slow costs what would be written there, and never the show."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from interposed import System
from museum import until
from service import Service

from installation.content import kept
from installation.watch import refuge
from installation.watch.heart import Heart

pytestmark = pytest.mark.alone

MOUNT = 'mount -t tmpfs -o size=4m,mode=777 none "$1" && touch "$1/there" && shift && exec "$@"'
FULL = 'mount -t tmpfs -o size=64k,mode=777 none "$1" && cat /dev/zero > "$1/fill" 2> /dev/null; shift; exec "$@"'
READ_ONLY = """
mount -t tmpfs none "$1" && mkdir "$1/state" "$1/cache" && mount -o remount,ro none "$1" && shift && exec "$@"
"""


@pytest.fixture
def disk(tmp_path):
    """Makes the words before a command that give it a disk of its own, mounted where nobody else sees it."""
    (tmp_path / "disk").mkdir()
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.fail("these tests mount disks of their own: run them as root, or allow user namespaces")
    return lambda script: [*alone, "sh", "-c", script, "sh", str(tmp_path / "disk")]


def on(folder):
    """The variables that let everything be kept on a disk."""
    return {"IMMERSIONS_STATE": str(folder / "state"), "IMMERSIONS_CACHE": str(folder / "cache")}


def felt(service):
    """Let a test feel the heart of a service whose disk takes nothing: it beats in memory."""
    until(lambda: list(refuge.MEMORY.glob(f"immersions-*/heart/{service.process.pid}")), 60)
    (service.heart,) = refuge.MEMORY.glob(f"immersions-*/heart/{service.process.pid}")


def test_a_disk_that_fills_up_while_it_plays_costs_no_picture(tmp_path, disk):
    with Service(tmp_path, "evening", within=disk(MOUNT), **on(tmp_path / "disk")) as service:
        seen = Path(f"/proc/{service.process.pid}/root{tmp_path}/disk")
        service.heart = seen / "state" / "heart"
        service.playing(3)
        with pytest.raises(OSError, match="No space left"):
            (seen / "fill").write_bytes(bytes(8 << 20))
        assert service.standstill(3.0) < 2.0
        until(lambda: "nothing is written down for now, the show goes on" in service.words(), 20)
        assert "is started again" not in service.words()


@pytest.mark.parametrize("script", [FULL, READ_ONLY], ids=["full", "read-only"])
def test_a_disk_that_takes_nothing_from_the_start_is_no_dark_room(tmp_path, disk, script):
    with Service(tmp_path, "evening", within=disk(script), **on(tmp_path / "disk")) as service:
        felt(service)
        service.playing(3)
        assert "the show is felt through memory" in service.words()
        assert "is started again" not in service.words()
        service.heart.unlink()


def test_a_slow_disk_holds_up_no_picture(tmp_path):
    system = System(tmp_path, tmp_path / "slow")
    with Service(tmp_path, "evening", **system.environment, **on(tmp_path / "slow")) as service:
        service.playing(3)
        until(lambda: list((tmp_path / "slow").glob("cache/runs/*/status.json")), 20)
        written = list((tmp_path / "slow").glob("cache/runs/*/status.json"))
        system.delay(3.0)
        assert service.standstill(7.0) < 2.0
        system.delay(0)
        began = time.time()
        until(lambda: written[0].stat().st_mtime > began, 20)
        assert json.loads(written[0].read_text())["frames"] > 3
        assert "is started again" not in service.words()


def test_a_heart_without_room_on_the_disk_is_refused_and_not_fatal(tmp_path, disk):
    place = str(tmp_path / "disk")
    look = f"print(__import__('installation.watch.refuge').watch.refuge.heart(__import__('pathlib').Path({place!r})))"
    done = subprocess.run([*disk(FULL), sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    assert path.is_relative_to(refuge.MEMORY)
    Heart(path).close()
    path.unlink()


def test_folders_that_cannot_be_made_are_taken_in_memory_and_found_again(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").touch()
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path / "file" / "state"))
    monkeypatch.setattr(refuge, "MEMORY", tmp_path)
    refuge.sought("IMMERSIONS_STATE", kept)
    first = kept()
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path / "file" / "state"))
    refuge.sought("IMMERSIONS_STATE", kept)
    assert kept() == first
    assert first.is_relative_to(tmp_path)
    assert caplog.text.count("gone with the power") == 2
