"""Devices come and go, say nonsense, or are not there at all; the show runs on."""

import logging
import threading
import time

import pytest

from installation.control.acts import Cue, Gone, News, Touch
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.parameters import defaults

REST = defaults().values
NEWS = News(REST, {}, frozenset(), {})
FEEDBACK = len(load("bcf2000").told)


@pytest.fixture(autouse=True)
def _looks_by_hand(monkeypatch):
    """The midi thread sleeps; a test looks for devices itself."""
    monkeypatch.setattr("installation.control.midi.SCAN", 1000.0)


class Plug:
    """An open input: what a test has played waits here until it is asked for."""

    def __init__(self, closed):
        self.waiting, self.close = [], closed

    def receive(self, data):
        self.waiting.append((time.monotonic(), data))

    def heard(self, now):
        found, self.waiting = self.waiting, []
        return found


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

    def listen(self, name):
        if name == "stubborn BCF2000":
            raise OSError("busy")
        plug = Plug(lambda: self.receivers.pop(name))
        self.receivers[name] = plug.receive
        return plug

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


def test_a_system_that_hangs_when_it_is_let_go_is_left_behind(monkeypatch, caplog):
    monkeypatch.setattr("installation.control.midi.GOODBYE", 0.05)
    cable, midi = plugged("BCF2000")
    hung = threading.Event()
    cable.close = hung.wait
    with midi:
        pass
    hung.set()
    assert "is left behind" in caplog.text


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
