"""What desks bring and handle: start clips, outputs, sounds heard in advance, the curve of scores, the log."""

import http.client
import io
import json
import os
import urllib.error
import urllib.request
from contextlib import closing

import numpy as np
import pytest
import soundfile
from desk_show import DeskShow, desks, own, show  # noqa: F401
from desks import Operator
from station import until

from installation import content as places
from installation.control.acts import Cue
from installation.station.letters import Scores

pytestmark = pytest.mark.alone


def upload(port, desk, data, name="my hum.wav"):
    key = desk.told["welcome"]["key"]
    address = f"http://127.0.0.1:{port}/desk/clip?name={urllib.request.quote(name)}"
    request = urllib.request.Request(address, data, {"X-Desk": key}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_clip_that_is_brought_can_be_chosen_by_all(show, desks):  # noqa: F811
    first, second = desks
    sound = io.BytesIO()
    soundfile.write(sound, 0.3 * np.sin(np.arange(88_200) * 0.05), 44_100, format="WAV")
    assert upload(show.port, first, sound.getvalue(), "../../my hum.wav") == (200, {"name": "my hum"})
    second.wait(lambda desk: {"name": "my hum", "own": True} in desk.told["clips"]["clips"])
    assert soundfile.info(places.brought() / "my hum.flac").frames == 88_200
    second.say(do="clip", name="my hum")
    first.wait(lambda desk: desk.told["clips"]["chosen"] == "my hum")
    assert show.dreamer.begun[-1] == "my hum"
    first.say(do="undo")
    second.wait(lambda desk: desk.told["clips"]["chosen"] == "beat-mika")
    first.say(do="unclip", name="my hum")
    second.wait(lambda desk: "my hum" not in [clip["name"] for clip in desk.told["clips"]["clips"]])


def test_what_is_no_clip_is_refused_with_words(show, desks):  # noqa: F811
    for data, status, words in (
        (os.urandom(200_000), 400, "cannot be read as sound"),
        (b"", 400, "cannot be read as sound"),
        (b"RIFF" + os.urandom(5000), 400, "cannot be read as sound"),
    ):
        assert upload(show.port, desks[0], data)[0] == status
        assert words in upload(show.port, desks[1], data)[1]["words"]
    assert not [path for path in places.brought().parent.rglob("*my hum*")]


def test_a_clip_that_is_far_too_large_is_not_even_taken_in(show, desks):  # noqa: F811
    with closing(http.client.HTTPConnection("127.0.0.1", show.port, timeout=60)) as line:
        line.putrequest("POST", "/desk/clip?name=long")
        line.putheader("X-Desk", desks[0].told["welcome"]["key"])
        line.putheader("Content-Length", str(33 << 20))
        line.endheaders()
        with line.getresponse() as answer:
            assert answer.status == 413


def test_outputs_are_bent_and_straightened(show, desks):  # noqa: F811
    first, second = desks
    first.say(do="warp", output="left", act="corner", point=3, to=[0.9, 0.95])
    second.wait(lambda desk: desk.told["outputs"]["outputs"][0]["corners"][3] == [0.9, 0.95])
    assert not second.told["outputs"]["outputs"][0]["kept"]
    first.say(do="warp", output="left", act="finer")
    second.wait(lambda desk: len(desk.told["outputs"]["outputs"][0]["net"]) == 3)
    first.say(do="warp", output="left", act="keep")
    second.wait(lambda desk: desk.told["outputs"]["outputs"][0]["kept"])
    second.say(do="warp", output="left", act="straight")
    first.wait(lambda desk: desk.told["outputs"]["outputs"][0]["straight"])
    second.say(do="undo")
    first.wait(lambda desk: desk.told["outputs"]["outputs"][0]["corners"][3] == [0.9, 0.95])
    first.say(do="card", name="grid")
    second.wait(lambda desk: desk.told["outputs"]["card"] == "grid")
    first.say(do="card", name="")
    second.wait(lambda desk: desk.told["outputs"]["card"] == "")


def test_a_desk_hears_in_advance_what_waits(show, desks):  # noqa: F811
    desks[0].say(do="listen", dream="1.5")
    head, sound = desks[0].wait(lambda desk: desk.parcels["sound"].get("1.5"))
    assert (head["rate"], head["channels"]) == (48_000, 2)
    assert np.frombuffer(sound, "<i2").shape == (2 * 64_000,)


def test_the_curve_of_scores_goes_on_and_begins_anew(show, desks):  # noqa: F811
    with show.lock:
        show.dreamer.scores.extend((step, step / 10) for step in range(1, 1501))
    first = desks[0]
    first.wait(lambda desk: desk.scores.get(1500) == 150.0)
    with show.lock:
        show.dreamer.scores.extend([(1, None), (2, 0.7)])
    first.wait(lambda desk: desk.told["scores"]["scores"][-2:] == [None, 0.7])
    with Operator(show.port) as late:
        assert late.wait(lambda desk: desk.told.get("scores"))["scores"] == [None, 0.7]


def test_the_log_is_read_live(show, desks):  # noqa: F811
    with show.lock:
        show.hands.call(Cue("nonsense", hand="somebody"), 0.0)
    line = desks[0].wait(lambda desk: next((one for one in desk.lines if "nonsense" in one["words"]), None))
    assert line["level"] == "warning"


def test_a_station_that_is_started_again_tells_desks_everything_once_more(own):  # noqa: F811
    with DeskShow(own, own, windows=()) as alone:
        alone.station.bulletin.scored(Scores(1, 1, (0.5,)))
        with Operator(alone.port) as desk:
            desk.set("stage.glow", 0.6)
            desk.stands("stage.glow", 0.6)
            alone.station._process.kill()
            assert desk.gone()
        until(lambda: alone.station.restarts == 1 and alone.station.port)
        with Operator(alone.port) as desk:
            desk.stands("stage.glow", 0.6)
            desk.wait(lambda desk: desk.told.get("facts") and desk.told["outputs"]["outputs"] == [])
