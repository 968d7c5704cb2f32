"""The prompter of a performance: hands and the hour say what is to come, and it comes in with the next loop."""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from installation.data import Controls
from installation.entrance import Entrance, current
from installation.errors import ContentError
from installation.stage.course import GLIDE, Standing
from installation.stage.curves import ease
from installation.stage.light import mix
from installation.stage.show import Moment, Show, Tracks
from installation.stage.tracks import NOTHING

log = logging.getLogger(__name__)


class Prompter:
    """Everything that was called in a performance of a show; any thread may ask for more.

    entrances   what was called, the newest last: all that is still seen, and what is to come
    """

    def __init__(self, show: Show, when: datetime | None = None) -> None:
        """when   the hour at which it begins; without one the parts of the day do not count"""
        self.show = show
        self._hour = "" if when is None else show.program.day(when)
        self.entrances: list[Entrance] = [show.course.begin(self._hour)]
        self._asked: deque[str] = deque(maxlen=16)
        self._older: tuple[Show, list[Entrance], int] | None = None

    def ask(self, cue: str) -> None:
        """Ask for a cue: "go", a scene, or a part of the day. It comes in with the next loop."""
        self._asked.append(cue)

    def stands(self, loops: float) -> Standing:
        """Where the show stands after so many loops."""
        return self.show.course.stands(loops, self.entrances)

    def step(self, loop: int, when: datetime | None = None) -> str | None:
        """Call what was asked for, and what the hour brings, from the loop after this one on.

        Returns why the last that was asked for was refused, "" if it was not, None if nobody asked for anything.
        """
        answer = None
        if when is not None and (hour := self.show.program.day(when)) != self._hour:
            self._hour = hour
            log.info("it is %s: %r plays from the next loop on", f"{when:%H:%M}", hour or self.show.name)
            self._come(self.show.course.enter(hour, loop + 1, waiting=True))
        while self._asked:
            try:
                self._come(self.show.course.call(self._asked.popleft(), loop + 1, self.entrances))
                answer = ""
            except ContentError as error:
                answer = str(error)
                log.warning("%s", answer)
        return answer

    def at(self, loops: float, controls: Controls, live: Tracks = NOTHING) -> Moment:
        """What the show asks for after so many loops of the performance."""
        moment = self.show.at(loops * self.show.loop, controls, self.entrances, live)
        if self._older is None or loops >= self._older[2] + GLIDE:
            return moment
        show, entrances, since = self._older
        left = show.at(loops * show.loop, controls, entrances, live)
        return replace(moment, look=mix(left.look, moment.look, ease((loops - since) / GLIDE)))

    def take(self, show: Show, loop: int) -> None:
        """Go on with a show that was written anew, from the beginning of this loop on, where the older one stood."""
        self._older = self.show, list(self.entrances), loop
        resumed = show.course.resumed(self.show.course, loop, self.entrances)
        self._hour = self._hour if self._hour in show.course else ""
        self.show = show
        show.adopt()
        self._come(resumed)

    def resume(self, entrances: Sequence[Entrance]) -> None:
        """Go on with a performance that was cut off, in which this was called; the hour may bring another part."""
        self.entrances = list(entrances)
        self._hour = self.entrances[-1].day

    def find(self, shown: float, loop: int) -> None:
        """Go on from a place in the show's own course with the loop after this one: an editor wants it."""
        self._come(self.show.course.found(round(shown), loop + 1))

    def _come(self, entrance: Entrance) -> None:
        """The entrance counts; of several at one loop the last, and what is seen no more is forgotten."""
        kept = [one for one in current(self.entrances, entrance.loop - 2) if one.loop < entrance.loop]
        coming = [one for one in self.entrances if entrance.loop - 2 < one.loop < entrance.loop]
        self.entrances = [*kept, *coming, entrance]
