"""Everything that the station knows: who is there, what they want, what is heard. Only the event loop touches it."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from installation.control.acts import Act
from installation.control.parameters import TABLE
from installation.data import Clip
from installation.station import keepsakes, thought
from installation.station.codes import Codes
from installation.station.doors import Doors
from installation.station.keepsakes import Keepsakes
from installation.station.leases import Leases
from installation.station.letters import Now, Order, Seen, Thought
from installation.station.messages import Compare, Plain, Slide, TouchBody, Wish
from installation.station.visitors import Visitors, safe_share, whereabouts

REMEMBERED = 4  # dreams: the one that is heard, the one before, and those that may come
GUESTS = 512  # whose keys are known
ABSENT = 60.0  # seconds without a connection after which a guest is forgotten
STATION = 0  # the colour of stations; phones have their seats' colours, from 1 on


@dataclass(slots=True)
class Guest:
    """Somebody whose browser has been let in; the key lets the same browser in again after the network was lost.

    role   "station", "phone" or "watch"
    hand   what acts are signed with
    """

    key: str
    role: str
    hand: str
    connections: int = 0
    seen: float = 0.0
    waits: bool = True  # a phone that wants to play
    kept: dict[str, str] = field(default_factory=dict)  # dream -> code of its keepsake


class House:
    """All of the station but the network. Time is given, never looked up."""

    def __init__(self, order: Order, now: float) -> None:
        self.order = order
        self.doors = Doors(order.network, order.names, order.screens, order.pin, order.office.reader)
        self.visitors = Visitors(order.anatomy, order.sliders, order.patience)
        self.leases: Leases[str] = Leases(order.phones, order.lease)
        self.codes = Codes(now)
        self.keepsakes = Keepsakes()
        self.now: Now | None = None
        self.thoughts: OrderedDict[str, Thought] = OrderedDict()
        self._samples = {few: (thought.coarse if few else thought.whole)(order.anatomy) for few in (False, True)}
        self.bodies = {
            few: thought.packed_body(sample, order.anatomy, order.positions) for few, sample in self._samples.items()
        }
        self._packed: OrderedDict[tuple[str, bool], asyncio.Task[bytes]] = OrderedDict()
        self._guests: dict[str, Guest] = {}
        self._count = 0

    def hear(self, letter: Thought | Now) -> None:
        """Take in what the show tells."""
        if isinstance(letter, Now):
            self.now = letter
            return
        self.thoughts.pop(letter.name, None)
        self.thoughts[letter.name] = letter
        while len(self.thoughts) > REMEMBERED:
            old = next(name for name in self.thoughts if self.now is None or name != self.now.name)
            del self.thoughts[old]
        for name, few in [key for key in self._packed if key[0] not in self.thoughts or key[0] == letter.name]:
            del self._packed[name, few]

    async def packed(self, name: str, few: bool) -> bytes | None:
        """A dream as browsers want it, made once however many ask; None for one that is forgotten."""
        if (known := self.thoughts.get(name)) is None:
            return None
        if (name, few) not in self._packed:
            making = asyncio.to_thread(
                thought.packed_thought, self._samples[few], self.order.anatomy, known.activations, name
            )
            self._packed[name, few] = asyncio.create_task(making)
        return await asyncio.shield(self._packed[name, few])

    def guest(self, role: str, now: float) -> Guest | None:
        """Somebody new, or None where too many are there."""
        if len(self._guests) >= GUESTS:
            self._forget(now)
        if len(self._guests) >= GUESTS:
            return None
        self._count += 1
        guest = Guest(secrets.token_urlsafe(18), role, f"{role} {self._count}", seen=now)
        self._guests[guest.key] = guest
        return guest

    def again(self, key: str) -> Guest | None:
        """The guest who has this key."""
        return self._guests.get(key)

    def wish(self, guest: Guest, wish: Wish, now: float) -> None:
        """Do what a guest asks for, as far as it is theirs to ask."""
        match wish:
            case Plain(do="join") if guest.role == "phone":
                guest.waits = True
                self.leases.join(guest.key, now)
            case TouchBody() | Slide() | Compare() | Plain() if (colour := self.colour(guest)) is not None:
                self._play(guest, colour, wish, now)

    def colour(self, guest: Guest) -> int | None:
        """The colour of a guest who may play now."""
        if guest.role == "station":
            return STATION
        seat = self.leases.seat(guest.key) if guest.role == "phone" else None
        return None if seat is None else 1 + seat

    def _play(self, guest: Guest, colour: int, wish: TouchBody | Slide | Compare | Plain, now: float) -> None:
        match wish:
            case TouchBody():
                self.visitors.touch(guest.hand, colour, wish.unit, now)
            case Slide():
                self.visitors.slide(guest.hand, colour, wish.name, wish.share, now)
            case Compare():
                self.visitors.compare(guest.hand, colour, wish.on, now)
            case Plain(do="again"):
                self.visitors.again(guest.hand, now)
            case Plain(do="stay"):
                self.visitors.stay(guest.hand, now)

    def lends(self, guest: Guest) -> bool:
        """Whether a guest may lend a sound of their own now."""
        return self.order.microphone and self.colour(guest) is not None

    def lend(self, guest: Guest, clip: Clip, now: float) -> None:
        """Let the dream begin from a guest's own sound, if it is still theirs to play."""
        if self.lends(guest) and (colour := self.colour(guest)) is not None:
            self.visitors.lend(guest.hand, colour, clip, now)

    async def keep(self, guest: Guest, now: float) -> None:
        """Make what is heard now a keepsake for a guest, once."""
        if self.now is None or self.now.name in guest.kept or self.colour(guest) is None:
            return
        if (known := self.thoughts.get(self.now.name)) is None:
            return
        guest.kept[known.name] = ""  # it is being made
        order = self.order
        picture = await asyncio.to_thread(keepsakes.picture, order.anatomy, order.positions, known.activations)
        code = self.keepsakes.keep(keepsakes.sound(known.sound[:2]), picture, now)
        guest.kept.pop(known.name, None)
        if code is not None:
            guest.kept = {known.name: code}
        self.visitors.stay(guest.hand, now)

    def turn(self, now: float) -> None:
        """What happens by itself: turns end, silent visitors go, codes change."""
        for guest in list(self._guests.values()):
            playing = self.visitors.visitor(guest.hand) is not None
            if guest.connections:
                guest.seen = now
            if guest.role == "phone":
                if not guest.connections and now - guest.seen > self.order.patience:
                    self.leases.leave(guest.key, now)
                if playing and self.colour(guest) is None:
                    self.visitors.leave(guest.hand, now)
        self.leases.turn(now)
        for hand in self.visitors.turn(now):
            self._silent(hand, now)
        self._forget(now)

    def _silent(self, hand: str, now: float) -> None:
        guest = next((guest for guest in self._guests.values() if guest.hand == hand), None)
        if guest is not None:
            guest.kept = {}
            if guest.role == "phone":  # others may want the seat; they come back by a touch
                guest.waits = False
                self.leases.leave(guest.key, now)

    def _forget(self, now: float) -> None:
        for guest in list(self._guests.values()):
            if not guest.connections and now - guest.seen > ABSENT:
                self.visitors.leave(guest.hand, now)
                self.leases.leave(guest.key, now)
                del self._guests[guest.key]

    def acts(self) -> tuple[Act, ...]:
        """What is asked of the show since the last time."""
        return tuple(self.visitors.acts())

    def seen(self, now: float) -> Seen:
        """What belongs into the picture."""
        code = f"{self.order.address}/#{self.codes.shown(now)}" if self.order.phones and self.order.network else ""
        return Seen(code, tuple(self.visitors.places(now)))

    def you(self, guest: Guest, now: float) -> dict[str, Any]:
        """Where a guest stands; moments in seconds of this clock, which are made relative when they are sent."""
        visitor = self.visitors.visitor(guest.hand)
        left, wait = (
            (self.leases.left(guest.key, now), self.leases.wait(guest.key, now))
            if guest.role == "phone"
            else (None, None)
        )
        return {
            "say": "you",
            "key": guest.key,
            "role": guest.role,
            "colour": self.colour(guest),
            "waits": guest.role == "phone" and guest.waits,
            "ends": None if left is None else round(now + left),
            "seated": None if wait is None else round(now + wait),
            "rests": self.visitors.until(guest.hand),
            "place": None if visitor is None or visitor.unit is None else self.place(visitor.unit),
            "sliders": self.sliders(visitor.shares if visitor else {}),
            "compares": bool(visitor and visitor.compares),
            "lends": self.lends(guest),
            "lent": bool(visitor and visitor.lent),
            "kept": next(iter(guest.kept.values()), ""),
            "fresh": self.now is None or bool(guest.kept.get(self.now.name)),
            "reachable": self.order.network,
        }

    def place(self, unit: int) -> dict[str, Any]:
        """What a neuron is: its layer, from which Hz to which it hears, and for how many seconds."""
        layer, _, pitch = whereabouts(self.order.anatomy, unit)
        heard = self.order.hears[layer.name]
        number = [known.name for known in self.order.anatomy].index(layer.name)
        return {
            "unit": unit,
            "layer": number + 1,
            "of": len(self.order.anatomy.layers),
            "low": round(float(heard.low[pitch]), 2),
            "high": round(float(heard.high[pitch]), 2),
            "seconds": round(float(heard.seconds[pitch]), 3) if len(heard.seconds) else None,
        }

    def sliders(self, shares: dict[str, float]) -> dict[str, float]:
        """Where the sliders stand, 0..1: with the visitor, or with the show."""
        stands = self.now.stands if self.now else {}
        return {
            name: shares.get(name, round(safe_share(TABLE[name], stands.get(name, TABLE[name].default)), 3))
            for name in self.order.sliders
        }
