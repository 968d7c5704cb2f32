"""A station to test with: the real process around a real body, and browsers that talk to it as pages do."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from websockets.sync.client import connect

from installation.body import Body
from installation.control.acts import Act, Cue, News, Touch
from installation.control.parameters import defaults
from installation.data import Activations, Clip, Dream, Heard, Scalogram, Target, Verdict
from installation.settings import StationPage
from installation.station.letters import Order
from installation.station.station import Station, order
from installation.station.thought import opened

PATIENT = 90.0  # seconds for what comes at once on a machine that is not busy


def order_for(body: Body, **changes: object) -> Order:
    """What a station on any free port begins with; `changes` are of the order itself."""
    begun = order(body.anatomy, body.layout.positions, body.plan, StationPage(), "en", 0)
    return replace(begun, **changes)


def dream(body: Body, number: int = 1, seed: int = 0, step: int = 5) -> Dream:
    """A dream of this body that was judged."""
    chance = np.random.default_rng(seed)
    layers = {
        layer.name: chance.exponential(1.0, (layer.channels, layer.bins, max(1, 192 // layer.stride))).astype(
            np.float16
        )
        for layer in body.anatomy
    }
    clip = Clip(chance.uniform(-0.5, 0.5, (2, 192_000)).astype(np.float32))
    scalogram = Scalogram(np.zeros((216, 192), np.float32), 40.0, 24, 1 / 48)
    return Dream(number, clip, Activations(layers), scalogram, Target(()), 0.0, step, Verdict(0.5, 0.5, 0.0))


def until(seen, patience: float = PATIENT):
    """What `seen` gives as soon as it gives something."""
    end = time.monotonic() + patience
    while not (found := seen()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)
    return found


@contextmanager
def opened_station(begun: Order) -> Iterator[Station]:
    """A running station that answers."""
    with Station(begun) as station:
        until(lambda: station.port)
        yield station


def hear(station: Station, heard: Dream, place: float = 0.0) -> None:
    """Let the show say what is heard."""
    station.tell(News(defaults().values, {}, frozenset(), {}))
    station.heard(Heard(heard, None, place, 0, 0.0))


def asked(station: Station, name: str) -> list[Act]:
    """The acts of visitors up to the one of this name."""
    acts: list[Act] = []

    def came() -> bool:
        acts.extend(station.acts({}))
        return any(isinstance(act, Touch | Cue) and act.name == name for act in acts)

    until(came)
    return acts


class Browser:
    """One page's websocket, inside a `with` block; `hello` is its first word, and `do=""` leaves even that out."""

    def __init__(self, port: int, **hello: object) -> None:
        self._hello = {"do": "hello", **hello}
        self._line = connect(
            f"ws://127.0.0.1:{port}/ws", origin=f"http://127.0.0.1:{port}", open_timeout=PATIENT, compression=None
        )
        self.news: dict[str, dict] = {}
        self.dreams: dict[str, bytes] = {}

    def __enter__(self):
        self.socket = self._line.__enter__()
        if self._hello["do"]:
            self.say(**self._hello)
        return self

    def __exit__(self, *what):
        self._line.__exit__(None, None, None)

    def say(self, **message: object) -> None:
        self.socket.send(json.dumps(message))

    def wait(self, seen, patience: float = PATIENT):
        """Read until `seen(self)` gives something."""
        end = time.monotonic() + patience
        while not (found := seen(self)):
            message = self.socket.recv(timeout=max(0.01, end - time.monotonic()))
            if isinstance(message, bytes):
                head, body = opened(message)
                self.dreams[head["dream"]] = body
            else:
                told = json.loads(message)
                self.news[told["say"]] = told
        return found

    @property
    def you(self) -> dict:
        """Where this browser's guest stands, as told last."""
        return self.news.get("you", {})
