"""One MIDI device that is plugged in: what it says becomes acts, and it is told where its parameters stand."""

from collections.abc import Mapping
from typing import Any

from installation.control.acts import Act, Gone, News, Touch
from installation.control.mapping import Bank, Knob, Map
from installation.control.mirror import Mirror
from installation.control.parameters import TABLE
from installation.control.signals import FINE, TOP, Decoder, Place, Signal, said

RATE = 300.0  # messages a second to one device; a MIDI cable carries a thousand
MOVED = -1  # where a relative encoder stands after a turn: whoever shows it has to be told


class Device:
    """A device by its map. Called by one thread; time is given.

    name   of its port, by which its hand is known
    """

    def __init__(self, name: str, map: Map) -> None:
        self.name, self.map, self.bank = name, map, 1
        self._decoder = Decoder()
        self._mirror: Mirror[Place, int] = Mirror(RATE)
        self._channels: dict[Place, int] = {}  # on which a knob of any channel was heard

    def hear(self, data: bytes, wanted: Mapping[str, float], now: float) -> list[Act]:
        """What hands ask for with these bytes.

        wanted   where every parameter is going
        """
        goal, acts = dict(wanted), list[Act]()
        for signal in self._decoder.read(data):
            if not self._moved(signal, now):
                continue
            act = self.map.act(signal, goal, self.bank, self.name)
            if isinstance(act, Bank):
                acts += [Gone(self.name)] if act.number != self.bank else []
                self.bank = act.number
            elif act is not None:
                acts.append(act)
                if isinstance(act, Touch):
                    goal[act.name] = act.value
        return acts

    def say(self, news: News, now: float) -> list[bytes]:
        """What is to be sent to the device now, so that its motors and lights stand where the parameters do."""
        knobs = {knob.place: knob for knob in self.map.told if knob.bank in (0, self.bank)}
        stands = {place: self._stands(knob, news) for place, knob in knobs.items()}
        messages: list[bytes] = []
        for place, value in self._mirror.due(stands, now):
            channel = place.channel or self._channels.get(place, 1)
            messages += said(place._replace(channel=channel), value / _top(knobs[place]), knobs[place].bits)
        return messages

    def told(self) -> dict[str, Any]:
        """Its map, ready for JSON."""
        knobs = [
            {
                "place": f"{knob.place.kind} {knob.place.number}",
                "channel": knob.place.channel,
                "parameter": knob.parameter,
                "cue": knob.cue,
                "kind": knob.kind,
                "grip": knob.grip,
                "bank": knob.bank,
            }
            for knob in self.map.knobs
        ]
        return {
            "name": self.name, "map": self.map.name, "bank": self.bank, "banks": self.map.banks, "knobs": knobs,
        }  # fmt: skip

    def unheard(self) -> None:
        """Its motors and lights are where nobody knows, after it was plugged in again: all is sent once more."""
        self._mirror = Mirror(RATE)

    def _moved(self, signal: Signal, now: float) -> bool:
        """Whether a hand has moved this; what a motor fader sends back when it was moved itself is no hand."""
        knob = self.map.knob(signal.place, self.bank)
        if knob is None or not knob.feedback:
            return True
        self._channels[knob.place] = signal.place.channel
        if knob.kind == "encoder" or signal.top == 0:
            self._mirror.heard(knob.place, MOVED, now)
            return True
        value = round(signal.share * _top(knob))
        known = self._mirror.known(knob.place)
        if _top(knob) == FINE and signal.top == TOP and known is not None and known >> 7 == signal.value:
            value = known  # the first half of what it was told
        if knob.kind == "fader" and self._mirror.echo(knob.place, value, now):
            return False
        self._mirror.heard(knob.place, value, now)
        return True

    def _stands(self, knob: Knob, news: News) -> int:
        """Where a knob should stand: its parameter, or whether its bank is the one that plays."""
        if knob.parameter:
            return round(TABLE[knob.parameter].share(news.stands[knob.parameter]) * _top(knob))
        return TOP if knob.cue == f"bank {self.bank}" else 0


def _top(knob: Knob) -> int:
    """The highest value that a knob knows."""
    return FINE if knob.bits == 14 or knob.place.kind in ("nrpn", "bend") else TOP
