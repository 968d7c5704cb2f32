"""Where a live show's pictures are made: on the context there is, and no larger than the machine can bear."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace

import moderngl

from installation.app.screen import Steady, software
from installation.body import Body
from installation.data import Dream, Frame, Look
from installation.output.drift import Drift
from installation.render.activity import Light
from installation.render.renderer import Renderer
from installation.settings import Picture, Settings
from installation.watch.heart import VARIABLE
from installation.watch.ladder import Ladder
from installation.watch.pace import Pace

log = logging.getLogger(__name__)

BEARABLE = 1 / 12  # seconds for a picture that the CPU draws; slower ones are made smaller

Also = Callable[[moderngl.Texture, Look], None]


class Easel:
    """Draws frames and presents them.

    pace   is told of every picture
    slow   whether the CPU draws, which others need too
    """

    def __init__(self, screen: Steady, body: Body, settings: Settings, pace: Pace) -> None:
        self._screen, self._body, self._settings, self._pace = screen, body, settings, pace
        self.slow = software(screen.gl)
        self.ladder = Ladder(BEARABLE if self.slow else 1 / settings.picture.frame_rate)
        self.renderer = self._renderer()
        self._timer = self._clock()
        self._drift = Drift() if drifting(settings.picture) else None

    def prepare(self, dream: Dream, light: Light) -> None:
        """Upload a dream's light."""
        self.renderer.prepare(dream, light)

    def redraw(self) -> None:
        """Compile the shaders anew and draw with them. Raises ContentError, and goes on as before, if one is broken."""
        fresh = self._renderer()
        fresh.inherit(self.renderer)
        self.renderer.release()
        self.renderer = fresh

    def attend(self) -> None:
        """Begin anew where a window was lost and another one is there."""
        if self._screen.gl is not self.renderer.gl:
            self.renderer = self._renderer()
            self._timer = self._clock()

    def paint(self, frame: Frame, asked: float, also: Also) -> float:
        """Draw and present; a picture that is finished before its time waits. Returns how long, in seconds.

        asked   when it was asked what is heard, `time.monotonic` seconds
        also    draws over the picture
        """
        rung = self.ladder.rung
        if (size := _scaled(self._screen.size, rung.scale)) != self.renderer.size:
            self.renderer.resize(size)
        if not rung.bloom:
            frame = replace(frame, look=replace(frame.look, bloom=0.0))
        waited = 0.0
        with self._screen.bear():
            with self._timer:
                picture = self.renderer.draw(frame)
                also(picture, frame.look)
                if self._drift is not None:
                    picture = self._drift(picture, time.monotonic())
            if self.slow:
                self._screen.gl.finish()
                waited = max(0.0, asked + self._pace.ahead - time.monotonic())
                time.sleep(waited)
            self._screen.show(picture)
        took = time.monotonic() - asked - waited
        self._pace.shown(took)
        if self.ladder.step(time.monotonic(), took if self.slow else self._timer.elapsed / 1e9):
            log.warning("the picture is drawn %s, for what this machine can bear", self.ladder.rung.name)
        return waited

    def _renderer(self) -> Renderer:
        dome = self._settings.dome.lens if self._settings.dome.on else None
        size = _scaled(self._screen.size, self.ladder.rung.scale)
        return Renderer(self._screen.gl, self._body.layout, self._body.anatomy, size, dome, self._settings.picture.half)

    def _clock(self) -> moderngl.Query:
        """Measures what the graphics card needs for a picture, without the wait for its display."""
        return self._screen.gl.query(time=True)


def drifting(picture: Picture) -> bool:
    """Whether the picture drifts: as the settings say, or where a supervisor has begun the show."""
    return picture.drift == "on" or (picture.drift == "auto" and VARIABLE in os.environ)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
