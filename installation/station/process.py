"""The station's own process: a web server beside the show, which it can never hold up.

The server is imported in here only when the process runs, so the show's own process shows its first picture sooner.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from installation.station.address import address
from installation.station.letters import (
    Alive,
    Asked,
    Attended,
    Failed,
    Lines,
    Now,
    Open,
    Order,
    Scores,
    Seen,
    Stands,
    Thought,
    Told,
)

if TYPE_CHECKING:  # they would bring the server
    from starlette.types import ASGIApp
    from uvicorn import Server

POLITE = 5  # niceness: sound and picture go first
LONGEST = 64_000  # bytes of a websocket message; each kind of page has its own, smaller limit of characters
MOST = 400  # connections of any kind
OFTEN = 1.0  # seconds between two signs of life


def run(connection: Connection, order: Order) -> None:
    """The process from its beginning to its end, which comes when the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the show, and the show ends this process
    if hasattr(os, "nice"):
        os.nice(POLITE)
    try:
        with listening(order.host, order.port) as ears:
            asyncio.run(_serve(connection, order, ears))
    except OSError as error:
        with contextlib.suppress(OSError):
            connection.send(Failed(f"port {order.port} cannot be had: {error.strerror or error}"))


def listening(host: str, port: int) -> socket.socket:
    """A socket that hears browsers; port 0 is any. Raises OSError where the port is taken."""
    ears = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ears.bind((host, port))
        ears.listen(128)  # from here on browsers wait instead of being turned away
    except OSError:
        ears.close()
        raise
    return ears


def _server(app: ASGIApp) -> Server:
    """uvicorn with all limits set, and without its hands on the signals of this process."""
    from uvicorn import Config, Server

    class Deaf(Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = Config(
        app, ws="websockets-sansio", ws_max_size=LONGEST, ws_max_queue=16, ws_per_message_deflate=False,
        ws_ping_interval=20.0, ws_ping_timeout=20.0, log_config=None, log_level="error", access_log=False,
        lifespan="off", proxy_headers=False, server_header=False, limit_concurrency=MOST, timeout_keep_alive=10,
        h11_max_incomplete_event_size=16_384, timeout_graceful_shutdown=1,
    )  # fmt: skip
    return Deaf(config)


async def _serve(connection: Connection, order: Order, ears: socket.socket) -> None:
    from installation.station.desk.room import Room
    from installation.station.house import House
    from installation.station.web import Web

    loop = asyncio.get_running_loop()
    port = ears.getsockname()[1]
    found = f"http://{address() if order.network else '127.0.0.1'}:{port}"
    order = replace(order, address=order.address or found)
    house = House(order, time.monotonic())
    room = Room(house)
    outgoing: SimpleQueue[Alive | Asked | Attended | Seen | Open] = SimpleQueue()
    told: list[Seen] = []
    counted: list[Attended] = []
    spoken = [0.0]

    def tell() -> None:
        if acts := (*house.acts(), *room.acts()):
            outgoing.put(Asked(acts))
        if counted[-1:] != [there := room.attended()]:
            counted[:] = [there]
            outgoing.put(there)
        now = time.monotonic()
        if now - spoken[0] >= OFTEN:
            spoken[0] = now
            outgoing.put(Alive())
        if told[-1:] != [seen := house.seen(now)]:
            told[:] = [seen]
            outgoing.put(seen)

    web = Web(house, room, tell)
    server = _server(web.app)

    def hear(letter: Thought | Now | Stands | Told | Scores | Lines) -> None:
        if isinstance(letter, Thought | Now):
            house.hear(letter)
            web.hear(letter)
        else:
            room.hear(letter)

    def end() -> None:
        server.should_exit = True

    def read() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                loop.call_soon_threadsafe(hear, connection.recv())
        loop.call_soon_threadsafe(end)

    def write() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection.send(outgoing.get())

    outgoing.put(Open(port, order.address))
    for work in (read, write):
        Thread(target=work, daemon=True).start()
    living = asyncio.create_task(web.live())
    living.add_done_callback(lambda task: end())
    await server.serve([ears])
    if living.done() and not living.cancelled():
        living.result()
    living.cancel()
