"""The desk's pages, its websocket and its uploads, for the station's server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from installation.errors import ContentError, StorageError
from installation.station.desk import uploads
from installation.station.desk.room import Room
from installation.station.desk.sitting import Sitting
from installation.station.files import KINDS, Answer, plain
from installation.station.limits import Buckets

OFTEN = (0.1, 6.0)  # uploads a second from one desk in the long run, and at once
PATIENCE = 120.0  # seconds that an upload may take
PLACE = "/desk"


class DeskWeb:
    """The part of the station's application that is for operators, around a room.

    tell   called with what has to reach the show at once
    """

    def __init__(self, room: Room, tell: Callable[[], None]) -> None:
        self._room, self._tell = room, tell
        self._sittings: set[Sitting] = set()
        self._often = Buckets(*OFTEN)
        self._one = asyncio.Lock()  # upload at a time: each may hold much memory

    def routes(self) -> list[BaseRoute]:
        """All that is served below /desk."""
        table = json.dumps(dict(self._room.office.table), ensure_ascii=False, separators=(",", ":")).encode()
        pages: list[BaseRoute] = [
            Route(PLACE if name == "desk.html" else f"{PLACE}/{name}", answer) for name, answer in _pages().items()
        ]
        return [
            *pages,
            Route(f"{PLACE}/table.json", plain(table, "application/json")),
            Route(f"{PLACE}/clip", self._clip, methods=["POST"]),
            WebSocketRoute(f"{PLACE}/ws", self._sit),
        ]

    def anew(self, name: str) -> None:
        """A dream of this name was made once more, or for the first time."""
        self._room.anew(name)
        for sitting in self._sittings:
            sitting.anew(name)

    async def _sit(self, socket: WebSocket) -> None:
        doors = self._room.house.doors
        if not doors.own(socket.headers.get("origin", ""), socket.headers.get("host", "")):
            await socket.close(1008)
            return
        await socket.accept()
        sitting = Sitting(self._room, socket, self._tell)
        self._sittings.add(sitting)
        try:
            await sitting.run()
        finally:
            self._sittings.discard(sitting)

    async def _clip(self, request: Request) -> Response:
        """Take in a start clip; the page says whose key it has, and what the clip is to be called."""
        now = time.monotonic()
        desk = self._room.known(request.headers.get("x-desk", ""), now)
        if desk is None or desk.role != "operator":
            return _no(403, "Only an operator who has signed in may bring clips.")
        if not self._often.take(desk.name, now):
            return _no(429, "That is too often. Try again in a moment.")
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > uploads.LARGEST:
            return _no(413, f"A clip may have {uploads.LARGEST >> 20} MB. Bring a shorter one.")
        try:
            async with asyncio.timeout(PATIENCE), self._one:
                if (data := await _bounded(request.stream())) is None:
                    return _no(413, f"A clip may have {uploads.LARGEST >> 20} MB. Bring a shorter one.")
                name = await asyncio.to_thread(uploads.keep, request.query_params.get("name", "")[:200], data)
        except TimeoutError:
            return _no(408, "The clip did not come in time. Try again.")
        except ContentError as error:
            return _no(400, str(error))
        except StorageError as error:
            return _no(507, str(error))
        self._room.look_again()
        return JSONResponse({"name": name})


async def _bounded(stream: AsyncIterator[bytes]) -> bytes | None:
    """All that comes, or None where it is too much."""
    data = bytearray()
    async for piece in stream:
        data += piece
        if len(data) > uploads.LARGEST:
            return None
    return bytes(data)


def _no(status: int, words: str) -> Response:
    return JSONResponse({"words": words}, status)


def _pages() -> dict[str, Answer]:
    """The answers for all files of the pages, by name; only these are ever sent."""
    folder = files("installation.station.desk") / "pages"
    return {
        file.name: plain(file.read_bytes(), KINDS[file.name[file.name.rindex(".") :]])
        for file in folder.iterdir()
        if file.is_file() and file.name.endswith(tuple(KINDS))
    }
