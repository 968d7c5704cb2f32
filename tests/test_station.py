"""The station as a whole: the real process, real websockets, and nothing that a browser does disturbs it."""

import io
import time
import urllib.error
import urllib.request
import wave

import fuzz
import numpy as np
import pytest
from PIL import Image
from station import Browser, asked, dream, hear, opened_station, order_for, until
from test_lending import hum, lend
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from installation.body import body
from installation.control.acts import Touch
from installation.errors import ContentError
from installation.settings import StationPage
from installation.station.station import order
from installation.target import check, parse

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def house():
    return body("house")


@pytest.fixture(scope="module")
def station(house):
    begun = order_for(house, host="0.0.0.0", address="http://127.0.0.1:1", phones=1)
    with opened_station(begun) as running:
        heard = dream(house)
        running.ready(heard)
        hear(running, heard)
        yield running


def get(station, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{station.port}{path}", headers=headers)
    return urllib.request.urlopen(request, timeout=30)


def test_a_touch_is_a_target_within_a_tenth_of_a_second(station, house):
    took = []
    with Browser(station.port) as browser:
        browser.wait(lambda b: b.you)
        for turn in range(7):
            begun = time.monotonic()
            browser.say(do="touch", unit=house.anatomy.start("ar5") + 20 * turn)
            acts = asked(station, "target")
            took.append(time.monotonic() - begun)
            check(parse(acts[-1].text), house.anatomy)
        place = browser.wait(lambda b: b.you["place"])
        assert (place["layer"], place["of"]) == (23, 26)
        assert np.log2(place["high"] / place["low"]) == pytest.approx(9, abs=0.1)
        assert place["seconds"] == pytest.approx(2.58, abs=0.1)
        browser.say(do="again")
        assert asked(station, "again")
    assert sorted(took)[3] < 0.1


def test_what_is_heard_is_told_and_its_answers_come_along(station):
    with Browser(station.port) as browser:
        browser.wait(lambda b: "1.5" in b.dreams and b.news.get("now"))
        assert browser.news["now"]["dream"] == "1.5"
        assert browser.news["now"]["loop"] == pytest.approx(4.0)
    with Browser(station.port, few=True) as phone:
        few = phone.wait(lambda b: b.dreams.get("1.5"))
    assert len(few) < len(browser.dreams["1.5"]) / 3


def test_a_slider_moves_its_parameter_within_what_is_safe(station):
    with Browser(station.port) as browser:
        browser.say(do="slide", name="stage.closeness", share=0.25)
        acts = asked(station, "stage.closeness")
        assert Touch("stage.closeness", 0.25) in acts
        browser.say(do="slide", name="sound.volume", share=1.0)
        browser.say(do="compare", on=True)
        acts = asked(station, "compare")
        assert "sound.volume" not in [act.name for act in acts]
        browser.say(do="again")
        acts = asked(station, "again")
        assert {act.name for act in acts} >= {"release", "compare", "again"}


def test_who_lost_the_line_comes_back_to_the_same_place(station, house):
    with Browser(station.port) as browser:
        browser.wait(lambda b: b.you)
        browser.say(do="touch", unit=house.anatomy.start("ar3"))
        browser.wait(lambda b: b.you["place"])
    with Browser(station.port, key=browser.you["key"]) as again:
        again.wait(lambda b: b.you)
        assert again.you["place"] == browser.you["place"]
        again.say(do="again")
    assert asked(station, "again")


def test_a_phone_comes_in_by_its_code_once_and_the_next_waits(station, house):
    def code():
        return station.seen.address.partition("#")[2]

    first = until(code)
    with Browser(station.port, key=first) as phone:
        assert phone.wait(lambda b: b.you)["role"] == "phone"
        assert phone.you["colour"] == 1
        second = until(lambda: code() != first and code())
        with Browser(station.port, key=second) as waiting:
            assert waiting.wait(lambda b: b.you)["colour"] is None
            assert 0 < waiting.you["seated"] <= 61  # told in whole seconds
            assert phone.wait(lambda b: b.you["ends"])
            waiting.say(do="touch", unit=5)
            phone.say(do="touch", unit=house.anatomy.start("ar8"))
            acts = asked(station, "target")
            assert [act.text[:3] for act in acts if act.name == "target"] == ["ar8"]
            assert waiting.wait(lambda b: b.news.get("all", {}).get("places")) == [[house.anatomy.start("ar8"), 1, 1.0]]
            until(lambda: station.seen.places)
            phone.say(do="again")
    assert asked(station, "again")


def test_a_loop_is_taken_home_as_it_sounded(station, house):
    with Browser(station.port) as browser:
        browser.wait(lambda b: b.news.get("now"))
        browser.say(do="keep")
        code = browser.wait(lambda b: b.you.get("kept"))
        assert browser.you["qr"][0] == "0" * len(browser.you["qr"])
    with wave.open(io.BytesIO(get(station, f"/keep/{code}/loop.wav").read())) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (48_000, 2, 192_000)
        samples = np.frombuffer(sound.readframes(192_000), "<i2").reshape(-1, 2).T
    assert np.abs(samples / 32767 - dream(house).clip.samples * 0.5).max() < 1e-4
    picture = Image.open(io.BytesIO(get(station, f"/keep/{code}/body.png").read()))
    assert picture.size == (1080, 1080)
    part = get(station, f"/keep/{code}/loop.wav", Range="bytes=0-3")
    assert (part.status, part.read()) == (206, b"RIFF")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(station, "/keep/no-such-code/loop.wav")


def test_every_answer_carries_the_house_rules(station):
    for path in ("/", "/station.js", "/body", "/words.json", "/keep/x"):
        answer = get(station, path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
    again = urllib.request.Request(
        f"http://127.0.0.1:{station.port}/station.js",
        headers={"If-None-Match": get(station, "/station.js").headers["ETag"]},
    )
    with pytest.raises(urllib.error.HTTPError, match="304"):
        urllib.request.urlopen(again)


@pytest.mark.parametrize(
    "path",
    ["/../pyproject.toml", "/pages/index.html", "/%2e%2e/station.py", "/index.html", "/keep/..%2f..%2fetc/passwd"],
)
def test_no_path_of_a_client_reaches_a_file(station, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(station, path)


def test_a_foreign_name_and_a_foreign_page_are_shut_out(station):
    with pytest.raises(urllib.error.HTTPError, match="421"):
        get(station, "/", Host="evil.example")
    for origin in ("http://evil.example", None):
        with pytest.raises(InvalidStatus, match="403"), connect(f"ws://127.0.0.1:{station.port}/ws", origin=origin):
            pass


def test_who_only_watches_moves_nothing(station):
    with Browser(station.port, role="watch") as watching:
        assert watching.wait(lambda b: b.you)["role"] == "watch"
        for wish in (
            {"do": "slide", "name": "stage.closeness", "share": 1.0},
            {"do": "touch", "unit": 3},
            {"do": "again"},
        ):
            watching.say(**wish)
        watching.wait(lambda b: b.news.get("now"))
        with Browser(station.port) as browser:
            browser.say(do="compare", on=True)
            acts = asked(station, "compare")
            browser.say(do="again")
            assert asked(station, "again")
    assert [act.name for act in acts] == ["compare"]


def test_random_bytes_on_real_lines_disturb_nobody(station, house):
    with Browser(station.port) as browser:
        browser.wait(lambda b: b.you)
        assert fuzz.lines(station, 400) > 0
        station.acts({})
        browser.say(do="touch", unit=house.anatomy.start("ar5"))
        check(parse(asked(station, "target")[-1].text), house.anatomy)
    assert station.restarts == 0


def test_nobody_lends_a_sound_where_the_settings_do_not_say_so(station):
    with Browser(station.port) as browser:
        assert not browser.wait(lambda b: b.you)["lends"]
        assert lend(station.port, browser.you["key"], hum(48_000).tobytes()) == 404


@pytest.mark.parametrize(
    "nonsense",
    ["", "[]", '{"do": "hello", "more": 1}', '{"do": "touch", "unit": 1}', "x" * 3000, b"\0\1\2", "[" * 1500],
)
def test_who_does_not_say_hello_is_let_go(station, nonsense):
    with Browser(station.port, do="") as browser:
        browser.socket.send(nonsense)
        with pytest.raises(ConnectionClosed):
            browser.wait(lambda b: b.you)
    assert get(station, "/words.json").status == 200


def test_a_slider_that_is_not_for_visitors_is_told_before_the_show_begins(house):
    for name, words in (("stage.fade", "not for visitors"), ("stage.closenes", "Did you mean 'stage.closeness'")):
        with pytest.raises(ContentError, match=words):
            order(house.anatomy, house.layout.positions, house.plan, StationPage(sliders=(name,)), "en", 0)
