"""Visitors want things: places become one target, sliders stay within what is safe, silence gives everything back."""

import numpy as np
import pytest

from installation.body import body
from installation.control.acts import Cue, Touch
from installation.control.parameters import TABLE
from installation.station.visitors import EVERYBODY, Visitors, region, safe_share, safe_value, whereabouts
from installation.target import check, parse

pytestmark = pytest.mark.alone

PATIENCE = 45.0
SLIDERS = ("dream.learning_rate", "stage.closeness")


@pytest.fixture(scope="module")
def anatomy():
    return body("house").anatomy


@pytest.fixture
def visitors(anatomy):
    return Visitors(anatomy, SLIDERS, PATIENCE)


def test_a_touch_becomes_a_target_at_once(visitors, anatomy):
    unit = anatomy.start("block4.conv1") + 20 * 29 + 7
    visitors.touch("station 1", 0, unit, now=10.0)
    assert visitors.acts() == [Cue("target", "block4.conv1[channels 18..22, pitch 5..9]", EVERYBODY)]


def test_every_neuron_is_a_target_that_the_network_has(anatomy):
    for unit in np.random.default_rng(1).integers(0, anatomy.units, 300).tolist():
        layer, channel, pitch = whereabouts(anatomy, unit)
        assert anatomy.start(layer.name) + channel * layer.bins + pitch == unit
        where = region(anatomy, unit)
        assert channel in where.channels.indices(layer.channels)
        assert pitch in where.pitch.indices(layer.bins)


def test_several_visitors_are_one_target_and_the_last_touch_leads(visitors, anatomy):
    for second, (hand, layer) in enumerate([("station 1", "ar5"), ("phone 2", "ar8"), ("phone 3", "block1.conv1")]):
        visitors.touch(hand, second, anatomy.start(layer), now=15.0 * second)
    target = parse(visitors.acts()[-1].text)
    check(target, anatomy)
    assert [(term.layer, term.weight) for term in target.terms] == [("ar5", 0.5), ("ar8", 1.0), ("block1.conv1", 1.0)]
    assert [colour for _, colour, _ in visitors.places(30.0)] == [0, 1, 2]


def test_a_neuron_that_the_body_does_not_have_changes_nothing(visitors, anatomy):
    visitors.touch("station 1", 0, anatomy.units, now=0.0)
    assert visitors.acts() == []
    assert visitors.visitor("station 1") is None


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if entry.safe[0] < entry.safe[1]])
def test_no_slider_leaves_the_safe_range(name):
    entry = TABLE[name]
    values = [safe_value(entry, share) for share in np.linspace(0, 1, 21)]
    assert entry.safe[0] <= min(values) == values[0]
    assert entry.safe[1] >= max(values) == values[-1]
    assert safe_share(entry, entry.safe[1]) == pytest.approx(1)
    assert safe_share(entry, entry.low) == 0


def test_only_the_sliders_of_visitors_move(visitors):
    visitors.slide("station 1", 0, "sound.volume", 1.0, now=0.0)
    visitors.slide("station 1", 0, "no.such", 1.0, now=0.0)
    assert visitors.acts() == []
    visitors.slide("station 1", 0, "stage.closeness", 0.25, now=0.0)
    assert visitors.acts() == [Touch("stage.closeness", 0.25, hand="station 1")]


def test_silence_gives_everything_back_to_the_show(visitors, anatomy):
    visitors.touch("station 1", 0, anatomy.start("ar5"), now=0.0)
    visitors.slide("station 1", 0, "stage.closeness", 0.5, now=1.0)
    visitors.compare("station 1", 0, True, now=2.0)
    assert visitors.until("station 1") == 2.0 + PATIENCE
    assert visitors.turn(2.0 + PATIENCE - 0.1) == []
    visitors.acts()
    assert visitors.turn(2.0 + PATIENCE) == ["station 1"]
    assert visitors.acts() == [
        Cue("release", "stage.closeness", "station 1"),
        Cue("compare", "", EVERYBODY),
        Cue("target", "", EVERYBODY),
    ]


def test_who_says_so_stays(visitors, anatomy):
    visitors.touch("station 1", 0, anatomy.start("ar5"), now=0.0)
    visitors.stay("station 1", now=40.0)
    assert visitors.turn(60.0) == []
    assert visitors.turn(85.0) == ["station 1"]


def test_starting_again_begins_the_dream_anew_once_nobody_else_plays(visitors, anatomy):
    visitors.touch("station 1", 0, anatomy.start("ar5"), now=0.0)
    visitors.touch("phone 2", 1, anatomy.start("ar8"), now=0.0)
    visitors.again("station 1", now=1.0)
    assert "again" not in [act.name for act in visitors.acts()]
    visitors.again("phone 2", now=1.0)
    assert [act.name for act in visitors.acts()] == ["target", "again"]
    assert visitors.places(1.0) == []


def test_a_slider_that_another_visitor_moved_too_is_not_given_back(visitors):
    for hand in ("phone 1", "phone 2"):
        visitors.slide(hand, 1, "stage.closeness", 0.5, now=0.0)
    visitors.acts()
    visitors.leave("phone 1", now=1.0)
    assert visitors.acts() == []
    visitors.leave("phone 2", now=1.0)
    assert visitors.acts() == [Cue("release", "stage.closeness", "phone 2")]
