"""Motor faders and lights stand where the parameters do, without fighting the hand that moves them."""

import pytest

from installation.control.acts import Gone, News, Touch
from installation.control.device import RATE, Device
from installation.control.mapping import Knob, Map
from installation.control.maps import load
from installation.control.parameters import defaults
from installation.control.signals import Place

REST = defaults().values
BCF, NANO = load("bcf2000"), load("nanokontrol2")


def news(**stands):
    return News({**REST, **{name.replace("__", "."): value for name, value in stands.items()}}, {}, frozenset(), {})


class Desk:
    """A device whose time a test moves on."""

    def __init__(self, fitting):
        self.device, self.now = Device("desk", fitting), 0.0
        self.wait(1.0, news())

    def wait(self, seconds, told):
        """What is sent while so much time goes by, a round every 20 ms."""
        sent = []
        for _ in range(round(seconds / 0.02)):
            sent += self.device.say(told, self.now)
            self.now += 0.02
        return sent

    def hear(self, *data):
        return self.device.hear(bytes(data), REST, self.now)


@pytest.fixture
def desk():
    return Desk(BCF)


def test_at_first_everything_is_told_and_then_only_what_changes(desk):
    device, told = Device("desk", BCF), news()
    first = [message for round in range(100) for message in device.say(told, round * 0.02)]
    assert sorted(first) == sorted(set(first))
    assert {message[1] for message in first} == {knob.place.number for knob in BCF.told}
    assert desk.wait(1.0, news()) == []
    assert desk.wait(1.0, news(dream__mix_original=1.0)) == [bytes([0xB0, 82, 127])]


def test_a_fader_that_a_hand_moves_is_left_alone_until_it_rests(desk):
    assert desk.hear(0xB0, 82, 100) == [Touch("dream.mix_original", 100 / 127)]
    assert desk.wait(0.3, news(dream__mix_original=0.5)) == []
    assert desk.wait(0.3, news(dream__mix_original=0.5)) == [bytes([0xB0, 82, 64])]


def test_what_the_hand_itself_has_said_is_not_sent_back(desk):
    desk.hear(0xB0, 82, 100)
    assert desk.wait(2.0, news(dream__mix_original=100 / 127)) == []


def test_the_echo_of_a_motor_is_no_hand(desk):
    desk.wait(0.1, news(dream__mix_original=1.0))
    assert desk.hear(0xB0, 82, 127) == []
    desk.wait(1.0, news(dream__mix_original=1.0))
    assert desk.hear(0xB0, 82, 127) == [Touch("dream.mix_original", 1.0)]  # so much later it is one


def test_a_hand_that_goes_back_to_where_the_motor_was_is_heard(desk):
    desk.wait(0.1, news(dream__mix_original=1.0))
    assert desk.hear(0xB0, 82, 120, 0xB0, 82, 127)[-1] == Touch("dream.mix_original", 1.0)


def test_a_button_can_be_pressed_while_its_light_has_just_been_lit():
    desk = Desk(NANO)
    desk.wait(0.1, news(sound__hold=1.0))
    assert desk.hear(0xB0, 46, 127) == [Touch("sound.hold", 1.0)]


def test_no_more_is_sent_than_a_cable_carries_and_the_last_value_arrives(desk):
    sent = []
    for round in range(500):
        stands = {knob.parameter.replace(".", "__"): REST[knob.parameter] for knob in BCF.knobs if knob.parameter}
        stands |= {name: (round + number) % 100 / 100 for number, name in enumerate(stands)}
        sent += desk.wait(0.02, news(**stands))
    assert len(sent) <= 10 * RATE * 1.02
    sent += desk.wait(1.0, news(**stands))
    last = {message[1]: message[2] for message in sent}
    again = Device("desk", BCF)
    whole = {message[1]: message[2] for round in range(50) for message in again.say(news(**stands), round * 0.1)}
    assert len(last) > 15
    assert last == {number: whole[number] for number in last}


def test_fine_faders_are_told_both_halves_and_their_echo_is_known():
    fader = Knob(Place("control", 1), "stage.closeness", bits=14, feedback=True)
    bend = Knob(Place("bend", 0, 3), "stage.haze", feedback=True)
    far = Knob(Place("nrpn", 1000, 2), "stage.size", feedback=True)
    desk = Desk(Map("fine", "", (fader, bend, far)))
    sent = desk.wait(0.2, news(stage__closeness=0.75, stage__haze=2.0, stage__size=2.0))
    value = round(0.75 * 16383)
    assert sent[:2] == [bytes([0xB0, 1, value >> 7]), bytes([0xB0, 33, value & 127])]
    assert bytes([0xE2, 127, 127]) in sent
    assert sent[-4:] == [bytes([0xB1, number, what]) for number, what in ((99, 7), (98, 104), (6, 127), (38, 127))]
    assert desk.hear(*sent[0], *sent[1]) == []


def test_another_bank_moves_the_motors_and_lets_the_faders_be_met_anew():
    knobs = (
        Knob(Place("control", 1), "stage.closeness", bank=1, feedback=True),
        Knob(Place("control", 1), "dream.mix_original", bank=2, feedback=True),
        Knob(Place("note", 40), cue="bank 1", kind="button", feedback=True),
        Knob(Place("note", 41), cue="bank 2", kind="button", feedback=True),
    )
    desk = Desk(Map("banks", "", knobs))
    assert desk.hear(0x90, 41, 100, 0x80, 41, 0) == [Gone("desk")]
    sent = desk.wait(1.0, news(dream__mix_original=1.0))
    assert sorted(sent) == [bytes([0x90, 40, 0]), bytes([0x90, 41, 127]), bytes([0xB0, 1, 127])]
    assert desk.hear(0xB0, 1, 0) == [Touch("dream.mix_original", 0.0)]


def test_lights_answer_on_the_channel_that_was_heard(desk):
    desk.hear(0xB4, 82, 3)
    assert desk.wait(1.0, news())[0][0] == 0xB4
