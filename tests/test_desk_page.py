"""The operator's desk in a real browser: turned, lassoed, zoomed, taken back, cut off, looked at by axe-core."""

import os
import re
import signal
import socket
import time
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pages
import pytest
import soundfile
from desk_show import DeskShow
from evening import content
from pages import SELDOM, busy, violations
from playwright.sync_api import expect
from station import until

from installation import texts
from installation.control.acts import Touch
from installation.control.parameters import TABLE
from installation.data import Scalogram
from installation.station.doors import hashed
from installation.target import parse, write

pytestmark = pytest.mark.alone

LAPTOP, WIDE, TABLET, UPRIGHT = (
    {"width": width, "height": height} for width, height in ((1280, 800), (1920, 1080), (1024, 768), (768, 1024))
)
PATIENCE = 30_000  # ms on a machine that is busy
TABS = ("scenes", "sounds", "outputs", "midi", "log")
FIRST, UNITS = 72 + 4 * 36 + 4 * 12, 36  # the first neuron of block1.conv1, and how many it has


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("desk")
        patch.setenv("IMMERSIONS_CONTENT", str(content(folder)))
        patch.setenv("IMMERSIONS_STATE", str(folder / "state"))
        yield folder


@pytest.fixture(scope="module")
def show(own):
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
    """Whatever pages complain of in their consoles, and every request that goes elsewhere."""
    return []


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


def test_the_page_is_there_within_a_second(page):
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 1000 * busy(), (painted, busy())


def test_a_fader_that_is_moved_moves_the_parameter_and_every_other_desk(page, show, chromium, complaints):
    other = ready(opened(chromium, complaints, show))
    glow = fader(page, "stage.glow")
    glow.scroll_into_view_if_needed()
    box = glow.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.55, 0.6, 0.75):
        page.mouse.move(box["x"] + 7 + (box["width"] - 14) * share, box["y"] + box["height"] / 2)
    page.mouse.up()
    stands(show, "stage.glow", 1.5, abs=0.02)
    expect(other.locator("[data-name='stage.glow']")).to_have_attribute("data-held", "desk 1")
    other.wait_for_function("() => Math.abs(document.getElementById('fader-stage-glow').value - 0.75) < 0.01")
    glow.dblclick()
    stands(show, "stage.glow", 1.0)
    other.locator("[data-name='stage.glow'] input.number").fill("0,25")
    other.locator("[data-name='stage.glow'] input.number").press("Enter")
    stands(show, "stage.glow", 0.25)
    expect(page.locator("[data-name='stage.glow'] input.number")).to_have_value("0.25")
    other.context.close()
    expect(page.locator("#desks")).to_have_text("desk 1 (you)")


TOLD = """Object.fromEntries([...document.querySelectorAll('.fader')].map(row =>
    [row.dataset.name, row.querySelector('[id^=fader-]').getAttribute('aria-description')]))"""


def test_every_parameter_has_its_fader_with_words_range_and_a_way_back(page, show):
    told = page.evaluate(TOLD)
    assert told.keys() == TABLE.keys()
    for name, entry in TABLE.items():
        assert len(told[name]) > 10
        if entry.curve != "switch" and not entry.choices:
            assert f"{entry.high:g}" in told[name].replace(",", "")
    fader(page, "dream.noise_loss").press("ArrowRight")
    stands(show, "dream.noise_loss", 0.01)
    fader(page, "dream.batch").press("ArrowRight")
    stands(show, "dream.batch", 5)
    page.locator("[data-name='dream.batch'] .back").click()
    stands(show, "dream.batch", 4)


def test_undo_and_redo_by_key(page, show):
    size = fader(page, "stage.haze")
    size.focus()
    size.press("PageUp")
    stands(show, "stage.haze", 1.2)
    page.keyboard.press("Control+z")
    stands(show, "stage.haze", 1.0)
    page.keyboard.press("Control+Shift+z")
    stands(show, "stage.haze", 1.2)
    expect(page.get_by_role("button", name="Undo Haze")).to_be_enabled()


def test_a_lasso_becomes_the_target(page, show):
    before = dreamt(show)
    places = np.array([spot(page, unit) for unit in range(FIRST, FIRST + UNITS)])
    low, high = places.min(0) - 3, places.max(0) + 3
    page.mouse.move(*low)
    page.keyboard.down("Shift")
    page.mouse.down()
    for x, y in ((high[0], low[1]), (high[0], high[1]), (low[0], high[1]), (low[0], low[1])):
        page.mouse.move(x, y, steps=2)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page.locator("#lassoed-count")).to_contain_text("neurons")
    assert violations(page) == []
    page.get_by_role("button", name="Dream of them").click()
    until(lambda: "block1.conv1" in dreamt(show))
    caught = next(term for term in parse(dreamt(show)).terms if term.layer == "block1.conv1")
    assert len(caught.numbers(6, 6)) == UNITS
    layer = page.get_by_role("button", name="block1.conv1: 6 channels of 6 pitches")
    expect(layer).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    until(lambda: dreamt(show) == before)


def test_zooming_to_a_single_neuron_and_picking_it(page, show):
    before, unit = dreamt(show), 72 + 4 * 36 + 17  # channel 1, bin 5 of block0.conv2
    x, y = spot(page, unit)
    page.mouse.move(x, y)
    for _ in range(8):
        page.mouse.wheel(0, -200)
    page.wait_for_function("() => desk.stage.view.room > 80")
    x, y = spot(page, unit)
    page.mouse.move(x + 1, y + 1)
    expect(page.locator("#pointed")).to_contain_text("block0.conv2 · channel 1 of 4")
    page.mouse.click(x + 1, y + 1)
    until(lambda: dreamt(show) == "block0.conv2[channel 1, pitch 5]")
    page.locator("#fit").click()
    page.locator("#body").press("+")
    page.locator("#body").press("Enter")  # the keyboard chooses what is in the middle
    until(lambda: dreamt(show) not in (before, "block0.conv2[channel 1, pitch 5]"))
    page.get_by_role("button", name="Let the show decide again").click()
    until(lambda: dreamt(show) == before)


def test_dragging_pans_and_turns_and_a_double_click_shows_all_again(page):
    before = spot(page, 0)
    box = page.locator("#body").bounding_box()
    x, y = box["x"] + 300, box["y"] + 250
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y - 30, steps=3)
    page.mouse.up()
    assert np.subtract(spot(page, 0), before) == pytest.approx([80, -30], abs=1)
    page.mouse.down(button="right")
    page.mouse.move(x + 200, y - 30, steps=3)
    page.mouse.up(button="right")
    turned = spot(page, 0)
    assert np.abs(np.subtract(turned, before) - [80, -30]).max() > 20
    page.mouse.dblclick(x, y)
    assert spot(page, 0) == pytest.approx(before, abs=0.5)


def test_a_layer_and_a_part_of_its_pitches_are_chosen(page, show):
    page.get_by_role("button", name="block1.conv2: 6 channels of 3 pitches").click()
    stands(show, "dream.hand", 1.0)
    pitch = page.get_by_role("slider", name="Pitches, how many")
    pitch.focus()
    for _ in range(3):
        pitch.press("PageDown")
    stands(show, "dream.pitch_width", 0.4)
    box = page.locator(".strip").nth(1).bounding_box()
    page.mouse.click(box["x"] + 2, box["y"] + 10)
    stands(show, "dream.pitch_position", 0.0)


def test_a_target_is_written_and_a_wrong_one_is_told(page, show):
    field = page.locator("#target-text")
    field.fill("ar0 - 0.5 silence(block0.conv1)")
    field.press("Enter")
    until(lambda: dreamt(show) == "ar0 - 0.5 silence(block0.conv1)")
    field.fill("ar0[")
    field.press("Enter")
    expect(page.locator("#fault")).to_be_visible()
    assert dreamt(show) == "ar0 - 0.5 silence(block0.conv1)"


def test_presets_come_back(page, show):
    page.locator("#tab-scenes").click()
    before = show.hands.takeover.stands["stage.bloom"]
    page.locator("#preset-name").fill("Evening")
    page.get_by_role("button", name="Save").click()
    recall = page.get_by_role("button", name="Recall Evening")
    expect(recall).to_be_visible()
    page.locator("#tab-controls").click()
    fader(page, "stage.bloom").press("End")
    stands(show, "stage.bloom", 2.0)
    page.locator("#tab-scenes").click()
    recall.click()
    stands(show, "stage.bloom", before)
    page.get_by_role("button", name="Remove Evening").click()
    expect(recall).to_have_count(0)


def test_scenes_go_panic_hold_and_record(page, show):
    page.locator("#tab-scenes").click()
    page.locator("#cues").get_by_role("button", name="other").click()
    expect(page.locator("#scene-name")).to_have_text("other")
    page.get_by_role("button", name="Panic").click()
    expect(page.get_by_role("button", name="Panic")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="GO", exact=True).click()
    expect(page.get_by_role("button", name="Panic")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Hold").click()
    stands(show, "sound.hold", 1.0)
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#record-time")).to_have_text(re.compile(r"0:0[1-9]"))
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#takes li")).to_have_count(1)


def test_a_start_clip_is_brought_by_button_and_by_dropping(page, show, tmp_path):
    tone = 0.5 * np.sin(2 * np.pi * 220 * np.arange(48_000) / 48_000)
    soundfile.write(tmp_path / "my hum.wav", tone.astype(np.float32), 48_000)
    (tmp_path / "letter.wav").write_text("this is no sound")
    page.locator("#tab-sounds").click()
    page.locator("#upload-file").set_input_files(tmp_path / "my hum.wav")
    page.get_by_role("button", name="my hum").first.click()
    until(lambda: show.dreamer.begun == ["my hum"])
    page.locator("#upload-file").set_input_files(tmp_path / "letter.wav")
    expect(page.locator("#fault")).to_be_visible()
    data = list((tmp_path / "my hum.wav").read_bytes())
    dropped = page.evaluate_handle(
        """bytes => { const all = new DataTransfer();
            all.items.add(new File([new Uint8Array(bytes)], 'dropped.wav')); return all }""",
        data,
    )
    page.dispatch_event("#stage", "dragover", {"dataTransfer": dropped})
    expect(page.locator("#catch")).to_be_visible()
    page.dispatch_event("#stage", "drop", {"dataTransfer": dropped})
    expect(page.get_by_role("button", name="Remove dropped")).to_be_visible()
    for name in ("my hum", "dropped"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_role("button", name="my hum")).to_have_count(0)


def test_a_corner_is_dragged_and_moved_by_keys(page, show):
    page.locator("#tab-outputs").click()
    corner = page.get_by_role("button", name="Low right corner")
    box = corner.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    wide = page.locator("#screen").bounding_box()["width"] / 1.24  # of the output itself
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 0.1 * wide, y, steps=4)
    page.mouse.up()
    until(lambda: show.screen.outputs.warps["left"].corners[1][0] == pytest.approx(0.9, abs=0.01))
    time.sleep(0.2)  # for the last word of the drag
    at = show.screen.outputs.warps["left"].corners[1][0]
    corner.press("Shift+ArrowLeft")
    until(lambda: show.screen.outputs.warps["left"].corners[1][0] == pytest.approx(at - 10 / 640, abs=1e-3))


def test_a_ghost_shows_where_hardware_stands_and_midi_is_learnt(page, show):
    with show.lock:
        half = TABLE["stage.size"].value(0.31)
        show.hands.takeover.touch(Touch("stage.size", half, "pickup", "BCF2000"), time.monotonic())
    ghost = page.locator("[data-name='stage.size'] .ghost")
    ghost.wait_for(state="attached")
    expect(ghost).to_be_visible()
    way = page.locator("[data-name='stage.size'] .way").bounding_box()
    at = ghost.bounding_box()
    assert (at["x"] + 5 - way["x"] - 7) / (way["width"] - 14) == pytest.approx(0.31, abs=0.02)
    page.locator("#tab-midi").click()
    page.locator("#learn-name").select_option("stage.glow")
    page.get_by_role("button", name="Learn").click()
    expect(page.locator("#learning")).to_contain_text("Glow")
    page.get_by_role("button", name="Learn").click()
    expect(page.locator("#learning")).to_be_empty()


PAINTED = """id => { const c = document.getElementById(id);
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] + d[i + 1] + d[i + 2] > 90; return n }"""


def test_loop_gradient_curve_and_body_are_drawn(page):
    for name, least in (("scalogram", 500), ("gradient", 500), ("loss", 100), ("body", 500)):
        page.wait_for_function(f"() => ({PAINTED})('{name}') > {least}", timeout=PATIENCE)
    page.wait_for_function("() => document.querySelector('.layer i').style.transform !== 'scaleX(0)'")
    expect(page.locator("#meter-told")).to_contain_text("LUFS")


CARD = """const ask = WebGLRenderingContext.prototype.getParameter;
WebGLRenderingContext.prototype.getParameter = function (name) {
    return name === 37446 ? 'A card' : ask.call(this, name) };
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, how) {
    return get.call(this, kind, kind === 'webgl' ? { ...how, preserveDrawingBuffer: true } : how) };"""
MEANS = """() => { const c = document.getElementById('body'), paper = document.createElement('canvas').getContext('2d');
    Object.assign(paper.canvas, { width: 24, height: 20 }); paper.drawImage(c, 0, 0, 24, 20);
    return [...paper.getImageData(0, 0, 24, 20).data] }"""


def test_graphics_card_and_processor_draw_the_same_body(page, chromium, complaints, show):
    card = ready(opened(chromium, complaints, show, prepared=CARD))
    assert card.evaluate("document.getElementById('body').getContext('webgl') !== null")
    for desk in (page, card):
        desk.wait_for_function("() => document.querySelector('.layer i').style.transform !== 'scaleX(0)'")
    means = [np.array(desk.evaluate(MEANS)).reshape(20, 24, 4)[..., :3].mean(2) for desk in (page, card)]
    assert means[0].max() > 20
    assert np.corrcoef(means[0].ravel(), means[1].ravel())[0, 1] > 0.97
    card.context.close()


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


def test_no_page_complained_and_none_asked_elsewhere(complaints):
    assert [words for words in complaints if "status of 400" not in words] == []  # the letter that was no sound


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
