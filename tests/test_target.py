"""Targets: what is written is what is meant, and a fault is pointed at."""

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.data import EVERYTHING, Anatomy, Layer, Region, Span, Target
from installation.errors import TargetError
from installation.target import check, mix, parse, write

ANATOMY = Anatomy(
    (
        Layer("scalogram", 1, 216, 1),
        Layer("block0.conv1", 8, 108, 2),
        Layer("block4.conv1", 128, 30, 4),
        Layer("ar8", 256, 1, 16),
    )
)


def test_the_example_is_read_as_it_is_meant():
    target = parse(
        "block4.conv1[channels 0.2..0.4, pitch 0..0.3, time 0.5..1.0] + 0.5 ar8 - 0.2 block0.conv1[channel 3]"
    )
    assert target.regions == (
        Region("block4.conv1", Span(0.2, 0.4), Span(0.0, 0.3), Span(0.5, 1.0)),
        Region("ar8", weight=0.5),
        Region("block0.conv1", Span(3, 3, whole=True), weight=-0.2),
    )
    check(target, ANATOMY, frames=192)


@pytest.mark.parametrize(
    "text",
    [
        "0.5ar8-2*block0.conv1[channels 1..2]",
        " 0.5 ar8\n\t- 2 * block0.conv1 [ channels 1 .. 2 ] ",
        "+.5 ar8 - 2block0.conv1[channels 1..2,]"[:-2] + "]",
    ],
)
def test_spaces_and_stars_mean_nothing(text):
    assert parse(text) == parse("0.5 ar8 - 2 block0.conv1[channels 1..2]")


def test_whole_numbers_are_indexes_and_one_point_makes_fractions():
    assert parse("ar8[channels 0..1]").regions[0].channels == Span(0, 1, whole=True)
    assert parse("ar8[channels 0..1.0]").regions[0].channels == EVERYTHING
    assert parse("ar8[channel 7]").regions[0].channels == Span(7, 7, whole=True)


def test_position_and_width_lie_inside_the_axis():
    span = parse("ar8[pitch at 0.3 width 0.2]").regions[0].pitch
    assert (span.start, span.end) == pytest.approx((0.24, 0.44))
    assert parse("ar8[pitch at 1.0 width 0.2]").regions[0].pitch.end == pytest.approx(1.0)
    assert parse("ar8[pitch at 0 width 1]").regions[0].pitch == EVERYTHING


def test_time_goes_over_the_seam():
    late, early = parse("3 ar8[time 0.9..0.2]").regions
    assert (late.time, early.time) == (Span(0.9, 1.0), Span(0.0, 0.2))
    assert (late.weight, early.weight) == pytest.approx((1.0, 2.0))  # each step counts the same


@pytest.mark.parametrize(
    ("text", "pointed", "words"),
    [
        ("block4.conv1[chanels 0.2..0.4]", "chanels", "no 'chanels'"),
        ("ar8 + ", "", "a layer"),
        ("", "", "a layer"),
        ("ar8 ar7", "ar7", "'+', '-'"),
        ("ar8[pitch 0.4..0.2]", "0.4", "empty"),
        ("ar8[channels 5..2]", "5", "empty"),
        ("ar8[pitch 0.4..1.2]", "0.4", "between 0 and 1"),
        ("ar8[pitch 0.4", "", "']'"),
        ("ar8[pitch 0.1, pitch 0.2]", "pitch 0.2", "twice"),
        ("ar8[pitch at 0.4 wide 2]", "wide", "width 0.2"),
        ("ar8 + ?", "?", "'?'"),
        ("1e999 ar8", "1e999", "too large"),
        ("ar8 +\n  [", "[", "a layer"),
    ],
)
def test_a_fault_is_pointed_at(text, pointed, words):
    with pytest.raises(TargetError) as caught:
        parse(text)
    what, shown, caret = str(caught.value).split("\n")
    assert words in what
    assert shown[caret.index("^") :].startswith(pointed)
    assert caret.index("^") <= len(shown)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("block4.conv2", "Did you mean 'block4.conv1'?"),
        ("block4", "block4.conv1"),
        ("ar8[channel 256]", "256 channels"),
        ("block0.conv1[pitch 100..108]", "108 pitch bins"),
        ("ar8[time 12]", "12 time steps"),
        ("0.0 ar8", "nothing"),
        ("ar8 - ar8", "nothing"),
    ],
)
def test_what_does_not_fit_the_network_is_told(text, words):
    with pytest.raises(TargetError, match=words.replace("?", r"\?")):
        check(parse(text), ANATOMY, frames=192)


@pytest.mark.parametrize(
    "region",
    [Region("ar8", weight=math.nan), Region("ar8", pitch=Span(math.nan, 1.0)), Region("ar8", time=Span(0.5, 0.2))],
)
def test_targets_made_by_hand_are_checked_too(region):
    with pytest.raises(TargetError):
        check(Target((region,)), ANATOMY)


def test_an_empty_target_asks_for_nothing():
    with pytest.raises(TargetError, match="nothing"):
        check(Target(()), ANATOMY)


def test_mixing_glides_from_one_target_to_the_next():
    a, b = parse("ar8 + block0.conv1"), parse("ar8 - 2 block4.conv1")
    assert mix(a, b, 0.0) == a
    assert mix(a, b, 1.0) == b
    weights = {region.layer: region.weight for region in mix(a, b, 0.25).regions}
    assert weights == pytest.approx({"ar8": 1.0, "block0.conv1": 0.75, "block4.conv1": -0.5})


fractions = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: Span(*sorted(pair)))
indexes = st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda pair: Span(*sorted(pair), whole=True))
spans = st.one_of(st.just(EVERYTHING), fractions, indexes)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,6}(\.[a-z]{1,4}[0-9]?)?", fullmatch=True)
weights = st.floats(allow_nan=False, allow_infinity=False)
targets = st.lists(st.builds(Region, names, spans, spans, spans, weights), min_size=1, max_size=4).map(
    lambda regions: Target(tuple(regions))
)


@settings(max_examples=200, deadline=None)
@given(targets)
def test_what_is_written_reads_back_the_same(target):
    assert parse(write(target)) == target


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ar8.[]+-* 0.5,chanelspitwdm\n\t", max_size=40))
def test_any_text_is_read_or_faulted_and_never_fails_otherwise(text):
    with suppress(TargetError):
        assert parse(write(parse(text))) == parse(text)
