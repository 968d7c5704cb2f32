"""Who calls the show: hands, the hour, an editor of tracks, and files that were written anew, each at the next seam."""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from installation.app.drawing import Drawing
from installation.app.request import Request
from installation.app.rereading import Reread, Rereading
from installation.control.rocket import Rocket
from installation.data import Controls
from installation.entrance import Entrance
from installation.settings import Settings
from installation.stage import Moment, Prompter, Show
from installation.stage.tracks import NOTHING
from installation.track import Track
from installation.watch.schedule import zone_named

log = logging.getLogger(__name__)

APART = 0.1  # seconds between two goes, or the second is a key that bounced


class Caller:
    """What plays, as everybody who has a say in it wants it.

    drawing     tracks that an editor draws, if one may
    hour        the time of day
    """

    def __init__(
        self,
        show: Show,
        drawing: Drawing | None = None,
        hour: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._prompter = Prompter(show, hour())
        self._drawing, self._hour = drawing, hour
        self._rereading: Rereading | None = None
        self._loop = 0  # the newest that was drawn
        self._gone = float("-inf")  # when somebody said go last
        self._parked = 0.0, -1  # where the editor looked last, and the loop with which the show goes on from there
        self._fault = ""  # why an edit is not played
        self._note = ""  # what else was said last

    @property
    def message(self) -> str:
        """What an operator should know: why an edit or a cue was not taken; "" when all is well."""
        return "\n".join(filter(None, (self._fault, self._note)))

    @property
    def show(self) -> Show:
        """The show as it plays now."""
        return self._prompter.show

    @property
    def entrances(self) -> list[Entrance]:
        """What was called so far."""
        return self._prompter.entrances

    @property
    def tracks(self) -> Mapping[str, Track]:
        """Tracks that are being drawn."""
        return NOTHING if self._drawing is None else self._drawing.tracks

    def go(self) -> None:
        """Go on to what comes next, with the next loop."""
        now = time.monotonic()
        if now - self._gone >= APART:
            self._gone = now
            self.call("go")

    def call(self, cue: str) -> None:
        """Call a cue of the show, such as a scene by its name, for the next loop. Any thread may; see `Course.call`."""
        self._prompter.ask(cue)

    def resume(self, entrances: Sequence[Entrance]) -> None:
        """Play on, before the first picture, as if this had been called in loops below 0."""
        self._prompter.resume(entrances)

    def watch(self, rereading: Rereading) -> None:
        """Take content that is edited from now on."""
        self._rereading = rereading

    @property
    def watched(self) -> bool:
        """Whether content that is edited is taken."""
        return self._rereading is not None

    def step(self, loop: int, place: float, redraw: Callable[[], None]) -> None:
        """Hear everybody, once a frame, at a place 0..1 of the loop that is drawn.

        redraw   compiles all shaders anew and draws with them from now on; raises where one is broken
        """
        loop = max(loop, self._loop)  # a picture that took less time than foreseen may lie before the last one
        entered, self._loop = loop != self._loop, loop
        if self._drawing is not None:
            self._follow(self._drawing, loop, place)
        if entered and self._rereading is not None and (news := self._rereading.take()) is not None:
            self._take(news, redraw)
        if (answer := self._prompter.step(loop, self._hour())) is not None:
            self._note = answer

    def at(self, loops: float, controls: Controls) -> Moment:
        """What the show asks for after so many loops of the performance."""
        looks = None if self._drawing is None else self._drawing.looks
        if looks is None and self._loop < self._parked[1]:
            looks = self._parked[0]
        if looks is None:
            return self._prompter.at(loops, controls, self.tracks)
        return self.show.at(0.0, controls, (self.show.course.found(looks, 0),), self.tracks)

    def resting(self, loops: float) -> Controls:
        """Where the show wants every control after so many loops."""
        return self.show.resting(self._prompter.stands(loops), self.tracks)

    def coming(self, loops: float) -> str:
        """The scene that comes after the one that is shown after so many loops; "" where none does."""
        stands = self._prompter.stands(loops)
        try:
            return self.show.course.turns(stands.day)[stands.turn + 1].scene
        except IndexError:  # it was the last one
            return ""

    def told(self, loops: float) -> dict[str, Any]:
        """What a technician wants to know."""
        stands = self._prompter.stands(loops)
        return {
            "waits": stands.waits,
            "day": stands.day,
            "cues": self.show.course.cues,
            "watched": self.watched,
            "message": self.message,
        }

    def _follow(self, drawing: Drawing, loop: int, place: float) -> None:
        drawing.step(self._prompter.stands(loop + place).shown)
        self._note = drawing.told() or self._note
        if drawing.goes is not None:
            self._parked = drawing.goes, loop + 1
            self._prompter.find(drawing.goes, loop)
            drawing.goes = None

    def _take(self, news: Reread, redraw: Callable[[], None]) -> None:
        """Play what was written anew, or tell why not."""
        self._fault = news.fault
        if news.fault:
            log.error("the show plays on as it was: %s", news.fault)
        if news.shaders:
            try:
                redraw()
            except Exception as error:  # whatever a driver says to a shader, the picture goes on
                self._fault = str(error)
                log.error("the picture stays as it was: %s", error)
        if news.show is not None:
            self._prompter.take(news.show, self._loop)
            if self._drawing is not None:
                self._drawing.take(news.show)
        if not self._fault:
            log.info("it plays as it is written now")


def called(request: Request, settings: Settings, show: Show, load: Callable[[], Show], stack: ExitStack) -> Caller:
    """The caller of a live show, with an editor of tracks and watched content where they are wanted.

    load   the show as it is written. Raises ContentError
    """
    drawing = None
    if settings.rocket.host:
        rocket = stack.enter_context(Rocket(settings.rocket.host, show.drivable, settings.rocket.port))
        drawing = Drawing(rocket, show)
    file = Path(request.show) if request.show.endswith(".toml") else None
    watch = bool(os.environ.get("IMMERSIONS_CONTENT") or file) if request.watch is None else request.watch
    zone = zone_named(settings.hours.zone)
    caller = Caller(show, drawing, lambda: datetime.now(zone))
    if watch:
        caller.watch(stack.enter_context(Rereading(load, lambda: caller.show, file)))
    return caller
