"""Hostile shows are calmed before they are seen; what is forecast is what is drawn; and a picture stays a function."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from iris_pse_detection.result import FlashResult
from strobes import LOOP, dream, means, play, strobe, watched

from installation.body import body as body_of
from installation.control.parameters import defaults
from installation.data import Activations, Camera, Dome, Frame, Look, Verdict
from installation.errors import ContentError
from installation.guard.flash import MOST, SWING, Fields, most_in_a_second, pooled, transitions
from installation.render.activity import light
from installation.render.crossing import LEAD, crossing
from installation.render.renderer import Renderer
from installation.safety import Safety, last_line
from installation.safety import fields as fields_of
from installation.settings import Guard
from installation.stage import Show
from installation.stage.even import evened

SIZE = (160, 90)
NEAR = Look(Camera(eye=(0.0, 0.0, 1.5)), size=1.5, glow=1.5, haze=0.0, pulses=0.0)
RED = {"shallow": (1.0, 0.0, 0.0), "deep": (1.0, 0.0, 0.0), "exposure": -4.5}
GREEN = {"shallow": (0.0, 1.0, 0.0), "deep": (0.0, 1.0, 0.0), "exposure": -4.5}


@pytest.fixture(scope="module")
def tiny():
    return body_of("tiny")


@pytest.fixture
def renderer(gl, tiny):
    renderer = Renderer(gl, tiny.layout, tiny.anatomy, SIZE)
    yield renderer
    renderer.release()


def switched(rate, one, other):
    return lambda seconds: replace(NEAR, **(one if seconds * rate % 1.0 < 0.5 else other))


@pytest.mark.parametrize(
    ("rate", "strobing", "looks"),
    [
        (30, {"rate": 8}, lambda seconds: NEAR),
        (60, {"rate": 5, "area": 0.6}, lambda seconds: NEAR),
        (30, {"rate": 0}, switched(5, {}, {"exposure": -6.0})),
        (30, {"rate": 0}, switched(4, RED, GREEN)),
        (30, {"rate": 4}, switched(3, {}, {"camera": Camera(eye=(0.0, 0.0, 6.0))})),
    ],
    ids=["strobe 8 Hz", "60 fps, part of it, 5 Hz", "exposure", "red and green", "dream and camera"],
)
def test_what_fails_a_public_checker_passes_it_once_calmed_and_keeps_its_light(renderer, tiny, rate, strobing, looks):
    dreams = [dream(tiny.anatomy, strobe(tiny.layout, **strobing))]
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    raw = watched(play(renderer, None, dreams, looks, rate), SIZE, rate, safety.fields)
    assert raw.result >= FlashResult.ExtendedFail
    calm = watched(play(renderer, safety, dreams, looks, rate), SIZE, rate, safety.fields)
    assert calm.result == FlashResult.Pass
    assert calm.mean >= 0.5 * raw.mean


def test_no_square_flashes_once_a_dream_is_calm_not_even_across_the_seam(renderer, tiny):
    rng = np.random.default_rng(1)
    dreams = [dream(tiny.anatomy, lambda units, t: 6 * rng.gamma(0.3, 2.0, (units.stop - units.start, len(t))), number)
              for number in range(3)]  # fmt: skip
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    look = replace(NEAR, size=1.0)
    wild = watched(play(renderer, None, dreams, lambda s: look, 30), SIZE, 30, safety.fields).fields
    calm = watched(play(renderer, safety, dreams, lambda s: look, 30), SIZE, 30, safety.fields).fields
    counts = [
        most_in_a_second(transitions(pooled(x.astype(np.float32), safety.fields), SWING), 30) for x in (wild, calm)
    ]
    assert counts[0].max() > MOST + 2
    assert (counts[0] > MOST).mean() > 0.3
    assert (counts[1] > MOST).mean() < 0.01  # a forecast is no measurement
    assert counts[1].max() <= MOST + 1


def test_a_calm_dream_is_left_as_it_is(tiny):
    breathing = dream(tiny.anatomy, lambda units, t: np.tile(3 + 2 * np.sin(np.pi * t), (units.stop - units.start, 1)))
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    safety.look_ahead(0.0, lambda seconds: NEAR, None)
    ready, shown = safety(breathing)
    assert ready.verdict.calm == {}
    assert ready.verdict.even == 0.0
    assert ready.verdict.flashes <= MOST
    assert np.array_equal(shown.answers, light(breathing, tiny.anatomy).answers)


def test_only_what_flashes_is_held(tiny):
    first = tiny.anatomy.layers[0].name
    answers = strobe(tiny.layout, 4)
    one = dream(tiny.anatomy, lambda units, t: answers(units, t) * (units.start == 0))
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    safety.look_ahead(0.0, lambda seconds: NEAR, None)
    calm = safety(one)[0].verdict.calm
    assert set(calm) == {first}
    assert 0.2 < calm[first] <= 1.0


def test_halos_are_forecast_and_calmed_with_their_layer(renderer, tiny):
    layer = tiny.anatomy.layers[1].name
    still = dream(tiny.anatomy, lambda units, t: np.zeros((units.stop - units.start, len(t))))
    came = still.activations.layers[layer]
    on = (np.arange(came.shape[2]) * LOOP / came.shape[2] * 2.5) % 1.0 < 0.5
    awaited = np.where(on, 8.0, 0.0).astype(np.float16) * np.ones_like(came)
    one = replace(still, activations=Activations(still.activations.layers, {layer: awaited}))
    places = tiny.layout.positions[tiny.anatomy.slice(layer)]
    middle, wide = places.mean(axis=0), np.ptp(places, axis=0).max()
    camera = Camera(eye=(*middle[:2], middle[2] + 1.2 * wide), centre=tuple(middle))
    look = replace(NEAR, camera=camera, foresight=1.0, exposure=-1.5)
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    wild = watched(play(renderer, None, [one], lambda s: look, 30), SIZE, 30, safety.fields)
    dreams = [one, replace(one, number=1)]
    calm = watched(play(renderer, safety, dreams, lambda s: look, 30), SIZE, 30, safety.fields)
    count = [
        most_in_a_second(transitions(pooled(seen.fields.astype(np.float32), safety.fields), SWING), 30).max()
        for seen in (wild, calm)
    ]
    assert count[0] > MOST
    assert count[1] <= MOST
    told = pooled(safety.forecast(1), safety.fields)[:, -1].mean()  # the whole picture
    assert told == pytest.approx(calm.fields[len(calm.fields) // 2 :].mean(), rel=0.1)
    assert calm.mean >= 0.5 * wild.mean


def test_the_forecast_is_what_is_drawn_within_a_tenth(gl):
    house = body_of("house")
    show = Show.load("immersions", defaults(), house.anatomy, house.layout, 2019, house.liked)
    size = (640, 360)
    safety = Safety(house.anatomy, house.layout, size, None, show.loop, Guard())
    renderer = Renderer(gl, house.layout, house.anatomy, size)
    rng = np.random.default_rng(4)
    told, drawn = [], []
    for begin in (8, 200, 330, 450):
        answers = lambda units, t: rng.gamma(0.8, 1.2, (units.stop - units.start, len(t))) * np.exp(-2 * (t % 0.5))  # noqa: E731
        one = dream(house.anatomy, answers, begin)
        safety.look_ahead(begin, lambda seconds: show.at(seconds, show.controls).look, None)
        one, shown = safety(one)
        renderer.prepare(one, shown)
        columns = shown.columns
        for column in (10, 150):
            place = (column + 0.5) / columns
            look = show.at(begin + place * show.loop, show.controls).look
            renderer.draw(Frame(0, 0.0, replace(look, titles=()), one, None, place))
            drawn.append(pooled(means(renderer.read(), safety.fields)[None], safety.fields)[0])
            told.append(pooled(safety.forecast(begin)[column][None], safety.fields)[0])
    renderer.release()
    told, drawn = np.array(told), np.array(drawn)
    off = np.abs(told - drawn)
    assert np.allclose(told[:, -1], drawn[:, -1], rtol=0.10)  # the whole picture
    assert off.max() < 0.15  # of full light, in any square
    assert (off <= 0.10 * drawn + 0.01).mean() > 0.85  # neurons that answer at random lie less evenly than music's
    assert np.median(off[drawn > 0.05] / drawn[drawn > 0.05]) < 0.08


def test_a_take_gives_back_the_very_light_that_was_shown(tiny):
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard())
    safety.look_ahead(0.0, switched(5, {}, {"exposure": -6.0}), None)
    ready, shown = safety(dream(tiny.anatomy, strobe(tiny.layout, 5)))
    written = json.loads(json.dumps(asdict(ready.verdict)))
    again = replace(ready, verdict=Verdict(**written))
    assert again.verdict == ready.verdict
    assert ready.verdict.calm
    assert ready.verdict.even == 1.0
    assert np.array_equal(light(again, tiny.anatomy).answers, shown.answers)


def test_calm_goes_on_across_the_seam_without_a_jump(tiny):
    shares = {layer.name: 1.0 for layer in tiny.anatomy}
    verdict = Verdict(1.0, 0.5, 0.0, calm=shares)
    one, other = (
        light(replace(dream(tiny.anatomy, strobe(tiny.layout, 5, duty=duty), number), verdict=verdict), tiny.anatomy)
        for number, duty in enumerate((0.2, 0.8))
    )
    across = crossing(one, other)
    seen = across.answers.reshape(across.columns + LEAD + 1, -1)[:-1, : tiny.anatomy.units].astype(int)
    after = other.answers.reshape(other.columns + 1, -1)[across.columns, : tiny.anatomy.units].astype(int)
    steps = np.abs(np.diff(np.vstack([seen, after]), axis=0))
    assert steps.max() < 20  # of 255 from column to column; the strobe alone makes steps of 150


def test_an_even_look_has_the_light_of_the_uneven_one():
    looks = switched(7, {"fade": 1.0}, {"fade": 0.0})
    fades = [evened(looks, seconds, 1.0).fade for seconds in np.arange(2, 6, 0.05)]
    assert np.mean(np.square(fades)) == pytest.approx(0.5, abs=0.1)
    assert np.ptp(fades) < 0.25
    assert evened(looks, 3.0, 0.0) == looks(3.0)


def test_a_dome_is_judged_by_angle(tiny):
    dome = Dome(fov=180)
    fields = {fields_of((side, side), dome, Guard()).count for side in (256, 1024)}
    assert len(fields) == 1
    safety = Safety(tiny.anatomy, tiny.layout, (256, 256), dome, LOOP, Guard())
    safety.look_ahead(0.0, lambda seconds: NEAR, None)
    calmed = safety(dream(tiny.anatomy, strobe(tiny.layout, 6)))[0].verdict
    assert calmed.calm
    assert calmed.flashes <= MOST


def test_where_the_guard_is_off_nothing_is_held_and_the_log_says_why(tiny, caplog):
    off = Guard(flashes=False, reason="a laboratory for eyes")
    safety = Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, off)
    assert "a laboratory for eyes" in caplog.text
    safety.look_ahead(0.0, lambda seconds: NEAR, None)
    assert safety(dream(tiny.anatomy, strobe(tiny.layout, 6)))[0].verdict.calm == {}
    assert last_line(SIZE, None, off) is None


def test_a_shape_with_more_fields_than_can_be_looked_at_is_told_before_the_show(tiny):
    with pytest.raises(ContentError, match=r"64 x 2000 pixels.* 13000: lower \[guard\] viewing"):
        Safety(tiny.anatomy, tiny.layout, (64, 2000), None, LOOP, Guard(viewing=90))
    assert Safety(tiny.anatomy, tiny.layout, (1080, 3840), None, LOOP, Guard(viewing=60)).fields.count > 2000
    off = Guard(viewing=90, flashes=False, reason="a laboratory for eyes")
    assert Safety(tiny.anatomy, tiny.layout, (64, 2000), None, LOOP, off).fields.count > 13_000  # nobody looks at them


def test_the_nearest_eye_decides_how_small_a_field_is(tiny):
    near, far = (Safety(tiny.anatomy, tiny.layout, SIZE, None, LOOP, Guard(viewing=d)).fields for d in (100, 25))
    assert isinstance(near, Fields)
    assert near.wide < far.wide
