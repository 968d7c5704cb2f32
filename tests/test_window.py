"""Windows show the picture, and keys become wishes."""

import json
import shutil
import subprocess
import sys

import pytest

from installation.output.projector import fitted

pytestmark = pytest.mark.alone

SCRIPT = """
import json, sys
import numpy as np
from pyglet.window import key
from installation.errors import DeviceError
from installation.output.displays import displays
from installation.output.window import Window

told = {"displays": displays()}
with Window((320, 240), vsync=False) as window:
    picture = window.gl.texture((200, 100), 4, np.full((100, 200, 4), (10, 200, 60, 255), np.uint8).tobytes())
    def press(symbol):
        window._window.dispatch_event("on_key_press", symbol, 0)
        return [wish.name for wish in window.wishes()]
    def seen():  # what the window shows, by the system's own hands
        from pyglet import image
        window.use()
        window.gl.viewport = (0, 0, 320, 240)
        return image.get_buffer_manager().get_color_buffer().get_image_data().get_data("RGB", 320 * 3)
    window.show(picture)
    told["pixels"] = np.frombuffer(seen(), np.uint8).reshape(240, 320, 3)[[0, 120, 239], 160].ravel().tolist()
    told["keys"] = [press(k) for k in (key.SPACE, key.ESCAPE, key.ESCAPE, key.SPACE, key.ESCAPE, key.TAB, key.A)]
    told["help"] = press(key.F1)
    window.show(picture)
    told["lit"] = int(np.frombuffer(seen(), np.uint8).reshape(240, 320, 3)[200:].max())
    def chord():
        window._window.dispatch_event("on_key_press", key.K, key.MOD_CTRL | key.MOD_ALT)
        return [wish.name for wish in window.wishes()]
    chord()
    told["kiosk"] = [press(k) for k in (key.SPACE, key.ESCAPE, key.H, key.F1, key.T)]
    told["kiosk closed"] = (window._window.dispatch_event("on_close"), [wish.name for wish in window.wishes()])[1]
    chord()
    told["free again"] = press(key.SPACE)
    told["closed"] = (window._window.dispatch_event("on_close"), [wish.name for wish in window.wishes()])[1]
    told["error"] = window.gl.error
    if "second" in sys.argv:
        with Window((100, 100), display=displays()[0][0], borderless=True, vsync=False) as second:
            second.show(picture, (0.5, 0.0, 0.5, 1.0))
            told["second"] = [second.size, second.gl.error]
        window.use()
        with Window((100, 100), fullscreen=True, vsync=False) as full:
            told["full"] = full.size
try:
    Window((10, 10), display="nonesuch")
except DeviceError as error:
    told["unknown"] = str(error)
print(json.dumps(told))
"""


def run(*command):
    done = subprocess.run([*command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(told):
    assert told["pixels"] == [0, 0, 0, 10, 200, 60, 0, 0, 0]  # as wide as the window, black above and below
    assert told["keys"] == [["NEXT"], ["FADE"], ["STOP"], ["NEXT"], ["FADE"], ["HIDE"], []]
    assert told["help"] == []
    assert told["lit"] > 100
    assert told["closed"] == ["STOP"]
    assert told["error"] == "GL_NO_ERROR"
    assert "display 'nonesuch' was asked for, but is not here" in told["unknown"]
    assert told["kiosk"] == [[], [], [], [], []]
    assert told["kiosk closed"] == []
    assert told["free again"] == ["NEXT"]


def test_a_window_shows_the_picture_and_keys_become_wishes():
    headless = "import pyglet; pyglet.options['headless'] = True\n"
    check(run(sys.executable, "-c", headless + SCRIPT))


@pytest.mark.skipif(not shutil.which("xvfb-run"), reason="needs xvfb: apt-get install xvfb xauth")
def test_several_windows_on_a_real_display_share_the_picture():
    told = run("xvfb-run", "-a", "-s", "-screen 0 640x480x24", sys.executable, "-c", SCRIPT, "second")
    check(told)
    assert told["displays"] == [["screen", [640, 480]]]
    assert told["second"] == [[100, 100], "GL_NO_ERROR"]
    assert told["full"] == [640, 480]


def test_without_a_display_the_sentence_says_what_to_do():
    code = (
        "from installation.output.window import Window\n"
        "try:\n    Window((8, 8))\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": ""}, timeout=60)
    assert done.stdout.startswith("DeviceError there is no display here")
    assert "--headless" in done.stdout


@pytest.mark.parametrize(
    ("picture", "window", "where"),
    [
        ((1280, 720), (1280, 720), (0, 0, 1280, 720)),
        ((1280, 720), (1280, 800), (0, 40, 1280, 720)),
        ((100, 100), (300, 100), (100, 0, 100, 100)),
        ((1280, 720), (1, 1), (0, 0, 1, 1)),
    ],
)
def test_a_picture_is_as_large_as_it_fits(picture, window, where):
    assert fitted(picture, window) == where
