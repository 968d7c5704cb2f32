"""A show that crashes, hangs or cannot begin is running again within seconds, and never a black room."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from museum import until

from installation.watch import supervisor as module
from installation.watch.heart import Heart, Pulse
from installation.watch.notify import Notifier
from installation.watch.supervisor import Rung, Supervisor

pytestmark = pytest.mark.alone

SHOW = """
import os, sys, time
from pathlib import Path
from installation.watch.heart import Heart
folder, kind = Path(sys.argv[1]), sys.argv[2]
with (folder / "lives").open("a") as lives:
    lives.write(f"{kind} {time.monotonic()} {os.getpid()}\\n")
heart = Heart.watched()
if kind == "unusable":
    sys.exit(78)
picture = blocks = 0
while True:
    time.sleep(0.02)
    picture += not (folder / "hang").exists()
    blocks += not (folder / "mute").exists()
    heart.beat(picture, blocks, not (folder / "no device").exists())
    for number in range(256):
        if (asked := folder / f"end {number}").exists():
            asked.unlink()
            os._exit(number)
"""


def rung(folder, kind="wished", **more):
    return Rung(kind, [sys.executable, "-c", SHOW, str(folder), kind], **more)


def lives(folder):
    """Kind, moment and process of every life so far."""
    path = folder / "lives"
    found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(kind, float(moment), int(number)) for kind, moment, number in found]


RUN = """
import sys
from pathlib import Path
import logging
logging.basicConfig(level="INFO", format="%(message)s")
from installation.watch import supervisor
from installation.watch.supervisor import Rung, Supervisor
folder = Path(sys.argv[1])
supervisor.MUTE = 1.0
supervisor.GOOD = float(sys.argv[2])
show = (Path(sys.argv[1]) / "show.py").read_text()
rungs = [Rung(kind, [sys.executable, "-c", show, str(folder), kind]) for kind in sys.argv[3:]]
good = lambda: (folder / "good").touch()
sys.exit(Supervisor(rungs, folder / "heart", good).run())
"""


class Museum:
    """A supervisor in a process of its own."""

    def __init__(self, folder, *kinds, good=600.0):
        (folder / "show.py").write_text(SHOW)
        self.folder, self.kinds = folder, kinds
        with (folder / "words").open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(folder), str(good), *kinds], stdout=words, stderr=words
            )

    def __enter__(self):
        until(lambda: lives(self.folder), 20)
        if self.kinds[0] != "unusable":
            until(lambda: Heart(self.folder / "heart").feel().ready, 20)
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        for _, _, number in lives(self.folder):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def ask(self, what):
        (self.folder / what).touch()
        return time.monotonic()

    def words(self):
        return (self.folder / "words").read_text()


def test_a_crash_is_a_new_show_within_three_seconds(tmp_path):
    with Museum(tmp_path, "wished") as museum:
        asked = museum.ask("end 1")
        until(lambda: len(lives(tmp_path)) == 2, 10)
        assert lives(tmp_path)[1][1] - asked < 3
        assert "with code 1" in museum.words()


def test_a_kill_is_a_new_show(tmp_path):
    with Museum(tmp_path, "wished") as museum:
        os.kill(lives(tmp_path)[0][2], signal.SIGKILL)
        until(lambda: len(lives(tmp_path)) == 2, 10)
        assert "by signal 9" in museum.words()


@pytest.mark.parametrize("stop", ["hang", "freeze"])
def test_a_picture_that_stands_still_is_a_new_show_within_five_seconds(tmp_path, stop):
    with Museum(tmp_path, "wished") as museum:
        begin = time.monotonic()
        if stop == "hang":
            museum.ask("hang")
        else:
            os.kill(lives(tmp_path)[0][2], signal.SIGSTOP)
        until(lambda: "is started again" in museum.words(), 10)
        (tmp_path / "hang").unlink(missing_ok=True)
        until(lambda: len(lives(tmp_path)) == 2, 10)
        assert lives(tmp_path)[1][1] - begin < 5


def test_sound_that_stands_still_is_a_new_show_unless_there_is_no_device(tmp_path):
    with Museum(tmp_path, "wished") as museum:
        museum.ask("no device")
        museum.ask("mute")
        time.sleep(1.6)
        assert len(lives(tmp_path)) == 1
        (tmp_path / "no device").unlink()
        until(lambda: "no sound" in museum.words(), 10)


def test_after_three_ends_the_next_rung_is_tried_and_the_last_one_stays(tmp_path):
    with Museum(tmp_path, "wished", "good", "safe") as museum:
        for end in range(8):
            until(lambda count=end + 1: len(lives(tmp_path)) == count, 10)
            museum.ask("end 1")
        until(lambda: len(lives(tmp_path)) == 9, 10)
        assert [kind for kind, _, _ in lives(tmp_path)] == ["wished"] * 3 + ["good"] * 3 + ["safe"] * 3


def test_what_cannot_be_used_is_not_tried_again(tmp_path):
    with Museum(tmp_path, "unusable", "safe"):
        until(lambda: len(lives(tmp_path)) == 2, 10)
        assert [kind for kind, _, _ in lives(tmp_path)] == ["unusable", "safe"]


def test_a_show_that_wants_to_be_started_again_is_no_crash(tmp_path):
    with Museum(tmp_path, "wished", "safe") as museum:
        for end in range(4):
            until(lambda count=end + 1: len(lives(tmp_path)) == count, 10)
            museum.ask("end 75")
        until(lambda: len(lives(tmp_path)) == 5, 10)
        assert {kind for kind, _, _ in lives(tmp_path)} == {"wished"}


def test_a_show_that_ran_well_is_known_to_be_good(tmp_path):
    with Museum(tmp_path, "wished", good=1.0):
        until(lambda: (tmp_path / "good").exists(), 10)


def test_a_show_that_ends_as_it_should_ends_the_service(tmp_path):
    with Museum(tmp_path, "wished") as museum:
        museum.ask("end 0")
        assert museum.process.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_when_the_end_is_asked_for_nothing_is_left(tmp_path, number):
    with Museum(tmp_path, "wished") as museum:
        museum.process.send_signal(number)
        assert museum.process.wait(15) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(lives(tmp_path)[0][2], 0)


def test_a_rung_that_is_not_there_is_left_out(tmp_path):
    watched = Supervisor(
        [rung(tmp_path), rung(tmp_path, "gone", there=lambda: False), rung(tmp_path, "safe")], tmp_path / "heart"
    )
    watched._climb(module.UNUSABLE)
    assert watched._ladder[watched._rung].name == "safe"


def test_a_heart_tells_only_what_was_told(tmp_path):
    show, watcher = Heart(tmp_path / "heart"), Heart(tmp_path / "heart")
    assert watcher.feel() == Pulse(0, 0, False)
    show.beat(7, 9, True)
    assert watcher.feel() == Pulse(7, 9, True)
    watcher.still()
    assert not watcher.feel().ready


def test_systemd_hears_of_it(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        notifier = Notifier(str(tmp_path / "notify"))
        notifier.ready()
        notifier.alive()
        notifier.status("the show as wished")
        assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STATUS=the show as wished"]


def test_without_systemd_nobody_is_told(tmp_path):
    Notifier("").ready()
    Notifier(str(tmp_path / "nobody")).alive()
