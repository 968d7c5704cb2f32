"""The pages in a real browser: how one is opened, and what tests of it have in common."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from station import dream, hear, opened_station, order_for

from installation.body import Body
from installation.station.station import Station

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu-compositing", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOUCH = 15 / 25.4 * 96  # CSS pixels: 15 mm
KIOSK, UPRIGHT, PHONE, LYING, SMALL = (
    {"width": width, "height": height}
    for width, height in ((1920, 1080), (1080, 1920), (390, 844), (844, 390), (1120, 800))
)
# Five pictures a second: where pictures are not what is tested, a machine without a GPU has better things to do.
SELDOM = "window.requestAnimationFrame = next => setTimeout(() => next(performance.now()), 200);"


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser without a window."""
    assert CHROMIUM, "These tests need Chromium. Install it: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield browser
        browser.close()


@contextmanager
def playing(body: Body, **changes: object) -> Iterator[Station]:
    """A station that plays a dream, at a port that stays the same when its process comes back."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = order_for(body, host="0.0.0.0", port=port, address=f"http://127.0.0.1:{port}", **changes)
    with opened_station(begun) as station:
        station.ready(dream(body))
        hear(station, dream(body))
        yield station


def opened(
    chromium: Browser, complaints: list[str], station: Station, address: str = "/", prepared: str = "", **more: object
) -> Page:
    """A page of the station in a browser of its own; what it complains of, and asks for elsewhere, is told.

    prepared   runs in it before anything else
    """
    page = chromium.new_context(**{"viewport": SMALL, **more}).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("request", lambda asked: f"//127.0.0.1:{station.port}/" in asked.url or complaints.append(asked.url))
    if prepared:
        page.add_init_script(prepared)
    page.goto(f"http://127.0.0.1:{station.port}{address}", timeout=90_000)
    return page


def refreshed(page: Page, station: Station) -> None:
    """The same page as if it had just been opened."""
    page.set_viewport_size(SMALL)
    page.evaluate("for (const dialog of document.querySelectorAll('dialog')) dialog.close()")
    for name in ("again", "languages > :nth-child(2)"):
        page.evaluate(f"document.querySelector('#{name}').click()")
    expect(page.locator("#here")).to_contain_text("Touch the body", timeout=30_000)
    station.acts({})


def press_body(page: Page, across: float = 0.6, down: float = 0.4) -> None:
    """Touch the body at a place, and wait until it is named."""
    box = page.locator("#body").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    expect(page.locator("#here p").nth(2)).to_be_visible(timeout=30_000)


def busy() -> float:
    """How many times longer all takes because others work here, too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def violations(page: Page) -> list[tuple[str, list[object]]]:
    """What axe-core finds wrong."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
