"""For tests of the sound: a private sound server with one loudspeaker that nobody hears, and a recorder in front."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target, Verdict

NEEDED = "sudo apt install libportaudio2 libasound2-plugins pulseaudio pulseaudio-utils"
SINK = "module-null-sink sink_name=museum rate={rate} channels=2 format=float32le"


class Server:
    """PulseAudio in a folder of its own."""

    def __init__(self, folder: Path, rate: int = 48_000) -> None:
        if not shutil.which("pulseaudio") or not shutil.which("parec"):
            pytest.fail(f"these tests play into a real sound server; install it with: {NEEDED}")
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_SERVER": f"unix:{folder}/native",
        }
        self.rate = rate
        self.folder = folder
        self.start()

    def start(self) -> None:
        where = self.folder
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", f"--log-target=file:{where}/log"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={where}/native"]
        self.process = subprocess.Popen(
            [*command, "-L", SINK.format(rate=self.rate)],
            env=os.environ | self.environment,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while self.ask("info").returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail(f"no sound server could be started; it needs: {NEEDED}\n{(where / 'log').read_text()}")

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["pactl", *words], env=os.environ | self.environment, capture_output=True, text=True, check=False
        )

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(5)


class Recorder:
    """Writes down what the loudspeaker plays, inside a `with` block."""

    def __init__(self, server: Server, path: Path, channels: int = 2, sink: str = "museum") -> None:
        self.server, self.path, self.channels, self.rate = server, path, channels, server.rate
        self.sink = sink

    def __enter__(self) -> Self:
        command = ["parec", "-d", f"{self.sink}.monitor", "--format=float32le", f"--rate={self.rate}"]
        with self.path.open("wb") as file:
            self.process = subprocess.Popen(
                [*command, f"--channels={self.channels}", "--latency-msec=10", "--raw"],
                env=os.environ | self.server.environment,
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(5)

    def count(self) -> int:
        """How many samples there are by now."""
        return self.path.stat().st_size // 4 // self.channels

    def samples(self) -> np.ndarray:
        """Everything until now, [samples, channels]."""
        data = np.fromfile(self.path, np.float32)
        return data[: len(data) // self.channels * self.channels].reshape(-1, self.channels)


@contextmanager
def open_museum(folder: Path, rate: int = 48_000) -> Iterator[Server]:
    """A running server that every process started meanwhile plays into."""
    server = Server(folder, rate)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        patch.setenv("PULSE_SOURCE", "museum.monitor")  # who listens hears what is played
        try:
            yield server
        finally:
            server.end()


@pytest.fixture(scope="module")
def museum(tmp_path_factory):
    with open_museum(tmp_path_factory.mktemp("museum")) as server:
        yield server


def dream(seed: int, samples: int = 48_000, channels: int = 2, number: int = 0, judged: bool = True) -> Dream:
    """A loop of noise, which can be told apart from any other anywhere."""
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (channels, samples)).astype(np.float32)
    scalogram = Scalogram(np.zeros((216, 48), np.float32), 40.0, 24, samples / RATE / 48)
    verdict = Verdict(1.0, 0.5, 0.0) if judged else None
    return Dream(number or seed, Clip(noise), Activations({}), scalogram, Target(()), 0.0, 0, verdict)


def find(part: np.ndarray, sound: np.ndarray) -> int:
    """Where exactly this part, [samples, channels], stands in the sound."""
    for at in np.flatnonzero((sound[: len(sound) - len(part) + 1] == part[0]).all(axis=1)):
        if np.array_equal(sound[at : at + len(part)], part):
            return int(at)
    raise AssertionError("the sound was not captured as it was sent")


def until(true: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait until it is true; how long that took, in seconds."""
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > seconds:
            raise AssertionError(f"did not come true within {seconds:g} s")
        time.sleep(0.005)
    return time.monotonic() - begin
