"""For tests of the operator's desk in a real browser: a show, a browser, and a page that is opened once."""

import socket
from dataclasses import replace

import numpy as np
import pages
import pytest
from desk_show import DeskShow, own  # noqa: F401
from pages import SELDOM
from playwright.sync_api import expect
from station import until

from installation.data import Scalogram
from installation.target import write

LAPTOP, WIDE, TABLET, UPRIGHT = (
    {"width": width, "height": height} for width, height in ((1280, 800), (1920, 1080), (1024, 768), (768, 1024))
)
PATIENCE = 30_000  # ms on a machine that is busy
TABS = ("scenes", "sounds", "outputs", "midi", "log")
FIRST, UNITS = 72 + 4 * 36 + 4 * 12, 36  # the first neuron of block1.conv1, and how many it has


@pytest.fixture(scope="module")
def show(own):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as free:  # a port that stays the same when the process comes back
        port = free.getsockname()[1]
    playing = DeskShow(own, own, port=port)
    cells = np.random.default_rng(0).uniform(0, 1, (72, 64)).astype(np.float32)
    playing.dream = replace(
        playing.dream, scalogram=Scalogram(cells, 40.0, 8, 1 / 48), slope=(cells - 0.5).astype(np.float16)
    )
    playing.dreamer.scores.extend((step, step / 100) for step in range(200))
    with playing:
        yield playing


@pytest.fixture(scope="module")
def chromium():
    with pages.chromium() as running:
        yield running


@pytest.fixture(scope="module")
def complaints():
    """Whatever pages complain of in their consoles, and every request that goes elsewhere: nothing, in the end."""
    heard = []
    yield heard
    assert [words for words in heard if "status of 400" not in words] == []  # the letter that was no sound


def opened(chromium, complaints, show, prepared=""):
    """A desk in a browser of its own, for eyes that want no motion: pictures cost time that other tests need."""
    calm = {"viewport": LAPTOP, "reduced_motion": "reduce", "locale": "en"}
    page = pages.opened(chromium, complaints, show, "/desk", SELDOM + prepared, **calm)
    page.set_default_timeout(PATIENCE)
    return page


def ready(page):
    expect(page.locator("#scene-name")).not_to_be_empty(timeout=PATIENCE)
    return page


@pytest.fixture(scope="module")
def first(chromium, complaints, show):
    return ready(opened(chromium, complaints, show))


@pytest.fixture
def page(first, show):
    """The same desk, from its beginning."""
    first.set_viewport_size(LAPTOP)
    first.locator("#tab-controls").click()
    first.locator("#fit").click()
    with show.lock:
        show.hands.does["release"]("")
    return first


def fader(page, name):
    return page.locator(f"#fader-{name.replace('.', '-')}")


def stands(show, name, value, **slack):
    """Wait until a parameter stands there in the show itself."""
    until(lambda: show.hands.takeover.stands[name] == pytest.approx(value, **slack))


def dreamt(show):
    """What is dreamt of, as text."""
    return write(show.target)


def spot(page, unit):
    """Where a neuron is seen, in pixels of the page."""
    seen = page.evaluate("unit => desk.stage.view.seen(unit)", unit)
    box = page.locator("#body").bounding_box()
    return box["x"] + seen[0], box["y"] + seen[1]
