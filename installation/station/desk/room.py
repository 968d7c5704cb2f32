"""What desks share: who is there, how things stand, what can be taken back. Only the event loop touches it."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from installation.control.acts import Act
from installation.errors import ImmersionsError
from installation.station.desk import presets, sight, uploads
from installation.station.desk.history import History
from installation.station.desk.messages import Listen, Preset, Step, Unclip, Wish
from installation.station.desk.sight import Meter
from installation.station.desk.wishes import Standing, change, plain
from installation.station.house import House
from installation.station.letters import Attended, Lines, Scores, Stands, Thought, Told

MOST = 16  # desks at once
KNOWN = 64  # desks whose keys are remembered
REMEMBERED = 600.0  # seconds after its last connection in which a desk is let in again by its key
CURVE = 1000  # scores that a desk gets when it comes
LOG = 100  # lines of the log, likewise

Role = Literal["operator", "reader"]
EMPTY = Stands({}, {}, {}, {})


@dataclass(slots=True)
class Desk:
    """Somebody at a desk; the key lets the same browser in again after the network was lost.

    here   whether they sit at this machine
    """

    key: str
    name: str
    role: Role
    here: bool
    connections: int = 0
    seen: float = 0.0


class Room:
    """The desks of a house. Time is given, never looked up."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.office = house.order.office
        self.stands = EMPTY
        self.told: dict[str, Mapping[str, Any]] = {}  # by kind, as pages are told
        self.run = 0  # of the optimiser
        self.first = 0  # step of the first score that is remembered
        self.scores: deque[float | None] = deque(maxlen=CURVE)
        self.lines: deque[Mapping[str, Any]] = deque(maxlen=LOG)
        self._history = History()
        self._acts: list[Act] = []
        self._desks: dict[str, Desk] = {}
        self._packed: dict[str, asyncio.Task[tuple[bytes, Meter]]] = {}
        self.look_again()
        self._tell("history", self._history.told())
        self._tell("desks", {"desks": []})

    def hear(self, letter: Stands | Told | Scores | Lines) -> None:
        """Take in what the show tells."""
        match letter:
            case Stands():
                self.stands = letter
            case Told(kind, words):
                self._tell(kind, words)
                if kind == "facts" and self.told["clips"].get("chosen") != words.get("clip"):
                    self._tell("clips", {**self.told["clips"], "chosen": words.get("clip", "")})
            case Lines(lines):
                self.lines.extend(lines)
            case Scores(run, first, scores):
                if run != self.run or first != self.first + len(self.scores):
                    self.scores.clear()
                    self.run, self.first = run, first
                left = max(0, len(self.scores) + len(scores) - CURVE)
                self.scores.extend(scores)
                self.first += left

    def acts(self) -> tuple[Act, ...]:
        """What desks have asked of the show since the last time."""
        acts, self._acts = self._acts, []
        return tuple(acts)

    def attended(self) -> Attended:
        """How many desks there are."""
        return Attended(sum(desk.connections for desk in self._desks.values()))

    def sit(self, key: str, role: Role, here: bool, now: float) -> Desk | None:
        """A desk that is taken, anew or once more; None where all are."""
        if self.attended().desks >= MOST:
            return None
        desk = self.known(key, now) or Desk(secrets.token_urlsafe(18), "", role, here)
        taken = {other.name for other in self._desks.values() if other.connections and other is not desk}
        if not desk.name or desk.name in taken:
            desk.name = next(name for number in range(1, MOST + 1) if (name := f"desk {number}") not in taken)
        away = sorted((other for other in self._desks.values() if not other.connections), key=lambda one: one.seen)
        for old in away[: max(0, len(self._desks) - KNOWN)]:
            del self._desks[old.key]
        self._desks[desk.key] = desk
        desk.connections += 1
        desk.seen = now
        self._seated()
        return desk

    def leave(self, desk: Desk, now: float) -> None:
        """A desk's connection has ended."""
        desk.connections -= 1
        desk.seen = now
        self._seated()

    def known(self, key: str, now: float) -> Desk | None:
        """The desk that has this key, while it is remembered."""
        desk = self._desks.get(key)
        return None if desk is None or (not desk.connections and now - desk.seen > REMEMBERED) else desk

    async def wish(self, desk: Desk, wish: Wish, now: float) -> str | bytes | None:
        """Do what a desk asks for; why it cannot be done, or the parcel that answers it, or None."""
        if desk.role != "operator" and not isinstance(wish, Listen):
            return "This desk may only look. Sign in with the operator's PIN to change anything."
        try:
            match wish:
                case Listen():
                    return await self._sound(wish.dream)
                case Step():
                    self._acts += self._history.undo() if wish.do == "undo" else self._history.redo()
                case Preset():
                    await self._preset(desk, wish, now)
                case Unclip():
                    await asyncio.to_thread(uploads.remove, wish.name)
                    self.look_again()
                case _ if (done := plain(wish, desk.name)) is not None:
                    self._acts.append(done)
                case _:
                    changed = change(wish, desk.name, self._standing, self.house.order.anatomy, now)
                    self._acts += changed.again
                    if changed.back:
                        self._history.did(changed)
        except ImmersionsError as error:
            return str(error)
        self._tell("history", self._history.told())
        return None

    def look_again(self) -> None:
        """See which clips and presets there are."""
        chosen = self.told.get("facts", {}).get("clip", "")
        self._tell("clips", {"clips": uploads.listed(), "chosen": chosen})
        self._tell("presets", {"presets": presets.listed()})

    async def seen(self, name: str) -> tuple[bytes, Meter] | None:
        """What desks see of a dream, and its meter, made once however many ask; None for one that is forgotten."""
        for old in [known for known in self._packed if known not in self.house.thoughts]:
            del self._packed[old]
        if (thought := self.house.thoughts.get(name)) is None:
            return None
        if name not in self._packed:
            self._packed[name] = asyncio.create_task(asyncio.to_thread(self._pack, thought))
        return await asyncio.shield(self._packed[name])

    def loudness(self, now: float) -> dict[str, float | None] | None:
        """How loud it is at this moment, for the meter; None while nobody knows."""
        heard = self.house.now
        packed = self._packed.get(heard.name) if heard else None
        thought = self.house.thoughts.get(heard.name) if heard else None
        if heard is None or thought is None or packed is None or not packed.done():
            return None
        place = (now - heard.began) / heard.loop % 1.0
        loud, peak, whole = packed.result()[1].at(place, heard.gain / max(thought.gain, 1e-9))
        highest, zero = self.office.ceiling or (None, None)
        return {
            "momentary": loud, "peak": peak, "loudness": whole, "target": self.office.target,
            "dba": None if zero is None else round(loud + zero, 1), "ceiling": highest,
        }  # fmt: skip

    def anew(self, name: str) -> None:
        """A dream of this name was made once more."""
        self._packed.pop(name, None)

    def _pack(self, thought: Thought) -> tuple[bytes, Meter]:
        return sight.packed_loop(thought), sight.meter(thought.sound, self.office.ring)

    async def _sound(self, name: str) -> bytes | str:
        if (thought := self.house.thoughts.get(name)) is None:
            return f"the dream {name!r} is no longer here. Ask for the one that is heard or the one that waits."
        return await asyncio.to_thread(sight.packed_sound, thought)

    async def _preset(self, desk: Desk, wish: Preset, now: float) -> None:
        """Save, recall or remove a preset. Raises ContentError, StorageError."""
        stands = self._standing
        if wish.act == "save":
            preset = presets.standing(stands.values, stands.told, stands.clip)
            await asyncio.to_thread(presets.save, wish.name, preset)
        elif wish.act == "remove":
            await asyncio.to_thread(presets.remove, wish.name)
        else:
            preset = await asyncio.to_thread(presets.load, wish.name)
            changed = stands.recalled(preset, wish.name, desk.name, now)
            self._acts += changed.again
            self._history.did(changed)
        self.look_again()

    @property
    def _standing(self) -> Standing:
        return Standing(self.stands, self.told.get("facts", {}), self.told.get("outputs", {}))

    def _seated(self) -> None:
        there = [desk for desk in self._desks.values() if desk.connections]
        self._tell("desks", {"desks": [{"desk": desk.name, "role": desk.role, "here": desk.here} for desk in there]})

    def _tell(self, kind: str, words: Mapping[str, Any]) -> None:
        if self.told.get(kind) != words:
            self.told[kind] = words
