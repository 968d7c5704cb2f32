"""The visitors' page in a real browser: touched, held, slid, turned, cut off, sung to, and looked at by axe-core."""

import os
import re
import signal
import wave
from importlib.resources import files

import numpy as np
import pages
import pytest
from pages import KIOSK, LYING, PHONE, SELDOM, TOUCH, UPRIGHT, opened, playing, press_body, refreshed, violations
from playwright.sync_api import expect
from station import asked, dream, hear, until
from test_lending import hum

from installation import texts
from installation.body import body
from installation.control.acts import Cue, Lent

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def station():
    with playing(body("house"), patience=24.0, microphone=True) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser whose microphone hears a hum."""
    sound = tmp_path_factory.mktemp("room") / "hum.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(hum(48_000, level=0.28, seconds=8.0).tobytes())
    with pages.chromium("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={sound}") as running:
        yield running


@pytest.fixture(scope="module")
def complaints():
    """Whatever pages complain of in their consoles, and every request that goes elsewhere."""
    return []


@pytest.fixture(scope="module")
def first(chromium, complaints, station):
    """The visitors' page, opened once for all."""
    page = opened(chromium, complaints, station, prepared=SELDOM, permissions=["microphone"])
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    return page


@pytest.fixture
def page(first, station):
    """The same page as if it had just been opened."""
    yield first
    refreshed(first, station)


def test_the_body_is_touched_and_says_what_lives_there(page, station):
    press_body(page)
    assert asked(station, "target")[-1].text
    said = page.locator("#here").inner_text()
    assert "Layer" in said
    assert "octaves" in said
    assert "s at once" in said
    expect(page.locator(".ring")).to_have_count(1)
    page.get_by_role("button", name="Start again").click()
    assert asked(station, "again")
    expect(page.locator("#here")).to_contain_text("Touch the body")
    expect(page.locator(".ring")).to_have_count(0)


BOXES = """[...document.querySelectorAll('button, input, a')]
    .map(part => [part.id || part.textContent, part.getBoundingClientRect()]).filter(([, box]) => box.width)
    .map(([name, box]) => [name, box.width, box.height, box.top + box.height / 2])"""


def test_everything_that_is_pressed_is_large_and_within_reach(page):
    for viewport in (KIOSK, UPRIGHT, PHONE, LYING):
        page.set_viewport_size(viewport)
        press_body(page, 0.5, 0.5)
        boxes = page.evaluate(BOXES)
        assert len(boxes) >= 14
        for name, width, height, middle in boxes:
            assert min(width, height) >= TOUCH, (name, viewport, width, height)
            assert viewport is LYING or middle > viewport["height"] / 2, (name, viewport, middle)
        sizes = page.evaluate(
            "[...document.querySelectorAll('p, button, label, h1')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 16
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        fits = page.evaluate(
            "document.querySelector('#panel').scrollHeight <= document.querySelector('#panel').clientHeight"
        )
        assert fits or viewport is LYING


def test_axe_finds_nothing(page):
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    press_body(page, 0.5, 0.5)
    assert violations(page) == []
    page.get_by_role("button", name="What is this?").click()
    expect(page.locator("#about")).to_contain_text("It does not prove")
    assert violations(page) == []


LANGUAGES = {"English": "Touch the body", "Deutsch": "Berühre", "Français": "Touche le corps", "Español": "Toca"}


def test_four_languages_each_named_in_itself(page):
    for name, invitation in LANGUAGES.items():
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#here")).to_contain_text(invitation)
        expect(page.locator("html")).to_have_attribute("lang", name[:2].lower())
        assert page.evaluate("[...document.querySelectorAll('[data-say]')].every(e => e.textContent)")


def test_the_keyboard_alone_is_enough(page, station):
    page.keyboard.press("ArrowDown")
    text = asked(station, "target")[-1].text
    page.keyboard.press("ArrowRight")
    assert asked(station, "target")[-1].text != text
    page.locator("#compare").focus()
    page.keyboard.down("Space")
    assert Cue("compare", "on") in asked(station, "compare")
    page.keyboard.up("Space")
    assert Cue("compare", "") in asked(station, "compare")
    page.locator("input").first.focus()
    page.keyboard.press("End")
    assert asked(station, "dream.learning_rate")[-1].value == pytest.approx(1e-2)


def test_holding_lets_the_beginning_be_heard_and_a_switch_turns_it_over(page, station):
    box = page.locator("#compare").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    assert asked(station, "compare")[-1].text == "on"
    expect(page.locator("#compare")).to_have_attribute("aria-pressed", "true")
    page.mouse.move(5, 5)
    page.mouse.up()
    assert asked(station, "compare")[-1].text == ""
    for wanted in ("on", ""):
        page.evaluate("document.getElementById('compare').click()")  # as a switch or a screen reader does
        assert asked(station, "compare")[-1].text == wanted


def test_silence_counts_down_and_gives_the_body_back(page, station):
    page.set_viewport_size(PHONE)  # few pixels: it takes a while
    press_body(page)
    asked(station, "target")
    expect(page.locator("#silent")).to_be_visible(timeout=60_000)  # after 12 s of the patience of 24 s
    expect(page.locator("#silent-words")).to_contain_text("The show goes on")
    assert 0 < int(page.locator("#silent-count").inner_text()) <= 12
    assert violations(page) == []
    page.get_by_role("button", name="I am still here").click()
    expect(page.locator("#silent")).to_be_hidden()
    expect(page.locator(".ring")).to_have_count(1)


def test_no_line_is_told_and_comes_back_by_itself(page, station, complaints):
    press_body(page)
    asked(station, "target")
    os.kill(station._process.pid, signal.SIGKILL)
    expect(page.locator("#lost")).to_be_visible(timeout=30_000)
    hear(station, dream(body("house")))
    expect(page.locator("#lost")).to_be_hidden(timeout=90_000)
    press_body(page, 0.3, 0.3)
    until(lambda: [act for act in station.acts({}) if act.name == "target" and act.text])
    complaints[:] = [words for words in complaints if "WebSocket" not in words]


def test_a_loop_is_taken_home_by_a_second_code(page, chromium, complaints, station):
    hear(station, dream(body("house")))
    press_body(page)
    page.get_by_role("button", name="Take home").click()
    expect(page.locator("#qr")).to_be_visible(timeout=60_000)
    assert page.locator("#qr").evaluate("canvas => canvas.width") > 25
    assert violations(page) == []
    phone = opened(chromium, complaints, station, page.locator("#open").get_attribute("href"), viewport=PHONE)
    expect(phone.locator("audio")).to_be_visible(timeout=60_000)
    assert violations(phone) == []
    phone.context.close()


def test_a_hum_is_lent_with_a_count_and_a_level_and_forgotten(page, station):
    page.get_by_role("button", name="Lend a sound").click()
    expect(page.locator("#lend-told")).to_contain_text("not stored")
    assert violations(page) == []
    page.get_by_role("button", name="Listen to me").click()
    expect(page.locator("#lend-told")).to_have_text("Get ready.", timeout=30_000)
    counted = set()
    for _ in range(2):
        counted.add(page.locator("#lend-count").inner_text())
        expect(page.locator("#lend-count.now")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    assert page.locator("#lend-level").evaluate("level => level.value") == pytest.approx(0.76, abs=0.05)  # -14 dBFS
    expect(page.locator("#lend-told")).to_contain_text("Thank you", timeout=60_000)
    assert counted <= set("01234")
    lent = until(lambda: next((act for act in station.acts({}) if isinstance(act, Lent)), None))
    spectrum = np.abs(np.fft.rfft(lent.clip.samples[0]))
    assert np.argmax(spectrum) == 4 * 220
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#here")).to_contain_text("This began from your sound")
    page.get_by_role("button", name="Start again").click()
    assert asked(station, "again")
    expect(page.locator("#here")).not_to_contain_text("your sound")


def test_whoever_closes_or_may_not_use_the_microphone_lends_nothing(page, chromium, complaints, station):
    page.get_by_role("button", name="Lend a sound").click()
    page.get_by_role("button", name="Listen to me").click()
    expect(page.locator("#lend-count")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#lending")).to_be_hidden()
    page.context.clear_permissions()
    page.get_by_role("button", name="Lend a sound").click()
    page.get_by_role("button", name="Listen to me").click()
    expect(page.locator("#lend-told")).to_contain_text("may not use a microphone", timeout=30_000)
    assert not [act for act in station.acts({}) if isinstance(act, Lent)]
    page.context.grant_permissions(["microphone"])


UNSAFE = "Object.defineProperty(window, 'isSecureContext', { value: false });"


def test_a_page_from_elsewhere_without_encryption_offers_no_microphone(chromium, complaints, station):
    page = opened(
        chromium,
        complaints,
        station,
        prepared=f"{SELDOM} delete window.isSecureContext; window.isSecureContext = false;",
    )
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    expect(page.locator("#lend")).to_be_hidden()
    page.context.close()


def test_no_page_complained_and_none_asked_elsewhere(complaints):
    assert complaints == []


def test_every_word_of_the_pages_is_in_the_texts():
    """Read from the files: a key that no language has would be said as nothing."""
    pages = [file.read_text() for file in (files("installation.station") / "pages").iterdir() if file.suffix != ".svg"]
    found = (re.findall(r'data-(?:say|label)="(\w+)"|say\("(\w+)"', page) for page in pages)
    keys = {key for page in found for pair in page for key in pair if key}
    assert len(keys) > 25
    for code in ("en", "de", "fr", "es"):
        tables = texts.read(next(path for path in texts.every("scenes", "texts/*.toml") if path.stem == code))
        assert keys <= tables["station"].keys()
        assert tables["station"].keys() == texts.load("en").station.keys()
