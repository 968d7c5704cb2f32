"""What the pages show: light as the neurons answer, quickly, without WebGL and without motion, too."""

import numpy as np
import pytest
from pages import KIOSK, busy, chromium, opened, playing, press_body
from playwright.sync_api import expect
from station import asked, dream

from installation.body import body
from installation.station.thought import FAINT

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def station():
    with playing(body("house")) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser, station):
    page = opened(browser, [], station)
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    yield page
    page.context.close()


LIGHTS = """window.lights = [];
const give = WebGLRenderingContext.prototype.bufferSubData;
WebGLRenderingContext.prototype.bufferSubData = function (kind, at, light) {
    lights.push(light.reduce((sum, one, n) => sum + one * (1 + n % 7), 0));
    return give.call(this, kind, at, light);
};"""


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


NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : get.call(this, kind, ...more);
};"""


def test_without_webgl_the_body_is_still_there(browser, station):
    page = opened(browser, [], station, prepared=NO_WEBGL)
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    page.wait_for_function(
        """() => { const c = document.getElementById('body');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i + 2] > 60; return n > 3000 }"""
    )
    press_body(page)
    page.context.close()
    asked(station, "target")


def test_eyes_that_want_no_motion_get_none(browser, station):
    page = opened(browser, [], station, prepared=LIGHTS, reduced_motion="reduce")
    expect(page.locator("#playing")).to_be_visible(timeout=60_000)
    page.wait_for_function("() => lights.length > 20 && lights.at(-1) > 0", timeout=60_000)
    assert len(set(page.evaluate("lights.filter(sum => sum > 0)"))) == 1
    page.context.close()
