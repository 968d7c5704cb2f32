"""Answers of neurons become light over the time of a loop."""

import numpy as np
import pytest

from installation.data import Anatomy, Layer, Region, Span, Target
from installation.render import activity


def unfolded(light, units):
    """[columns, units] 0..1 of a light, without the target's column."""
    return light.answers.reshape(light.columns + 1, -1)[: light.columns, :units] / 255


def test_only_the_neuron_that_answers_shines(body, dreamt):
    anatomy, _ = body
    light = unfolded(activity.light(dreamt({("middle", 3, 2, 5): 8.0}), anatomy), anatomy.units)
    lit = np.flatnonzero(light.max(axis=0))
    assert lit.tolist() == [anatomy.start("middle") + 3 * 6 + 2]


def test_without_attack_and_release_light_stays_within_its_step_and_half_of_its_neighbours(body, dreamt):
    anatomy, _ = body
    light = activity.light(dreamt({("high", 7, 0, 4): 8.0}), anatomy, attack=0, release=0)
    column = unfolded(light, anatomy.units)[:, anatomy.start("high") + 7]
    middle = slice(4 * 8, 5 * 8)  # one step of this layer is eight columns
    assert column[middle].min() > 0.5 * column.max()
    assert column[: 3 * 8 + 4].max() == 0
    assert column[5 * 8 + 4 :].max() == 0


def test_light_rises_fast_and_falls_slowly(body, dreamt):
    anatomy, _ = body
    light = unfolded(activity.light(dreamt({("low", 0, 0, 20): 20.0}), anatomy), anatomy.units)[:, 0]
    frame = dreamt({}).clip.seconds / 64
    assert light[19] == 0
    expected = light[20] * np.exp(-frame * np.arange(20) / activity.RELEASE)
    np.testing.assert_allclose(light[20:40], expected, atol=1 / 255)
    assert light[20] > 0.6 * 20 / 22.5


def test_the_tail_of_the_loops_end_shines_at_its_beginning(body, dreamt):
    anatomy, _ = body
    late = unfolded(activity.light(dreamt({("low", 0, 0, 63): 20.0}), anatomy), anatomy.units)[:, 0]
    early = unfolded(activity.light(dreamt({("low", 0, 0, 10): 20.0}), anatomy), anatomy.units)[:, 0]
    np.testing.assert_allclose(np.roll(late, 11), early, atol=1 / 255)


def test_pieces_one_after_the_other_glow_as_one_line(body, dreamt):
    """Every piece is eight columns on; what shone in the one before is still seen in the next."""
    anatomy, _ = body
    flash = dreamt({("low", 0, 0, step): 20.0 for step in range(56, 64)})
    afterglow = activity.Afterglow(anatomy)
    assert unfolded(afterglow.light(dreamt({}), 64), anatomy.units).max() == 0
    rising = unfolded(afterglow.light(flash, 64), anatomy.units)[:, 0]
    assert rising[55] == 0 < rising[56] < rising[63]  # nothing of its end is at its beginning, as it is on a circle
    falling = unfolded(afterglow.light(dreamt({}), 64), anatomy.units)[:, 0]
    frame = flash.clip.seconds / 64
    expected = rising[63] * np.exp(-frame * np.arange(1, 65) / activity.RELEASE)
    np.testing.assert_allclose(falling, expected, atol=2 / 255)
    again = activity.Afterglow(anatomy)
    again.light(flash, 64)
    partly = unfolded(again.light(dreamt({}), 16), anatomy.units)[:, 0]  # it begins 48 columns before the old end
    assert partly[0] == 0
    same = unfolded(again.light(dreamt({}), 0), anatomy.units)[:, 0]  # nothing new came
    np.testing.assert_array_equal(same, partly)


def test_a_rolled_dream_is_a_rolled_light(body, dreamt):
    anatomy, _ = body
    one = activity.light(dreamt({("high", 1, 0, 2): 5.0, ("middle", 1, 1, 8): 5.0}), anatomy)
    two = activity.light(dreamt({("high", 1, 0, 5): 5.0, ("middle", 1, 1, 20): 5.0}), anatomy)
    np.testing.assert_array_equal(np.roll(unfolded(one, anatomy.units), 24, axis=0), unfolded(two, anatomy.units))


def test_inhibited_and_silent_neurons_are_dark_and_large_answers_are_compressed(body, dreamt):
    anatomy, _ = body
    answers = {("low", 0, 0, 9): -5.0, ("low", 0, 1, 9): 0.1, ("low", 0, 2, 9): 3.0, ("low", 0, 3, 9): 300.0}
    light = unfolded(activity.light(dreamt(answers), anatomy, attack=0, release=0), anatomy.units)[9]
    assert light[0] == light[1] == 0
    assert 0.4 < light[2] < 0.7 < 0.95 < light[3] <= 1


def loud(dreamt, strength):
    """A dream in which a third of the neurons answers, as strongly as this."""
    rng = np.random.default_rng(0)
    shapes = (("low", (4, 12, 64)), ("middle", (16, 6, 32)), ("high", (32, 1, 8)))
    return dreamt(
        {(name, *map(int, place)): strength * rng.gamma(1.5)
         for name, shape in shapes for place in zip(*np.nonzero(rng.random(shape) < 0.3), strict=True)}
    )  # fmt: skip


def test_a_quiet_dream_is_not_black_and_a_loud_one_no_wall_of_light(body, dreamt):
    """Sixteen times stronger answers are seen, but as far less than sixteen times the light."""
    anatomy, _ = body
    means = [
        (unfolded(activity.light(loud(dreamt, strength), anatomy), anatomy.units) ** 2).mean()
        for strength in (0.25, 1.0, 4.0)
    ]
    raw = [activity.brightness(loud(dreamt, strength), anatomy)[:, : anatomy.units] for strength in (0.25, 1.0, 4.0)]
    times = 4 / 3 / 64, activity.ATTACK, activity.RELEASE
    plain = [(activity.follow(answers, *times) ** 2).mean() for answers in raw]
    assert means == sorted(means)
    assert means[2] / means[0] < 0.5 * plain[2] / plain[0]
    assert means[0] > 1.5 * plain[0]
    assert means[2] < 0.8 * plain[2]


def test_silence_stays_dark_whatever_the_eye_is_used_to(body, dreamt):
    anatomy, _ = body
    light = activity.light(dreamt({}), anatomy)
    assert light.answers.max() == 0
    assert light.dazzle == 1 / activity.WIDEST


def test_an_eye_gets_used_to_more_light_without_losing_rest_and_most():
    answers = np.linspace(0, 1, 11, dtype=np.float32)
    for dazzle in (0.5, 1.0, 2.0):
        seen = activity.adapted(answers, dazzle)
        assert seen[0] == 0
        assert seen[-1] == 1
        assert (np.diff(seen) > 0).all()
    np.testing.assert_allclose(activity.adapted(answers, 1.0), answers, atol=1e-6)
    np.testing.assert_allclose(activity.adapted(activity.adapted(answers, 2.0), 0.5), answers, atol=1e-6)


def test_broken_numbers_do_not_spread(body, dreamt):
    anatomy, _ = body
    answers = {("low", 0, 0, 9): np.nan, ("low", 0, 1, 9): np.inf, ("low", 0, 2, 9): -np.inf}
    light = unfolded(activity.light(dreamt(answers), anatomy, attack=0, release=0), anatomy.units)[9]
    assert light[0] == light[2] == 0
    assert light[1] > 0.99


def test_the_target_is_marked_by_weight(body, dreamt):
    anatomy, _ = body
    target = Target((Region("high", Span(3, 4, True), weight=0.5), Region("low", weight=-1), Region("gone", weight=2)))
    target += Target((Region("middle", Span(0, 0, True), Span(2, 2, True), weight=1.0),))
    light = activity.light(dreamt({}, target=target), anatomy)
    mask = light.answers.reshape(light.columns + 1, -1)[-1] / 255
    start = anatomy.start("high")
    assert mask[start + 3] == mask[start + 4] == pytest.approx(0.5, abs=1 / 255)
    assert mask[anatomy.start("middle") + 2] == 1
    assert mask.sum() == pytest.approx(2, abs=0.02)


def test_moments_lie_between_the_middles_of_columns_and_go_round():
    light = activity.Light(np.zeros((9, 4096), np.uint8), columns=8, rows=1, seconds=1.0)
    assert light.moment(0.5 / 8) == (0, 1, 0)
    assert light.moment(1.0 / 8) == (0, 1, pytest.approx(0.5))
    assert light.moment(0.0) == (7, 0, pytest.approx(0.5))
    assert light.moment(1.0) == (7, 0, pytest.approx(0.5))


def test_a_long_loop_of_many_neurons_fits_into_a_texture(dreamt):
    many = Anatomy((Layer("only", 1000, 66, 1),))
    light = activity.light(dreamt({}, frames=1024, anatomy=many), many)
    assert light.answers.shape[0] <= activity.TALLEST
    assert light.columns == 512


def test_a_dream_of_another_network_is_refused(body, dreamt):
    anatomy, _ = body
    other = Anatomy((Layer("low", 4, 11, 1),))
    with pytest.raises(ValueError, match=r"'low'.*\[4, 11\].*\[4, 12\]"):
        activity.light(dreamt({}, anatomy=other), anatomy)
