"""A window on a display: it shows pictures and tells what the keys ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from ctypes import ArgumentError
from types import TracebackType
from typing import Any, Self

import moderngl

from installation.errors import DeviceError
from installation.output import xserver
from installation.output.displays import chosen
from installation.output.dots import Dots, Marks
from installation.output.keys import KEYS, MEANINGS, Lock, Wish
from installation.output.projector import WHOLE, Part, Projector

LETTERS = 14  # points
MARGIN = 24  # pixels
LOOK = 1.0  # seconds between two looks whether the window and its context are still there
LOST = 0x0507  # what GL says of a context that a driver has taken away

Keyboard = Callable[[str, tuple[str, ...]], bool]  # a key's name and those held with it; whether it was meant


class Window:
    """One output on one display, with a GL context of its own that shares its textures with all windows.

    >>> with Window((1280, 720)) as window:
    ...     renderer = Renderer(window.gl, layout, anatomy, (1280, 720))
    ...     while Wish.STOP not in window.wishes():
    ...         window.show(renderer.draw(frame))

    size         pixels; a full-screen window takes its display's
    display      part of the name, or number counted from 0, of the display; empty for the first
    fullscreen   fill the display, without a frame
    borderless   no frame, but the given size
    vsync        wait for the display at the end of `show`
    keys         what F1 shows, in the visitor's language
    place        pixels from the display's upper left corner, for one that fills it only in part
    project      makes the pass that draws the picture into the window
    lock         whether keys are heard, for all windows of a show

    Raises DeviceError where there is no display, not this one, or no OpenGL 3.3.
    """

    def __init__(
        self,
        size: tuple[int, int],
        display: str = "",
        fullscreen: bool = False,
        borderless: bool = False,
        vsync: bool = True,
        keys: str = KEYS,
        place: tuple[int, int] | None = None,
        project: Callable[[moderngl.Context], Projector] = Projector,
        lock: Lock | None = None,
    ) -> None:
        self._lock = lock or Lock()
        self._locked = False  # what the window itself knows of it
        self._keys, self._help, self._panic = keys, False, False
        self._display, self._fullscreen, self._place = display, fullscreen, place
        self._label: Any = None
        self._wishes: list[Wish] = []
        self.keyboard: Keyboard | None = None  # asked first about every key
        self.notice = ""  # what is written over the picture
        self.marks: Marks | None = None
        self._shared: dict[tuple[int, tuple[int, int]], moderngl.Texture] = {}  # textures of other windows
        self._looked, self._gone = time.monotonic(), False
        self._window, self._screen = _open(size, display, fullscreen, borderless, vsync, place)
        xserver.survive(self._window)
        self._window.push_handlers(on_key_press=self._pressed, on_close=self._closed)
        self.use()
        self.gl = moderngl.create_context(require=330)
        self.projector = project(self.gl)
        self._dots = Dots(self.gl)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take it away; one that is lost already is let go."""
        if not xserver.dead(self._window):
            for step in (self.use, self._window.close):
                with suppress(*faults()):
                    step()
        xserver.abandon(self._window)

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the window now."""
        wide, high = self._window.get_framebuffer_size()
        return max(1, int(wide)), max(1, int(high))

    def use(self) -> None:
        """Let GL calls from now on go to this window; needed only where there are several."""
        self._window.switch_to()

    @property
    def lost(self) -> bool:
        """Whether the window or its GL context is gone, so that another has to be opened."""
        if xserver.dead(self._window):
            return True
        if (now := time.monotonic()) - self._looked > LOOK:
            self._looked = now
            self.use()
            self._gone = xserver.destroyed(self._window) or _taken_away()
        return self._gone

    @property
    def arranged(self) -> tuple[int, ...]:
        """Changes when displays come, go or move."""
        return xserver.arranged(self._window)

    def settle(self) -> bool:
        """Go where its display is now, out of sight while it is away; whether it is there."""
        try:
            screen = chosen(self._display)
        except DeviceError:
            self._window.set_visible(False)
            return False
        self._screen = screen
        if not self._window.visible:
            self._window.set_visible(True)
        if self._fullscreen:
            self._window.set_size(screen.width, screen.height)
        if self._fullscreen or self._place is not None:
            left, top = self._place or (0, 0)
            self._window.set_location(screen.x + left, screen.y + top)
        return True

    def show(self, picture: moderngl.Texture, part: Part = WHOLE) -> None:
        """Show a part (left, low, width, height, 0..1) of a picture, as the projector says; wait for the display."""
        self.use()
        if picture.ctx is not self.gl:
            picture = self._borrowed(picture)
        self.projector.draw(picture, self.gl.screen, self.size, part)
        if self.marks is not None:
            self.gl.viewport = (0, 0, *self.size)
            self._dots.draw(*self.marks)
        if self.notice or self._help:
            self._write(self.notice or self._keys)
        self._window.flip()

    def wishes(self) -> list[Wish]:
        """What was asked for since the last call."""
        self.use()
        self._window.dispatch_events()
        if self._locked != self._lock.locked:
            self._obey_lock()
        asked, self._wishes = self._wishes, []
        return asked

    def _borrowed(self, picture: moderngl.Texture) -> moderngl.Texture:
        """A texture of another window, by which they all show the same picture."""
        key = (picture.glo, picture.size)
        if key not in self._shared:
            self._shared = {key: self.gl.external_texture(picture.glo, picture.size, picture.components, 0, "f1")}
        return self._shared[key]

    def _pressed(self, symbol: int, modifiers: int) -> bool:
        from pyglet.window import key

        held = tuple(name for name in ("SHIFT", "CTRL", "ALT") if modifiers & getattr(key, f"MOD_{name}"))
        name = key.symbol_string(symbol)
        if self._lock.pressed(name, held) or (self.keyboard is not None and self.keyboard(name, held)):
            return True
        if name in MEANINGS:
            self._wishes.append(MEANINGS[name])
            self._panic = self._panic and symbol != key.SPACE
            self._help = self._help and symbol != key.TAB
        elif symbol == key.ESCAPE:
            self._wishes.append(Wish.STOP if self._panic else Wish.FADE)
            self._panic = True
        elif symbol == key.F:
            self._window.set_fullscreen(not self._window.fullscreen, screen=self._screen)
        elif symbol == key.F1:
            self._help = not self._help
        return True  # nobody else, or Esc would close the window

    def _closed(self) -> bool:
        if not self._lock.locked:
            self._wishes.append(Wish.STOP)
        return True

    def _obey_lock(self) -> None:
        """Let nobody see a cursor while the keys are dead."""
        self._locked = self._lock.locked
        self._help = self._help and not self._locked
        self._window.set_mouse_visible(not (self._locked or self._fullscreen))

    def _write(self, text: str) -> None:
        from pyglet.text import Label  # only now: it brings the fonts

        wide, high = self.size
        if self._label is None or self._label.width != wide or self._label.text != text:
            place = {"x": MARGIN, "anchor_y": "top", "width": wide, "multiline": True}
            self._label = Label(text, font_size=LETTERS, color=(200, 220, 255, 200), **place)
        self._label.y = high - MARGIN
        self.gl.viewport = (0, 0, wide, high)
        self._label.draw()


def faults() -> tuple[type[Exception], ...]:
    """What drawing into a window that is lost may raise; asked only then, as pyglet loads OpenGL."""
    from pyglet.gl import ContextException
    from pyglet.gl.lib import GLException
    from pyglet.window import WindowException

    return moderngl.Error, WindowException, ContextException, GLException, ArgumentError


def _taken_away() -> bool:
    """Whether the GL context that should be in use is none any more."""
    from pyglet.gl import GL_VERSION, gl

    if not gl.glGetString(GL_VERSION):
        return True
    return int(gl.glGetError()) == LOST


def _open(
    size: tuple[int, int], display: str, fullscreen: bool, borderless: bool, vsync: bool, place: tuple[int, int] | None
) -> tuple[Any, Any]:
    """A pyglet window on a display; a frameless one is placed by hand, as full screen goes astray on Linux."""
    screen = chosen(display)
    wide, high = (screen.width, screen.height) if fullscreen else size
    try:
        from pyglet.gl import Config
        from pyglet.window import Window as Opened

        config = Config(  # pyglet's own choice may be RGB565
            major_version=3, minor_version=3, double_buffer=True, depth_size=0, red_size=8, green_size=8, blue_size=8
        )
        frame = (
            Opened.WINDOW_STYLE_BORDERLESS
            if fullscreen or borderless or place is not None
            else Opened.WINDOW_STYLE_DEFAULT
        )
        window = Opened(
            wide, high, "Immersions", resizable=True, style=frame, vsync=vsync, screen=screen, config=config
        )
    except Exception as error:
        raise DeviceError(f"a window with OpenGL 3.3 cannot be opened here: {error}. Try: immersions doctor") from None
    left, top = place or (0, 0) if fullscreen or place else ((screen.width - wide) // 2, (screen.height - high) // 2)
    window.set_location(screen.x + (left if place else max(0, left)), screen.y + (top if place else max(0, top)))
    window.set_mouse_visible(not fullscreen)
    return window, screen
