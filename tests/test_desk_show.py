"""Desks play a show: all of them stay in step, whatever one does another may take back, and the take tells it all."""

import base64
import json
from fractions import Fraction

import numpy as np
import pytest
from desk_show import desks, own, show  # noqa: F401
from desks import Operator
from station import until

from installation import content as places
from installation.control.acts import CUES
from installation.control.parameters import POINTING, TABLE, defaults
from installation.settings import Settings
from installation.take import Take
from installation.target import parse
from installation.workshop.recording import Order, record

pytestmark = pytest.mark.alone


def test_what_one_desk_turns_stands_everywhere(show, desks):  # noqa: F811
    first, second = desks
    first.set("stage.glow", 1.5)
    second.stands("stage.glow", 1.5)
    first.stands("stage.glow", 1.5)
    name = first.told["welcome"]["desk"]
    assert second.wait(lambda desk: desk.held.get("stage.glow")) == name
    assert second.rests["stage.glow"] == TABLE["stage.glow"].default
    assert {name, second.told["welcome"]["desk"]} <= {one["desk"] for one in second.told["desks"]["desks"]}
    assert [one["you"] for one in second.told["desks"]["desks"]][-1]
    second.say(do="release", name="stage.glow")
    first.wait(lambda desk: "stage.glow" not in desk.held)


def test_a_desk_that_comes_later_learns_all_at_once(show, desks):  # noqa: F811
    desks[0].set("stage.haze", 0.25)
    desks[0].stands("stage.haze", 0.25)
    with Operator(show.port) as late:
        late.stands("stage.haze", 0.25)
        late.wait(lambda desk: {"dream", "loop"} <= desk.parcels.keys() and desk.told.get("meter"))
        assert late.values.keys() == TABLE.keys()
        assert late.told["facts"]["scene"] in ("lamp", "other")
        assert late.told["facts"]["next"] in ("lamp", "other")
        head, cells = late.parcels["loop"]["1.5"]
        assert len(cells) == head["bins"] * head["frames"]
        assert -30 < late.told["meter"]["momentary"] < 0
        assert -1 < late.told["meter"]["momentary"] - late.told["meter"]["loudness"] < 1  # even noise


def test_any_desk_takes_back_what_another_did_and_does_it_again(show, desks):  # noqa: F811
    first, second = desks
    for step in range(20):
        first.set("stage.size", 0.7 + 0.01 * step)  # a drag is one change
    first.stands("stage.size", 0.89)
    first.set("stage.size", 0.89)
    second.wait(lambda desk: desk.told["history"]["undo"] == "stage.size")
    second.say(do="undo")
    first.wait(lambda desk: "stage.size" not in desk.held)
    first.wait(lambda desk: desk.told["history"]["redo"] == "stage.size")
    first.say(do="redo")
    first.wait(lambda desk: "stage.size" in desk.held)
    second.stands("stage.size", 0.89)


def test_pointing_is_taken_back_whole(show, desks):  # noqa: F811
    desk = desks[0]
    desk.set("dream.pitch_position", 0.2)
    desk.wait(lambda desk: desk.held.keys() >= POINTING | {"dream.hand"})
    desk.say(do="undo")
    desk.wait(lambda desk: not desk.held)


def test_a_target_and_a_lasso_are_dreamt_of(show, desks):  # noqa: F811
    first, second = desks
    first.say(do="target", text="block0.conv2[channels 0.5..1.0]")
    second.wait(lambda desk: desk.told["facts"]["told"].startswith("block0.conv2[channel"))
    units = np.array([3, 4, 5, 40, show.body.anatomy.units - 1])
    bits = np.zeros(show.body.anatomy.units, np.uint8)
    bits[units] = 1
    lasso = base64.b64encode(np.packbits(bits, bitorder="little")).decode()
    second.say(do="lasso", units=lasso)
    text = first.wait(lambda desk: "neurons" in desk.told["facts"]["target"] and desk.told["facts"]["target"])
    meant = set()
    for region in parse(text).regions:
        layer = show.body.anatomy[region.layer]
        meant |= {show.body.anatomy.start(layer.name) + n for n in region.numbers(layer.channels, layer.bins)}
        assert region.weight == pytest.approx(len(region.numbers(layer.channels, layer.bins)) / len(units), abs=1e-3)
    assert meant == set(units.tolist())
    with show.lock:
        assert show.target.regions == parse(text).regions
    first.say(do="undo")
    second.wait(lambda desk: desk.told["facts"]["told"].startswith("block0.conv2[channel"))
    first.say(do="target", text="")
    second.wait(lambda desk: not desk.told["facts"]["chosen"])


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"do": "target", "text": "block0.conv2[chanels 3]"}, "no 'chanels'"),
        ({"do": "lasso", "units": "AAAA"}, "no neuron within"),
        ({"do": "lasso", "units": "not base64!"}, "bits in base64"),
        ({"do": "lasso", "units": base64.b64encode(b"\1" * 9000).decode()}, "is not among them"),
        ({"do": "set", "name": "stage.glwo", "value": 1.0}, "Did you mean 'stage.glow'"),
        ({"do": "preset", "act": "recall", "name": "no such"}, "there is no preset"),
        ({"do": "preset", "act": "save", "name": "../../evil"}, "single spaces"),
        ({"do": "unclip", "name": "piano"}, "no clip of your own"),
        ({"do": "warp", "output": "right", "act": "straight"}, "There is left"),
        ({"do": "warp", "output": "left", "act": "corner"}, "say where"),
        ({"do": "listen", "dream": "99.9"}, "no longer here"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_desk_that_asked(show, desks, wish, words):  # noqa: F811
    first, second = desks
    first.say(**wish)
    first.wait(lambda desk: any(words in fault for fault in desk.faults))
    assert not second.faults


def test_what_the_show_refuses_is_told_to_all(show, desks):  # noqa: F811
    desks[0].say(do="cue", name="scene", text="nonsense")
    desks[1].wait(lambda desk: "nonsense" in desk.told["facts"]["message"])
    desks[0].say(do="cue", name="scene", text="other")
    desks[1].wait(lambda desk: not desk.told["facts"]["message"])


def test_panic_and_go_are_seen_by_all(show, desks):  # noqa: F811
    desks[0].say(do="cue", name="panic")
    desks[1].wait(lambda desk: desk.told["facts"]["panic"])
    desks[1].say(do="cue", name="go")
    desks[0].wait(lambda desk: not desk.told["facts"]["panic"])


def test_a_preset_brings_back_how_all_stood(show, desks):  # noqa: F811
    first, second = desks
    first.set("stage.haze", 0.4)
    first.say(do="target", text="0.5 block0.conv1")
    second.wait(lambda desk: desk.told["facts"]["told"] and desk.values["stage.haze"] == 0.4)
    first.say(do="preset", act="save", name="Ruhiger Abend")
    second.wait(lambda desk: [one["name"] for one in desk.told["presets"]["presets"]] == ["Ruhiger Abend"])
    first.set("stage.haze", 1.7)
    first.set("stage.bloom", 0.1)
    first.say(do="target", text="")
    second.wait(lambda desk: not desk.told["facts"]["told"] and desk.values["stage.bloom"] == 0.1)
    second.say(do="preset", act="recall", name="Ruhiger Abend")
    first.stands("stage.haze", 0.4)
    first.stands("stage.bloom", 1.0)
    first.wait(lambda desk: desk.told["facts"]["told"] == "0.5 block0.conv1")
    first.say(do="undo")
    second.stands("stage.haze", 1.7)
    second.stands("stage.bloom", 0.1)
    second.say(do="preset", act="remove", name="Ruhiger Abend")
    first.wait(lambda desk: not desk.told["presets"]["presets"])
    assert not list((places.own("presets")).iterdir())


def test_a_performance_is_a_take_that_can_be_played_again(show, desks, own, tmp_path):  # noqa: F811
    first, second = desks
    first.say(do="record", on=True)
    second.wait(lambda desk: desk.told.get("record", {}).get("since") is not None)
    second.set("stage.closeness", 0.8)
    first.wait(lambda desk: desk.values["stage.closeness"] == 0.8)
    begun = show.pace.frames
    until(lambda: show.pace.frames > begun + 40)
    second.say(do="record", on=False)
    takes = first.wait(lambda desk: not desk.told["record"]["on"] and desk.told["record"]["takes"])
    folder = places.kept() / "takes" / takes[0]["name"]
    take = Take.read(folder)
    assert takes[0]["seconds"] == pytest.approx(take.seconds, abs=0.1)
    assert [loop.loop for loop in take.loops] == list(range(len(take.loops)))
    assert take.controls(take.seconds, defaults())["stage.closeness"] > 0.05
    acts = [json.loads(line) for line in (folder / "hands.jsonl").read_text().splitlines()]
    done = [(act["hand"], act["does"], act["what"]) for act in acts]
    assert (second.told["welcome"]["desk"], "takes", "stage.closeness") in done
    order = Order(None, tmp_path / "film", None, (64, 36), Fraction(2), None, folder, (0, 3), None)
    assert record(order, Settings(), lambda *_: None, lambda *_: None).pictures == 3


def test_every_cue_that_a_desk_may_give_means_something(show):  # noqa: F811
    with show.lock:
        known = {*show.hands.does, "panic", "target", "compare"}
    assert set(CUES) <= known
