"""Does the service stay as it is for hours?    python tests/bench/soak.py [HOURS] [MODEL] [faults]

The real command `immersions serve`, kept alive by the script of `immersions install-service --script`, without a
display, on a sound server that nobody hears. Somebody listens in front of its loudspeaker, somebody counts pictures,
and every ten seconds all its processes are looked at. With `faults` something is broken every few minutes: the
dreamer, the sound process, the show or the sound server is killed or frozen, the supervisor is killed.

Wanted: no crash, no silence over 50 ms and no picture that stands still for over 1 s outside injected faults; memory,
descriptors and threads flat, their slopes over the second half under 1 % an hour.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from museum import Server
from soaking import GAP, Growth, Hearing, Seeing

from installation.watch.service import script

LOOK = 10.0  # seconds between two looks at the processes
TELL = 300.0  # seconds between two lines
EVERY = (120.0, 300.0)  # seconds between two faults
WINDOW = 30.0  # seconds after a fault in which what it may break is its own trace
FROZEN = 5.0  # seconds that the sound server is frozen
STANDSTILL = 1.0  # seconds that a picture may stand
BEGIN = 20.0  # seconds that the service may take until it counts
PATIENCE = (2, 600.0)  # no more ends of the show in so many seconds: the next one would rightly change the show

SETTINGS = """\
[picture]
size = [480, 270]
frame_rate = 30
[station]
port = 0
[osc]
in = 0
out = 0
"""

# what is broken -> whether it may cost sound, and pictures
FAULTS = {
    "dreamer killed": (False, False),
    "dreamer frozen": (False, False),
    "sound killed": (True, False),
    "sound frozen": (True, False),
    "sound server restarted": (True, False),
    "sound server frozen": (True, False),
    "show killed": (True, True),
    "show frozen": (True, True),
    "supervisor killed": (True, True),
}


@dataclass
class Fault:
    """What was broken, when, and when the dreamer had a dream ready again."""

    kind: str
    moment: float
    dreamt: float | None = None


class Service:
    """`immersions serve` and everything that it starts."""

    def __init__(self, folder: Path, model: str, environment: dict[str, str]) -> None:
        self.folder, self.mark = folder, uuid.uuid4().hex
        more = {
            "IMMERSIONS_STATE": str(folder / "state"), "IMMERSIONS_CACHE": str(folder / "cache"),
            "IMMERSIONS_SOAK": self.mark, "OMP_NUM_THREADS": "1", "COLUMNS": "300",
        }  # fmt: skip
        (folder / "settings.toml").write_text(SETTINGS)
        serve = [sys.executable, "-m", "installation", "serve", "--model", model, "--headless"]
        (folder / "keep").write_text(script([*serve, "--settings", str(folder / "settings.toml")], {}))
        with (folder / "words").open("wb") as words:
            self.process = subprocess.Popen(
                ["sh", str(folder / "keep")], env=os.environ | environment | more, stdout=words, stderr=words,
                cwd=Path(__file__).parents[2], start_new_session=True,
            )  # fmt: skip

    def processes(self) -> list[Path]:
        """All of them, as folders of /proc."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (place / "environ").read_bytes():
                    found.append(place)
            except OSError:
                continue
        return found

    def named(self, word: str) -> Iterator[int]:
        """The processes that have loaded something of this name."""
        for place in self.processes():
            try:
                if word in (place / "maps").read_text():
                    yield int(place.name)
            except OSError:
                continue

    @property
    def supervisor(self) -> int:
        """The number of the process that `serve` is."""
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def status(self) -> dict[str, Any]:
        """What status.json says."""
        try:
            newest = max(self.folder.glob("cache/runs/*/status.json"), key=lambda path: path.stat().st_mtime)
            return dict(json.loads(newest.read_text()))
        except (OSError, ValueError):
            return {}

    def said(self) -> str:
        """All that it has said."""
        return (self.folder / "words").read_text(errors="replace")

    def end(self) -> None:
        os.kill(self.supervisor, signal.SIGTERM)  # an end that was asked for ends the script, too
        self.process.wait(30)


class Breaking:
    """Chooses what is broken next, all kinds before any comes again, and breaks it."""

    def __init__(self, service: Service, server: Server, dice: random.Random) -> None:
        self.service, self.server, self.dice = service, server, dice
        self.deck: list[str] = []
        self.done: list[Fault] = []

    def __call__(self, now: float) -> Fault:
        ended = [fault for fault in self.done if FAULTS[fault.kind][1] and now - fault.moment < PATIENCE[1]]
        if not self.deck:
            self.deck = self.dice.sample(list(FAULTS), len(FAULTS))
        spared = len(ended) >= PATIENCE[0]
        kind = next((kind for kind in self.deck if not (spared and FAULTS[kind][1])), "dreamer killed")
        if kind in self.deck:
            self.deck.remove(kind)
        self._break(kind)
        self.done.append(fault := Fault(kind, now))
        return fault

    def _break(self, kind: str) -> None:
        who, _, how = kind.rpartition(" ")
        blow = signal.SIGSTOP if how == "frozen" else signal.SIGKILL
        if kind == "sound server restarted":
            self.server.end()
            self.server.start()
        elif kind == "sound server frozen":
            os.kill(self.server.process.pid, blow)
            time.sleep(FROZEN)
            os.kill(self.server.process.pid, signal.SIGCONT)
        elif who == "supervisor":
            os.kill(self.service.supervisor, blow)
        else:
            for number in self.service.named(Growth.ROLES[who]):
                os.kill(number, blow)


def soak(hours: float, model: str, broken: bool, folder: Path) -> bool:
    """The whole of it; whether all that is wanted was found."""
    server = Server(folder)
    (folder / "state").mkdir()
    begin = time.monotonic()
    service = Service(folder, model, server.environment)
    dice, growth, told = random.Random(1), Growth(), list[dict[str, Any]]()
    breaking = Breaking(service, server, dice)
    with Hearing(server.environment) as hearing, Seeing(folder / "state" / "heart") as seeing:
        looked = said = begin
        next_fault = begin + dice.uniform(*EVERY)
        try:
            while (now := time.monotonic()) - begin < 3600 * hours:
                time.sleep(0.5)
                if service.process.poll() is not None:
                    sys.exit(f"the service ended with {service.process.returncode}:\n{service.said()[-3000:]}")
                if broken and now > next_fault and 3600 * hours - (now - begin) > 2 * WINDOW:
                    fault = breaking(now)
                    print(f"{(now - begin) / 60:6.1f} min  {fault.kind}", flush=True)
                    next_fault = now + dice.uniform(*EVERY)
                if now - looked < LOOK:
                    continue
                looked, status = now, service.status()
                size = growth.look(now, service.processes())
                for fault in breaking.done:
                    if fault.dreamt is None and told and status.get("dreams", 0) > told[-1].get("dreams", 0):
                        fault.dreamt = now
                told.append(status)
                if now - said > TELL:
                    said = now
                    late = [span for span in seeing.spans if span.seconds > STANDSTILL]
                    print(
                        f"{(now - begin) / 60:6.1f} min  {size['memory']:7.1f} MiB ("
                        f"{', '.join(f'{role} {size[role]:.0f}' for role in growth.ROLES)})  "
                        f"{size['files']:.0f} files  {size['threads']:.0f} threads  "
                        f"{seeing.pictures / (now - begin):.1f} pictures/s  "
                        f"median {status.get('frame_ms_median', 0):.0f} ms  "
                        f"worst {status.get('frame_ms_worst', 0):.0f} ms  "
                        f"{len(late)} still  {len(hearing.spans)} silences  loop {status.get('loop', 0)}  "
                        f"scene {status.get('scene')}  rung {status.get('rung')}  dreams {status.get('dreams')}",
                        flush=True,
                    )
        finally:
            service.end()
            server.end()
    return report(begin, time.monotonic(), breaking.done, hearing, seeing, growth, told, service.said())


def report(
    begin: float, end: float, faults: list[Fault], hearing: Hearing, seeing: Seeing, growth: Growth,
    told: list[dict[str, Any]], said: str,
) -> bool:  # fmt: skip
    """Print what was found; whether it is what is wanted."""
    middle = (begin + end) / 2
    print(f"\n{(end - begin) / 3600:.2f} h, {seeing.pictures} pictures, {len(faults)} faults:")
    for fault in faults:
        until = fault.moment + WINDOW
        silence, still = hearing.worst(fault.moment, until), seeing.worst(fault.moment, until)
        dreamt = f"{fault.dreamt - fault.moment:.0f} s" if fault.dreamt else "the end of the soak"
        print(
            f"{(fault.moment - begin) / 60:6.1f} min  {fault.kind:24} silence {silence:5.2f} s  "
            f"still {still:5.2f} s  next dream after {dreamt}"
        )
    fine = True
    for name, watch, limit, which in (("silence", hearing, GAP, 0), ("still", seeing, STANDSTILL, 1)):
        excused = [fault for fault in faults if FAULTS[fault.kind][which]]
        own = [
            span for span in watch.spans
            if span.seconds > limit and begin + BEGIN < span.begin < end - BEGIN
            and not any(span.meets(fault.moment, fault.moment + WINDOW) for fault in excused)
        ]  # fmt: skip
        fine = fine and not own
        print(f"{name} over {limit:g} s outside faults: {len(own)}")
        for span in own:
            print(f"    at {(span.begin - begin) / 60:.1f} min for {span.seconds:.3f} s")
    late = sorted((span.seconds for span in seeing.spans), reverse=True)
    print(f"pictures later than 0.25 s, in all: {len(late)}; worst {', '.join(f'{s:.2f}' for s in late[:8])} s")
    print("slopes over the second half, per cent an hour:")
    for kind in growth.KINDS:
        slope = growth.slope(kind, middle, [fault.moment for fault in faults])
        lives = {role: growth.within_lives(role, kind, middle) for role in growth.ROLES}
        values = [value for now, value in growth.totals[kind] if now >= middle]
        fine = fine and slope < 1.0
        print(
            f"  {kind:8} {slope:+6.2f}   {values[0]:.0f} -> {values[-1]:.0f}   within lives: "
            + ", ".join(f"{role} {value:+.1f}" for role, value in lives.items())
        )
    rises = {
        key: sum(max(0, b.get(key, 0) - a.get(key, 0)) for a, b in pairwise(told))
        for key in ("underruns", "sound_restarts", "optimiser_restarts", "dreams", "from_the_bank", "loop")
    }
    print("  ".join(f"{key} {value}" for key, value in rises.items()))
    print("what it said:", *(line.rstrip() for line in said.splitlines() if not line.startswith("INFO ")), sep="\n    ")
    print(f"the show was begun {said.count('the show begins')} times, rungs left: {said.count('does not hold')}")
    return fine


if __name__ == "__main__":
    numbers = [float(word) for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    words = [word for word in sys.argv[1:] if word.isalpha() and word != "faults"]
    with tempfile.TemporaryDirectory(prefix="soak") as place:
        well = soak(numbers[0] if numbers else 2.0, words[0] if words else "house", "faults" in sys.argv, Path(place))
    sys.exit(0 if well else 1)
