"""Devices come and go, say nonsense, or are not there at all; the show runs on."""

import logging
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from installation.control.acts import Cue, Gone, News, Touch
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.parameters import TABLE, defaults

REST = defaults().values
NEWS = News(REST, {}, frozenset(), {})
FEEDBACK = len(load("bcf2000").told)


@pytest.fixture(autouse=True)
def _looks_by_hand(monkeypatch):
    """The midi thread sleeps; a test looks for devices itself."""
    monkeypatch.setattr("installation.control.midi.SCAN", 1000.0)


class Cable:
    """The MIDI of a machine, in a test's hand."""

    def __init__(self, *names):
        self.names = list(names)
        self.receivers = {}
        self.said = {}

    def inputs(self):
        return list(self.names)

    def outputs(self):
        return list(self.names)

    def listen(self, name, receive):
        if name == "stubborn BCF2000":
            raise OSError("busy")
        self.receivers[name] = receive
        return lambda: self.receivers.pop(name)

    def speak(self, name):
        self.said[name] = []
        return self.said[name].append, lambda: None

    def close(self):
        self.receivers = None


def plugged(*names, port=""):
    cable = Cable(*names)
    return cable, Midi(port, [load("bcf2000"), load("nanokontrol2"), load("generic")], lambda: cable)


def test_a_known_device_is_heard():
    cable, midi = plugged("BCF2000 MIDI 1 20:0", "Midi Through 14:0")
    with midi:
        assert midi.devices == ["BCF2000 MIDI 1 20:0"]
        cable.receivers["BCF2000 MIDI 1 20:0"](bytes([0xB0, 82, 127]))
        assert midi.acts(REST) == [Touch("dream.mix_original", 1.0)]
        assert midi.acts(REST) == []
    assert cable.receivers is None


def test_any_device_is_heard_when_it_is_asked_for():
    cable, midi = plugged("BCF2000 MIDI 1", "My Keyboard 24:0", port="keyb")
    with midi:
        assert midi.devices == ["My Keyboard 24:0"]
        cable.receivers["My Keyboard 24:0"](bytes([0xB0, 1, 127]))
        assert midi.acts(REST) == [Touch("stage.closeness", 1.0, "pickup")]


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
        assert midi.acts(REST) == [Gone("BCF2000"), Touch("dream.mix_original", 0.0)]


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
        assert [touch.value for touch in midi.acts(REST)] == [1.0, 0.0]


def test_of_too_many_messages_the_newest_counts():
    cable, midi = plugged("BCF2000")
    with midi:
        for value in range(20_000):
            cable.receivers["BCF2000"](bytes([0xB0, 82, value % 100]))
        cable.receivers["BCF2000"](bytes([0xB0, 82, 127]))
        assert midi.acts(REST)[-1] == Touch("dream.mix_original", 1.0)


def test_a_hundred_thousand_random_messages_do_no_harm():
    cable, midi = plugged("BCF2000", "nanoKONTROL2")
    chance = random.Random(2)
    with midi:
        hear = [cable.receivers[name] for name in cable.names]
        for number in range(100_000):
            data = chance.randbytes(chance.randint(0, 8))
            hear[number % 2](bytes([chance.choice([0xB0, 0x90, 0xC0, 0xE0])]) + data if number % 3 else data)
            if number % 1000 == 0:
                midi.tell(NEWS)
                for act in midi.acts(REST):
                    assert not isinstance(act, Touch) or TABLE[act.name].clamp(act.value) == act.value
        midi.acts(REST)
        for receive, control, name in zip(hear, (82, 46), ("dream.mix_original", "sound.hold"), strict=True):
            receive(bytes([0xF7, 0xB0, control, 127]))
            touch = midi.acts(REST)[-1]
            assert (touch.name, touch.value) == (name, 1.0)


def test_a_device_that_comes_back_is_told_everything_again():
    cable, midi = plugged("BCF2000")
    with midi:
        soon(lambda: midi.tell(NEWS) or len(cable.said["BCF2000"]) >= FEEDBACK)
        first = sorted(cable.said["BCF2000"])
        assert len(first) == FEEDBACK
        cable.names.clear()
        midi.scan()
        assert midi.spoken_to == []
        cable.names.append("BCF2000")
        midi.scan()
        soon(lambda: midi.tell(NEWS) or len(cable.said["BCF2000"]) >= FEEDBACK)
        assert sorted(cable.said["BCF2000"]) == first


def test_a_device_whose_output_breaks_is_still_heard():
    cable, midi = plugged("BCF2000")

    def broken(message):
        raise OSError("gone")

    cable.speak = lambda name: (broken, lambda: None)
    with midi:
        for _ in range(10):
            midi.tell(NEWS)
        cable.receivers["BCF2000"](bytes([0xB0, 82, 127]))
        assert midi.acts(REST) == [Touch("dream.mix_original", 1.0)]


def test_several_ports_are_asked_for_by_parts_of_their_names():
    cable, midi = plugged("BCF2000", "nanoKONTROL2 20:0", "My Keyboard", port=["nano", "keyb"])
    with midi:
        assert midi.devices == ["My Keyboard", "nanoKONTROL2 20:0"]
        cable.receivers["nanoKONTROL2 20:0"](bytes([0xB0, 0, 64]))
        cable.receivers["My Keyboard"](bytes([0xC0, 2]))
        touch, cue = midi.acts(REST)
    assert (touch.name, touch.grip, touch.hand) == ("dream.learning_rate", "pickup", "nanoKONTROL2 20:0")
    assert cue == Cue("scene", "3")


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
        assert midi.acts(REST) == []
    assert len(caplog.records) == 1
    assert words in caplog.text


def test_a_look_that_fails_is_told_once_and_tried_again(caplog):
    cable, midi = plugged("BCF2000")
    inputs = cable.inputs
    with midi:
        cable.inputs = lambda: 1 / 0
        midi._look()
        midi._look()
        cable.inputs = inputs
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


def test_a_desk_of_another_program_plays_is_told_back_and_replugged(jack, tmp_path):
    from installation.control.ports import RtMidi

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
