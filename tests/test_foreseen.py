"""What the ear expects glows cool before it comes, and warm where it was wrong."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from installation.data import Activations, Camera, Clip, Dream, Scalogram, Target
from installation.dream.judge import judge
from installation.listen.ears import load
from installation.listen.foresight import expected
from installation.render.foreseen import AHEAD, light
from installation.render.renderer import Renderer

SIZE = (192, 128)
ONLY = {
    "camera": Camera(eye=(0.0, 0.0, 2.6)), "rest": 0.0, "glow": 0.0, "haze": 0.0, "pulses": 0.0, "bloom": 0.0,
    "foresight": 1.0,
}  # fmt: skip
STEPS, STEP = 32, 4 / 3 / 32  # of the layer, and the seconds of each


def awaiting(dreamt, came, awaited, number=0):
    """A dream in which the neurons of `middle` answer and are expected to at these steps: {neuron: step}."""
    answers = {("middle", neuron // 6, neuron % 6, step): 8.0 for neuron, step in came.items()}
    dream = dreamt(answers, number=number)
    expected = np.zeros((16, 6, STEPS), np.float16)
    for neuron, step in awaited.items():
        expected[neuron // 6, neuron % 6, step] = 8.0
    return replace(dream, activations=Activations(dream.activations.layers, {"middle": expected}))


def test_what_is_awaited_is_seen_before_it_comes(dreamt):
    seen = light(awaiting(dreamt, {3: 20}, {3: 20}), "middle")[:, 3].astype(int)  # [steps, 2]
    cool, warm = seen.T
    first = np.flatnonzero(cool > 40)[0]
    assert (20 - first) * STEP == pytest.approx(AHEAD, abs=STEP)
    assert warm.max() < 10  # it came as expected


def test_what_came_unexpected_and_what_did_not_come_is_warm_when_it_should_have_come(dreamt):
    seen = light(awaiting(dreamt, {3: 20}, {9: 12}), "middle").astype(int)
    assert np.flatnonzero(seen[:, 3, 1] > 40)[0] == 20
    assert np.flatnonzero(seen[:, 9, 1] > 40)[0] == 12
    assert seen[:, 3, 0].max() < 10  # it was not awaited


def test_an_ear_that_awaits_nothing_but_the_mean_glows_cool_nowhere(dreamt):
    dream = awaiting(dreamt, {3: 20, 40: 7}, {})
    mean = np.repeat(dream.activations.layers["middle"].mean(2, keepdims=True), STEPS, 2)
    dull = replace(dream, activations=Activations(dream.activations.layers, {"middle": mean}))
    assert light(dull, "middle")[..., 0].max() < 10


@pytest.fixture
def renderer(gl, body):
    renderer = Renderer(gl, body[1], body[0], SIZE)
    yield renderer
    renderer.release()


def colour(renderer, frame):
    renderer.draw(frame)
    return renderer.radiance().sum((0, 1))


def test_halos_are_blue_before_and_orange_where_it_was_wrong(renderer, dreamt, framed):
    right, wrong = awaiting(dreamt, {3: 20}, {3: 20}), awaiting(dreamt, {3: 20}, {9: 12}, number=1)
    before = colour(renderer, framed(right, (20 - 6) / STEPS, **ONLY))
    after = colour(renderer, framed(wrong, 21 / STEPS, **ONLY))
    assert before[2] > 2 * before[0] > 0
    assert after[0] > 2 * after[2] > 0


def test_nothing_jumps_at_the_seam_of_two_expectations(renderer, dreamt, framed):
    old, new = awaiting(dreamt, {3: 31}, {3: 6}), awaiting(dreamt, {9: 5}, {9: 5}, number=1)
    end = colour(renderer, framed(old, 1 - 1e-6, **ONLY))
    begin = colour(renderer, framed(new, 1e-6, previous=old, **ONLY))
    np.testing.assert_allclose(begin, end, rtol=0.03, atol=0.5)


def test_an_ear_that_foresees_nothing_has_no_halos(renderer, dreamt, framed):
    assert colour(renderer, framed(dreamt({("middle", 0, 0, 3): 8.0}), 0.2, **ONLY)).sum() == 0


def test_own_light_gives_way_to_halos_in_that_layer_only(renderer, dreamt, framed):
    """As much as the look wants of foresight."""
    answers = {("low", 0, 0, 30): 8.0, ("middle", 0, 3, 15): 8.0}
    known = dreamt(answers)
    quiet = replace(
        known, number=1,
        activations=Activations(known.activations.layers, {"middle": known.activations.layers["middle"]}),
    )  # fmt: skip
    shining = ONLY | {"glow": 1.0, "foresight": 0.0}
    alike = [colour(renderer, framed(dream, 15.5 / STEPS, **shining)).sum() for dream in (known, quiet)]
    assert alike[0] == alike[1]


def test_an_ear_that_is_certain_expects_what_comes_and_one_that_knows_nothing_the_mean():
    """Encodings are told apart by a direction each; the context holds the one that comes `first` steps later."""
    steps, first, width = 8, 3, 8
    z = 40.0 * torch.eye(width)[None]  # [1, width, steps]
    answers = torch.randn(1, 5, steps, generator=torch.Generator().manual_seed(0))
    coming = (torch.arange(steps) + first) % steps
    c = torch.eye(width)[:, coming][None]  # what each context foresees
    certain = expected(z, c, answers, torch.eye(width), first)
    torch.testing.assert_close(certain, answers, atol=1e-3, rtol=1e-3)
    ignorant = expected(z, c, answers, torch.zeros(width, width), first)
    torch.testing.assert_close(ignorant, answers.mean(2, keepdim=True).expand_as(answers))


def test_contexts_that_come_seldom_are_asked_about_steps_further_ahead():
    """One context every other step: even steps are the first that it foretells, odd ones the second."""
    steps, first, width = 8, 3, 8
    z = 40.0 * torch.eye(width)[None]
    answers = torch.randn(1, 5, steps, generator=torch.Generator().manual_seed(1))
    newest = 2 * torch.arange(1, 5) - 1
    c = torch.eye(width)[:, newest][None]  # a context knows when it is
    predictor = torch.cat([torch.eye(width)[:, (torch.arange(steps) + first + k) % steps] for k in range(2)])
    told = expected(z, c, answers, predictor, first)
    torch.testing.assert_close(told, answers, atol=1e-3, rtol=1e-3)


def test_an_ear_of_our_own_expects_its_last_encodings_round_the_circle():
    """A loop that begins one context later is expected as much later, and nothing is lost on the way to the show."""
    ear = load("tiny")
    frames = 192
    step = max(layer.stride for layer in ear.anatomy)
    samples = (0.1 * np.random.default_rng(0).standard_normal((1, frames * 1000))).astype(np.float32)
    late = np.roll(samples, step * 1000, axis=1)
    one, other = (ear.hear(Clip(sound), frames)[1] for sound in (samples, late))
    ((name, told),) = one.expected.items()
    assert told.shape == one.layers[name].shape
    assert np.isfinite(told).all()
    shift = step * told.shape[2] // frames
    np.testing.assert_allclose(np.roll(told, shift, axis=2), other.expected[name], atol=0.02)
    blank = Dream(0, Clip(samples), one, Scalogram(np.zeros((216, frames), np.float32), 40.0, 24, 1 / 48),
                  Target(()), 0.0, 0)  # fmt: skip
    assert judge(blank).activations.expected is one.expected
