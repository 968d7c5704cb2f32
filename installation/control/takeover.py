"""Hands take a parameter, move it without a jump, and after a while the show takes it back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from installation.control.acts import Touch
from installation.control.grips import Grips
from installation.control.parameters import POINTING, TABLE, Parameter, defaults
from installation.data import Controls

PATIENCE = 30.0  # seconds after the last touch until the show takes a parameter back
GLIDE = 1 / 8  # of a fader's way in a second, while the show takes back

__all__ = ["PATIENCE", "Takeover", "Touch"]


@dataclass(slots=True)
class Held:
    """What hands want of one parameter, and the hand that touched it last."""

    wanted: float
    touched: float  # seconds
    hand: str


class Takeover:
    """Where every parameter stands, between the hands and the show. Time is given, never looked up.

    rest       where the show wants the parameters when nobody touches them
    patience   seconds after the last touch until the show takes a parameter back
    """

    def __init__(self, rest: Controls | None = None, patience: float = PATIENCE) -> None:
        self.rest = rest or defaults()
        self._patience = patience
        self._values = dict(self.rest.values)
        self._held: dict[str, Held] = {}
        self._grips = Grips()
        self._now: float | None = None

    @property
    def held(self) -> frozenset[str]:
        """The names of all parameters that are in hands."""
        return frozenset(self._held)

    def holder(self, name: str) -> str | None:
        """The hand that touched a parameter last, if it is in hands."""
        held = self._held.get(name)
        return None if held is None else held.hand

    @property
    def holders(self) -> Mapping[str, str]:
        """The hand that touched each parameter last, of those that are in hands."""
        return {name: held.hand for name, held in self._held.items()}

    @property
    def ghosts(self) -> Mapping[str, float]:
        """Where faders stand that do not move their parameter yet, as shares 0..1 of their way."""
        return self._grips.ghosts

    @property
    def stands(self) -> Mapping[str, float]:
        """Where a motor fader stands for each parameter: with the hand that moves it, or with the show."""
        return {**self._values, **{name: held.wanted for name, held in self._held.items()}}

    @property
    def values(self) -> Mapping[str, float]:
        """Where every parameter stands now."""
        return MappingProxyType(self._values)

    @property
    def wanted(self) -> Mapping[str, float]:
        """Where every parameter is going, by hands or by the show."""
        return {**self.rest.values, **{name: held.wanted for name, held in self._held.items()}}

    def touch(self, touch: Touch, now: float) -> None:
        """Take a parameter into the hand, at this second. A name that the table lacks changes nothing."""
        entry = TABLE.get(touch.name)
        if entry is None or math.isnan(touch.value):
            return
        if (value := self._followed(entry, touch)) is None:
            return
        self._held[touch.name] = Held(value, now, touch.hand)
        if touch.name in POINTING:
            self._point(now, touch.hand)

    def release(self, name: str) -> None:
        """Give one parameter back to the show."""
        self._held.pop(name, None)
        self._grips.forget(name)

    def gone(self, hand: str) -> None:
        """This device was pulled out or plays other parameters now: its faders have to be met anew."""
        self._grips.gone(hand)

    def let_go(self) -> None:
        """Give everything back to the show, gliding."""
        self._held.clear()
        self._grips.clear()

    def step(self, now: float) -> Controls:
        """The controls at this second; call once a frame, in order of time."""
        seconds = 0.0 if self._now is None else max(0.0, now - self._now)
        self._now = now if self._now is None else max(self._now, now)
        for name in [name for name, held in self._held.items() if now - held.touched >= self._patience]:
            self.release(name)
        for name, entry in TABLE.items():
            if name in self._held:
                self._values[name] = entry.eased(self._values[name], self._held[name].wanted, seconds)
            elif name not in POINTING or self._values["dream.hand"] == 0.0:
                # a box given back must not wander through the network while it still counts
                self._values[name] = entry.eased(self._values[name], self.rest[name], seconds, GLIDE)
        return Controls(MappingProxyType(dict(self._values)))

    def _point(self, now: float, hand: str) -> None:
        """Whoever moves one side of the box holds all of it, and its neurons are dreamt of."""
        for name in POINTING:
            wanted = self._held[name].wanted if name in self._held else self._values[name]
            self._held[name] = Held(wanted, now, hand)
        self._held["dream.hand"] = Held(1.0, now, hand)

    def _followed(self, entry: Parameter, touch: Touch) -> float | None:
        """The value that a touch leads to, or None where its fader has not met the parameter yet."""
        value = entry.clamp(touch.value)
        if touch.grip == "jump":
            self._grips.forget(entry.name)
            return value
        stands, held = self._values[entry.name], self._held.get(entry.name)
        wanted = self.rest[entry.name] if held is None else held.wanted
        shares = (entry.share(value), entry.share(stands), entry.share(wanted))
        share = self._grips.follow(entry.name, touch.hand, touch.grip, *shares, entry.grain)
        return None if share is None else entry.value(share)
