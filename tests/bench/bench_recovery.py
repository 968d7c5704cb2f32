"""How long is the room silent when something of the sound breaks?    python tests/bench/bench_recovery.py [ROUNDS]

A real (virtual) sound server with a recorder before its loudspeaker. The seconds are silence as it was recorded; where
the server itself was gone, from its death (killed, started again at once), its loudspeaker's return or its waking to
the first sound that a fresh recorder hears.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from museum import SINK, Recorder, Server, dream, open_museum, until

from installation.data import RATE
from installation.sound.player import Player

ROUNDS = 3
FROZEN = 3.0  # seconds


def silence(server: Server, folder: Path, player: Player, number: int) -> float:
    """Seconds of silence on a loudspeaker that goes on, after the sound process got a signal."""
    with Recorder(server, folder / "sound") as recorder:
        until(lambda: recorder.count() > RATE)
        os.kill(player.process or 0, number)
        time.sleep(5.0)
        loud = np.flatnonzero(np.abs(recorder.samples()[:, 0]))
    return float(np.diff(loud).max()) / RATE


def first_sound(server: Server, folder: Path, since: float) -> float:
    """Seconds until a fresh recorder hears something."""
    until(lambda: "museum.monitor" in server.ask("list", "short", "sources").stdout)
    with Recorder(server, folder / "sound") as recorder:
        until(lambda: np.abs(recorder.samples()[-RATE:]).max(initial=0) > 0.1)
    return time.monotonic() - since


def process_killed(server: Server, folder: Path, player: Player) -> float:
    return silence(server, folder, player, signal.SIGKILL)


def process_frozen(server: Server, folder: Path, player: Player) -> float:
    return silence(server, folder, player, signal.SIGSTOP)


def server_killed(server: Server, folder: Path, player: Player) -> float:
    since = time.monotonic()
    server.process.kill()
    server.process.wait()
    server.start()
    return first_sound(server, folder, since)


def server_frozen(server: Server, folder: Path, player: Player) -> float:
    os.kill(server.process.pid, signal.SIGSTOP)
    time.sleep(FROZEN)
    os.kill(server.process.pid, signal.SIGCONT)
    return first_sound(server, folder, time.monotonic())


def sink_removed(server: Server, folder: Path, player: Player) -> float:
    server.ask("unload-module", "module-null-sink")
    time.sleep(1.0)
    since = time.monotonic()
    server.ask("load-module", *SINK.format(rate=server.rate).split())
    return first_sound(server, folder, since)


CASES: tuple[Callable[[Server, Path, Player], float], ...] = (
    process_killed, process_frozen, server_killed, server_frozen, sink_removed,
)  # fmt: skip

if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    for case in CASES:
        times = []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as place, open_museum(Path(place)) as server, Player(dream(0)) as player:
                player.wait()
                until(lambda player=player: player._keeper._spare is not None)
                times.append(case(server, Path(place), player))
        name = case.__name__.replace("_", " ")
        load = os.getloadavg()[0]
        print(f"{name:15}  median {np.median(times):5.2f} s, worst {max(times):5.2f} s (load {load:.1f})", flush=True)
