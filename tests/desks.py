"""Desks to test with: websockets that talk to a real station as the operator's pages do, and what they were told."""

import json
from collections import defaultdict
from contextlib import suppress
from threading import Condition, Thread

import numpy as np
from station import PATIENT
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from installation.station.thought import opened


class Operator:
    """One desk's websocket, inside a `with` block, and everything that it has been told; it always listens."""

    def __init__(self, port: int, **hello: object) -> None:
        self._hello = {"do": "hello", **hello}
        self._line = connect(
            f"ws://127.0.0.1:{port}/desk/ws", origin=f"http://127.0.0.1:{port}", open_timeout=PATIENT,
            compression=None, max_size=None,
        )  # fmt: skip
        self.told: dict[str, dict] = {}  # the newest of each kind
        self.values: dict[str, float] = {}
        self.rests: dict[str, float] = {}
        self.held: dict[str, str] = {}
        self.scores: dict[int, float] = {}
        self.lines: list[dict] = []
        self.faults: list[str] = []
        self.parcels: dict[str, dict[str, tuple[dict, bytes]]] = defaultdict(dict)  # kind -> dream -> head and body
        self.bytes = 0
        self.closed = False
        self._news = Condition()

    def __enter__(self):
        self.socket = self._line.__enter__()
        self.say(**self._hello)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *what):
        self._line.__exit__(None, None, None)
        self._listener.join(PATIENT)

    def say(self, **message: object) -> None:
        self.socket.send(json.dumps(message))

    def set(self, name: str, value: float) -> None:
        self.say(do="set", name=name, value=value)

    def wait(self, seen, patience: float = PATIENT):
        """What `seen(self)` gives as soon as it gives something."""
        with self._news:
            assert self._news.wait_for(lambda: seen(self) or self.closed, patience), "it never came"
            found = seen(self)
        assert found, "the connection was closed before"
        return found

    def gone(self, patience: float = PATIENT) -> bool:
        """Whether the server closes the connection."""
        with self._news:
            return self._news.wait_for(lambda: self.closed, patience)

    def _listen(self) -> None:
        with suppress(ConnectionClosed):
            for message in self.socket:
                with self._news:
                    self._take(message)
                    self._news.notify_all()
        with self._news:
            self.closed = True
            self._news.notify_all()

    def _take(self, message: str | bytes) -> None:
        self.bytes += len(message)
        if isinstance(message, bytes):
            head, body = opened(message)
            self.parcels[head["say"]][head["dream"]] = head, body
            return
        told = json.loads(message)
        match told["say"]:
            case "values":
                self.values |= told["values"]
                self.rests |= told.get("rests", {})
                self.held = told.get("held", self.held)
            case "scores":
                self.scores |= {told["first"] + n: score for n, score in enumerate(told["scores"])}
            case "log":
                self.lines += told["lines"]
            case "fault":
                self.faults.append(told["words"])
        self.told[told["say"]] = told

    def stands(self, name: str, value: float) -> None:
        """Wait until a parameter stands here."""
        self.wait(lambda desk: abs(desk.values.get(name, np.nan) - value) < 1e-6)
