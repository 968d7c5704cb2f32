"""The pages in a real browser: touched, held, slid, turned, cut off, and looked at by axe-core."""

import os
import re
import shutil
import signal
import socket
from importlib.resources import files

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from station import asked, dream, hear, opened_station, order_for, until

from installation import texts
from installation.body import body
from installation.control.acts import Cue
from installation.station.thought import FAINT

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
LANGUAGES = {"English": "Touch the body", "Deutsch": "Berühre", "Français": "Touche le corps", "Español": "Toca"}
NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : get.call(this, kind, ...more);
};"""


@pytest.fixture(scope="module")
def station():
    house = body("house")
    with socket.create_server(("127.0.0.1", 0)) as free:  # a port that stays the same when the process comes back
        port = free.getsockname()[1]
    begun = order_for(house, host="0.0.0.0", port=port, address=f"http://127.0.0.1:{port}", patience=24.0)
    with opened_station(begun) as running:
        running.ready(dream(house))
        hear(running, dream(house))
        yield running


@pytest.fixture(scope="module")
def chromium():
    assert CHROMIUM, "These tests need Chromium. Install it: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def complaints():
    """Whatever pages complain of in their consoles, and every request that goes elsewhere."""
    return []


def opened(chromium, complaints, station, address="/", prepared="", **more):
    """A page of the station in a browser of its own."""
    page = chromium.new_context(**{"viewport": SMALL, **more}).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("request", lambda asked: f"//127.0.0.1:{station.port}/" in asked.url or complaints.append(asked.url))
    if prepared:
        page.add_init_script(prepared)
    page.goto(f"http://127.0.0.1:{station.port}{address}", timeout=90_000)
    return page


@pytest.fixture(scope="module")
def first(chromium, complaints, station):
    """The visitors' page, opened once for all."""
    page = opened(chromium, complaints, station)
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    return page


@pytest.fixture
def page(first, station):
    """The same page as if it had just been opened."""
    yield first
    first.set_viewport_size(SMALL)
    first.evaluate("for (const dialog of document.querySelectorAll('dialog')) dialog.close()")
    for name in ("again", "languages > :nth-child(2)"):
        first.evaluate(f"document.querySelector('#{name}').click()")
    expect(first.locator("#here")).to_contain_text("Touch the body", timeout=30_000)
    station.acts({})


def press_body(page, across=0.6, down=0.4):
    box = page.locator("#body").bounding_box()
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    expect(page.locator("#here p").nth(2)).to_be_visible(timeout=30_000)


LIGHTS = """window.lights = [];
const give = WebGLRenderingContext.prototype.bufferSubData;
WebGLRenderingContext.prototype.bufferSubData = function (kind, at, light) {
    lights.push(light.reduce((sum, one, n) => sum + one * (1 + n % 7), 0));
    return give.call(this, kind, at, light);
};"""


def busy():
    """How many times longer all takes because others work here, too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def violations(page):
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]


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


def test_the_page_is_there_within_a_second(page):
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 1000 * busy(), (painted, busy())


LIGHT = """async () => {
    const { Body } = await import('/body.js');
    const { Memory } = await import('/thought.js');
    const { parcel } = await import('/link.js');
    const body = await Body.fetch(false);
    const memory = new Memory(body);
    const socket = new WebSocket(`ws://${location.host}/ws`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send('{"do":"hello","role":"watch"}');
    const data = await new Promise(done => socket.onmessage = ({ data }) => typeof data === 'string' || done(data));
    socket.close();
    const [head, bytes] = await parcel(data);
    memory.learn(head.dream, head.steps, bytes);
    return [0, 0.25, 0.251, null].map(moment => Array.from(memory.at(head.dream, moment)));
}"""


def test_light_is_what_the_neurons_answer_at_the_moment_heard(page):
    sent = dream(body("house")).activations.layers
    light = [np.array(moment) for moment in page.evaluate(LIGHT)]
    layer = sent["block0.conv1"].astype(np.float32)  # the first after the scalogram; 96 steps
    for moment, shone in zip((0.0, 0.25), light, strict=False):
        place = moment * 96 - 0.5
        at, along = int(np.floor(place)), place % 1
        answers = np.where(layer > FAINT, layer / (layer + 2.5), 0)  # as an eye sees them
        wanted = 255 * ((1 - along) * answers[..., at] + along * answers[..., at + 1]).reshape(-1)
        shown = shone[216 : 216 + wanted.size]
        assert np.abs(shown - wanted).max() < 255 * 0.1  # four bits
    assert np.abs(light[1] - light[2]).mean() < np.abs(light[0] - light[1]).mean() / 3
    assert light[3].std() < light[0].std() / 3  # the mean of the loop


def test_pictures_come_ten_times_a_second(page):
    page.set_viewport_size(KIOSK)
    intervals = page.evaluate(
        """new Promise(done => { const at = []; (function next(now) { at.push(now); at.length < 40
            ? requestAnimationFrame(next) : done(at.slice(2).map((t, n) => t - at[n + 1])) })(performance.now()) })"""
    )
    assert sorted(intervals)[len(intervals) // 4] < 100 * busy(), (intervals, busy())  # ms


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


def test_without_webgl_the_body_is_still_there(chromium, complaints, station):
    page = opened(chromium, complaints, station, prepared=NO_WEBGL)
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    page.wait_for_function(
        """() => { const c = document.getElementById('body');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i + 2] > 60; return n > 3000 }"""
    )
    press_body(page)
    page.context.close()
    asked(station, "target")


def test_eyes_that_want_no_motion_get_none(chromium, complaints, station):
    page = opened(chromium, complaints, station, prepared=LIGHTS, reduced_motion="reduce")
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    page.wait_for_function("() => lights.length > 20 && lights.at(-1) > 0", timeout=60_000)
    assert len(set(page.evaluate("lights.filter(sum => sum > 0)"))) == 1
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
