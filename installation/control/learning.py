"""Learning by moving: from what a control sends while it is moved to what kind of control it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from installation.control.mapping import Encoding, Knob, Map
from installation.control.signals import FINE, TOP, Decoder, Place, Signal

ENOUGH = 4  # signals of one control that tell what it is
REST = 0.7  # seconds without a signal after which a move is over
PATIENCE = 20.0  # seconds in which nothing is moved: the lesson is over
STEP = 8  # ticks that an encoder sends at once at most


class Learner:
    """Hears a device until one of its controls was moved and rests. Time is given, never looked up."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._heard: dict[Place, list[Signal]] = {}
        self._last = float("-inf")  # seconds

    def hear(self, data: bytes, now: float) -> None:
        """Take in what the device sends."""
        for signal in self._decoder.read(data):
            self._heard.setdefault(signal.place, []).append(signal)
            self._last = now

    def learnt(self, now: float) -> Knob | None:
        """The control that was moved, once it rests; its parameter is still to be named."""
        if not self._heard or now - self._last < REST:
            return None
        moved = max(self._heard, key=lambda place: (_fine(self._heard[place]), len(self._heard[place])))
        knob = understood(self._heard[moved])
        self._heard.clear()
        return knob


class Lesson:
    """A parameter that waits for a control of whichever device is moved first. Time is given, never looked up."""

    def __init__(self, parameter: str, now: float) -> None:
        self.parameter, self._until = parameter, now + PATIENCE
        self._learners: dict[str, Learner] = {}  # by device

    def hear(self, device: str, data: bytes, now: float) -> None:
        """Take in what a device sends."""
        self._learners.setdefault(device, Learner()).hear(data, now)
        self._until = now + PATIENCE

    def learnt(self, now: float) -> tuple[str, Knob] | None:
        """The device and its control that plays the parameter from now on, once it rests."""
        for device, learner in self._learners.items():
            if (knob := learner.learnt(now)) is not None:
                return device, replace(knob, parameter=self.parameter)
        return None

    def over(self, now: float) -> bool:
        """Whether nobody has moved anything for too long."""
        return now > self._until


def understood(signals: Sequence[Signal]) -> Knob | None:
    """What kind of control sends such signals, all of one place; None where they are too few to tell."""
    place, values = signals[0].place, [signal.value for signal in signals if signal.top == TOP]
    if place.kind in ("note", "program"):
        return Knob(place, kind="button") if TOP in values else None  # one that is let go was pressed before
    if place.kind in ("nrpn", "bend") or _fine(signals):
        return Knob(place, grip="pickup", bits=14 if place.kind == "control" else 7)
    if set(values) <= {0, TOP}:
        return Knob(place, kind="button") if TOP in values else None
    if len(values) < ENOUGH:
        return None
    if (encoding := relative(values)) is not None:
        return Knob(place, kind="encoder", encoding=encoding)
    return Knob(place, grip="pickup")


def relative(values: Sequence[int]) -> Encoding | None:
    """How an encoder counts that sends such values; None for one that tells where it stands.

    One that stands somewhere never sends a value twice in a row; one that counts says the same again and again.
    """
    repeats = sum(one == other for one, other in pairwise(values))
    if 2 * repeats < len(values) - 1:
        return None
    near: dict[Encoding, tuple[range, range]] = {
        "twos-complement": (range(1, STEP + 1), range(128 - STEP, 128)),
        "offset-64": (range(65, 65 + STEP), range(64 - STEP, 64)),
        "sign-magnitude": (range(1, STEP + 1), range(65, 65 + STEP)),
    }
    for encoding, (up, down) in near.items():
        if all(value in up or value in down for value in values):
            return encoding
    return None


def taught(map: Map, knob: Knob) -> Map:
    """The map with this knob in it, instead of what the same control did and of what else moved its parameter."""
    others = tuple(
        known
        for known in map.knobs
        if not (known.bank == knob.bank and (known.place == knob.place or known.parameter == knob.parameter != ""))
    )
    return replace(map, knobs=(*others, knob))


def _fine(signals: Sequence[Signal]) -> bool:
    """Whether at least half of a control's signals come with a fine part."""
    return 2 * sum(signal.top == FINE for signal in signals) >= len(signals)
