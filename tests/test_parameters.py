"""The one table: every entry makes sense, and nothing that hands do can make the picture flash."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.parameters import AT_ONCE, POINTING, TABLE, defaults, parameter
from installation.errors import ContentError

entries = st.sampled_from(list(TABLE.values()))
shares = st.floats(0, 1)


@pytest.mark.parametrize("entry", TABLE.values(), ids=TABLE)
def test_every_entry_makes_sense(entry):
    low, high = entry.safe
    assert entry.low <= low <= entry.default <= high <= entry.high
    assert entry.clamp(entry.default) == entry.default
    assert entry.slew > 0
    assert entry.low > 0 or entry.curve != "log"


def test_the_originals_ranges_and_defaults():
    rate = TABLE["dream.learning_rate"]
    assert (math.log10(rate.low), math.log10(rate.high), math.log10(rate.default)) == (-5, 2, -3)
    assert rate.share(rate.default) == pytest.approx(2 / 7)
    found = {name: (entry.low, entry.high, entry.default) for name, entry in TABLE.items()}
    assert found["dream.time_jitter"] == (0, 4, 0.1)
    assert found["dream.activation_loss"] == (0, 50, 0)
    assert found["dream.batch"][:2] == (1, 64)
    assert found["dream.mix_original"] == (0, 1, 0)


@given(entries, shares)
def test_share_and_value_are_each_others_reverse(entry, share):
    value = entry.value(share)
    assert entry.low <= value <= entry.high
    assert entry.value(entry.share(value)) == pytest.approx(value)


@given(entries, st.floats(allow_nan=True, allow_infinity=True))
def test_whatever_comes_in_stays_in_range(entry, value):
    assert entry.low <= entry.clamp(value) <= entry.high
    assert entry.safe[0] <= entry.safely(value) <= entry.safe[1]


@given(entries, shares, shares, st.floats(0, 10))
def test_a_value_moves_no_faster_than_its_slew(entry, start, goal, seconds):
    if entry.slew == AT_ONCE:
        return
    value = entry.low + start * (entry.high - entry.low)
    moved = entry.eased(value, entry.value(goal), seconds)
    assert abs(entry.share(moved) - entry.share(value)) <= entry.slew * seconds + 1e-9


def test_a_value_arrives_exactly():
    glow = TABLE["stage.glow"]
    value = 0.0
    for _ in range(1000):
        value = glow.eased(value, 1.3, 1 / 60)
    assert value == 1.3


def test_hands_cannot_make_the_picture_flash():
    """From one end to the other and back takes longer than the second in which a flash would count."""
    for name, entry in TABLE.items():
        if name.startswith("stage."):
            assert 2 / entry.slew >= 8.0, name
    exposure = TABLE["stage.exposure"]
    assert (exposure.high - exposure.low) * exposure.slew <= 0.25  # stops a second


def test_switches_and_whole_numbers():
    assert TABLE["dream.batch"].clamp(3.6) == 4.0
    assert TABLE["dream.restart"].clamp(0.6) == 1.0
    assert TABLE["dream.restart"].eased(0.0, 1.0, 0.0) == 1.0


def test_an_unknown_name_is_told_with_the_nearest():
    assert parameter("dream.batch").unit == "items"
    with pytest.raises(ContentError, match=r"'dream.bach'\. Did you mean 'dream.batch'\?"):
        parameter("dream.bach")


def test_defaults_hold_every_name():
    assert defaults().values.keys() == TABLE.keys()
    assert TABLE.keys() >= POINTING
    assert defaults()["dream.hand"] == 0.0  # nobody is there


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("dream.noise_loss", "0.25", 0.25),
        ("dream.batch", "3", 3.0),
        ("dream.parametrisation", "phases", 2.0),
        ("dream.parametrisation", "0", 0.0),
        ("dream.adam", "on", 1.0),
        ("dream.adam", "0", 0.0),
    ],
)
def test_a_value_is_read_as_people_write_it(name, text, value):
    assert parameter(name).read(text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("dream.learning_rate", "1e6"), ("dream.batch", "nan"), ("dream.adam", "x")]
)
def test_a_value_out_of_range_is_told_with_the_range(name, text):
    with pytest.raises(ContentError, match=r"is out of its range\. Give a number from "):
        parameter(name).read(text)


def test_choices_name_every_whole_number():
    for entry in TABLE.values():
        assert not entry.choices or len(entry.choices) == entry.high - entry.low + 1
