"""Windows that are shrunk, hidden, destroyed, or lose their context or their whole desktop: the show comes back."""

import json
import os
import shutil
import subprocess
import sys
import textwrap

import pytest
from display import open_display
from evening import Evening, content

from installation.render.renderer import Renderer

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs xvfb: apt-get install xvfb"),
]

SCRIPT = """
import json, os, subprocess, sys, time
import numpy as np
from installation.app import screen as screens
from installation.settings import Settings

screens.RETRY = 0.2
RED = bytes((250, 20, 20, 255))
told = {{}}

class Desk:
    def __init__(self, number="-displayfd"):
        wanted = ["-displayfd", "1"] if number == "-displayfd" else [number]
        self.server = subprocess.Popen(
            ["Xvfb", *wanted, "-screen", "0", "320x240x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        self.name = ":" + self.server.stdout.readline().decode().strip() if number == "-displayfd" else number
    def end(self):
        self.server.kill()
        self.server.wait()

class Show:
    # what the live show does with a screen: whenever its context is another one, everything is made anew
    def __init__(self, steady):
        self.steady, self.gl, self.shown, self.made = steady, None, 0, 0
    def frame(self):
        asked = self.steady.wishes()
        if self.steady.gl is not self.gl:
            self.gl = self.steady.gl
            self.picture = self.gl.texture(self.steady.size, 4, RED * (self.steady.size[0] * self.steady.size[1]))
            self.made += 1
        if self.picture.size != self.steady.size:
            self.picture = self.gl.texture(self.steady.size, 4, RED * (self.steady.size[0] * self.steady.size[1]))
        with self.steady.bear():
            self.steady.show(self.picture)
            self.shown += 1
        return asked
    def until(self, true, seconds=20.0):
        begin = time.monotonic()
        while not true():
            self.frame()
            time.sleep(0.02)
            assert time.monotonic() - begin < seconds, "it did not come true"
    @property
    def window(self):
        return self.steady._screen.windows[0]
    @property
    def windowed(self):
        return hasattr(self.steady._screen, "windows")
    def seen(self):
        from pyglet import image
        for _ in range(3):
            self.frame()
        self.window.use()
        self.window.gl.viewport = (0, 0, *self.window.size)
        self.window.projector.draw(self.picture, self.window.gl.screen, self.window.size)
        data = image.get_buffer_manager().get_color_buffer().get_image_data().get_data("RGB", self.window.size[0] * 3)
        return list(data[:3])

desk = Desk()
os.environ["DISPLAY"] = desk.name
(settings := Settings.model_validate({{"picture": {{"size": [200, 100]}}, **{more}}}))
with screens.screen(settings, False) as steady:
    show = Show(steady)
    show.until(lambda: show.shown > 3)
{body}
    told["seen"], told["made"] = show.seen(), show.made
    told["error"] = show.gl.error
desk.end()
print(json.dumps(told))
"""


def evening(body, more=None, tmp=None):
    script = SCRIPT.format(body=textwrap.indent(textwrap.dedent(body), "    "), more=more or {})
    kept = {**os.environ, "IMMERSIONS_STATE": str(tmp), "PYTHONFAULTHANDLER": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=kept)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["seen"] == [250, 20, 20]
    assert told["error"] == "GL_NO_ERROR"
    return told, done.stderr


def test_the_picture_follows_a_window_to_one_pixel_and_back(gl, body, dreamt, framed):
    anatomy, layout = body
    renderer = Renderer(gl, layout, anatomy, (96, 54))
    frame = framed(dreamt({("middle", 3, 2, 5): 8.0}), 0.5, rest=1.0)
    renderer.draw(frame)
    before = renderer.read().copy()
    for size in ((1, 1), (300, 1), (1, 200), (96, 54)):
        renderer.resize(size)
        renderer.draw(frame)
        assert renderer.read().shape == (size[1], size[0], 3)
    assert (renderer.read() == before).all()
    renderer.release()


def test_a_window_is_shrunk_to_one_pixel_hidden_and_returns(tmp_path):
    body = """
    show.window._window.set_size(1, 1)
    show.until(lambda: show.picture.size == (1, 1))
    told["small"] = show.picture.size
    show.window._window.set_size(90, 70)
    show.until(lambda: show.picture.size == (90, 70))
    show.window._window.minimize()
    show.window._window.set_visible(False)
    before = show.shown
    show.until(lambda: show.shown > before + 5)
    show.window._window.set_visible(True)
    """
    told, _ = evening(body, tmp=tmp_path)
    assert told["small"] == [1, 1]
    assert told["made"] == 1  # nothing was lost


def test_a_window_that_somebody_destroys_is_opened_again(tmp_path):
    body = """
    import ctypes
    from pyglet.libs.x11 import xlib
    other = xlib.XOpenDisplay(desk.name.encode())
    xlib.XDestroyWindow(other, show.window._window._window)
    xlib.XSync(other, 0)
    show.until(lambda: show.made == 2)
    """
    told, words = evening(body, tmp=tmp_path)
    assert told["made"] == 2
    assert "it is opened again" in words


def test_a_lost_context_is_made_again(tmp_path):
    body = """
    show.window._window.context.destroy()
    show.until(lambda: show.made == 2)
    """
    told, _ = evening(body, tmp=tmp_path)
    assert told["made"] == 2


def test_the_desktop_dies_and_returns(tmp_path):
    body = """
    desk.end()
    show.until(lambda: not show.windowed)
    before = show.shown
    show.until(lambda: show.shown > before + 5)
    told["size"] = steady.size
    desk = Desk(desk.name)
    show.until(lambda: show.windowed)
    """
    told, words = evening(body, tmp=tmp_path)
    assert told["size"] == [200, 100]
    assert told["made"] == 3  # a window, none, a window
    assert words.count("goes on without a window") == 1


def test_several_windows_return_together(tmp_path):
    two = {"output": [{"name": n, "size": (100, 100), "place": (x, 0)} for n, x in (("a", 0), ("b", 110))]}
    body = """
    show.steady._screen.windows[1]._window.context.destroy()
    show.until(lambda: show.made == 2)
    told["windows"] = len(show.steady._screen.windows)
    """
    told, _ = evening(body, two, tmp_path)
    assert told["windows"] == 2


def test_a_display_that_is_unplugged_takes_its_window_along_and_brings_it_back(tmp_path):
    body = """
    import ctypes
    from pyglet.libs.x11 import xlib, xrandr
    other = xlib.XOpenDisplay(desk.name.encode())
    root = xlib.XDefaultRootWindow(other)
    def plug(there, x=0):
        found = xrandr.XRRGetScreenResourcesCurrent(other, root).contents
        crtc = xrandr.XRRGetCrtcInfo(other, ctypes.pointer(found), found.crtcs[0]).contents
        outputs = (ctypes.c_ulong * 1)(found.outputs[0])
        mode, count = (found.modes[0].id, 1) if there else (0, 0)
        xrandr.XRRSetCrtcConfig(
            other, ctypes.pointer(found), found.crtcs[0], 0, 0, 0, mode, 1, outputs if there else None, count
        )
        xlib.XSync(other, 0)
    plug(False)
    show.until(lambda: not show.window._window.visible)
    before = show.shown
    show.until(lambda: show.shown > before + 5)
    plug(True)
    show.until(lambda: show.window._window.visible)
    told["size"] = show.window.size
    """
    told, words = evening(body, {"output": [{"name": "a", "display": "screen"}]}, tmp_path)
    assert told["made"] == 1
    assert told["size"] == [320, 240]
    assert "the display screen is away" in words


OUTPUTS = """
[picture]
size = [256, 96]
frame_rate = 20
[[output]]
name = "left"
size = [150, 96]
part = [0, 0, 0.6, 1]
[[output]]
name = "right"
size = [150, 96]
place = [160, 0]
part = [0.4, 0, 0.6, 1]
[sound]
device = "none"
"""


def test_the_whole_show_outlives_its_desktop(tmp_path):
    def frames():
        return evening.status().get("frames", 0)

    with open_display(tmp_path) as display:
        own = content(tmp_path)
        evening = Evening(tmp_path, "evening", "--model", "tiny", own=own, settings=OUTPUTS, DISPLAY=display.name)
        with evening:
            evening.until(lambda: frames() > 3)
            assert display.brightness() > 1
            display.end()
            evening.until_said("goes on without a window")
            before = frames()
            evening.until(lambda: frames() > before + 3)
            with open_display(tmp_path, name=display.name) as again:
                evening.until_said("the windows are back")
                evening.until(lambda: again.brightness() > 1)
                assert "Traceback" not in evening.words()
                evening.interrupt()
                assert evening.process.wait(30) == 130
