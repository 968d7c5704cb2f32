"""What a visitor would have noticed of a long run: silences, pictures that stand still; and what grows meanwhile."""

import os
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import numpy as np
from scipy.stats import theilslopes

from installation.watch.heart import Heart

RATE, CHANNELS = 48_000, 2  # of the loudspeaker
GAP = 0.05  # seconds of exact silence that count as a gap
ABSENT = 0.5  # seconds without any sound from the server after which the clock on the wall counts, not its samples
GLANCE = 0.01  # seconds between two looks at the counter of pictures
STILL = 0.25  # seconds without a new picture that are worth remembering
OWN = ("Pss_Anon", "Pss_Shmem")  # what of a process' memory is its own
SETTLED = 60.0  # seconds of a process' life that are not asked for a slope: it is still growing up

Points = list[tuple[float, float]]  # moment in seconds, value


class Span(NamedTuple):
    """Something lasted: since when (time.monotonic seconds) and for how many seconds."""

    begin: float
    seconds: float

    def meets(self, begin: float, end: float) -> bool:
        return self.begin < end and self.begin + self.seconds > begin


class Watch:
    """A thread that looks at one thing, inside a `with` block; `spans` are what it found, oldest first."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self.look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join(5)

    def look(self) -> None:
        raise NotImplementedError

    def worst(self, begin: float, end: float) -> float:
        """Seconds of the longest span that meets this time."""
        return max((span.seconds for span in self.spans if span.meets(begin, end)), default=0.0)


class Hearing(Watch):
    """Listens in front of the loudspeaker for silence over 50 ms: exact zeros, or a server that gives nothing."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self._environment = os.environ | environment
        self._last: float | None = None  # when there was sound last
        self._zeros = 0  # samples of silence at the end of what was heard

    def look(self) -> None:
        command = ["parec", "-d", "museum.monitor", "--format=float32le", f"--rate={RATE}"]
        while not self._over.is_set():
            recorder = subprocess.Popen(
                [*command, f"--channels={CHANNELS}", "--latency-msec=20", "--raw"],
                env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            assert recorder.stdout is not None
            rest = b""
            while not self._over.is_set() and (part := os.read(recorder.stdout.fileno(), 1 << 16)):
                data = rest + part
                whole = len(data) // (4 * CHANNELS) * 4 * CHANNELS
                rest = data[whole:]
                self.hear(np.frombuffer(data[:whole], np.float32).reshape(-1, CHANNELS).any(axis=1), time.monotonic())
            recorder.kill()
            recorder.wait()
            self._over.wait(0.1)

    def hear(self, sounds: np.ndarray, now: float) -> None:
        """What came just now: for each sample, whether it sounds."""
        places = np.flatnonzero(sounds)
        if not len(places):
            self._zeros += len(sounds)
            return
        if self._last is not None:
            runs = np.diff(np.concatenate([[-1 - self._zeros], places])) - 1
            away = now - self._last
            for place, run in zip(places, runs, strict=True):
                if run / RATE > GAP and not (away > ABSENT and place == places[0]):
                    self.spans.append(Span(now - (len(sounds) - place + run) / RATE, run / RATE))
            if away > ABSENT:
                self.spans.append(Span(self._last, away))
        self._zeros, self._last = len(sounds) - 1 - int(places[-1]), now

    @property
    def since(self) -> float:
        """Seconds without sound until now."""
        return 0.0 if self._last is None else time.monotonic() - self._last


class Seeing(Watch):
    """Feels the heart of the show for pictures that come late."""

    def __init__(self, heart: Path) -> None:
        super().__init__()
        self._heart = Heart(heart)
        self.pictures = 0

    def look(self) -> None:
        known, last = 0, None
        while not self._over.wait(GLANCE):
            if (number := self._heart.feel().pictures) == known:
                continue
            now, known = time.monotonic(), number
            if not number:
                continue  # a show that begins anew has forgotten the pictures of the one before
            if last is not None and now - last > STILL:
                self.spans.append(Span(last, now - last))
            last = now
            self.pictures += 1


class Growth:
    """What every process takes, look by look, and how fast that grows.

    roles   what a process is, by something that only it has loaded
    """

    ROLES: ClassVar = {"dreamer": "libtorch", "sound": "libportaudio", "show": "libGL"}
    KINDS = ("memory", "files", "threads")

    def __init__(self) -> None:
        self.totals: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._lives: dict[tuple[str, str], dict[str, list[tuple[float, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def look(self, now: float, processes: Iterable[Path]) -> dict[str, float]:
        """Memory of their own in MiB, file descriptors and threads together, and each role's memory.

        What is shared counts once. Pages of files do not: how many of them are whose depends on what else runs.
        """
        sums: dict[str, float] = dict.fromkeys(self.KINDS, 0.0)
        roles = dict.fromkeys((*self.ROLES, "others"), 0.0)
        for place in processes:
            try:
                told = (place / "smaps_rollup").read_text()
                memory = sum(int(told.split(f"{kind}:")[1].split()[0]) for kind in OWN) / 1024
                size = (memory, len(list((place / "fd").iterdir())), len(list((place / "task").iterdir())))
                loaded = (place / "maps").read_text()
            except (OSError, IndexError):
                continue
            role = next((role for role, word in self.ROLES.items() if word in loaded), "others")
            roles[role] += memory
            for kind, value in zip(self.KINDS, size, strict=True):
                sums[kind] += value
                if role != "others":
                    self._lives[role, kind][place.name].append((now, value))
        for kind, value in sums.items():
            self.totals[kind].append((now, value))
        return sums | roles

    def slope(self, kind: str, since: float, broken: Iterable[float]) -> float:
        """Per cent an hour of all together, robust (Theil and Sen), but for the minute after each fault."""
        faults = list(broken)
        calm = [
            (now, value) for now, value in self.totals[kind]
            if now >= since and not any(fault <= now < fault + SETTLED for fault in faults)
        ]  # fmt: skip
        return _per_hour(theilslopes([v for _, v in calm], [t for t, _ in calm])[0], calm) if len(calm) > 2 else np.nan

    def within_lives(self, role: str, kind: str, since: float) -> float:
        """Per cent an hour inside the lives of such processes: one slope for all, each from its own level."""
        times, values, all_of_them = [], [], []
        for life in self._lives[role, kind].values():
            grown = [(t, v) for t, v in life if t >= max(since, life[0][0] + SETTLED)]
            if len(grown) < 3:
                continue
            t, v = np.array(grown).T
            times.append(t - t.mean())
            values.append(v - v.mean())
            all_of_them += grown
        if not times:
            return float("nan")
        x, y = np.concatenate(times), np.concatenate(values)
        return _per_hour(float(x @ y / (x @ x)), all_of_them)


def family(number: int) -> list[Path]:
    """A process and all that it has started, as folders of /proc."""
    found, places = [], [Path(f"/proc/{number}")]
    while places:
        found.append(place := places.pop())
        with suppress(OSError):  # it has ended meanwhile
            for task in (place / "task").iterdir():
                places += [Path("/proc") / child for child in (task / "children").read_text().split()]
    return found


def _per_hour(slope: float, points: Points) -> float:
    """A slope a second as per cent an hour of the mean."""
    return 100 * 3600 * slope / max(float(np.mean([value for _, value in points])), 1e-9)
