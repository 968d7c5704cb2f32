"""Does the service stay as it is for hours?    python tests/bench/soak.py [HOURS] [MODEL] [faults]

The real command `immersions serve` with a real (virtual) display or none, a sound server that nobody hears, and every
ten seconds a look at all its processes: memory, file descriptors, threads. With `faults` something is broken every few
minutes: the dreamer, the sound process or the show is killed or frozen, the sound server is restarted.

Wanted: no crash outside injected faults, no picture that stands still for more than a second, and a slope of memory,
descriptors and threads under 1 % an hour over the second half.
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
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from museum import Server

LOOK = 10.0  # seconds between two looks
EVERY = (120.0, 300.0)  # seconds between two faults


class Service:
    """`immersions serve` and everything that it starts."""

    def __init__(self, folder: Path, model: str, environment: dict[str, str]) -> None:
        self.folder, self.mark = folder, uuid.uuid4().hex
        more = {
            "IMMERSIONS_STATE": str(folder / "state"), "IMMERSIONS_CACHE": str(folder / "cache"),
            "IMMERSIONS_SOAK": self.mark, "OMP_NUM_THREADS": "1", "COLUMNS": "300",
        }  # fmt: skip
        command = [sys.executable, "-m", "installation", "serve", "--model", model, "--headless"]
        with (folder / "words").open("wb") as words:
            self.process = subprocess.Popen(command, env=os.environ | environment | more, stdout=words, stderr=words)

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

    def named(self, word: str) -> list[int]:
        """The processes that have loaded something of this name."""
        found = []
        for place in self.processes():
            try:
                if word in (place / "maps").read_text() and int(place.name) != self.process.pid:
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    def size(self) -> tuple[float, int, int]:
        """Memory in MiB (shared parts once), file descriptors and threads, of all together."""
        memory, files, threads = 0.0, 0, 0
        for place in self.processes():
            try:
                rolled = (place / "smaps_rollup").read_text()
                memory += int(rolled.split("Pss:")[1].split()[0]) / 1024
                files += len(list((place / "fd").iterdir()))
                threads += len(list((place / "task").iterdir()))
            except (OSError, IndexError):
                continue
        return memory, files, threads

    def status(self) -> dict[str, float]:
        """What status.json says."""
        try:
            newest = max(self.folder.glob("cache/runs/*/status.json"), key=lambda path: path.stat().st_mtime)
            return dict(json.loads(newest.read_text()))
        except (OSError, ValueError):
            return {}


def fault(service: Service, server: Server, dice: random.Random) -> str:
    """Break something; what it was."""
    kind = dice.choice(["dreamer killed", "dreamer frozen", "sound killed", "show killed", "sound server restarted"])
    if kind == "sound server restarted":
        server.end()
        server.start()
        return kind
    word = {"dreamer": "libtorch", "sound": "portaudio", "show": "libGL"}[kind.split()[0]]
    for number in service.named(word)[:1]:
        os.kill(number, signal.SIGSTOP if kind.endswith("frozen") else signal.SIGKILL)
    return kind


def slope(values: list[float], hours: float) -> float:
    """Per cent an hour over the second half."""
    half = np.asarray(values[len(values) // 2 :], float)
    line = np.polyfit(np.linspace(0, hours / 2, len(half)), half, 1)
    return 100 * line[0] / max(half.mean(), 1e-9)


if __name__ == "__main__":
    numbers = [float(word) for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    hours = numbers[0] if numbers else 2.0
    words = [word for word in sys.argv[1:] if word.isalpha() and word != "faults"]
    dice = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="soak") as place:
        server = Server(Path(place))
        service = Service(Path(place), words[0] if words else "house", server.environment)
        memory, files, threads, told, broken = [], [], [], [], []
        begin = time.monotonic()
        next_fault = begin + dice.uniform(*EVERY)
        try:
            while (now := time.monotonic()) - begin < 3600 * hours:
                time.sleep(LOOK)
                if service.process.poll() is not None:
                    last = (Path(place) / "words").read_text()[-3000:]
                    sys.exit(f"the service ended with {service.process.returncode}:\n{last}")
                if "faults" in sys.argv and now > next_fault:
                    broken.append((now - begin, fault(service, server, dice)))
                    next_fault = now + dice.uniform(*EVERY)
                size = service.size()
                for series, value in zip((memory, files, threads), size, strict=True):
                    series.append(value)
                told.append(service.status())
                if len(memory) % 30 == 0:
                    now_told = told[-1]
                    print(
                        f"{(now - begin) / 60:6.1f} min  {size[0]:7.1f} MiB  {size[1]} files  {size[2]} threads  "
                        f"p99 {now_told.get('frame_ms_p99', 0):.0f} ms  {now_told.get('underruns', 0)} underruns  "
                        f"loop {now_told.get('loop', 0)}  restarts of sound {now_told.get('sound_restarts', 0)}, "
                        f"of the dreamer {now_told.get('optimiser_restarts', 0)}",
                        flush=True,
                    )
        finally:
            service.process.send_signal(signal.SIGTERM)
            service.process.wait(30)
            server.end()
        said = (Path(place) / "words").read_text()
    print(f"{hours:g} h: slopes over the second half, per cent an hour:")
    for name, series in (("memory", memory), ("files", files), ("threads", threads)):
        print(f"  {name:8} {slope(series, hours):+6.2f}   {series[len(series) // 2]:.0f} -> {series[-1]:.0f}")
    print(f"the show was started again {said.count('is started again')} times; faults: {broken}")
    print(f"slowest picture of 1 %: {max(status.get('frame_ms_p99', 0) for status in told):.0f} ms")
