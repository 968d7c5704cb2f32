"""One browser's connection: what it says is read at a bearable pace, what it is told is always the newest."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from installation.station import line
from installation.station.house import Guest, House
from installation.station.limits import Bucket
from installation.station.messages import Hello, Plain, Wish, read
from installation.station.qr import rows

PACE = (20.0, 40.0)  # messages a second in the long run and at once; our own page never says more than 13
OFTEN = 2.0  # seconds between two words about what is heard, between the loops' beginnings


class Outbox:
    """What waits to be sent, one of each kind: the newest."""

    def __init__(self) -> None:
        self._waiting: dict[str, str | bytes] = {}
        self._filled = asyncio.Event()

    def put(self, kind: str, letter: str | bytes) -> None:
        """Send this, instead of what waits of the same kind."""
        self._waiting[kind] = letter
        self._filled.set()

    async def take(self) -> str | bytes:
        """What has waited longest."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.pop(next(iter(self._waiting)))


class Visit:
    """A connection from its first word to its end. `tell` is called after every wish, to pass on what it asks for."""

    def __init__(self, house: House, socket: WebSocket, tell: Callable[[], None]) -> None:
        self._house, self._socket, self._tell = house, socket, tell
        self._address = socket.client.host if socket.client else ""
        self._outbox = Outbox()
        self._told: dict[str, Any] = {}
        self._sent: list[str] = []  # dreams that the browser has
        self._heard: tuple[str, float] = ("", 0.0)
        self._spoken = 0.0
        self._few = False
        self.guest: Guest | None = None

    async def run(self) -> None:
        """Until the browser goes or does what it must not."""
        try:
            async with asyncio.timeout(line.PATIENCE):
                hello = await self._listen()
                guest = await self._let_in(hello) if isinstance(hello, Hello) else None
        except (TimeoutError, WebSocketDisconnect):
            guest = None
        if guest is None:
            return await line.close(self._socket)
        self.guest = guest
        guest.connections += 1
        guest.seen = time.monotonic()
        sending = asyncio.create_task(self._send())
        try:
            self.look()
            await self._converse(guest)
        except WebSocketDisconnect:
            pass  # it has gone
        finally:
            guest.connections -= 1
            guest.seen = time.monotonic()
            sending.cancel()
        await line.close(self._socket)

    def look(self) -> None:
        """Tell the browser what is new; called several times a second."""
        if (guest := self.guest) is None:
            return
        now = time.monotonic()
        self._tell_changed("you", self._house.you(guest, now), now)
        places = [list(place) for place in self._house.visitors.places(now)]
        self._tell_changed("all", {"say": "all", "places": places}, now)
        if (heard := self._house.now) is None:
            return
        if (heard.name, heard.began) != self._heard or now - self._spoken >= OFTEN:
            self._heard, self._spoken = (heard.name, heard.began), now
            word = {
                "say": "now",
                "dream": heard.name,
                "since": round(now - heard.began, 3),
                "loop": round(heard.loop, 4),
            }
            self._outbox.put("now", json.dumps(word))

    async def bring(self) -> None:
        """Send the dreams that the browser lacks: the one that is heard, then the newest."""
        if self.guest is None:
            return
        heard = self._house.now.name if self._house.now else ""
        newest = next(reversed(self._house.thoughts), "")
        for slot, name in (("heard", heard), ("coming", newest)):
            if name in self._sent[-3:] or name not in self._house.thoughts:
                continue
            self._sent = [*self._sent[-3:], name]
            if packed := await self._house.packed(name, self._few):
                self._outbox.put(slot, packed)

    def anew(self, name: str) -> None:
        """A dream of this name was made once more: what the browser has of it is old."""
        self._sent = [sent for sent in self._sent if sent != name]

    def _tell_changed(self, kind: str, words: dict[str, Any], now: float) -> None:
        if self._told.get(kind) == words:
            return
        self._told[kind] = words
        relative = {
            name: round(words[name] - now, 2)
            for name in ("ends", "seated", "rests")
            if isinstance(words.get(name), int | float)
        }
        if kept := words.get("kept"):
            relative["qr"] = rows(f"{self._house.order.address}/keep/{kept}")
        self._outbox.put(kind, json.dumps({**words, **relative}))

    async def _converse(self, guest: Guest) -> None:
        bucket = Bucket(*PACE)
        while True:
            wish = await self._listen()
            if wish is None or isinstance(wish, Hello):
                return
            now = time.monotonic()
            while not bucket.take(now):  # who says more is heard later, and let go when the line is full for too long
                await asyncio.sleep(0.05)
                now = time.monotonic()
            if isinstance(wish, Plain) and wish.do == "keep":
                await self._house.keep(guest, now)
            else:
                self._house.wish(guest, wish, now)
            self._tell()
            self.look()

    async def _listen(self) -> Hello | Wish | None:
        """The next message, or None for what is none."""
        text = await line.heard(self._socket)
        return read(text) if text is not None else None

    async def _let_in(self, hello: Hello) -> Guest | None:
        """The guest that a browser is, new or known."""
        house, now, headers = self._house, time.monotonic(), self._socket.headers
        self._few = hello.few
        if hello.role == "visitor":
            if (known := house.again(hello.key)) is not None:
                return known
            if house.order.phones and hello.key and house.codes.use(hello.key, now):
                if guest := house.guest("phone", now):
                    house.leases.join(guest.key, now)
                return guest
            if house.doors.station(self._address, headers):
                return house.guest("station", now)
        return house.guest("watch", now)

    async def _send(self) -> None:
        try:
            while True:
                await line.send(self._socket, await self._outbox.take())
        except (WebSocketDisconnect, RuntimeError):
            return  # it has gone; whoever listens finds out, too
