"""How long from the light switch to first picture and sound?    python tests/bench/bench_start.py [ROUNDS] [kill]

The real `immersions serve` with the default show on a real (virtual) display, into a real (virtual) sound server with a
recorder before its loudspeaker. The picture counts when the display lights up, the sound when the recorder hears it;
both from the moment at which the command is given. With `kill` also how long the room is without them after the
supervisor itself was killed below the script that `immersions install-service --script` writes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from display import Display, open_display
from museum import Recorder, open_museum

from installation.watch import service

ROUNDS = 3
LIT = 0.05  # of 255, the mean of a display on which something is seen
PATIENCE = 60.0  # seconds


def first(display: Display, recorder: Recorder, since: float) -> tuple[float, float]:
    """Seconds from a moment to the first light and the first sound."""
    picture = sound = 0.0
    read = recorder.count()
    while not (picture and sound):
        if time.monotonic() - since > PATIENCE:
            sys.exit(f"nothing to be seen or heard within {PATIENCE:g} s")
        time.sleep(0.02)
        if not picture and display.brightness() > LIT:
            picture = time.monotonic() - since
        if not sound and (count := recorder.count()) > read:
            fresh = np.fromfile(recorder.path, np.float32, offset=8 * read, count=2 * (count - read))
            read = count
            if np.abs(fresh).max(initial=0) > 1e-5:
                sound = time.monotonic() - since
    return picture, sound


def group(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """The command in a process group of its own."""
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def dark(display: Display) -> None:
    """Wait until nothing is shown any more."""
    while display.brightness() > LIT:
        time.sleep(0.02)


@contextmanager
def venue() -> Iterator[tuple[Path, Display, Recorder, dict[str, str]]]:
    """A folder, a display, a recorder before a loudspeaker, and the variables of a show that plays there."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        for name in ("display", "museum", "home"):
            (folder / name).mkdir()
        with (
            open_display(folder / "display", (1280, 720)) as display,
            open_museum(folder / "museum") as server,
            Recorder(server, folder / "sound") as recorder,
        ):
            own = {"IMMERSIONS_STATE": str(folder / "home"), "IMMERSIONS_CACHE": str(folder / "home" / "cache")}
            own |= {"DISPLAY": display.name, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "OMP_NUM_THREADS": "1"}
            yield folder, display, recorder, own


if __name__ == "__main__":
    rounds = next((int(word) for word in sys.argv[1:] if word.isdigit()), ROUNDS)
    with venue() as (folder, display, recorder, own):
        environment = os.environ | own
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "installation", "serve"]
        found = []
        for number in range(rounds + 1):  # the first compiles Python's own files, once in the life of a machine
            begin = time.monotonic()
            running = group(command, environment)
            picture, sound = first(display, recorder, begin)
            name = "start" if number else "first ever"
            load = os.getloadavg()[0]
            print(f"{name:11} picture {picture:5.2f} s   sound {sound:5.2f} s   (load {load:.1f})", flush=True)
            found += [(picture, sound)] if number else []
            running.send_signal(signal.SIGTERM)
            running.wait(30)
            dark(display)
        print("median      picture {:5.2f} s   sound {:5.2f} s".format(*np.median(found, axis=0)))
        if "kill" in sys.argv:
            script = folder / "forever.sh"
            script.write_text(service.script(command, own))
            running = group(["sh", str(script)], environment)
            first(display, recorder, time.monotonic())
            time.sleep(10.0)
            supervisor = int(subprocess.check_output(["pgrep", "-P", str(running.pid)]).split()[0])
            begin = time.monotonic()
            os.kill(supervisor, signal.SIGKILL)
            dark(display)
            picture, sound = first(display, recorder, begin)
            print(f"supervisor killed: picture back {picture:.2f} s, sound {sound:.2f} s")
            os.killpg(running.pid, signal.SIGKILL)
