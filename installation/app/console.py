"""Operators' desks in the live show: what they are told of it, and what they do to it that other hands do not."""

from __future__ import annotations

import logging
import time
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from installation.app.bending import Bending
from installation.control.acts import Touch
from installation.data import Heard
from installation.errors import ContentError, one_of
from installation.listen import clips
from installation.station.letters import Scores
from installation.station.station import Station

if TYPE_CHECKING:
    from installation.app.live import Live

OFTEN = 0.2  # seconds between two words about the show, while somebody sits at a desk
SELDOM = 0.5  # the same while nobody does, and between two words about outputs and devices
LINES = 500  # of the log that wait to be told
HAND = "desks"  # that chooses a start clip by its name


class Recent(logging.Handler):
    """Keeps what is logged until it is taken; any thread may log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[dict[str, Any]] = deque(maxlen=LINES)
        self._count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line in; called with the handler's lock."""
        self._count += 1
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created))
        words = record.getMessage()
        self._lines.append(
            {"n": self._count, "time": when, "level": record.levelname.lower(), "from": record.name, "words": words}
        )

    def take(self) -> tuple[dict[str, Any], ...]:
        """The lines since the last time."""
        return tuple(self._lines.popleft() for _ in range(len(self._lines)))


class Console:
    """What desks need of a live show; `stack` ends it.

    station   where they are told; None where there is no page
    """

    def __init__(self, show: Live, station: Station | None, stack: ExitStack) -> None:
        self._show, self._station = show, station
        self._bending = Bending(lambda: show.screen.outputs)
        self._clip = self._scene_clip = show.clip or show.caller.show.program.start  # that the dream began from
        self._run, self._step = 0, 0  # of the optimiser, as told
        self._told = self._looked = 0.0
        self._pictures = (0, time.monotonic())
        self._fps = 0.0
        does = show.hands.does
        does["again"] = lambda _: self.begin()
        does["clip"] = self._choose
        does["warp"], does["card"] = self._bending.bend, self._bending.card
        does["record"] = self._record
        self._recent = Recent()
        speaker = logging.getLogger("installation")
        speaker.addHandler(self._recent)
        stack.callback(speaker.removeHandler, self._recent)
        show.scribe.write(show.folder.performances.look)

    def begin(self) -> None:
        """Dream anew, from the start clip that hands have chosen."""
        names = clips.names()
        self._begin(names[round(self._show.controls["dream.clip"] * (len(names) - 1))])

    def step(self, heard: Heard, scene: str) -> None:
        """Tell desks what is new; call it once a frame."""
        show, station = self._show, self._station
        if show.clip != self._scene_clip:
            self._scene_clip = show.clip
            self._clip = show.clip or self._clip
        if station is None:
            return
        now = time.monotonic()
        if lines := self._recent.take():
            station.bulletin.wrote(lines)
        if now - self._told < (OFTEN if station.desks else SELDOM):
            return
        self._told = now
        for scores in self._scores():
            station.bulletin.scored(scores)
        station.bulletin.say("facts", self._facts(heard, scene, now))
        station.bulletin.say("record", show.folder.performances.told)
        if now - self._looked >= SELDOM:
            self._looked = now
            station.bulletin.say("outputs", self._bending.told())
            station.bulletin.say("midi", show.hands.midi.told())

    def _facts(self, heard: Heard, scene: str, now: float) -> dict[str, Any]:
        show = self._show
        pictures, since = self._pictures
        if now - since >= 1.0:
            self._fps = round((show.pace.frames - pictures) / (now - since), 1)
            self._pictures = show.pace.frames, now
        loops = heard.loop + heard.place
        told = show.caller.told(loops)
        return {
            "scene": scene,
            "next": show.caller.coming(loops),
            "waits": told["waits"],
            "loop": heard.loop,
            "target": show.hands.wording,
            "told": show.hands.words,
            "chosen": show.hands.chosen,
            "clip": self._clip,
            "message": show.hands.message or show.caller.message,
            "tempo": round(show.ensemble.tempo, 2),
            "master": show.ensemble.master,
            "holding": show.desk.holding,
            "comparing": show.desk.comparing,
            "panic": show.hands.panicking,
            "light": round(show.hands.light(now), 2),
            "learning": show.hands.midi.learning,
            "score": round(heard.dream.score, 4),
            "step": heard.dream.step,
            "fps": self._fps,
            "show": show.caller.show.name,
            "model": show.body.model,
            "cues": told["cues"],
            "restarts": show.dreamer.restarts,
        }

    def _scores(self) -> list[Scores]:
        """What the optimiser's steps have scored since the last time; a new run begins where steps begin again."""
        found: list[tuple[int, int, list[float | None]]] = []
        waiting = self._show.dreamer.scores
        for step, score in (waiting.popleft() for _ in range(len(waiting))):
            if not found or step != self._step + 1:
                self._run += step != self._step + 1
                found.append((self._run, step, []))
            found[-1][2].append(score)
            self._step = step
        return [Scores(run, first, tuple(scores)) for run, first, scores in found]

    def _choose(self, name: str) -> None:
        """Dream anew, from the start clip of this name. Raises ContentError."""
        names = clips.names()
        if name not in names:
            raise ContentError(f"there is no start clip {name!r}. {one_of(name, names)}")
        share = names.index(name) / max(1, len(names) - 1)
        self._show.hands.takeover.touch(Touch("dream.clip", share, hand=HAND), time.monotonic())
        self._begin(name)

    def _begin(self, name: str) -> None:
        self._clip = name
        self._show.dreamer.begin(name)

    def _record(self, text: str) -> None:
        performances = self._show.folder.performances
        self._show.scribe.write(performances.begin if text else performances.end)
