"""What the bytes of a MIDI device say: which control stands where; and the bytes that tell it so."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import mido

Kind = Literal["control", "note", "nrpn", "bend", "program"]

CONTROL = 0xB0  # the first byte of a control change on the first channel
TOP, FINE = 127, 16383  # the highest value of 7 bits, and of 14
REMEMBERED = 4096  # coarse parts of values
COARSE = 32  # controls below this one may have a second half, as many numbers further on
DATA, DATA_FINE, MORE, LESS = 6, 38, 96, 97  # controls that carry the value of an NRPN
NRPN_FINE, NRPN, RPN_FINE, RPN = 98, 99, 100, 101  # controls that choose one
NONE = (TOP, TOP)  # the number that chooses none
REGISTERED = (-1, -1)  # a number of MIDI's own was chosen; what it sets is none of ours


class Place(NamedTuple):
    """A control of a device: what kind of message it sends, with which number, on which channel 1..16 (0: any)."""

    kind: Kind
    number: int
    channel: int = 0


class Signal(NamedTuple):
    """Where a control stands: `value` of `top`. A step up or down of an NRPN has `top` 0 and the value 1 or -1."""

    place: Place
    value: int
    top: int = TOP

    @property
    def share(self) -> float:
        """0..1 of its way."""
        return self.value / self.top


class Decoder:
    """Remembers what a device says in two halves: the numbers of NRPNs, and the coarse part of 14-bit values."""

    def __init__(self) -> None:
        self._coarse: dict[Place, int] = {}
        self._chosen: dict[int, tuple[int, int]] = {}  # channel -> the two halves of the NRPN's number

    def read(self, data: bytes) -> Iterator[Signal]:
        """What these bytes say; what is no whole message says nothing."""
        if len(data) == 3 and data[0] & 0xF0 == CONTROL and data[1] <= TOP and data[2] <= TOP:
            yield from self._control(
                data[1], data[2], (data[0] & 0x0F) + 1
            )  # a thousand a second must not cost a frame
            return
        for message in mido.parse_all(data):
            channel = getattr(message, "channel", -1) + 1
            if message.type in ("note_on", "note_off"):
                pressed = message.type == "note_on" and message.velocity > 0
                yield Signal(Place("note", message.note, channel), TOP if pressed else 0)
            elif message.type == "program_change":
                yield Signal(Place("program", message.program, channel), TOP)
            elif message.type == "pitchwheel":
                yield Signal(Place("bend", 0, channel), message.pitch + 8192, FINE)
            elif message.type == "control_change":
                yield from self._control(message.control, message.value, channel)

    def _control(self, number: int, value: int, channel: int) -> Iterator[Signal]:
        if number in (NRPN, NRPN_FINE):
            high, low = self._chosen.get(channel, NONE)
            self._chosen[channel] = (value, low) if number == NRPN else (high, value)
        elif number in (RPN, RPN_FINE):
            self._chosen[channel] = NONE if value == TOP else REGISTERED
        chosen = self._chosen.get(channel, NONE)
        if chosen != NONE and number in (DATA, DATA_FINE, MORE, LESS):
            if chosen != REGISTERED:
                yield from self._halves(Place("nrpn", chosen[0] * 128 + chosen[1], channel), number, value)
            return
        yield Signal(Place("control", number, channel), value)
        if len(self._coarse) > REMEMBERED:
            self._coarse.clear()
        if number < COARSE:
            self._coarse[Place("control", number, channel)] = value
        elif number < 2 * COARSE:
            place = Place("control", number - COARSE, channel)
            if place in self._coarse:
                yield Signal(place, self._coarse[place] * 128 + value, FINE)

    def _halves(self, place: Place, number: int, value: int) -> Iterator[Signal]:
        if number == DATA:
            self._coarse[place] = value
            yield Signal(place, value)
        elif number == DATA_FINE:
            yield Signal(place, self._coarse.get(place, 0) * 128 + value, FINE)
        else:
            yield Signal(place, 1 if number == MORE else -1, 0)


def said(place: Place, share: float, bits: int) -> list[bytes]:
    """The messages that tell a device where its control stands, 0..1. A channel of 0 is the first."""
    channel = max(place.channel - 1, 0)
    fine = round(share * FINE)
    coarse = (fine >> 7) if bits == 14 else round(share * TOP)

    def control(number: int, value: int) -> bytes:
        return bytes([CONTROL | channel, number, value])

    if place.kind == "note":
        return [bytes([0x90 | channel, place.number, coarse])]
    if place.kind == "bend":
        return [bytes([0xE0 | channel, fine & 127, fine >> 7])]
    if place.kind == "nrpn":
        chosen = [control(NRPN, place.number >> 7), control(NRPN_FINE, place.number & 127)]
        return [*chosen, control(DATA, fine >> 7), control(DATA_FINE, fine & 127)]
    if place.kind == "program":
        return []
    second = [control(place.number + COARSE, fine & 127)] if bits == 14 else []
    return [control(place.number, coarse), *second]
