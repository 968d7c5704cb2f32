"""One desk's connection: what it says is done at a bearable pace, what it is told is always the newest."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from installation.station import line
from installation.station.desk.messages import Hello, Listen, Preset, Unclip, Wish, read
from installation.station.desk.room import Desk, Room
from installation.station.limits import Bucket

PACE = (60.0, 240.0)  # messages a second in the long run and at once: two hands on faders
HEAVY = (1.0, 8.0)  # the same for what costs more than a moment: files and sounds
TURN = 0.05  # seconds between two looks at what is new
OFTEN = {"facts": 0.2, "scores": 0.25, "meter": 0.1}  # seconds between two words of a kind at least
AGAIN = 2.0  # seconds between two words about what is heard, between the loops' beginnings
ANSWERS = 8  # that wait to be sent; of more the oldest are forgotten


class Sitting:
    """A desk's connection from its first word to its end. `tell` is called after every wish, to pass it on."""

    def __init__(self, room: Room, socket: WebSocket, tell: Callable[[], None]) -> None:
        self._room, self._socket, self._tell = room, socket, tell
        self._told: dict[str, Mapping[str, Any]] = {}  # by kind, the very things that were sent
        self._values: dict[str, float] = {}
        self._rests: dict[str, float] = {}
        self._hands: tuple[Mapping[str, str], Mapping[str, float]] | None = None
        self._heard: tuple[str, float, str] = ("", 0.0, "")
        self._sent: list[str] = []  # dreams that the browser has
        self._moments: dict[str, float] = {}  # when something of a kind was said last
        self._run, self._scored, self._line = -1, 0, 0
        self._answers: list[str | bytes] = []

    async def run(self) -> None:
        """Until the browser goes or does what it must not."""
        try:
            async with asyncio.timeout(line.PATIENCE):
                hello = await self._listen()
            desk = await self._let_in(hello) if isinstance(hello, Hello) else None
        except (TimeoutError, WebSocketDisconnect):
            desk = None
        if desk is None:
            return await line.close(self._socket)
        self._answers.append(_word("welcome", key=desk.key, desk=desk.name, role=desk.role))
        speaking = asyncio.create_task(self._speak(desk))
        try:
            await self._converse(desk)
        except WebSocketDisconnect:
            pass  # it has gone
        finally:
            self._room.leave(desk, time.monotonic())
            self._tell()
            speaking.cancel()
        await line.close(self._socket)

    def anew(self, name: str) -> None:
        """A dream of this name was made once more: what the browser has of it is old."""
        self._sent = [sent for sent in self._sent if sent != name]

    async def _converse(self, desk: Desk) -> None:
        pace, heavy = Bucket(*PACE), Bucket(*HEAVY)
        while True:
            wish = await self._listen()
            if wish is None or isinstance(wish, Hello):
                return
            while not pace.take(now := time.monotonic()):  # who says more is heard later
                await asyncio.sleep(TURN)
            if isinstance(wish, Listen | Preset | Unclip) and not heavy.take(now):
                self._answer(_word("fault", words="This was asked for too often. Try again in a moment."))
                continue
            answer = await self._room.wish(desk, wish, now)
            if isinstance(answer, str):
                self._answer(_word("fault", words=answer))
            elif answer is not None:
                self._answer(answer)
            self._tell()

    def _answer(self, letter: str | bytes) -> None:
        self._answers = [*self._answers, letter][-ANSWERS:]

    async def _speak(self, desk: Desk) -> None:
        """Send what is new, for ever; who reads slowly gets less, and always the newest."""
        try:
            while True:
                answers, self._answers = self._answers, []
                for letter in (*answers, *self._news(desk, time.monotonic()), *await self._dreams()):
                    await line.send(self._socket, letter)
                await asyncio.sleep(TURN)
        except (WebSocketDisconnect, RuntimeError):
            return  # it has gone; whoever listens finds out, too

    def _news(self, desk: Desk, now: float) -> list[str]:
        """What has changed since the last time, ready to be sent."""
        words = [self._parameters(), self._now(now), self._scores(now), self._meter(now), self._lines()]
        for kind, told in list(self._room.told.items()):
            if self._told.get(kind) is told or not self._due(kind, now):
                continue
            self._told[kind] = told
            if kind == "record":
                began = told["began"]
                told = {**told, "since": None if began is None else round(now - began, 1)}
            elif kind == "desks":
                told = {"desks": [{**one, "you": one["desk"] == desk.name} for one in told["desks"]]}
            words.append(_word(kind, **told))
        return [word for word in words if word]

    def _due(self, kind: str, now: float) -> bool:
        if now - self._moments.get(kind, float("-inf")) < OFTEN.get(kind, 0.0):
            return False
        self._moments[kind] = now
        return True

    def _parameters(self) -> str:
        stands = self._room.stands
        said: dict[str, Mapping[str, object]] = {}
        values = {name: round(value, 6) for name, value in stands.values.items()}
        rests = {name: round(value, 6) for name, value in stands.rests.items()}
        if changed := {name: value for name, value in values.items() if self._values.get(name) != value}:
            said["values"] = changed
        if moved := {name: value for name, value in rests.items() if self._rests.get(name) != value}:
            said["rests"] = moved
        if (stands.holders, stands.ghosts) != self._hands:
            ghosts = {name: round(share, 4) for name, share in stands.ghosts.items()}
            said |= {"held": dict(stands.holders), "ghosts": ghosts}
        if not said:
            return ""
        self._values, self._rests, self._hands = values, rests, (stands.holders, stands.ghosts)
        return _word("values", **{"values": {}, **said})

    def _now(self, now: float) -> str:
        house = self._room.house
        if (heard := house.now) is None:
            return ""
        newest = next(reversed(house.thoughts), "")
        waiting = "" if newest == heard.name else newest
        if (heard.name, heard.began, waiting) == self._heard and now - self._moments.get("now", 0.0) < AGAIN:
            return ""
        self._heard, self._moments["now"] = (heard.name, heard.began, waiting), now
        since, loop = round(now - heard.began, 3), round(heard.loop, 4)
        return _word("now", dream=heard.name, waiting=waiting, since=since, loop=loop)

    def _scores(self, now: float) -> str:
        room = self._room
        first = max(room.first, self._scored) if room.run == self._run else room.first
        scores = list(room.scores)[first - room.first :]
        if not (scores or room.run != self._run) or not self._due("scores", now):
            return ""
        self._run, self._scored = room.run, first + len(scores)
        told = [None if score is None else round(score, 4) for score in scores]
        return _word("scores", run=room.run, first=first, scores=told)

    def _meter(self, now: float) -> str:
        found = self._room.loudness(now)
        if found is None or not self._due("meter", now):
            return ""
        return _word("meter", **found)

    def _lines(self) -> str:
        lines = [line for line in self._room.lines if line["n"] > self._line]
        if not lines:
            return ""
        self._line = lines[-1]["n"]
        return _word("log", lines=lines)

    async def _dreams(self) -> list[bytes]:
        """The dreams that the browser lacks: the one that is heard, then the newest."""
        house, parcels = self._room.house, list[bytes]()
        heard = house.now.name if house.now else ""
        for name in (heard, next(reversed(house.thoughts), "")):
            if name in self._sent[-3:] or name not in house.thoughts:
                continue
            self._sent = [*self._sent[-3:], name]
            body, seen = await house.packed(name, False), await self._room.seen(name)
            parcels += [body] if body else []
            parcels += [seen[0]] if seen else []
        return parcels

    async def _listen(self) -> Hello | Wish | None:
        """The next message, or None for what is none."""
        text = await line.heard(self._socket)
        return read(text) if text is not None else None

    async def _let_in(self, hello: Hello) -> Desk | None:
        """The desk that a browser gets; None where it is refused, which it has been told then."""
        doors, room, headers = self._room.house.doors, self._room, self._socket.headers
        address = self._socket.client.host if self._socket.client else ""
        here, now = doors.local(address, headers), time.monotonic()
        role: Literal["operator", "reader", "pin", "later", "closed"] = "operator"
        if (known := room.known(hello.key, now)) is not None:
            role = known.role
        elif doors.asks_for_pin(address, headers):
            role = await asyncio.to_thread(doors.role, hello.pin, address, now)
        desk = None
        if role == "operator" or role == "reader":
            desk = room.sit(hello.key, "reader" if hello.read and known is None else role, here, now)
            role = "later"  # if there is no room
        if desk is None:
            await line.send(self._socket, _word("refused", why=role))
        self._tell()
        return desk


def _word(kind: str, **words: object) -> str:
    return json.dumps({"say": kind, **words}, ensure_ascii=False, separators=(",", ":"))
