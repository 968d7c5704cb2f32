"""Real MIDI through a real server: desks of other programs, plugged in and pulled out as they play."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from test_midi import FEEDBACK, REST, soon

from installation.control.acts import News, Touch
from installation.control.midi import Midi
from installation.control.ports import RtMidi

pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def _looks_by_hand(monkeypatch):
    """The midi thread sleeps; a test looks for devices itself."""
    monkeypatch.setattr("installation.control.midi.SCAN", 1000.0)


@pytest.fixture
def jack(monkeypatch, tmp_path):
    """A real JACK server on no hardware, for this test alone."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    rtmidi = pytest.importorskip("rtmidi")
    if rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("needs python-rtmidi with JACK")
    name = f"immersions{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    command = ["jackd", "-r", "--no-mlock", "-n", name, "-d", "dummy", "-r", "48000", "-p", "512"]
    with (tmp_path / "jack.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            wait = subprocess.run(["jack_wait", "-s", name, "-w", "-t", "10"], capture_output=True, check=False)
            if wait.returncode or server.poll() is not None:
                pytest.skip("jackd does not run here")
            yield rtmidi
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:  # a server that is still starting may not heed it
                server.kill()


DESK = """
import sys, time, rtmidi
out, back = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "BCF2000"), rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "BCF2000 motors")
back.set_callback(lambda event, _: print(*event[0], flush=True))
out.open_virtual_port("faders")
back.open_virtual_port("motors")
for line in sys.stdin:
    out.send_message([int(word) for word in line.split()])
"""


@contextmanager
def desk(folder, number):
    """A motor-fader desk as a program of its own: a function that makes it send, and a file of what it was sent."""
    with (folder / f"sent{number}").open("w") as sent:
        process = subprocess.Popen([sys.executable, "-c", DESK], stdin=subprocess.PIPE, stdout=sent, text=True)
        try:
            yield lambda *data: print(*data, file=process.stdin, flush=True), folder / f"sent{number}"
        finally:
            process.kill()
            process.stdin.close()
            process.wait(10)


RESTLESS = """
import time, rtmidi
out, back = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "BCF2000"), rtmidi.MidiIn(rtmidi.API_UNIX_JACK)
out.open_virtual_port("BCF2000 faders")
back.open_virtual_port("BCF2000 motors")
print("there", flush=True)
while True:
    out.send_message([0xB0, 82, 127])
    time.sleep(0.001)
"""


@contextmanager
def restless():
    """A desk whose faders move without pause until it is pulled out: a program that is struck down."""
    process = subprocess.Popen([sys.executable, "-c", RESTLESS], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "there\n"
        yield
    finally:
        process.kill()
        process.stdout.close()
        process.wait(10)


def test_a_desk_of_another_program_plays_is_told_back_and_replugged(jack, tmp_path):
    with Midi(system=lambda: RtMidi(jack.API_UNIX_JACK)) as midi:
        for number, value in enumerate((127, 3)):
            with desk(tmp_path, number) as (play, sent):
                soon(lambda: midi.scan() or midi.spoken_to)
                wanted = Touch("dream.mix_original", value / 127)
                soon(lambda: play(0xB0, 82, value) or midi.acts(REST)[-1:] == [wanted])  # noqa: B023
                stands = News({**REST, "dream.mix_original": value / 127}, {}, frozenset(), {})
                soon(lambda: midi.tell(stands) or len(set(sent.read_text().splitlines())) >= FEEDBACK - 1)  # noqa: B023
                assert f"{0xB0} 81 {round(127 * 2 / 7)}" in sent.read_text().splitlines()
            soon(lambda: midi.scan() or not midi.devices)
            assert midi.spoken_to == []


def test_a_desk_is_pulled_out_in_the_midst_of_its_messages_and_leaves_nothing_open(jack):
    def ours():
        return [line for line in subprocess.check_output(["jack_lsp"], text=True).split() if "immersions" in line]

    with restless(), Midi(system=lambda: RtMidi(jack.API_UNIX_JACK)) as midi:
        assert midi.spoken_to
        assert len(ours()) == 2
        began = time.monotonic()
    assert time.monotonic() - began < 5.0
    with Midi(system=lambda: RtMidi(jack.API_UNIX_JACK)) as midi:
        for _ in range(5):
            with restless():
                soon(lambda: midi.scan() or midi.spoken_to)
                soon(lambda: midi.acts(REST)[-1:] == [Touch("dream.mix_original", 1.0)])
            soon(lambda: midi.scan() or not midi.devices)
            assert not midi.spoken_to
            assert not ours()
