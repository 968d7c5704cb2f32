"""The pages and the one websocket, and what every answer carries so that browsers keep to the house rules."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from installation.station import health
from installation.station.desk.room import Room
from installation.station.desk.web import DeskWeb
from installation.station.doors import headers
from installation.station.files import KINDS, Answer, plain
from installation.station.house import House
from installation.station.lending import Lending
from installation.station.letters import Now, Thought
from installation.station.limits import Buckets
from installation.station.visit import Visit

MOST = 200  # connections; more are told to come later
ASKING = (20.0, 120.0)  # pages and files a second from one address in the long run, and at once
TURN = 0.1  # seconds between two looks at what happens by itself
PAGES = {"/": "index.html", "/keep/{code}": "keep.html"}  # addresses that are not a file's name
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Web:
    """The station's application, around a house and its room of desks.

    tell   called with what has to reach the show at once
    """

    def __init__(self, house: House, room: Room, tell: Callable[[], None]) -> None:
        self._house, self._tell = house, tell
        self._desk = DeskWeb(room, tell)
        self._visits: set[Visit] = set()
        self._asking = Buckets(*ASKING)
        self._pages = _pages()
        words = json.dumps({"default": house.order.language, "languages": house.order.words}, ensure_ascii=False)
        self._words = words.encode()
        self.app: ASGIApp = _Guarded(Starlette(routes=self._routes()), self._welcome, headers(house.order.microphone))

    async def live(self) -> None:
        """What happens by itself, for ever."""
        while True:
            self._house.turn(time.monotonic())
            self._tell()
            for visit in list(self._visits):
                visit.look()
                await visit.bring()
            await asyncio.sleep(TURN)

    def hear(self, letter: Thought | Now) -> None:
        """Pass on at once what is heard; a dream that comes once more was made anew."""
        if isinstance(letter, Thought):
            self._desk.anew(letter.name)
        for visit in list(self._visits):
            if isinstance(letter, Thought):
                visit.anew(letter.name)
            else:
                visit.look()

    def _routes(self) -> list[BaseRoute]:
        named = {**{f"/{name}": name for name in self._pages if not name.endswith(".html")}, **PAGES}
        pages = [Route(path, self._page(name)) for path, name in named.items()]
        return [
            *pages,
            Route("/words.json", plain(self._words, "application/json")),
            Route("/body", plain(self._house.bodies[False], "application/octet-stream")),
            Route("/body-few", plain(self._house.bodies[True], "application/octet-stream")),
            Route("/keep/{code}/loop.wav", self._sound),
            Route("/keep/{code}/body.png", self._picture),
            *self._lending(),
            *self._desk.routes(),
            *health.routes(),
            WebSocketRoute("/ws", self._visit),
        ]

    def _lending(self) -> list[BaseRoute]:
        """Where visitors lend a sound, if they may."""
        if not self._house.order.microphone:
            return []
        return [Route("/lend", Lending(self._house, self._tell).take, methods=["POST"])]

    def _page(self, name: str) -> Answer:
        return plain(self._pages[name], KINDS[name[name.rindex(".") :]])

    async def _sound(self, request: Request) -> Response:
        kept = self._house.keepsakes.get(request.path_params["code"], time.monotonic())
        return _part(request, kept.sound, "audio/wav", "immersions.wav") if kept else _gone()

    async def _picture(self, request: Request) -> Response:
        kept = self._house.keepsakes.get(request.path_params["code"], time.monotonic())
        return _part(request, kept.picture, "image/png", "immersions.png") if kept else _gone()

    async def _visit(self, socket: WebSocket) -> None:
        if len(self._visits) >= MOST or not self._house.doors.own(
            socket.headers.get("origin", ""), socket.headers.get("host", "")
        ):
            await socket.close(1008)
            return
        await socket.accept()
        visit = Visit(self._house, socket, self._tell)
        self._visits.add(visit)
        try:
            await visit.run()
        finally:
            self._visits.discard(visit)

    def _welcome(self, scope: Scope) -> int:
        """200 for who may ask, otherwise the status that says why not."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._house.doors.known(headers.get("host", "")):
            return 421
        address = scope["client"][0] if scope.get("client") else ""
        if self._house.doors.local(address, headers) or self._asking.take(address, time.monotonic()):
            return 200
        return 429


class _Guarded:
    """Every answer carries the house rules; who may not ask gets none."""

    def __init__(self, app: ASGIApp, welcome: Callable[[Scope], int], rules: dict[str, str]) -> None:
        self._app, self._welcome = app, welcome
        self._headers = [(name.lower().encode(), value.encode()) for name, value in rules.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        status = self._welcome(scope)
        if scope["type"] == "websocket":
            if status == 200:
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return

        async def sign(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._headers]}
            await send(message)

        app = self._app if status == 200 else PlainTextResponse("Not from here, or not so often.", status)
        await app(scope, receive, sign)


def _pages() -> dict[str, bytes]:
    """All files of the pages, by name; only these are ever sent."""
    folder = files("installation.station") / "pages"
    return {
        file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.name.endswith(tuple(KINDS))
    }


def _part(request: Request, content: bytes, kind: str, name: str) -> Response:
    """A file, or the part of it that was asked for: some phones play sound only so."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    asked = RANGE.fullmatch(request.headers.get("range", "")[:64])
    if asked is None:
        return Response(content, media_type=kind, headers=headers)
    first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, headers, kind)


def _gone() -> Response:
    return PlainTextResponse("This loop is no longer here.", 404, headers={"Cache-Control": "no-store"})
