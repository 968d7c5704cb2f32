"""The displays of this machine, by their names."""

from __future__ import annotations

from typing import Any

import pyglet

from installation.errors import DeviceError, one_of

pyglet.options["shadow_window"] = False  # it would need a display on import
pyglet.options["debug_gl"] = False  # an error left by anybody would be raised by the next call, whose it is


def displays() -> list[tuple[str, tuple[int, int]]]:
    """Names and sizes of all displays. Raises DeviceError where there is none."""
    return [(_name(screen, number), (screen.width, screen.height)) for number, screen in enumerate(_screens())]


def chosen(display: str) -> Any:
    """A display by its number, its name, or a part of that."""
    screens = {_name(screen, number): screen for number, screen in enumerate(_screens())}
    names = list(screens)
    exact = [name for number, name in enumerate(names) if display in ("", name, str(number))]
    alike = [name for name in names if display.lower() in name.lower()]
    for name in (*exact, *alike):
        return screens[name]
    raise DeviceError(f"display {display!r} was asked for, but is not here. {one_of(display, names)}")


def _screens() -> list[Any]:
    try:
        from pyglet.display import get_display

        return list(get_display().get_screens())
    except Exception as error:  # each system has its own
        raise DeviceError(
            f"there is no display here ({error}). Start from a desktop, or without one by --headless or --out."
        ) from None


def _name(screen: Any, number: int) -> str:
    name = str(screen.get_monitor_name())
    return str(number) if name == "Unknown" else name
