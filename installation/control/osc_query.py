"""OSCQuery: programs find out by themselves what OSC can ask and set here, over HTTP and in JSON.

The convention is the OSCQuery proposal (Vidvox): the tree of addresses at `/`, one of them at its own path, one
attribute with `?VALUE`, the server itself with `?HOST_INFO`.
"""

import json
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from installation.control.acts import News
from installation.control.osc_tree import Method, Tree
from installation.errors import WorkerStuck
from installation.worker import Worker

log = logging.getLogger(__name__)

NAME = "Immersions"
LOOPBACK = "127.0.0.1"
SERVICE = "_oscjson._tcp.local."
GLANCE = 0.25  # seconds between two looks at whether the show has ended
PATIENCE = 1.0  # seconds that a client has to say what it wants; the next one waits so long
ATTRIBUTES = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "RANGE", "DESCRIPTION", "VALUE", "CLIPMODE")
EXTENSIONS = {name: name in ATTRIBUTES for name in ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "CLIPMODE", "TAGS",
              "UNIT", "CRITICAL", "EXTENDED_TYPE", "OVERLOADS", "LISTEN", "PATH_CHANGED", "HTML")}  # fmt: skip

Look = Callable[[], tuple[Tree, News | None]]


class OscQuery:
    """The server, on the TCP port of the same number; a port that is taken is logged and OSC goes on without.

    port   on which OSC is heard
    look   gives the addresses, and where everything stands
    """

    def __init__(self, port: int, network: bool, look: Look) -> None:
        self._host = "0.0.0.0" if network else LOOPBACK
        self._port, self._look = port, look
        self._server: _Server | None = None
        self._worker = Worker("oscquery", self._step)
        self._stack = ExitStack()
        self._announced = False

    def __enter__(self) -> Self:
        handler = type("Asked", (_Asked,), {"look": staticmethod(self._look), "port": self._port})
        try:
            self._server = _Server((self._host, self._port), handler)
        except OSError as error:
            log.warning("OSCQuery cannot answer on port %d: %s. OSC goes on without it.", self._port, error.strerror)
            return self
        self._server.timeout = GLANCE
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        try:
            self._worker.__exit__(None, None, None)
        except WorkerStuck as stuck:
            log.warning("OSCQuery hangs and is left behind: %s", stuck)
            return
        self._stack.close()
        self._server.server_close()

    def _step(self) -> None:
        assert self._server is not None
        if not self._announced:  # here, because it takes a second or two, in which the show already runs
            self._announced = True
            self._stack.enter_context(announced(self._host, self._port))
        self._server.handle_request()


class _Server(TCPServer):
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no trouble of ours."""
        log.debug("OSCQuery and %s", client_address, exc_info=True)


class _Asked(BaseHTTPRequestHandler):
    """One question and its answer."""

    look: Look
    port: int
    timeout = PATIENCE
    server_version = NAME
    sys_version = ""

    def do_GET(self) -> None:
        address, query = urlsplit(self.path)[2:4]
        status, told = answer(*type(self).look(), unquote(address), query, self.port)
        body = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """What is asked is nobody's business."""


def answer(tree: Tree, news: News | None, address: str, query: str, port: int) -> tuple[HTTPStatus, Any]:
    """What a client is told: an HTTP status, and what it is to read, if anything."""
    if query == "HOST_INFO":
        told = {"NAME": NAME, "OSC_PORT": port, "OSC_TRANSPORT": "UDP", "EXTENSIONS": EXTENSIONS}
        return HTTPStatus.OK, told
    if (found := _found(_nested(tree, news), address)) is None:
        return HTTPStatus.NOT_FOUND, None
    if not query:
        return HTTPStatus.OK, found
    if query not in ATTRIBUTES:
        return HTTPStatus.BAD_REQUEST, None
    return (HTTPStatus.OK, {query: found[query]}) if query in found else (HTTPStatus.NO_CONTENT, None)


def described(method: Method, news: News | None) -> dict[str, Any]:
    """One address as OSCQuery tells it."""
    told: dict[str, Any] = {
        "FULL_PATH": method.address, "TYPE": method.type, "ACCESS": method.access, "DESCRIPTION": method.about
    }  # fmt: skip
    if method.type == "s" and method.choices:
        told["RANGE"] = [{"VALS": list(method.choices)}]
    elif method.high > method.low:
        told |= {"RANGE": [{"MIN": method.low, "MAX": method.high}], "CLIPMODE": ["both"]}
        if method.type == "i":
            told["RANGE"] = [{"MIN": int(method.low), "MAX": int(method.high)}]
    if news is not None and (value := method.value(news)) is not None:
        told["VALUE"] = [value]
    return told


def _nested(tree: Tree, news: News | None) -> dict[str, Any]:
    root = _container("/")
    for method in tree.methods.values():
        *folders, name = method.address.strip("/").split("/")
        place = root
        for depth, folder in enumerate(folders, 1):
            path = "/" + "/".join(folders[:depth])
            place = place["CONTENTS"].setdefault(folder, _container(path))
        place["CONTENTS"][name] = {**place["CONTENTS"].get(name, {}), **described(method, news)}
    return root


def _container(path: str) -> dict[str, Any]:
    return {"FULL_PATH": path, "ACCESS": 0, "CONTENTS": {}}


def _found(root: Mapping[str, Any], address: str) -> Mapping[str, Any] | None:
    place: Mapping[str, Any] | None = root
    for name in filter(None, address.split("/")):
        place = place.get("CONTENTS", {}).get(name) if place is not None else None
    return place


@contextmanager
def announced(host: str, port: int) -> Iterator[None]:
    """Inside this block the server is found by itself (zeroconf), where that package is installed."""
    try:
        from zeroconf import ServiceInfo, Zeroconf
    except ImportError:
        log.debug("zeroconf is not installed: OSC is not announced. Add it with: pip install 'immersions[osc]'")
        yield
        return
    address = host if host == LOOPBACK else outward()
    info = ServiceInfo(SERVICE, f"{NAME}.{SERVICE}", port, addresses=[socket.inet_aton(address)])
    with ExitStack() as stack:
        try:
            zeroconf = Zeroconf(interfaces=[address])
            stack.callback(zeroconf.close)
            zeroconf.register_service(info, allow_name_change=True)
        except Exception as error:  # no network at the moment
            log.warning("OSC is not announced on the network: %s. Programs find it by its port.", error)
        yield


def outward() -> str:
    """This machine's address as others in its network see it; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # an address kept for documents (RFC 5737)
        except OSError:
            return LOOPBACK
        return str(way.getsockname()[0])
