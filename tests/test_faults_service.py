"""The supervisor itself is killed or frozen: whatever watches over it starts it again, and never do two shows play."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from museum import until
from service import Service

from installation.watch import service as written
from installation.watch.heart import Heart

pytestmark = pytest.mark.alone

BACK = 5.0  # seconds in which a show has to be there again
KEPT = ("IMMERSIONS_TEST", "IMMERSIONS_STATE", "IMMERSIONS_CACHE", "IMMERSIONS_CONTENT", "OMP_NUM_THREADS")


class Systemd:
    """As much of systemd as a unit of `Type=notify` needs: starts it, hears it, kills it when it is mute, starts it."""

    def __init__(self, unit, folder):
        self.lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and "Environment" not in line)
        said = (shlex.split(line.partition("=")[2])[0] for line in unit.splitlines() if line.startswith("Environment="))
        self.environment = os.environ | dict(pair.split("=", 1) for pair in said)
        self.ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ears.bind(str(folder / "notify"))
        self.ears.setblocking(False)
        self.environment["NOTIFY_SOCKET"] = str(folder / "notify")
        self.heard = []
        self.starts = 0

    def start(self):
        self.starts += 1
        self.alive = time.monotonic()
        command = shlex.split(self.lines["ExecStart"])
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def look(self):
        """What systemd does all the time."""
        try:
            while True:
                self.heard.append(self.ears.recv(1000).decode())
                self.alive = time.monotonic()
        except BlockingIOError:
            pass
        ready = "READY=1" in self.heard and "STOPPING=1" not in self.heard
        if ready and time.monotonic() - self.alive > float(self.lines["WatchdogSec"]):
            self.process.kill()
        if (code := self.process.poll()) is not None and self.lines["Restart"] == "always":
            if str(code) in self.lines["RestartPreventExitStatus"].split():
                return
            time.sleep(float(self.lines["RestartSec"]))
            self.heard.clear()
            self.start()

    def until(self, true, seconds=60.0):
        until(lambda: self.look() or true(), seconds)


def shows(mark):
    """The processes of shows that play with this mark; a child that is not yet another program is the same show."""
    found: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            if b"run" in words and b"installation" in words and mark.encode() in (place / "environ").read_bytes():
                parent = re.search(r"PPid:\s*(\d+)", (place / "status").read_text())
                found[int(place.name)] = int(parent[1]) if parent else 0
        except OSError:
            continue
    return [number for number, parent in found.items() if parent not in found]


@pytest.fixture
def command(tmp_path):
    """The service's command and variables; whatever was started with them is ended."""
    with Service(tmp_path, "evening") as service:
        service.process.kill()
        service.process.wait()
        until(lambda: not service.processes(), 10)
        service.heart.unlink(missing_ok=True)
        yield service.command, {name: service.environment[name] for name in KEPT}, service


def never_two(service, true, seconds=60.0):
    """Wait until it is true; meanwhile never more than one show presents pictures."""
    most = 0
    begin = time.monotonic()
    while not true():
        most = max(most, len(shows(service.mark)))
        assert time.monotonic() - begin < seconds
        time.sleep(0.02)
    assert most <= 1
    return time.monotonic() - begin


def alive(service):
    return service.heart.exists() and Heart(service.heart).feel().ready


def test_the_script_brings_a_killed_supervisor_back_and_never_do_two_shows_play(command, tmp_path):
    words, variables, service = command
    path = tmp_path / "forever.sh"
    path.write_text(written.script(words, variables))
    with subprocess.Popen(["sh", str(path)], start_new_session=True, stderr=subprocess.DEVNULL) as script:
        try:
            never_two(service, lambda: alive(service))
            (first,) = shows(service.mark)
            supervisor = int(re.search(r"PPid:\s*(\d+)", Path(f"/proc/{first}/status").read_text())[1])
            begin = time.monotonic()
            os.kill(supervisor, signal.SIGKILL)
            never_two(service, lambda: shows(service.mark) not in ([], [first]))
            Heart(service.heart).still()
            never_two(service, lambda: alive(service))
            assert time.monotonic() - begin < BACK * 3  # on a machine with other work; see tests/bench/bench_start.py
        finally:
            os.killpg(script.pid, signal.SIGKILL)


def test_systemd_hears_that_it_lives_and_starts_again_what_was_killed_or_hangs(command, tmp_path):
    words, variables, service = command
    systemd = Systemd(written.unit(words, variables, system=False), tmp_path)
    systemd.lines["WatchdogSec"] = "3"  # seconds, not to wait so long; what the unit says is asked below
    systemd.start()
    try:
        systemd.until(lambda: "READY=1" in systemd.heard and "WATCHDOG=1" in systemd.heard)
        systemd.process.kill()
        systemd.until(lambda: systemd.starts == 2 and "READY=1" in systemd.heard)
        os.kill(systemd.process.pid, signal.SIGSTOP)
        systemd.until(lambda: systemd.starts == 3 and "READY=1" in systemd.heard)
        assert len(shows(service.mark)) == 1
        systemd.process.send_signal(signal.SIGTERM)
        systemd.until(lambda: systemd.process.poll() == 0)
        systemd.look()
        assert systemd.starts == 3  # an end that was asked for is the end
    finally:
        systemd.process.kill()
        systemd.process.wait()
        systemd.ears.close()
    unit = written.unit([sys.executable], {}, system=True)
    assert f"WatchdogSec={written.WATCHDOG}\n" in unit
    assert 3 < written.WATCHDOG <= 15  # a supervisor tells every second that it lives
