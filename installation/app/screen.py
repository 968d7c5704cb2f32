"""Where the live picture goes: windows, or, without a display, nowhere but the preview; whatever is lost comes back."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Protocol, Self

import moderngl

from installation.errors import DeviceError
from installation.output import offscreen, xserver
from installation.output.keys import Wish
from installation.output.outputs import Outputs
from installation.output.sources import sources
from installation.output.window import faults
from installation.projection import Output
from installation.settings import Settings

log = logging.getLogger(__name__)

RETRY = 2.0  # seconds between two tries to open the windows again
PATIENCE = 5  # faults in a row, after which the show has to end: something else is wrong than a lost context


class Screen(Protocol):
    """What the live show draws on."""

    gl: moderngl.Context

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def lost(self) -> bool: ...
    def show(self, picture: moderngl.Texture) -> None: ...
    def wishes(self) -> list[Wish]: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Blind:
    """No display: pictures are made all the same, and looked at through the preview."""

    lost = False

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.gl = offscreen.context()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gl.release()

    def show(self, picture: moderngl.Texture) -> None:
        """The picture is presented when it is finished."""
        self.gl.finish()

    def wishes(self) -> list[Wish]:
        """Nobody is there to wish for anything."""
        return []


class Steady:
    """A screen that is opened again when it is lost: its windows, their displays, or the GL context.

    Until that works the show goes on without a window. When `gl` has become another one, everything that was made
    for the old one is gone with it, and has to be made anew. That only happens in `wishes`.

    open   makes the screen; raises DeviceError where it cannot
    size   pixels of the picture while there is no window
    """

    def __init__(self, open: Callable[[], Screen], size: tuple[int, int]) -> None:
        self._open, self._size = open, size
        self._screen = open()
        self._tried, self._waiting = time.monotonic(), False
        self._faults, self._broken = 0, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screen.__exit__(kind, error, trace)

    @property
    def gl(self) -> moderngl.Context:
        """The context to draw in now."""
        return self._screen.gl

    @property
    def outputs(self) -> Outputs | None:
        """The windows; None while there are none."""
        return self._screen if isinstance(self._screen, Outputs) else None

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the picture."""
        return self._screen.size

    @contextmanager
    def bear(self) -> Iterator[None]:
        """Draw and show in this: what a lost context makes of it does not end the show."""
        try:
            yield
            self._faults = 0
        except faults() as error:
            self._faults, self._broken = self._faults + 1, True
            if self._faults > PATIENCE:
                raise
            log.error("the picture could not be drawn, the windows are opened again: %s", error)

    def show(self, picture: moderngl.Texture) -> None:
        """Show a picture."""
        self._screen.show(picture)

    def wishes(self) -> list[Wish]:
        """What was asked for since the last call; opens again what was lost."""
        now = time.monotonic()
        try:
            asked, lost = self._screen.wishes(), self._broken or self._screen.lost
        except faults():
            asked, lost = [], True
        if lost:
            log.warning("the window or its GL context is lost; the show goes on, and it is opened again")
            self._close()
            self._return(now)
        elif self._waiting and now - self._tried > RETRY:
            self._return(now)
        return asked

    def _close(self) -> None:
        with suppress(*faults()):
            self._screen.__exit__(None, None, None)
        xserver.forget()
        self._broken = False

    def _return(self, now: float) -> None:
        """Open the windows; where that cannot be, draw without, and try later."""
        self._tried = now
        try:
            fresh = self._open()
        except DeviceError as error:
            if not self._waiting:
                log.warning("the show goes on without a window until it can be opened: %s", error)
                self._screen, self._waiting = Blind(self._size), True
            xserver.forget()
            return
        if self._waiting:
            log.info("the windows are back")
        self._screen, self._waiting = fresh, False


def has_display() -> bool:
    """Whether a window could be opened here."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY"))


def screen(settings: Settings, headless: bool) -> Steady:
    """Windows as the settings say, or an offscreen picture where there is no display or none is wanted.

    Raises DeviceError where a display is missing, ContentError for a mesh or a warp that is not what it should be.
    """
    picture = settings.picture
    if headless or not has_display():
        return Steady(lambda: Blind(picture.size), picture.size)
    return Steady(lambda: windows(settings), picture.size)


def windows(settings: Settings) -> Outputs:
    """The windows that the settings ask for: one for each [[output]], or a single one."""
    picture = settings.picture
    if settings.output:
        return Outputs(sources(settings.output), picture.size, kiosk=picture.kiosk)
    alone = sources([Output(name="picture", display=picture.display)])
    return Outputs(alone, None, picture.fullscreen, picture.size, picture.kiosk)


def software(gl: moderngl.Context) -> bool:
    """Whether pictures are drawn by the CPU, which others need too."""
    return any(name in gl.info["GL_RENDERER"].lower() for name in ("llvmpipe", "softpipe", "swrast", "swiftshader"))
