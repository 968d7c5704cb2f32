"""What the controls of a MIDI device mean: touches of parameters, cues, and banks of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from installation.control.acts import Act, Cue, Grip, Touch
from installation.control.parameters import TABLE, Parameter
from installation.control.signals import FINE, Place, Signal

PRESSED = 64  # of 127: from here on a switch is on and a button is down
REMEMBERED = 1024  # places of a device
TICKS = 64  # of a relative encoder for the whole range

KnobKind = Literal["fader", "encoder", "switch", "button"]
Encoding = Literal["twos-complement", "offset-64", "sign-magnitude"]


class Bank(NamedTuple):
    """The device is to play the parameters of another bank, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Knob:
    """One control of a device, and what it does: it moves a parameter, or it gives a cue.

    kind       fader: its way is the range; encoder: relative, as `encoding` says; switch: on and off as the device
               says; button: every press turns the parameter over, or gives the cue
    cue        "go", "panic", "release", "scene NAME"; "bank 2", "bank next", "bank previous" for the device itself
    bits       7, or 14 where control N is followed by control N + 32 for its fine part
    bank       in which it means this; 0 in all
    feedback   whether the device is told where the parameter stands: motor faders, rings, lights
    """

    place: Place
    parameter: str = ""
    cue: str = ""
    kind: KnobKind = "fader"
    grip: Grip = "jump"
    encoding: Encoding = "twos-complement"
    bits: int = 7
    bank: int = 0
    feedback: bool = False


@dataclass(frozen=True)
class Map:
    """Which control of a device does what.

    port       the part of a port's name by which the device is known; empty for any
    programs   whether program changes start scenes: 1 the first of the running order
    """

    name: str
    port: str
    knobs: tuple[Knob, ...]
    programs: bool = False

    def of(self, port: str) -> "Map":
        """The same map for one device alone, by the part of its port's name."""
        return replace(self, name=re.sub(r"\W+", "_", port.lower()).strip("_") or "device", port=port)

    @cached_property
    def banks(self) -> int:
        """How many banks there are."""
        return max(1, *(knob.bank for knob in self.knobs))

    @cached_property
    def told(self) -> list[Knob]:
        """The knobs that show where something stands."""
        return [knob for knob in self.knobs if knob.feedback and (knob.parameter or knob.cue.startswith("bank"))]

    @cached_property
    def _found(self) -> dict[tuple[Place, int], Knob | None]:
        return {}  # what was looked up before, by place and bank

    def knob(self, place: Place, bank: int) -> Knob | None:
        """The knob at this place of the device, if it means anything in this bank."""
        if (place, bank) not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            places = (place, place._replace(channel=0))
            here = (knob for one in places for knob in self.knobs if knob.place == one and knob.bank in (0, bank))
            self._found[place, bank] = next(here, None)
        return self._found[place, bank]

    def act(self, signal: Signal, wanted: Mapping[str, float], bank: int = 1, hand: str = "") -> Act | Bank | None:
        """What a signal asks for: an act, another bank, or nothing.

        wanted   where every parameter is going; encoders and buttons start from there
        """
        knob = self.knob(signal.place, bank)
        if knob is None:
            starts = self.programs and signal.place.kind == "program"
            return Cue("scene", str(signal.place.number + 1), hand) if starts else None
        if signal.top == FINE and knob.place.kind == "control" and knob.bits == 7:
            return None  # the control that would carry the fine part is one of its own here
        if knob.cue:
            return self._cue(knob, signal, bank, hand)
        entry = TABLE[knob.parameter]
        value = _value(entry, knob, signal, entry.share(wanted[knob.parameter]))
        grip = knob.grip if knob.kind == "fader" and signal.top else "jump"  # only a fader has a place of its own
        return None if value is None else Touch(knob.parameter, value, grip, hand)

    def _cue(self, knob: Knob, signal: Signal, bank: int, hand: str) -> Act | Bank | None:
        if not pressed(signal):
            return None
        name, _, text = knob.cue.partition(" ")
        if name == "bank":
            step = {"next": 1, "previous": -1}.get(text)
            number = int(text) if step is None else bank + step
            return Bank((number - 1) % self.banks + 1)
        return Cue(name, text, hand)  # type: ignore[arg-type]  # the reader of maps lets no other name through


def pressed(signal: Signal) -> bool:
    """Whether a button or a switch is down, or a fader in its upper half."""
    return signal.value >= PRESSED if signal.top <= 127 else signal.value > signal.top / 2


def ticks(value: int, encoding: Encoding) -> int:
    """How far a relative encoder has turned, by what it sent (0..127)."""
    match encoding:
        case "twos-complement":
            return value if value < 64 else value - 128
        case "offset-64":
            return value - 64
        case "sign-magnitude":
            return value if value < 64 else 64 - value


def _value(entry: Parameter, knob: Knob, signal: Signal, stands: float) -> float | None:
    """The value that a signal leads to, from where the parameter stands (0..1 of its way), if to any."""
    if knob.kind == "encoder" or signal.top == 0:
        turned = signal.value if signal.top == 0 else ticks(signal.value, knob.encoding)
        return entry.value(stands + turned * max(1 / TICKS, 2 * entry.grain))
    if knob.kind == "fader":
        return entry.value(signal.share)
    if knob.kind == "switch":
        return entry.high if pressed(signal) else entry.low
    return (entry.low if stands >= 0.5 else entry.high) if pressed(signal) else None
