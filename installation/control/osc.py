"""Open Sound Control: every parameter can be asked, set and watched, and the show can be called, from any program."""

import heapq
import logging
import socket
import time
from collections import deque
from collections.abc import Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_message_builder import build_msg
from pythonosc.osc_packet import OscPacket
from pythonosc.osc_server import BlockingOSCUDPServer

from installation.control.acts import Act, News
from installation.control.mirror import Mirror
from installation.control.osc_tree import BOTH, READ, ROOT, Method, Tree, Value, tree
from installation.errors import ContentError, WorkerStuck
from installation.mailbox import Mailbox
from installation.settings import OscPorts
from installation.texts import Texts
from installation.worker import Worker

log = logging.getLogger(__name__)

Address = tuple[str, int]

GLANCE = 0.02  # seconds that the worker waits for a message before it looks at what has changed
OFTEN = 1 / 30  # seconds between two announcements of one change
RATE = 1000.0  # announcements a second to one listener
BUFFER = 1 << 20  # bytes that wait in the socket while the machine is busy, if it allows so many
WAITING = 16384  # messages; of more in one frame the oldest are forgotten, the newest counts
AHEAD = 10.0  # seconds that a bundle may lie in the future; a later one counts at once
LEASE = 60.0  # seconds that a subscription lasts
LISTENERS = 16
RECOVERY = 1.0  # seconds after a fault
COMPLAINTS = 10.0  # a second, at most, about messages that mean nothing


class Listener:
    """Somebody who is told what changes."""

    def __init__(self, until: float) -> None:
        self.until = until  # seconds
        self.mirror: Mirror[str, Value] = Mirror(RATE)


class Osc(Dispatcher):
    """The server: `with Osc(...) as osc`, then ask for `acts` and `tell` the news once a frame.

    A worker of its own hears, answers and announces; a port that is taken is logged and the show goes on without.
    """

    def __init__(self, settings: OscPorts, words: Texts) -> None:
        super().__init__()
        self._settings, self._words = settings, words
        self.port = 0  # on which it is heard; 0 while it is not
        self.heard = 0  # messages so far
        self.tree: Tree = tree(words, ())
        self.news: News | None = None
        self._inbox: deque[tuple[float, Act]] = deque(maxlen=WAITING)
        self._later: list[tuple[float, int, Act]] = []  # a heap of what bundles want done at a time to come
        self._number = count()
        self._box: Mailbox[News] = Mailbox()
        self._listeners: dict[Address, Listener] = {}
        self._announced = self._complained = 0.0
        self._failed = False
        self._server: BlockingOSCUDPServer | None = None
        self._worker = Worker("osc", self._step)

    @property
    def listeners(self) -> list[str]:
        """Who is told what changes."""
        return [f"{host}:{port}" for host, port in list(self._listeners)]

    def look(self) -> tuple[Tree, News | None]:
        """Every address, and where everything stands. Any thread may ask."""
        return self.tree, self.news

    def __enter__(self) -> Self:
        if not self._settings.on:
            return self
        host = "0.0.0.0" if self._settings.network else "127.0.0.1"
        try:
            self._server = BlockingOSCUDPServer((host, self._settings.in_), self)
        except OSError as error:
            log.warning(
                "OSC cannot be heard on port %d: %s. Set [osc] in to another port; the show runs without it.",
                self._settings.in_,
                error.strerror,
            )
            return self
        self._server.timeout = GLANCE
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.port = self._server.server_address[1]
        self._begin()
        logging.getLogger().addFilter(_sayable)
        self._worker.__enter__()
        log.info("OSC is heard on port %d%s", self.port, " by the whole network" if self._settings.network else "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        logging.getLogger().removeFilter(_sayable)
        try:
            self._worker.__exit__(None, None, None)
        except WorkerStuck as stuck:
            log.warning("OSC hangs and is left behind: %s", stuck)
            return
        self._server.server_close()
        self.port = 0

    def _begin(self) -> None:
        """Tell whoever the settings name, from now on."""
        host, port = self._settings.host, self._settings.out
        try:
            if port:
                self._listeners[socket.gethostbyname(host), port] = Listener(float("inf"))
        except OSError:
            log.warning("[osc] host %r is not known here, so it is told nothing. Give its address in numbers.", host)

    def acts(self, wanted: Mapping[str, float]) -> list[Act]:
        """What was asked for since the last call, in order; what bundles want later comes when it is time."""
        now, acts = time.time(), list[Act]()
        while self._inbox:
            when, act = self._inbox.popleft()
            if now < when <= now + AHEAD:
                heapq.heappush(self._later, (when, next(self._number), act))
            else:
                acts.append(act)
        while self._later and self._later[0][0] <= now:
            acts.append(heapq.heappop(self._later)[2])
        return acts

    def tell(self, news: News) -> None:
        """Take in where things stand; the worker announces what has changed."""
        self._box.post(news)

    def call_handlers_for_packet(self, data: bytes, client_address: Address) -> list[Any]:
        """Do what a packet says. Whatever is in it, nothing is raised."""
        try:
            messages = OscPacket(data).messages
        except Exception as error:  # the parser raises whatever a broken packet leads it to
            log.debug("no OSC from %s: %s", client_address, error)
            return []
        for when, message in messages:
            self.heard += 1
            self._hear(when, message.address, message.params, client_address)
        return []

    def _hear(self, when: float, address: str, arguments: list[Any], client: Address) -> None:
        if address in (f"{ROOT}/subscribe", f"{ROOT}/unsubscribe"):
            self._subscribe(address.endswith("/subscribe"), arguments, client)
            return
        methods = self.tree.named(address)
        if not methods:
            self._complain(f"there is nothing at {address[:100]}", client)
        for method in methods:
            if not arguments and method.access & READ:
                self._answer(method, client)
            elif method.access & (BOTH - READ):
                try:
                    act = method.act(arguments, f"osc {client[0]}")
                except ContentError as error:
                    self._complain(str(error), client)
                    continue
                self._hush(method, client[0])
                if act is not None:
                    self._inbox.append((when, act))

    def _answer(self, method: Method, client: Address) -> None:
        if self.news is not None and (value := method.value(self.news)) is not None:
            self._send(client, method.address, value)

    def _complain(self, words: str, client: Address) -> None:
        if (now := time.monotonic()) - self._complained >= 1 / COMPLAINTS:
            self._complained = now
            self._send(client, f"{ROOT}/error", words)

    def _subscribe(self, wanted: bool, arguments: list[Any], client: Address) -> None:
        """Tell a client everything, and from now on what changes; at another port of its machine if it names one."""
        port = arguments[0] if arguments and type(arguments[0]) is int and 0 < arguments[0] < 65536 else client[1]
        known = self._listeners.get((client[0], port))
        if known is not None and known.until == float("inf"):
            known.mirror = Mirror(RATE)
        elif not wanted:
            self._listeners.pop((client[0], port), None)
        elif known is not None or len(self._listeners) < LISTENERS:
            self._listeners[client[0], port] = Listener(time.monotonic() + LEASE)

    def _hush(self, method: Method, host: str) -> None:
        """A program that moves a fader is not told of it before the fader rests."""
        now = time.monotonic()
        for (theirs, _), listener in self._listeners.items():
            if theirs == host:
                listener.mirror.hush(method.address, now)

    def _step(self) -> None:
        try:
            self._serve()
        except Exception as error:  # whatever it was, hands are heard again
            if not self._failed:
                log.error("OSC failed and goes on: %s: %s", type(error).__name__, error)
            self._failed = True
            self._worker.rest(RECOVERY)

    def _serve(self) -> None:
        assert self._server is not None
        self._server.handle_request()
        now = time.monotonic()
        if now - self._announced < OFTEN or (news := self._box.take() or self.news) is None:
            return
        self._announced = now
        if self.news is None or news.cues != self.news.cues:
            self.tree = tree(self._words, news.cues)
        self.news = news
        stands = {method.address: value for method in self.tree.told if (value := method.value(news)) is not None}
        for address, listener in list(self._listeners.items()):
            if listener.until < now:
                del self._listeners[address]
                continue
            for path, value in listener.mirror.due(stands, now):
                self._send(address, path, value)

    def _send(self, client: Address, address: str, value: Value) -> None:
        if self._server is None:
            return
        try:
            self._server.socket.sendto(build_msg(address, value).dgram, client)
        except Exception as error:  # no way there at the moment, or a text that OSC cannot carry
            log.debug("OSC to %s: %s", client, error)


def _sayable(record: logging.LogRecord) -> bool:
    """The parser's own warnings about odd types would fill the log: anybody can send those."""
    return record.module != "osc_message"
