"""A visitor lends four seconds of their own: taken in within limits, made a loop, and gone when they go."""

import os
import signal
import urllib.error
import urllib.request

import numpy as np
import pytest
from station import Browser, asked, dream, hear, opened_station, order_for, until

from installation.body import body
from installation.control.acts import Cue, Lent
from installation.data import RATE
from installation.station.doors import headers
from installation.station.lending import LEVEL, LOUDEST, circle
from installation.station.visitors import Visitors

pytestmark = pytest.mark.alone


def hum(rate, pitch=220.0, level=0.2, seconds=4.25):
    """A steady tone, [samples] int16."""
    return np.round(32767 * level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)).astype("<i2")


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 96_000])
def test_a_sound_of_any_rate_becomes_four_seconds_at_ours(rate):
    clip = circle(hum(rate), rate)
    assert clip.rate == RATE
    assert clip.samples.shape == (1, 4 * RATE)
    spectrum = np.abs(np.fft.rfft(clip.samples[0]))
    assert np.argmax(spectrum) == 4 * 220
    assert spectrum[4 * 220] > 0.95 * np.sqrt(np.sum(spectrum**2))
    assert np.sqrt(np.mean(clip.samples**2)) == pytest.approx(LEVEL, rel=1e-3)


def test_the_end_flows_into_the_beginning_without_a_step():
    sound = hum(48_000, pitch=220.13)  # half a wave is left over at the seam
    clip = circle(sound, 48_000).samples[0]
    steps = np.abs(np.diff(np.append(clip, clip[0])))
    assert steps[-1] <= steps[:-1].max() * 1.01
    noise = np.random.default_rng(1).normal(0, 3000, 4 * 48_000 + 12_000).astype("<i2")
    power = np.square(circle(noise, 48_000).samples[0]).reshape(16, -1).mean(1)
    assert power.max() / power.min() < 1.2  # at the seam as elsewhere


def test_a_clap_is_not_made_to_clip_and_a_quiet_room_is_no_sound():
    clap = np.zeros(4 * 48_000 + 12_000, "<i2")
    clap[50_000:50_400] = 20_000 * (-1) ** np.arange(400)
    assert np.abs(circle(clap, 48_000).samples).max() == pytest.approx(LOUDEST, rel=1e-3)
    assert circle(hum(48_000, level=0.001), 48_000) is None
    assert circle(np.full(4 * 48_000 + 12_000, 20_000, "<i2"), 48_000) is None  # a microphone that is off its zero
    assert circle(np.zeros(4 * 48_000 + 12_000, "<i2"), 48_000) is None


@pytest.fixture(scope="module")
def house():
    return body("house")


@pytest.fixture
def visitors(house):
    return Visitors(house.anatomy, ("stage.closeness",), 45.0)


CLIP = circle(hum(48_000), 48_000)


def test_a_lent_sound_is_gone_when_its_visitor_starts_again_or_is_silent(visitors):
    for end in (lambda: visitors.again("station 1", 1.0), lambda: visitors.turn(100.0)):
        visitors.lend("station 1", 0, CLIP, now=0.0)
        assert [act.clip for act in visitors.acts() if isinstance(act, Lent)] == [CLIP]
        assert visitors.visitor("station 1").lent
        end()
        assert visitors.acts() == [Cue("again")]


def test_of_several_lent_sounds_the_newest_counts_and_goes_with_its_own_visitor(visitors):
    for hand in ("phone 1", "phone 2"):
        visitors.lend(hand, 1, CLIP, now=0.0)
    visitors.acts()
    visitors.leave("phone 1", now=1.0)
    assert visitors.acts() == []
    visitors.touch("phone 3", 2, 5, now=1.0)
    visitors.acts()
    visitors.leave("phone 2", now=1.0)
    assert visitors.acts() == [Cue("again")]  # though another still plays


def test_only_a_page_that_may_is_let_near_the_microphone():
    assert "microphone=()" in headers(False)["Permissions-Policy"]
    assert "microphone=(self)" in headers(True)["Permissions-Policy"]


@pytest.fixture(scope="module")
def station(house):
    with opened_station(order_for(house, microphone=True)) as running:
        hear(running, dream(house))
        yield running


def lend(port, key, data, rate="48000", **more):
    """The status that a sound is answered with."""
    own = {"X-Guest": key, "Origin": f"http://127.0.0.1:{port}", **more}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/lend?rate={rate}", bytes(data), own, method="POST")
    try:
        return urllib.request.urlopen(request, timeout=30).status
    except urllib.error.HTTPError as error:
        return error.code
    except (ConnectionError, urllib.error.URLError):  # hung up on while it was still talking
        return 413


def test_a_sound_goes_from_the_page_to_the_show(station):
    with Browser(station.port) as browser:
        assert browser.wait(lambda b: b.you)["lends"]
        key = browser.you["key"]
        assert lend(station.port, key, hum(44_100).tobytes(), "44100") == 204
        lent = until(lambda: next((act for act in station.acts({}) if isinstance(act, Lent)), None))
        assert lent.hand.startswith("station")
        assert np.argmax(np.abs(np.fft.rfft(lent.clip.samples[0]))) == 4 * 220
        browser.wait(lambda b: b.you["lent"])
        browser.say(do="again")
        assert asked(station, "again")
        browser.wait(lambda b: not b.you["lent"])


@pytest.mark.parametrize(
    ("status", "seconds", "rate", "more"),
    [
        (204, 4.25, "48000", {}),
        (400, 4.2, "48000", {}),
        (400, 4.25, "7", {}),
        (400, 4.25, "48000x", {}),
        (400, 4.25, "²", {}),
        (413, 60.0, "48000", {}),
        (403, 4.25, "48000", {"X-Guest": "somebody"}),
        (403, 4.25, "48000", {"Origin": "http://evil.example"}),
    ],
)
def test_what_is_no_sound_or_not_theirs_to_lend_is_not_taken(station, status, seconds, rate, more):
    with Browser(station.port) as browser:
        key = browser.wait(lambda b: b.you)["key"]
        sound = hum(48_000, seconds=seconds).tobytes()
        quoted = urllib.request.quote(rate)
        assert lend(station.port, key, sound, quoted, **more) == status
        browser.say(do="again")
        asked(station, "again")


def test_silence_too_often_and_those_who_only_watch(station):
    with Browser(station.port) as browser, Browser(station.port, role="watch") as watching:
        assert not watching.wait(lambda b: b.you)["lends"]
        assert lend(station.port, watching.you["key"], hum(48_000).tobytes()) == 403
        key = browser.wait(lambda b: b.you)["key"]
        assert [lend(station.port, key, bytes(8_500 * 48)) for _ in range(4)] == [422, 422, 422, 429]
        assert not [act for act in station.acts({}) if isinstance(act, Lent)]


def test_a_station_that_is_killed_gives_the_sound_back(station, house):
    with Browser(station.port) as browser:
        assert lend(station.port, browser.wait(lambda b: b.you)["key"], hum(48_000).tobytes()) == 204
        until(lambda: any(isinstance(act, Lent) for act in station.acts({})))
        os.kill(station._process.pid, signal.SIGKILL)
        assert asked(station, "again")[-1] == Cue("again")
