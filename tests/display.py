"""For tests of the window: a display of its own that can be looked at without asking it, and keys."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from museum import until

PRESSED, RELEASED = (2, 1), (3, 2)  # numbers of the X protocol: event and mask


class Display:
    """An Xvfb whose screen lies in a file, as XWD writes it."""

    def __init__(self, name: str, folder: Path, size: tuple[int, int], process: subprocess.Popen[bytes]) -> None:
        self.name, self.size, self._moment, self._process = name, size, 1000, process
        self._file = folder / "Xvfb_screen0"
        wide, high = size
        data = np.memmap(self._file, np.uint8, mode="r")
        self._pixels = data[len(data) - 4 * wide * high :].reshape(high, wide, 4)

    def end(self) -> None:
        """Kill it, with all its windows."""
        self._process.kill()
        self._process.wait()

    def brightness(self) -> float:
        """Mean of all pixels now, 0..255; every fourth line is enough."""
        return float(self._pixels[::4, :, :3].mean())

    def press(self, key: int) -> None:
        """Send a key to the window that is there."""
        from pyglet.libs.x11 import xlib

        display = xlib.XOpenDisplay(self.name.encode())
        root = xlib.XDefaultRootWindow(display)
        parent, child = ctypes.c_ulong(), ctypes.c_ulong()
        children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        xlib.XQueryTree(display, root, child, parent, children, count)
        event = xlib.XEvent()
        event.xkey.display, event.xkey.same_screen = display, 1
        event.xkey.keycode = xlib.XKeysymToKeycode(display, key)
        for number in range(count.value):
            for kind, mask in (PRESSED, RELEASED):
                self._moment += 100  # ms; a release and a press at one time would be a key that is held down
                event.xkey.type, event.xkey.window, event.xkey.time = kind, children[number], self._moment
                xlib.XSendEvent(display, children[number], 1, mask, event)
        xlib.XFlush(display)
        xlib.XCloseDisplay(display)


@contextmanager
def open_display(folder: Path, size: tuple[int, int] = (640, 360), name: str = "") -> Iterator[Display]:
    """A display of its own, or one of this name, such as one that has died had."""
    if not shutil.which("Xvfb"):
        pytest.fail("these tests show a window; install: sudo apt install xvfb")
    number = folder / "number"
    with number.open("w") as file:
        command = [
            "Xvfb",
            *([name] if name else []),
            "-displayfd",
            "1",
            "-screen",
            "0",
            f"{size[0]}x{size[1]}x24",
            "-fbdir",
            str(folder),
        ]
        process = subprocess.Popen([*command, "-nolisten", "tcp"], stdout=file, stderr=subprocess.DEVNULL)
    try:
        until(lambda: number.read_text().strip().isdigit(), 10)
        yield Display(f":{number.read_text().strip()}", folder, size, process)
    finally:
        process.terminate()
        process.wait(5)
