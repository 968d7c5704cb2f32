"""What a Linux desktop may do to a show: its server may die and return, displays may come and go, windows be destroyed.

Everything here is quiet where there is no X server.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

_dead: set[int] = set()  # addresses of connections that have broken
_kept: list[Any] = []  # callbacks that C code holds


def survive(window: Any) -> None:
    """Let the process live on when the server of a pyglet window dies; Xlib would end it otherwise."""
    if (connection := _connection(window)) is None:
        return
    library = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    if not hasattr(library, "XSetIOErrorExitHandler"):  # Xlib 1.7 of 2020 brought it
        log.warning("this libX11 is older than 1.7: if the desktop's server dies, the show ends with it")
        return
    if not _kept:
        _kept.append(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda broken: 0))
        _kept.append(ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda broken, data: _dead.add(broken)))
        library.XSetIOErrorHandler(_kept[0])
    library.XSetIOErrorExitHandler.argtypes = [ctypes.c_void_p, type(_kept[1]), ctypes.c_void_p]
    _dead.discard(connection)  # an address may be used again
    library.XSetIOErrorExitHandler(connection, _kept[1], None)


def dead(window: Any) -> bool:
    """Whether a pyglet window's server is gone."""
    return bool(_dead) and _connection(window) in _dead


def destroyed(window: Any) -> bool:
    """Whether somebody else has destroyed a pyglet window; asks the server."""
    if (connection := _connection(window)) is None or connection in _dead:
        return False
    from pyglet.libs.x11 import xlib

    told = xlib.XWindowAttributes()
    return not xlib.XGetWindowAttributes(window.display._display, window._window, ctypes.byref(told))


def abandon(window: Any) -> None:
    """Take away what is left of a pyglet window that could not be closed, so that nobody tries again."""
    if (connection := _connection(window)) is None:
        return
    if window._window and connection not in _dead:
        from pyglet.libs.x11 import xlib

        xlib.XDestroyWindow(window.display._display, window._window)
        xlib.XFlush(window.display._display)
    window._window = None


def arranged(window: Any) -> tuple[int, ...]:
    """When the displays were last arranged, as the server counts; it need not look at the plugs for that."""
    if (connection := _connection(window)) is None or connection in _dead:
        return ()
    try:
        from pyglet.libs.x11 import xlib, xrandr
    except ImportError:  # no RandR here
        return ()
    display = window.display._display
    found = xrandr.XRRGetScreenResourcesCurrent(display, xlib.XDefaultRootWindow(display))
    if not found:
        return ()
    times = (int(found.contents.timestamp), int(found.contents.configTimestamp), int(found.contents.noutput))
    xrandr.XRRFreeScreenResources(found)
    return times


def forget() -> None:
    """Let pyglet open its next window without the connections and contexts that are lost."""
    import pyglet.display as display
    from pyglet import app, gl

    for known in list(vars(display)["_displays"]):
        with suppress(Exception):
            app.platform_event_loop.select_devices.discard(known)
        vars(display)["_displays"].discard(known)
    gl.current_context = None


def _connection(window: Any) -> int | None:
    """The address of a window's connection, if it is one to an X server."""
    pointer = getattr(window.display, "_display", None)
    return None if pointer is None else ctypes.cast(pointer, ctypes.c_void_p).value
