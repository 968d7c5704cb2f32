"""Does a real systemd keep the show on?    sudo python tests/bench/bench_service.py

The unit that `immersions install-service --system` writes, run by a systemd that is the first process of namespaces of
its own: nothing of the machine's own services is touched (root, Linux with cgroup 2, `unshare` and `nsenter`). Shown on
a real (virtual) display, heard on a real (virtual) sound server. Seconds from the start until the room has picture and
sound, from the death of the show or its supervisor until they are back, how long they are away when the supervisor is
frozen (its watchdog strikes after a while), and from the asked-for end until nothing runs any more.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench_start import LIT, dark, first, venue
from display import Display
from museum import Recorder, until

from installation.data import RATE
from installation.watch import service

NAME = "immersions.service"
PLAYED = 20.0  # seconds of show before something is broken
STRUCK = 60.0  # seconds until a watchdog has struck and the show is back
GAP = 0.5  # seconds without picture that a room notices
PRIVATE = r"""
mount --make-rprivate /
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs none /run
for place in /etc/systemd /lib/systemd/system /lib/systemd/system-generators; do mount -t tmpfs none $place; done
for name in sysinit basic shutdown quiet; do
    printf '[Unit]\nDefaultDependencies=no\n' > /lib/systemd/system/$name.target
done
cp "$1" /lib/systemd/system/
exec env container=lxc /lib/systemd/systemd --system --unit=quiet.target --log-target=null
"""


class Systemd:
    """A manager of services that knows one unit only."""

    def __init__(self, unit: Path) -> None:
        spaces = ["unshare", "--mount", "--pid", "--fork", "--cgroup", "--uts", "--mount-proc"]
        self._process = subprocess.Popen([*spaces, "sh", "-c", PRIVATE, "sh", str(unit)])
        until(lambda: subprocess.run(["pgrep", "-P", str(self._process.pid)], capture_output=True).returncode == 0)
        self._first = subprocess.check_output(["pgrep", "-P", str(self._process.pid)], text=True).strip()
        until(lambda: self.ask("list-units").returncode == 0)

    def _inside(self, *words: str) -> "subprocess.CompletedProcess[str]":
        inside = ["nsenter", "--target", self._first, "--mount", "--pid", "--cgroup"]
        return subprocess.run([*inside, *words], capture_output=True, text=True, check=False)

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """What `systemctl` answers."""
        return self._inside("systemctl", *words)

    def tell(self, name: str) -> str:
        """A property of the unit."""
        return self.ask("show", NAME, f"--property={name}", "--value").stdout.strip()

    def send(self, number: signal.Signals) -> None:
        """A signal to the unit's main process alone."""
        self.ask("kill", "--kill-who=main", f"--signal={number.name}", NAME)

    def kill_show(self) -> None:
        """Kill what the unit's main process watches over."""
        self._inside("pkill", "-KILL", "--parent", self.tell("MainPID"))

    def end(self) -> None:
        os.kill(int(self._first), signal.SIGKILL)  # all that it has started ends with it
        self._process.wait(30)


@contextmanager
def open_systemd(unit: Path) -> Iterator[Systemd]:
    """A systemd until the end of the block."""
    made = Systemd(unit)
    try:
        yield made
    finally:
        made.end()


def away(display: Display, recorder: Recorder) -> tuple[float, float]:
    """How many seconds picture and sound are away, once both are back."""
    read, begin = recorder.count(), time.monotonic()
    seen, dark_for = begin, 0.0
    while dark_for < GAP:
        time.sleep(0.02)
        if (now := time.monotonic()) - begin > STRUCK:
            sys.exit(f"nothing had happened after {STRUCK:g} s")
        if display.brightness() > LIT:
            dark_for, seen = now - seen, now
    time.sleep(PLAYED)
    loud = np.flatnonzero(np.abs(recorder.samples()[read:, 0]))
    return dark_for, float(np.diff(loud).max()) / RATE


if __name__ == "__main__":
    if os.geteuid():
        print("left out: this starts a systemd in namespaces of its own, which only root may")
        sys.exit()
    with venue() as (folder, display, recorder, own):
        own |= recorder.server.environment
        (folder / NAME).write_text(service.unit([sys.executable, "-m", "installation", "serve"], own, system=True))
        with open_systemd(folder / NAME) as systemd:
            begin = time.monotonic()
            systemd.ask("start", "--no-block", NAME)
            print("started: picture {:.2f} s, sound {:.2f} s".format(*first(display, recorder, begin)))
            until(lambda: systemd.tell("ActiveState") == "active", 60)  # it has said that it is ready
            time.sleep(PLAYED)

            for who, strike in (("show", systemd.kill_show), ("supervisor", partial(systemd.send, signal.SIGKILL))):
                begin = time.monotonic()
                strike()
                dark(display)
                back = first(display, recorder, begin)
                print("{} killed: picture back {:.2f} s, sound {:.2f} s".format(who, *back), flush=True)
                time.sleep(PLAYED)

            systemd.send(signal.SIGSTOP)
            print("supervisor frozen: picture away {:.2f} s, sound {:.2f} s".format(*away(display, recorder)))
            print(f"begun anew {systemd.tell('NRestarts')} times (2)")

            begin = time.monotonic()
            systemd.ask("stop", NAME)
            dark(display)
            print(f"stopped: dark after {time.monotonic() - begin:.2f} s, state {systemd.tell('ActiveState')}")
