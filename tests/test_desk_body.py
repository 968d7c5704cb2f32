"""The body on the operator's desk in a real browser: lassoed, zoomed, turned, and drawn as it is lit."""

# ruff: noqa: F401, F811 (fixtures are named as what they give)

import numpy as np
import pytest
from desk_page import (
    FIRST,
    PATIENCE,
    UNITS,
    chromium,
    complaints,
    dreamt,
    first,
    opened,
    own,
    page,
    ready,
    show,
    spot,
    stands,
)
from pages import violations
from playwright.sync_api import expect
from station import until

from installation.target import parse

pytestmark = pytest.mark.alone


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

    def alike():
        """Both at one moment, give or take how busy the machine is."""
        means = [np.array(desk.evaluate(MEANS)).reshape(20, 24, 4)[..., :3].mean(2) for desk in (page, card)]
        return means[0].max() > 20 and np.corrcoef(means[0].ravel(), means[1].ravel())[0, 1] > 0.97

    until(alike)
    card.context.close()
