"""Going on to the next scene: show time jumps, the picture glides."""

import time

from installation.data import Controls
from installation.stage import Moment, Show, ease, mix

GLIDE = 4.0  # seconds in which the look of the scene that was left becomes the next one's
PAST = 0.05  # loops past the border of a scene, where a jump lands


class Skips:
    """How far the show is ahead of the sound, because somebody wanted to go on."""

    def __init__(self) -> None:
        self.seconds = 0.0  # that were jumped over
        self._before = 0.0  # the same before the last jump
        self._jumped = float("-inf")  # when that was

    def next(self, show: Show, heard: float) -> None:
        """Go on to the next scene; `heard` are the seconds of sound so far."""
        now = heard + self.seconds
        self._before, self._jumped = self.seconds, time.monotonic()
        self.seconds = show.following(now) + PAST * show.loop - heard

    def at(self, show: Show, heard: float, controls: Controls) -> Moment:
        """What the show asks for; just after a jump its look is still on its way."""
        moment = show.at(heard + self.seconds, controls)
        along = (time.monotonic() - self._jumped) / GLIDE
        if along >= 1:
            return moment
        left = show.at(heard + self._before, controls)
        return Moment(mix(left.look, moment.look, ease(along)), moment.target, moment.scene)
