"""A private sound server with one loudspeaker that nobody hears, and a recorder in front of it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

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
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--log-target=file:" + str(folder / "log"),
        ]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native"]
        self.process = subprocess.Popen(
            [*command, "-L", SINK.format(rate=rate)],
            env=os.environ | self.environment,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while self.ask("info").returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail(f"no sound server could be started; it needs: {NEEDED}\n{(folder / 'log').read_text()}")

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["pactl", *words], env=os.environ | self.environment, capture_output=True, text=True, check=False
        )

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(5)


class Recorder:
    """Writes down what the loudspeaker plays, and when each piece of it came."""

    def __init__(self, server: Server, path: Path, channels: int = 2) -> None:
        command = ["parec", "-d", "museum.monitor", "--format=float32le", f"--rate={server.rate}"]
        self.channels, self.rate, self.path = channels, server.rate, path
        self.file = path.open("wb")
        self.process = subprocess.Popen(
            [*command, f"--channels={channels}", "--latency-msec=10", "--raw"],
            env=os.environ | server.environment,
            stdout=self.file,
            stderr=subprocess.DEVNULL,
        )

    def samples(self) -> np.ndarray:
        """Everything until now, [samples, channels]."""
        data = np.fromfile(self.path, np.float32)
        return data[: len(data) // self.channels * self.channels].reshape(-1, self.channels)

    def end(self) -> np.ndarray:
        self.process.terminate()
        self.process.wait(5)
        self.file.close()
        return self.samples()


@contextmanager
def museum(folder: Path, rate: int = 48_000) -> Iterator[Server]:
    server = Server(folder, rate)
    try:
        yield server
    finally:
        server.end()
