"""The operator's desk in a real browser: parameters, presets, scenes, sounds, outputs and MIDI are turned."""

# ruff: noqa: F401, F811 (fixtures are named as what they give)

import re
import time

import numpy as np
import pytest
import soundfile
from desk_page import chromium, complaints, fader, first, opened, own, page, ready, show, stands
from pages import busy
from playwright.sync_api import expect
from station import until

from installation.control.acts import Touch
from installation.control.parameters import TABLE

pytestmark = pytest.mark.alone


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
