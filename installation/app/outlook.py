"""What the next loop will look like, asked of the show a little with every picture, and the guard that has to know."""

from collections.abc import Callable
from dataclasses import replace

import moderngl

from installation.body import Body
from installation.data import Dream, Heard, Look
from installation.render.activity import Light
from installation.safety import Ahead, Safety, last_line, moments
from installation.settings import Settings
from installation.stage import Moment, even

EACH = 2  # looks that are asked for with one picture

Looks = Callable[[float], Look]  # at seconds of the show, as hands want them now


class Outlook:
    """Tells the guard what lies ahead; the main thread alone asks the show, and no picture is late for it.

    loop   seconds of the show that one loop lasts
    """

    def __init__(self, body: Body, size: tuple[int, int], loop: float, settings: Settings) -> None:
        dome = settings.dome.lens if settings.dome.on else None
        self.safety = Safety(body.anatomy, body.layout, size, dome, loop, settings.guard)
        self._line = last_line(size, dome, settings.guard)
        self._loop = loop
        self._heard = -1  # the loop that is heard
        self._moments: tuple[float, ...] = ()
        self._looks: list[Look] = []

    def first(self, dream: Dream, looks: Looks) -> tuple[Dream, Light]:
        """The dream with which the show begins, calmed, and its light."""
        self.safety.look_ahead(0.0, looks, None)
        return self.safety(dream)

    def step(self, heard: Heard, moment: Moment, looks: Looks) -> Moment:
        """Look ahead, once a picture. Returns the moment, its look held even if the loop needs it."""
        if heard.loop != self._heard:
            self._heard, self._looks = heard.loop, []
            self._moments = moments((heard.loop + 1) * self._loop, self._loop)
        missing = self._moments[len(self._looks) :][:EACH]
        self._looks += map(looks, missing)
        if missing and len(self._looks) == len(self._moments):
            self.safety.expect(Ahead(self._moments, tuple(self._looks), heard.dream.number))
        if not (share := even.share(heard.dream, heard.previous, heard.place)):
            return moment
        return replace(moment, look=even.evened(looks, (heard.loop + heard.place) * self._loop, share))

    def hold_back(self, picture: moderngl.Texture, now: float) -> None:
        """What was not foreseen is held back in the picture that is seen at this second."""
        if self._line is not None:
            self._line.limit(picture, now)
