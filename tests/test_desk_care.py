"""The operator's desk in a real browser, for everybody and on bad days: axe-core, languages, cut lines, a PIN."""

# ruff: noqa: F401, F811 (fixtures are named as what they give)

import os
import re
import signal
import time
from importlib.resources import files

import pytest
from desk_page import (
    LAPTOP,
    PATIENCE,
    TABLET,
    TABS,
    UPRIGHT,
    WIDE,
    chromium,
    complaints,
    dreamt,
    fader,
    first,
    opened,
    own,
    page,
    ready,
    show,
    spot,
    stands,
)
from desk_show import DeskShow
from pages import violations
from playwright.sync_api import expect

from installation import texts
from installation.station.doors import hashed

pytestmark = pytest.mark.alone


def test_axe_finds_nothing_on_any_panel_or_screen(page):
    for viewport in (WIDE, TABLET, UPRIGHT):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], viewport
    assert violations(page) == []  # upright, the parameters; the lasso's test looks at the laptop's
    page.set_viewport_size(LAPTOP)
    for name in TABS:
        page.locator(f"#tab-{name}").click()
        assert violations(page) == [], name


def test_tabs_and_wide_screens(page):
    page.locator("#tab-controls").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#scenes")).to_be_visible()
    expect(page.locator("#controls")).to_be_hidden()
    page.set_viewport_size(WIDE)
    expect(page.locator("#controls")).to_be_visible()
    expect(page.locator("#scenes")).to_be_visible()
    body = page.locator("#body").bounding_box()
    page.wait_for_function(f"() => desk.stage.view.width === {body['width']}")


def test_four_languages(page):
    for code, word in (("de", "Halten"), ("fr", "Tenir"), ("es", "Retener"), ("en", "Hold")):
        page.locator("#language").select_option(code)
        expect(page.locator("#hold")).to_have_text(word)
        expect(page.locator("html")).to_have_attribute("lang", code)
        assert page.evaluate("[...document.querySelectorAll('[data-say]')].every(e => e.textContent)")


def test_no_line_is_told_and_comes_back_by_itself(page, show, complaints):
    os.kill(show.station._process.pid, signal.SIGKILL)
    expect(page.locator("#banner")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#banner")).to_be_hidden(timeout=3 * PATIENCE)
    fader(page, "stage.rest").press("End")
    stands(show, "stage.rest", 2.0)
    complaints[:] = [words for words in complaints if "WebSocket" not in words]


def test_a_pin_opens_the_desk_and_a_reader_changes_nothing(chromium, complaints, own):
    with DeskShow(own, own, pin=hashed("2468")) as show:
        page = opened(chromium, complaints, show)
        expect(page.locator("#pin")).to_be_visible(timeout=PATIENCE)
        assert violations(page) == []
        sign_in(page, "1357")
        expect(page.locator("#door-why")).to_contain_text("does not open")
        sign_in(page, "2468")
        ready(page)
        page.reload()  # the same browser is known
        ready(page)
        expect(page.locator("#door")).to_be_hidden()
        page.goto(page.url + "?look")  # who only wants to look is asked anew
        sign_in(page, "2468")
        ready(page)
        expect(page.locator("#banner")).to_contain_text("looking on")
        before, target = dict(show.hands.takeover.stands), dreamt(show)
        expect(page.locator("#go")).to_be_disabled()
        expect(fader(page, "stage.glow")).to_be_disabled()
        page.mouse.click(*spot(page, 100))
        page.locator("#tab-log").click()  # looking is allowed
        expect(page.locator("#log")).to_be_visible()
        page.evaluate("desk.say({ do: 'cue', name: 'panic', text: '' })")
        time.sleep(0.3)  # for what must not come
        assert not show.hands.panicking
        assert dreamt(show) == target
        assert dict(show.hands.takeover.stands) == before
        page.context.close()


def sign_in(page, pin):
    page.locator("#pin").fill(pin)
    page.get_by_role("button", name="Open").click()


def test_every_word_of_the_desk_is_in_the_texts():
    """Read from the files: a key that no language has would be said as nothing."""
    every = [file.read_text() for file in (files("installation.station") / "desk/pages").iterdir()]
    keys = {key for text in every for key in re.findall(r'(?:data-(?:say|label)="|\bsay\(")(\w+)"', text)}
    assert len(keys) > 90
    tables = {path.stem: texts.read(path)["desk"] for path in texts.every("scenes", "texts/*.toml")}
    for code, said in tables.items():
        assert keys <= said.keys(), (code, keys - said.keys())
        assert said.keys() == tables["en"].keys()
        for key, words in said.items():
            assert words, key
            assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", tables["en"][key])), (code, key)
