"""A control is learnt by moving it, whatever it sends."""

import pytest
from test_midi import Cable

from installation.clock import HandClock
from installation.control.acts import Touch
from installation.control.learning import PATIENCE, REST, Learner, taught
from installation.control.mapping import Knob, Map
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.parameters import defaults
from installation.control.signals import Place
from installation.errors import ContentError, DeviceError
from installation.workshop import fingering


def moved(*messages):
    """What is learnt from a control that sends these messages, one every 20 ms, and then rests."""
    learner, now = Learner(), 0.0
    for message in messages:
        learner.hear(bytes(message), now)
        assert learner.learnt(now) is None
        now += 0.02
    return learner.learnt(now + REST)


def test_a_fader():
    assert moved(*[(0xB3, 7, value) for value in range(0, 100, 3)]) == Knob(Place("control", 7, 4), grip="pickup")


def test_a_fader_of_fourteen_bits():
    messages = [(0xB0, 7, value >> 7, 0xB0, 39, value & 127) for value in range(0, 16384, 500)]
    assert moved(*messages) == Knob(Place("control", 7, 1), grip="pickup", bits=14)


def test_an_nrpn_and_a_wheel():
    choose = (0xB0, 99, 2, 0xB0, 98, 5)
    found = moved(*[(*choose, 0xB0, 6, value, 0xB0, 38, 0) for value in range(10)])
    assert found == Knob(Place("nrpn", 2 * 128 + 5, 1), grip="pickup")
    assert moved(*[(0xE0, 0, value) for value in range(64, 90)]) == Knob(Place("bend", 0, 1), grip="pickup")


@pytest.mark.parametrize(
    ("encoding", "values"),
    [
        ("twos-complement", (1, 1, 1, 2, 1, 127, 127, 127)),
        ("offset-64", (65, 65, 65, 65, 63, 63)),
        ("sign-magnitude", (1, 1, 1, 65, 65, 65)),
    ],
)
def test_encoders(encoding, values):
    knob = moved(*[(0xB0, 20, value) for value in values])
    assert (knob.kind, knob.encoding) == ("encoder", encoding)


def test_buttons_and_pads():
    assert moved((0xB0, 46, 127), (0xB0, 46, 0)) == Knob(Place("control", 46, 1), kind="button")
    assert moved((0x99, 36, 20), (0x89, 36, 0)) == Knob(Place("note", 36, 10), kind="button")
    assert moved((0xB0, 46, 0)) is moved((0x80, 36, 0)) is None  # only let go: it was pressed for what came before


def test_a_touch_by_mistake_is_not_learnt():
    assert moved((0xB0, 7, 50), (0xB0, 7, 51)) is None


def test_a_control_does_one_thing_and_a_parameter_has_one_control():
    first = Map("mine", "desk", (Knob(Place("control", 1), "stage.glow"), Knob(Place("control", 2), "stage.haze")))
    knobs = taught(first, Knob(Place("control", 1), "stage.haze")).knobs
    assert [(knob.place.number, knob.parameter) for knob in knobs] == [(1, "stage.haze")]


class Moving(Cable):
    """A device whose controls are moved one after the other as soon as somebody listens."""

    def listen(self, name):
        plug = super().listen(name)
        self.receive = plug.receive
        return plug


@pytest.fixture
def cable(tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    return Moving("My Desk 20:0")


def test_a_whole_device_is_learnt_and_kept(cable):
    heard = []

    def say(words):
        heard.append(words)
        if words.startswith("1 of"):
            for value in range(40):
                cable.receive(bytes([0xB0, 21, value]))
        if words.startswith("2 of"):
            cable.receive(bytes([0x90, 40, 99]))

    path = fingering.learn(cable, "my desk", "", ["stage.glow", "sound.hold", "sound.drop"], say, patience=1.0)
    assert path.name == "my_desk.toml"
    learnt = load("my_desk")
    assert learnt.port == "my desk"
    assert [(knob.parameter, knob.place.number, knob.kind) for knob in learnt.knobs] == [
        ("stage.glow", 21, "fader"),
        ("sound.hold", 40, "button"),
    ]
    assert heard[1] == "    fader: control 21 on channel 1"
    assert cable.receivers == {}
    assert list(fingering.ports(cable)) == [("My Desk 20:0", "my_desk")]


def test_a_control_is_learnt_while_the_show_runs(cable, monkeypatch):
    clock = HandClock()
    monkeypatch.setattr("installation.control.midi.time.monotonic", clock.now)
    rest = defaults().values
    with Midi("desk", [load("generic")], lambda: cable) as midi:
        midi.learn("stage.glow")
        for value in range(0, 120, 10):
            cable.receive(bytes([0xB0, 1, value]))
            assert midi.acts(rest) == []  # while it learns, nothing moves
            clock.advance(0.02)
        clock.advance(REST)
        assert midi.acts(rest) == []
        cable.receive(bytes([0xB0, 1, 127]))
        assert midi.acts(rest) == [Touch("stage.glow", 2.0, "pickup")]
        cable.receive(bytes([0xB0, 7, 127]))
        assert midi.acts(rest)[0].name == "sound.volume"  # the rest of its map is as it was
    assert [knob.parameter for knob in load("my_desk").knobs][-1] == "stage.glow"  # of this device, not of all others
    assert load("my_desk").port == "my desk"


def test_a_lesson_in_which_nothing_is_moved_ends(cable, monkeypatch):
    clock = HandClock()
    monkeypatch.setattr("installation.control.midi.time.monotonic", clock.now)
    with Midi("desk", [load("generic")], lambda: cable) as midi:
        midi.learn("stage.glow")
        clock.advance(PATIENCE + 1)
        midi.acts(defaults().values)
        cable.receive(bytes([0xB0, 1, 127]))
        assert midi.acts(defaults().values)[0].name == "stage.closeness"
        with pytest.raises(ContentError, match=r"there is no parameter 'stage\.glo'"):
            midi.learn("stage.glo")


def test_what_cannot_be_learnt_is_told(cable):
    with pytest.raises(DeviceError, match=r"no MIDI input with 'your desk' in its name"):
        fingering.learn(cable, "your desk", "", ["stage.glow"], print)
    with pytest.raises(ContentError, match=r"Did you mean 'stage.glow'"):
        fingering.learn(cable, "desk", "", ["stage.glwo"], print)
    with pytest.raises(ContentError, match="no control was moved"):
        fingering.learn(cable, "desk", "", ["stage.glow"], lambda words: None, patience=0.1)
