"""What visitors want, all of them together: one target, a few sliders, and back to the show when they are silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from installation.control.acts import Act, Cue, Lent, Touch
from installation.control.parameters import TABLE, Parameter
from installation.data import Anatomy, Clip, Layer, Region, Span, Target
from installation.target import write

CHANNELS = 0.03  # of a layer's channels, on either side of the one that is touched
PITCHES = 0.06  # of its pitch bins, likewise
FRESH = 20.0  # seconds in which a place counts in full
FADED = 0.5  # its weight after that: whoever touched last leads
EVERYBODY = "visitors"  # the hand that holds the target


@dataclass(slots=True)
class Visitor:
    """One visitor who plays.

    unit     the neuron that was touched, if any
    shares   where the sliders stand that were moved, 0..1 of their safe range
    lent     whether the dream began from a sound of theirs
    """

    colour: int
    last: float  # seconds
    unit: int | None = None
    touched: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    compares: bool = False
    lent: bool = False


class Visitors:
    """Takes in what visitors do and turns it into acts. Time is given, never looked up.

    sliders    the parameters that visitors reach, each within its safe range
    patience   seconds of silence after which a visitor is gone
    """

    def __init__(self, anatomy: Anatomy, sliders: tuple[str, ...], patience: float) -> None:
        self._anatomy = anatomy
        self._sliders = sliders
        self._patience = patience
        self._here: dict[str, Visitor] = {}
        self._target = ""
        self._compares = False
        self._acts: list[Act] = []

    def touch(self, hand: str, colour: int, unit: int, now: float) -> None:
        """Somebody touches a neuron; one that the body does not have changes nothing."""
        if unit < self._anatomy.units:
            visitor = self._visitor(hand, colour, now)
            visitor.unit, visitor.touched = unit, now
            self._aim(now)

    def slide(self, hand: str, colour: int, name: str, share: float, now: float) -> None:
        """Somebody moves a slider; one that is not theirs does not move."""
        if name in self._sliders:
            self._visitor(hand, colour, now).shares[name] = share
            self._acts.append(Touch(name, safe_value(TABLE[name], share), hand=hand))

    def compare(self, hand: str, colour: int, on: bool, now: float) -> None:
        """Somebody wants to hear what the dream began with, or the dream again."""
        self._visitor(hand, colour, now).compares = on
        self._compare()

    def lend(self, hand: str, colour: int, clip: Clip, now: float) -> None:
        """Somebody lends a sound of their own; the dream begins from the newest, until its visitor goes."""
        for visitor in self._here.values():
            visitor.lent = False
        self._visitor(hand, colour, now).lent = True
        self._acts.append(Lent(clip, hand))

    def again(self, hand: str, now: float) -> None:
        """Somebody starts again; the dream begins anew once nobody else plays."""
        lent = hand in self._here and self._here[hand].lent
        self._leave(hand, now)
        if not self._here and not lent:
            self._acts.append(Cue("again", hand=hand))

    def stay(self, hand: str, now: float) -> None:
        """Somebody is still there."""
        if hand in self._here:
            self._here[hand].last = now

    def leave(self, hand: str, now: float) -> None:
        """Somebody has gone, or their turn is over."""
        self._leave(hand, now)

    def turn(self, now: float) -> list[str]:
        """Let those go who were silent for too long, and old places fade. Returns the hands that were let go."""
        gone = [hand for hand, visitor in self._here.items() if now - visitor.last >= self._patience]
        for hand in gone:
            self._leave(hand, now)
        self._aim(now)
        return gone

    def visitor(self, hand: str) -> Visitor | None:
        """What is known of somebody who plays."""
        return self._here.get(hand)

    def until(self, hand: str) -> float | None:
        """When somebody is let go, if they stay silent."""
        return self._here[hand].last + self._patience if hand in self._here else None

    def places(self, now: float) -> list[tuple[int, int, float]]:
        """Everybody's neuron, colour and weight; the largest weight is 1."""
        here = [(v.unit, v.colour, weight(v, now)) for v in self._here.values() if v.unit is not None]
        most = max((weight for _, _, weight in here), default=1.0)
        return [(unit, colour, weight / most) for unit, colour, weight in here]

    def acts(self) -> list[Act]:
        """What is asked of the show since the last time."""
        acts, self._acts = self._acts, []
        return acts

    def _visitor(self, hand: str, colour: int, now: float) -> Visitor:
        visitor = self._here.setdefault(hand, Visitor(colour, now))
        visitor.last = now
        return visitor

    def _leave(self, hand: str, now: float) -> None:
        if (gone := self._here.pop(hand, None)) is None:
            return
        others = {name for visitor in self._here.values() for name in visitor.shares}
        self._acts += [Cue("release", name, hand) for name in gone.shares if name not in others]
        self._compare()
        self._aim(now)
        if gone.lent:  # nothing is left of it
            self._acts.append(Cue("again", hand=hand))

    def _compare(self) -> None:
        if (on := any(visitor.compares for visitor in self._here.values())) != self._compares:
            self._compares = on
            self._acts.append(Cue("compare", "on" if on else "", EVERYBODY))

    def _aim(self, now: float) -> None:
        regions = (region(self._anatomy, unit, weight) for unit, _, weight in self.places(now))
        text = write(Target(tuple(regions)))
        if text != self._target:
            self._target = text
            self._acts.append(Cue("target", text, EVERYBODY))


def region(anatomy: Anatomy, unit: int, weight: float = 1.0) -> Region:
    """The box of neurons around one: near it in channel and in pitch, the whole loop long."""
    layer, channel, pitch = whereabouts(anatomy, unit)
    return Region(
        layer.name, _around(channel, CHANNELS, layer.channels), _around(pitch, PITCHES, layer.bins), weight=weight
    )


def whereabouts(anatomy: Anatomy, unit: int) -> tuple[Layer, int, int]:
    """The layer, the channel and the pitch bin of a neuron."""
    layer = next(layer for layer in anatomy if unit < anatomy.slice(layer.name).stop)
    channel, pitch = divmod(unit - anatomy.start(layer.name), layer.bins)
    return layer, channel, pitch


def weight(visitor: Visitor, now: float) -> float:
    """How much a visitor's place counts."""
    return 1.0 if now - visitor.touched < FRESH else FADED


def safe_value(entry: Parameter, share: float) -> float:
    """The value at 0..1 of the part of a parameter's range that visitors reach."""
    low, high = (entry.share(value) for value in entry.safe)
    return entry.safely(entry.value(low + share * (high - low)))


def safe_share(entry: Parameter, value: float) -> float:
    """Where a visitor's slider stands for a value, 0..1."""
    low, high = (entry.share(value) for value in entry.safe)
    return min(max((entry.share(value) - low) / (high - low), 0.0), 1.0)


def _around(at: int, share: float, size: int) -> Span:
    reach = round(share * size)
    return Span(max(0, at - reach), min(size - 1, at + reach), whole=True)
