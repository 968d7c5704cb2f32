"""Targets: what is written is what is meant, and a fault is pointed at."""

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.data import EVERYTHING, Anatomy, Layer, Region, Span, Target
from installation.errors import TargetError
from installation.region import Like, Novelty, Prediction, Silence, Toward
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
        ("like(piano)", ")", "','"),
        ("like(piano, ar8, ar8)", ", ar8)", "')'"),
        ("like(, ar8)", ", ar8", "name of a recording"),
        ("like ar8", "like", "like(piano, ar5)"),
        ("lke(piano, ar8)", "lke", "'like'"),
        ("toward(piano - , ar8)", ", ar8", "name of a recording"),
        ("silence(piano, ar8)", ", ar8", "')'"),
        ("silence()", ")", "a layer"),
        ("novelty()", ")", "number of loops"),
        ("novelty(0)", "0", "1 to 64"),
        ("novelty(2.5)", "2.5", "1 to 64"),
        ("novelty(8, ar8[time 0..0.5])", "ar8", "whole loops"),
        ("prediction(3)", "(3", "stands alone"),
        ("like(piano, ar8", "", "')'"),
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
        ("prediction - prediction", "nothing"),
        ("like(pianola, ar8)", "Did you mean 'piano'?"),
        ("toward(piano - nowhere.wav, ar8)", "no recording 'nowhere.wav'"),
        ("toward(piano + choir - choir - piano, ar8)", "nowhere"),
        ("like(piano, ar9)", "no layer 'ar9'"),
        ("novelty(3, ar8[channel 256])", "256 channels"),
        ("1e308 ar8 + 1e308 ar8", "more than a number can hold"),
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


def test_faults_are_pointed_at_within_their_term():
    with pytest.raises(TargetError) as caught:
        check(parse("ar8 + 0.5 toward(piano - ar8, ar8) + ar8"), ANATOMY)
    what, shown, caret = str(caught.value).split("\n")
    assert "no recording 'ar8'" in what
    assert shown[caret.index("^") :].startswith("ar8, ar8)")


def test_words_are_read_as_they_are_meant():
    text = (
        "like(low noise, ar8) - 0.5 toward(beat-mika + piano - 'a - b.wav', ar8[channel 3]) + novelty(8) - prediction"
    )
    place = Region("ar8", Span(3, 3, whole=True))
    assert parse(text).terms == (
        Like("low noise", Region("ar8")),
        Toward(("beat-mika", "piano"), ("a - b.wav",), place, -0.5),
        Novelty(8),
        Prediction(-1.0),
    )
    assert write(parse("silence( ar8 )+novelty( 3,ar8)")) == "silence(ar8) + novelty(3, ar8)"


def test_a_recording_may_be_any_sound_file(tmp_path):
    file = tmp_path / "my song - take 3 (live).wav"
    file.touch()
    target = parse(f'like("{file}", ar8)')
    check(target, ANATOMY)
    assert parse(write(target)) == target


def test_a_name_that_no_text_can_hold_is_told():
    with pytest.raises(TargetError, match="Rename"):
        write(Target((Like("both ' and \"", Region("ar8")),)))


def test_time_over_the_seam_is_shared_in_words_too():
    late, early = parse("2 silence(ar8[time 0.9..0.1])").terms
    assert (late.where.time, early.where.time) == (Span(0.9, 1.0), Span(0.0, 0.1))
    assert late.weight + early.weight == pytest.approx(2.0)


def test_opposites_glide_into_the_nearer_one_and_never_into_nothing():
    a, b = parse("ar8"), parse("-ar8")
    assert mix(a, b, 0.49).terms[0].weight > 0
    assert mix(a, b, 0.5) == b


def test_what_is_to_shine_are_the_boxes_that_are_to_answer():
    target = parse("ar8 + 2 like(piano, block4.conv1) + 3 silence(block0.conv1) + novelty(8) - prediction")
    assert {place.layer: place.weight for place in target.places if place.weight > 0} == {
        "ar8": 1.0,
        "block4.conv1": 2.0,
    }
    assert [region.layer for region in target.regions] == ["ar8"]


fractions = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: Span(*sorted(pair)))
indexes = st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda pair: Span(*sorted(pair), whole=True))
spans = st.one_of(st.just(EVERYTHING), fractions, indexes)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,6}(\.[a-z]{1,4}[0-9]?)?", fullmatch=True)
weights = st.floats(allow_nan=False, allow_infinity=False)
boxes = st.builds(Region, names, spans, spans, spans)
recordings = st.one_of(
    st.sampled_from(["piano", "low noise", "beat-mika", "/a b/c-d.wav", "~/x - y.wav", "a, b", "1 + 1", "\u00fcber"]),
    st.text(min_size=1, max_size=8).filter(lambda name: not set(name) & set('"\n\r')),
)
lists = st.lists(recordings, min_size=1, max_size=3).map(tuple)
terms = st.one_of(
    st.builds(Region, names, spans, spans, spans, weights),
    st.builds(Like, recordings, boxes, weights),
    st.builds(Toward, lists, st.one_of(st.just(()), lists), boxes, weights),
    st.builds(Silence, boxes, weights),
    st.builds(Novelty, st.integers(1, 64), st.one_of(st.none(), st.builds(Region, names, spans, spans)), weights),
    st.builds(Prediction, weights),
)
targets = st.lists(terms, min_size=1, max_size=4).map(lambda terms: Target(tuple(terms)))


@settings(max_examples=200, deadline=None)
@given(targets)
def test_what_is_written_reads_back_the_same(target):
    assert parse(write(target)) == target


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(alphabet="ar8.[]+-* 0.5,chanelspitwdm\n\t()'\"", max_size=40),
        st.lists(
            st.sampled_from(
                ["like(", "toward(", "silence(", "novelty(", "prediction", "piano", "ar8", ",", ")", "-", "'", "3"]
            )
        ).map(" ".join),
    )
)
def test_any_text_is_read_or_faulted_and_never_fails_otherwise(text):
    with suppress(TargetError):
        assert parse(write(parse(text))) == parse(text)
