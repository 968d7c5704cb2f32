"""A show for desks to play: real hands, a real station process, real takes; no picture, no sound, no network."""

import time
from collections import deque
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock, Thread
from types import SimpleNamespace

import numpy as np
import pytest
from desks import Operator
from evening import content
from station import dream, order_for, until

from installation.app.caller import Caller
from installation.app.console import Console
from installation.app.folder import RunFolder
from installation.app.hands import Hands
from installation.app.scribe import Scribe
from installation.body import body
from installation.control.parameters import defaults
from installation.data import Clip, Heard, Target
from installation.output.cards import Card
from installation.output.warp import straight
from installation.settings import Settings
from installation.stage import Show
from installation.station.station import Station
from installation.take import Header
from installation.target import parse

LOOP = 64_000 / 48_000  # seconds of the show's loops
FAST = 6.0  # times as fast as a clock goes a test's show


class Windows:
    """The windows of a show, as far as desks bend them."""

    def __init__(self, *names: str) -> None:
        self.sources = [SimpleNamespace(name=name, output=SimpleNamespace(part=(0.0, 0.0, 1.0, 1.0))) for name in names]
        self.windows = [SimpleNamespace(size=(640, 480), projector=SimpleNamespace(warp=straight())) for _ in names]
        self.card: Card | None = None

    @property
    def warps(self):
        return {source.name: self.windows[n].projector.warp for n, source in enumerate(self.sources)}

    def bend(self, name, warp):
        self.windows[[source.name for source in self.sources].index(name)].projector.warp = warp

    def turn_card(self, card):
        self.card = card


class Dreamer:
    """What a dreamer is told."""

    def __init__(self) -> None:
        self.scores: deque[tuple[int, float | None]] = deque(maxlen=1000)
        self.restarts, self.begun = 0, []

    def begin(self, start):
        self.begun.append(start)


class DeskShow:
    """The show `evening` of a folder of content, played on a thread of its own inside a `with` block.

    Everything that happens in it happens under `lock`.
    """

    def __init__(self, folder, own, windows=("left",), **changes: object) -> None:
        self.lock = Lock()
        alone = {"osc": {"on": False}, "show": {"midi": "none such"}, "hands": {"patience": 0}}
        self.settings = Settings.model_validate(alone)
        self.body = body("tiny")
        known = (self.body.anatomy, self.body.layout, 2019, self.body.liked, "en", False)
        self.caller = Caller(Show.tried("evening", defaults(), *known))
        self.hands = Hands(self.settings, defaults(), self.body.anatomy, self.caller)
        self.controls = self.hands.takeover.rest
        self.scribe, self.dreamer = Scribe(), Dreamer()
        self.folder = RunFolder(Header("evening", "tiny", self.body.anatomy.fingerprint, 2019, 0.0), folder / "runs")
        windows_there = Windows(*windows) if windows else None
        self.screen = SimpleNamespace(outputs=windows_there)
        self.desk = SimpleNamespace(holding=False, comparing=False)
        self.ensemble = SimpleNamespace(tempo=180.0, master="show")
        self.pace, self.clip, self.target = SimpleNamespace(frames=0), "", Target(())
        sound = np.random.default_rng(1).uniform(-0.3, 0.3, (2, 64_000)).astype(np.float32)
        self.dream = replace(dream(self.body), clip=Clip(sound), target=parse("block0.conv2"))
        self._order = order_for(self.body, **changes)
        self._ends = False
        self._thread = Thread(target=self._play, daemon=True)

    def __enter__(self):
        with ExitStack() as stack:
            self.station = stack.enter_context(Station(self._order))
            self.hands.join(self.station)
            self.console = Console(self, self.station, stack)
            self.station.ready(self.dream)
            until(lambda: self.station.port)
            self._thread.start()
            stack.callback(self._end)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        self._stack.close()

    @property
    def port(self) -> int:
        return self.station.port

    def _end(self):
        self._ends = True
        self._thread.join()

    def _play(self):
        begun = time.monotonic()
        while not self._ends:
            with self.lock:
                self._step(begun)
            time.sleep(0.02)

    def _step(self, begun: float) -> None:
        now = time.monotonic()
        self.controls = self.hands.step(now)
        seconds = FAST * (now - begun)
        loop, place = divmod(seconds / LOOP, 1.0)
        heard = Heard(self.dream, None, place, int(loop), seconds, FAST)
        self.caller.step(int(loop), place, lambda: None)
        moment = self.caller.at(loop + place, self.controls)
        self.target = self.hands.target(moment.target)
        self.folder.heard(heard, self.controls, None, tuple(self.caller.entrances))
        self.folder.acted(heard, tuple(self.hands.did))
        self.station.heard(heard)
        self.hands.tell(self.target, self.caller.show.course.cues, scene=moment.scene, loop=heard.loop)
        self.console.step(heard, moment.scene)
        self.pace.frames += 1


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("desk")
        patch.setenv("IMMERSIONS_CONTENT", str(content(folder)))
        patch.setenv("IMMERSIONS_STATE", str(folder / "state"))
        patch.setenv("IMMERSIONS_CACHE", str(folder / "cache"))
        yield folder


@pytest.fixture(scope="module")
def show(own):
    with DeskShow(own, own) as playing:
        yield playing


@pytest.fixture
def desks(show):
    """Two desks at a show that nobody has touched."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Operator(show.port)) for _ in range(2))
        for desk in (first, second):
            desk.wait(lambda desk: desk.told.get("facts") and desk.told.get("outputs") and desk.values)
        yield first, second
        with show.lock:
            show.hands.does["release"]("")
