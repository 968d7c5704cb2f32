"""Where the live picture goes: a window, or, without a display, nowhere but the preview."""

import os
import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

import moderngl

from installation.output import offscreen
from installation.output.window import Window, Wish
from installation.settings import Picture


class Screen(Protocol):
    """What the live show draws on."""

    gl: moderngl.Context

    @property
    def size(self) -> tuple[int, int]: ...
    def show(self, picture: moderngl.Texture) -> None: ...
    def wishes(self) -> list[Wish]: ...


class Blind:
    """No display: pictures are made all the same, and looked at through the preview."""

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


def has_display() -> bool:
    """Whether a window could be opened here."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY"))


def screen(picture: Picture, headless: bool) -> AbstractContextManager[Screen]:
    """A window as the settings say, or an offscreen picture where there is no display or none is wanted."""
    if headless or not has_display():
        return Blind(picture.size)
    return Window(picture.size, picture.display, picture.fullscreen)


def software(gl: moderngl.Context) -> bool:
    """Whether pictures are drawn by the CPU, which others need too."""
    return any(name in gl.info["GL_RENDERER"].lower() for name in ("llvmpipe", "softpipe", "swrast", "swiftshader"))
