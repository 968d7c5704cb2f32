"""Devices come and go, say nonsense, or are not there at all; the show runs on."""

import logging
import os
import random
import shutil
import subprocess
import time

import pytest

from installation.control.mapping import Map
from installation.control.midi import Midi
from installation.control.parameters import defaults
from installation.control.takeover import Touch

REST = defaults().values


@pytest.fixture(autouse=True)
def _looks_by_hand(monkeypatch):
    """The midi thread sleeps; a test looks for devices itself."""
    monkeypatch.setattr("installation.control.midi.SCAN", 1000.0)


class Cable:
    """The MIDI of a machine, in a test's hand."""

    def __init__(self, *names):
        self.names = list(names)
        self.receivers = {}

    def ports(self):
        return list(self.names)

    def open(self, name, receive):
        if name == "stubborn BCF2000":
            raise OSError("busy")
        self.receivers[name] = receive
        return lambda: self.receivers.pop(name)

    def close(self):
        self.receivers = None


def plugged(*names, port=""):
    cable = Cable(*names)
    return cable, Midi(port, [Map.load("bcf2000"), Map.load("generic")], lambda: cable)


def test_a_known_device_is_heard():
    cable, midi = plugged("BCF2000 MIDI 1 20:0", "Midi Through 14:0")
    with midi:
        assert midi.devices == ["BCF2000 MIDI 1 20:0"]
        cable.receivers["BCF2000 MIDI 1 20:0"](bytes([0xB0, 82, 127]))
        assert midi.touches(REST) == [Touch("dream.mix_original", 1.0)]
        assert midi.touches(REST) == []
    assert cable.receivers is None


def test_any_device_is_heard_when_it_is_asked_for():
    cable, midi = plugged("BCF2000 MIDI 1", "My Keyboard 24:0", port="keyb")
    with midi:
        assert midi.devices == ["My Keyboard 24:0"]
        cable.receivers["My Keyboard 24:0"](bytes([0xB0, 1, 127]))
        assert midi.touches(REST) == [Touch("stage.closeness", 1.0, "pickup")]


def test_a_device_is_heard_again_after_it_was_pulled_out(caplog):
    caplog.set_level(logging.INFO)
    cable, midi = plugged("BCF2000")
    with midi:
        cable.names.clear()
        midi.scan()
        assert midi.devices == []
        assert "the MIDI device BCF2000 is gone" in caplog.text
        cable.names.append("BCF2000")
        midi.scan()
        cable.receivers["BCF2000"](bytes([0xB0, 82, 0]))
        assert midi.touches(REST) == [Touch("dream.mix_original", 0.0)]


def test_a_device_that_refuses_is_told_once(caplog):
    _, midi = plugged("stubborn BCF2000", "BCF2000")
    with midi:
        midi.scan()
        midi.scan()
        assert midi.devices == ["BCF2000"]
    assert len(caplog.records) == 1
    assert "refuses: busy" in caplog.text


def test_two_turns_within_a_frame_add_up():
    cable, midi = plugged("BCF2000")
    with midi:
        for _ in range(2):
            cable.receivers["BCF2000"](bytes([0xB0, 67, 127]))
        assert [touch.value for touch in midi.touches(REST)] == [1.0, 0.0]


def test_of_too_many_messages_the_newest_counts():
    cable, midi = plugged("BCF2000")
    with midi:
        for value in range(20_000):
            cable.receivers["BCF2000"](bytes([0xB0, 82, value % 100]))
        cable.receivers["BCF2000"](bytes([0xB0, 82, 127]))
        assert midi.touches(REST)[-1] == Touch("dream.mix_original", 1.0)


def test_nonsense_is_ignored():
    cable, midi = plugged("BCF2000")
    chance = random.Random(2)
    with midi:
        for _ in range(2000):
            cable.receivers["BCF2000"](chance.randbytes(chance.randint(0, 8)))
            for touch in midi.touches(REST):
                assert touch.name in REST
        cable.receivers["BCF2000"](bytes([0xF7, 0xB0, 82, 127]))
        assert midi.touches(REST)[-1] == Touch("dream.mix_original", 1.0)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("rtmidi"), "python-rtmidi is not installed"),
        (OSError("no sequencer"), "MIDI cannot be used on this machine (no sequencer)"),
    ],
)
def test_without_midi_one_sentence_is_logged_and_nobody_is_heard(caplog, error, words):
    caplog.set_level(logging.INFO)

    def none():
        raise error

    with Midi(maps=[], system=none) as midi:
        assert midi.touches(REST) == []
    assert len(caplog.records) == 1
    assert words in caplog.text


def test_a_look_that_fails_is_told_once_and_tried_again(caplog):
    cable, midi = plugged("BCF2000")
    ports = cable.ports
    with midi:
        cable.ports = lambda: 1 / 0
        midi._look()
        midi._look()
        cable.ports = ports
        midi._look()
        assert midi.devices == ["BCF2000"]
    assert len(caplog.records) == 1


def soon(ready, seconds=10.0):
    """Wait for a real device to come to this; the result that made it so."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)
    return found


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
            server.wait(10)


def test_a_real_device_is_plugged_in_heard_pulled_out_and_plugged_in_again(jack):
    from installation.control.midi import RtMidi

    with Midi(system=lambda: RtMidi(jack.API_UNIX_JACK)) as midi:
        for value in (127, 0):
            device = jack.MidiOut(jack.API_UNIX_JACK, "BCF2000")
            device.open_virtual_port("faders")
            soon(lambda: midi.scan() or midi.devices)

            wanted = [Touch("dream.mix_original", value / 127)]

            def arrived(device=device, value=value, wanted=wanted):
                device.send_message([0xB0, 82, value])  # again and again: a server under load loses some
                return midi.touches(REST)[-1:] == wanted

            soon(arrived)
            device.close_port()
            device.delete()
            soon(lambda: midi.scan() or not midi.devices)
