"""Hands take a parameter, move it without a jump, and after a while the show takes it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from installation.control.parameters import POINTING, TABLE, Parameter, defaults
from installation.data import Controls

PATIENCE = 30.0  # seconds after the last touch until the show takes a parameter back
GLIDE = 1 / 8  # of a fader's way in a second, while the show takes back
NEAR = 1 / 64  # of a fader's way: two steps of a 7-bit fader, as good as met

Grip = Literal["jump", "pickup"]


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody asks for a value.

    grip   `jump`: the parameter goes there; `pickup`: it waits until the fader has passed where it stands
    """

    name: str
    value: float
    grip: Grip = "jump"


@dataclass(slots=True)
class Held:
    """What hands want of one parameter."""

    wanted: float
    touched: float  # seconds


class Takeover:
    """Where every parameter stands, between the hands and the show. Time is given, never looked up.

    rest      where the show wants the parameters when nobody touches them
    """

    def __init__(self, rest: Controls | None = None, patience: float = PATIENCE) -> None:
        self.rest = rest or defaults()
        self.ghosts: dict[str, float] = {}  # where faders stand that have not been picked up yet
        self._patience = patience
        self._values = dict(self.rest.values)
        self._held: dict[str, Held] = {}
        self._picked: set[str] = set()  # whose fader has been met
        self._now: float | None = None

    @property
    def held(self) -> frozenset[str]:
        """The names of all parameters that are in hands."""
        return frozenset(self._held)

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
        if entry is None or (touch.grip == "pickup" and not self._picked_up(entry, touch.value)):
            return
        self._held[touch.name] = Held(entry.clamp(touch.value), now)
        if touch.name in POINTING:
            self._point(now)

    def release(self, name: str) -> None:
        """Give one parameter back to the show."""
        self._held.pop(name, None)
        self._picked.discard(name)
        self.ghosts.pop(name, None)

    def let_go(self) -> None:
        """Give everything back to the show, gliding."""
        self._held.clear()
        self._picked.clear()
        self.ghosts.clear()

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

    def _point(self, now: float) -> None:
        """Whoever moves one side of the box holds all of it, and its neurons are dreamt of."""
        for name in POINTING:
            wanted = self._held[name].wanted if name in self._held else self._values[name]
            self._held[name] = Held(wanted, now)
        self._held["dream.hand"] = Held(1.0, now)

    def _picked_up(self, entry: Parameter, value: float) -> bool:
        """Whether the fader moves the parameter: it does once it has met or passed where the parameter stands."""
        if entry.name in self._picked:
            return True
        before, share, stands = self.ghosts.get(entry.name), entry.share(value), entry.share(self._values[entry.name])
        self.ghosts[entry.name] = share
        passed = before is not None and (before - stands) * (share - stands) <= 0.0
        if passed or abs(share - stands) <= NEAR:
            self._picked.add(entry.name)
            del self.ghosts[entry.name]
        return entry.name in self._picked
