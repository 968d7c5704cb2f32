"""`run --listen`: what comes in through a line-in is seen at once."""

import fcntl
import subprocess
import threading
import time
from statistics import median

import numpy as np
import pytest
from display import open_display
from evening import Evening, content
from museum import museum  # noqa: F401

from installation.data import RATE

pytestmark = pytest.mark.alone

WINDOW = "[picture]\nsize = [320, 180]\nframe_rate = 60\n"
LIMIT = 0.15  # seconds from the sound to its light
SOUND = ("--raw", "--format=float32le", "--channels=1", f"--rate={RATE}", "--latency-msec=10")
BURSTS = 6
LOUD, SILENCE = 0.1, np.zeros(RATE // 100, np.float32)
ESCAPE = 0xFF1B  # X11's number of the key


class Room:
    """A loudspeaker that plays bursts and silence, and a second listener who tells when a burst was heard."""

    def __enter__(self):
        pipe = subprocess.PIPE
        self.mouth = subprocess.Popen(["pacat", *SOUND, "-d", "museum"], stdin=pipe, bufsize=0)
        fcntl.fcntl(self.mouth.stdin, fcntl.F_SETPIPE_SZ, 4096)  # little waits in the pipe, so writing keeps time
        self.witness = subprocess.Popen(["parec", *SOUND, "-d", "museum.monitor"], stdout=pipe, bufsize=0)
        self.heard, self.sound, self.ended = 0.0, SILENCE, False
        self.threads = [threading.Thread(target=work) for work in (self._speak, self._witness)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.ended = True
        self.threads[0].join(5)
        for process in (self.mouth, self.witness):
            process.kill()
            process.wait(5)
        self.threads[1].join(5)
        self.mouth.stdin.close()
        self.witness.stdout.close()

    def _speak(self):
        while not self.ended:
            sound, self.sound = self.sound, SILENCE
            self.mouth.stdin.write(sound.tobytes())

    def _witness(self):
        while data := self.witness.stdout.read(4 * RATE // 100):
            now, sound = time.monotonic(), np.frombuffer(data[: len(data) // 4 * 4], np.float32)
            loud = np.flatnonzero(np.abs(sound) > LOUD)
            if len(loud) and now - self.last > 0.5:
                self.heard = now - (len(sound) - loud[0]) / RATE
            self.last = now if len(loud) else self.last

    last = 0.0


def burst():
    t = np.arange(round(0.2 * RATE)) / RATE
    return (0.2 * sum(np.sin(2 * np.pi * pitch * t) for pitch in (440, 880, 1760, 3520))).astype(np.float32)


def latency(display, room):
    """Seconds from the moment that a burst is heard by somebody else to the first picture that is brighter."""
    begin, dark = time.monotonic(), []
    while time.monotonic() - begin < 1.0:  # the last burst dies away
        dark.append(display.brightness())
        time.sleep(0.005)
    usual, noise = median(dark[-40:]), max(dark[-40:]) - min(dark[-40:])
    room.heard, room.sound = 0.0, burst()
    while display.brightness() < usual + max(1.0, 2 * noise):
        assert time.monotonic() - begin < 4, "there was no light"
        time.sleep(0.001)
    seen = time.monotonic()
    time.sleep(0.02)  # the witness may be later than the light
    assert room.heard, "the light was not of this burst"
    return seen - room.heard


def latencies(folder, model, bursts=BURSTS):
    """The latencies of so many bursts, seen on a real display, and the last status. Needs a running sound server."""
    (folder / "display").mkdir()
    with open_display(folder / "display", (320, 180)) as display, Room() as room:
        arguments = ("evening", "--model", model, "--listen", "")
        with Evening(folder, *arguments, own=content(folder), settings=WINDOW, DISPLAY=display.name) as evening:
            evening.until(lambda: evening.status().get("glimpses", 0) > 20)
            found = [latency(display, room) for _ in range(bursts)]
            status = evening.status()
            display.press(ESCAPE)
            display.press(ESCAPE)
            return found, status, evening.end(), evening.words()


@pytest.fixture(scope="module")
def listened(museum, tmp_path_factory):  # noqa: F811
    return latencies(tmp_path_factory.mktemp("listened"), "tiny")


def test_a_burst_is_seen_within_150_ms(listened):
    found, *_ = listened
    assert min(found) < LIMIT, found  # the quickest: other programs may take the processor at any time
    assert min(found) > 0.005


def test_escape_ends_listening(listened):
    _, status, code, _ = listened
    assert code == 0
    assert status["heard_samples"] > RATE
    assert status["ear_restarts"] == 0


def test_an_input_that_is_not_there_is_told(tmp_path):
    arguments = ("evening", "--model", "tiny", "--headless", "--listen", "nowhere")
    with Evening(tmp_path, *arguments, own=content(tmp_path), settings=WINDOW) as evening:
        assert evening.end() == 1
        assert "nowhere" in evening.words() or "no sound input" in evening.words()
