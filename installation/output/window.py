"""A window on a display: it shows pictures and tells what the keys ask for."""

from __future__ import annotations

import enum
from types import TracebackType
from typing import Any, Self

import moderngl
import pyglet

from installation.errors import DeviceError, one_of
from installation.render import shaders
from installation.render.passes import give

WHOLE = (0.0, 0.0, 1.0, 1.0)
KEYS = """Space   next scene
H   hold this loop, or let go
D   drop the waiting dream
Esc   fade out; once more: stop
F   full screen
Tab   hide this
F1   help"""
LETTERS = 14  # points
MARGIN = 24  # pixels


class Wish(enum.Enum):
    """What somebody at the keyboard asks for."""

    NEXT = "go on to the next scene"
    FADE = "fade out now"
    STOP = "end the show"
    HIDE = "hide what is not the piece"
    HOLD = "hold this loop, or let go"
    DROP = "let the waiting dream be heard"


class Window:
    """One output on one display, with a GL context of its own that shares its textures with all windows.

    >>> with Window((1280, 720)) as window:
    ...     renderer = Renderer(window.gl, layout, anatomy, (1280, 720))
    ...     while Wish.STOP not in window.wishes():
    ...         window.show(renderer.draw(frame))

    size         pixels; a full-screen window takes its display's
    display      name, or number counted from 0, of the display; empty for the first
    fullscreen   fill the display, without a frame
    borderless   no frame, but the given size
    vsync        wait for the display at the end of `show`
    keys         what F1 shows, in the visitor's language

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
    ) -> None:
        self._keys, self._help, self._panic = keys, False, False
        self._label: Any = None
        self._wishes: list[Wish] = []
        self._window, self._screen = _open(size, display, fullscreen, borderless, vsync)
        self._window.push_handlers(on_key_press=self._pressed, on_close=self._closed)
        self.use()
        self.gl = moderngl.create_context(require=330)
        self._program = shaders.program(self.gl, "fullscreen.vert", "post/show.frag")
        self._triangle = self.gl.vertex_array(self._program, [])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._window.close()

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the window now."""
        wide, high = self._window.get_framebuffer_size()
        return max(1, int(wide)), max(1, int(high))

    def use(self) -> None:
        """Let GL calls from now on go to this window; needed only where there are several."""
        self._window.switch_to()

    def show(self, picture: moderngl.Texture, part: tuple[float, float, float, float] = WHOLE) -> None:
        """Show a part (left, low, width, height, 0..1) of a picture, as large as it fits, and wait for the display."""
        self.use()
        if picture.ctx is not self.gl:
            picture = self.gl.external_texture(picture.glo, picture.size, picture.components, 0, picture.dtype)
        self.gl.screen.use()
        self.gl.disable(moderngl.BLEND)
        self.gl.viewport = (0, 0, *self.size)
        self.gl.clear()
        self.gl.viewport = fitted((picture.width * part[2], picture.height * part[3]), self.size)
        give(self._program, picture=picture, part=part)
        self._triangle.render(moderngl.TRIANGLES, vertices=3)
        if self._help:
            self._write(self._keys)
        self._window.flip()

    def wishes(self) -> list[Wish]:
        """What was asked for since the last call."""
        self.use()
        self._window.dispatch_events()
        asked, self._wishes = self._wishes, []
        return asked

    def _pressed(self, symbol: int, modifiers: int) -> bool:
        from pyglet.window import key

        if symbol == key.ESCAPE:
            self._wishes.append(Wish.STOP if self._panic else Wish.FADE)
            self._panic = True
        elif symbol == key.SPACE:
            self._wishes.append(Wish.NEXT)
            self._panic = False
        elif symbol == key.H:
            self._wishes.append(Wish.HOLD)
        elif symbol == key.D:
            self._wishes.append(Wish.DROP)
        elif symbol == key.F:
            self._window.set_fullscreen(not self._window.fullscreen, screen=self._screen)
        elif symbol == key.F1:
            self._help = not self._help
        elif symbol == key.TAB:
            self._help = False
            self._wishes.append(Wish.HIDE)
        return True  # nobody else, or Esc would close the window

    def _closed(self) -> bool:
        self._wishes.append(Wish.STOP)
        return True

    def _write(self, text: str) -> None:
        from pyglet.text import Label  # only now: it brings the fonts

        wide, high = self.size
        if self._label is None or self._label.width != wide:
            place = {"x": MARGIN, "anchor_y": "top", "width": wide, "multiline": True}
            self._label = Label(text, font_size=LETTERS, color=(200, 220, 255, 200), **place)
        self._label.y = high - MARGIN
        self.gl.viewport = (0, 0, wide, high)
        self._label.draw()


def displays() -> list[tuple[str, tuple[int, int]]]:
    """Names and sizes of all displays. Raises DeviceError where there is none."""
    return [(_name(screen, number), (screen.width, screen.height)) for number, screen in enumerate(_screens())]


def fitted(picture: tuple[float, float], window: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest rectangle (left, low, width, height) of a picture's shape, in the middle of a window."""
    scale = min(window[0] / picture[0], window[1] / picture[1])
    wide, high = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    return (window[0] - wide) // 2, (window[1] - high) // 2, wide, high


def _open(size: tuple[int, int], display: str, fullscreen: bool, borderless: bool, vsync: bool) -> tuple[Any, Any]:
    """A pyglet window on a display; a frameless one is placed by hand, as full screen goes astray on Linux."""
    screen = _chosen(display)
    wide, high = (screen.width, screen.height) if fullscreen else size
    try:
        from pyglet.gl import Config
        from pyglet.window import Window as Opened

        config = Config(  # pyglet's own choice may be RGB565
            major_version=3, minor_version=3, double_buffer=True, depth_size=0, red_size=8, green_size=8, blue_size=8
        )
        frame = Opened.WINDOW_STYLE_BORDERLESS if fullscreen or borderless else Opened.WINDOW_STYLE_DEFAULT
        window = Opened(
            wide, high, "Immersions", resizable=True, style=frame, vsync=vsync, screen=screen, config=config
        )
    except Exception as error:
        raise DeviceError(f"a window with OpenGL 3.3 cannot be opened here: {error}. Try: immersions doctor") from None
    left, top = (0, 0) if fullscreen else ((screen.width - wide) // 2, (screen.height - high) // 2)
    window.set_location(screen.x + max(0, left), screen.y + max(0, top))
    window.set_mouse_visible(not fullscreen)
    return window, screen


def _screens() -> list[Any]:
    pyglet.options["shadow_window"] = False  # it would need a display on import
    try:
        from pyglet.display import get_display

        return list(get_display().get_screens())
    except Exception as error:  # each system has its own
        raise DeviceError(f"there is no display here ({error}). Use --headless, or start from a desktop.") from None


def _name(screen: Any, number: int) -> str:
    name = str(screen.get_monitor_name())
    return str(number) if name == "Unknown" else name


def _chosen(display: str) -> Any:
    screens = _screens()
    names = [_name(screen, number) for number, screen in enumerate(screens)]
    for number, (name, screen) in enumerate(zip(names, screens, strict=True)):
        if display in ("", name, str(number)):
            return screen
    raise DeviceError(f"display {display!r} was asked for, but is not here. {one_of(display, names)}")
