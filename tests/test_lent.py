"""What a visitor has lent is heard and dreamt from, and written down nowhere: not in takes, the bank, nor the cache."""

import io
import json
import socket
import urllib.request

import numpy as np
import pytest
import soundfile
from evening import Evening, content
from PIL import Image
from station import Browser
from test_lending import hum, lend

from installation.app.understudy import Understudy
from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target, Verdict
from installation.take import Header, Take, TakeWriter

pytestmark = pytest.mark.alone

SAMPLES = 9_600


def judged(number, level, samples=SAMPLES, lent=False):
    clip = Clip(np.full((2, samples), level, np.float32))
    score = Scalogram(np.zeros((4, 4), np.float32), 40.0, 24, 0.05)
    verdict = Verdict(level, level, 0.0)
    return Dream(number, clip, Activations({}), score, Target(()), 1.0, number, verdict, lent=lent)


def test_in_a_take_the_loop_before_stands_for_what_was_lent(tmp_path):
    writer = TakeWriter(tmp_path / "take", Header("show", "tiny", "print", 1, 1.0))
    dreams = [judged(1, 0.25), judged(2, 0.5, lent=True), judged(3, 0.5, SAMPLES + 7, lent=True), judged(4, 0.75)]
    for number, dream in enumerate(dreams):
        writer.loop(number, number * 0.2, dream)
    take = Take.read(tmp_path / "take")
    assert [loop.lent for loop in take.loops] == [False, True, True, False]
    assert [float(take.clip(loop).samples.max()) for loop in take.loops] == [0.25, 0.25, 0.25, 0.75]
    assert [take.clip(loop).samples.shape[1] for loop in take.loops] == [SAMPLES, SAMPLES, SAMPLES + 7, SAMPLES]
    assert [loop.verdict.gain for loop in take.loops] == [0.25, 0.25, 0.25, 0.75]


def test_a_take_that_begins_with_what_was_lent_begins_with_silence(tmp_path):
    writer = TakeWriter(tmp_path / "take", Header("show", "tiny", "print", 1, 1.0))
    writer.loop(0, 0.0, judged(2, 0.5, lent=True))
    take = Take.read(tmp_path / "take")
    assert not take.clip(take.loops[0]).samples.any()


def test_the_bank_is_offered_nothing_that_was_lent():
    offered = []

    class Bank:
        def offer(self, dream):
            offered.append(dream.number)

    understudy = Understudy(Bank(), lambda: (SAMPLES, Target(())))
    for dream in (judged(1, 0.1), judged(2, 0.1, lent=True), judged(3, 0.1)):
        understudy.dreamt(dream)
    assert offered == [1, 3]


def tone(samples, rate):
    """Which share of a sound's power lies within 4 Hz of the hum."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    return power[np.abs(hertz - 220) < 4].sum() / max(power.sum(), 1e-12)


def heard(browser, port):
    """The share of the hum in what is heard now, as it can be taken home."""
    before = browser.you["kept"]
    browser.say(do="keep")
    code = browser.wait(lambda b: b.you["kept"] != before and b.you["kept"])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/keep/{code}/loop.wav", timeout=30) as answer:
        samples, rate = soundfile.read(io.BytesIO(answer.read()))
    return tone(samples[:, 0], rate)


def test_a_hum_is_what_the_running_show_begins_from_and_gone_after_start_again(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = '[picture]\nsize = [160, 90]\nframe_rate = 5\n[sound]\ndevice = "none"\n[osc]\non = false\n'
    settings += f"[station]\nport = {port}\nmicrophone = true\nnetwork = true\n"
    own = content(tmp_path)
    with Evening(tmp_path, "evening", "--model", "tiny", "--headless", own=own, settings=settings) as evening:
        loops = lambda: [json.loads(line) for line in (take / "loops.jsonl").read_text().splitlines()]  # noqa: E731
        evening.until(lambda: evening.status().get("steps", 0) > 0 and evening.status()["station_port"], 240.0)
        take = evening.run / "take-0001"
        with Browser(port) as browser:
            browser.wait(lambda b: b.you and b.news.get("now"))
            assert heard(browser, port) < 0.2
            assert lend(port, browser.you["key"], hum(RATE).tobytes()) == 204
            browser.wait(lambda b: b.you["lent"])
            evening.until(lambda: loops()[-1]["lent"], 240.0)
            assert heard(browser, port) > 0.5
            browser.say(do="again")
            evening.until(lambda: not loops()[-1]["lent"], 240.0)
            assert heard(browser, port) < 0.2
        with Image.open(evening.run / "preview.jpg") as picture:
            low = np.asarray(picture).astype(int)[-picture.height // 3 :]
            low = np.delete(low, np.s_[low.shape[1] // 4 : -low.shape[1] // 4], axis=1)  # its corners
        evening.interrupt()
        evening.end()
    grey = (low.max(axis=2) - low.min(axis=2) < 16) & (low.max(axis=2) > 60)
    assert grey.mean() < 0.02  # the code for phones, which is on the screen, is not shown around
    acts = [json.loads(line) for line in (take / "hands.jsonl").read_text().splitlines()]
    assert [(act["does"], act["what"]) for act in acts if act["does"] == "lends"] == [("lends", "a sound")]
    assert {loop.lent for loop in Take.read(take).loops} == {False, True}
    kept = list(tmp_path.rglob("*.flac"))
    assert kept
    for path in kept:
        samples, rate = soundfile.read(path, always_2d=True)
        assert tone(samples[:, 0], rate) < 0.2, path
