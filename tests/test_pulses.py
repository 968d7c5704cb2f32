"""What a neuron answers travels along its connections, from the earlier layer to the later one."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import Camera
from installation.render.edges import TRAVEL, bowed
from installation.render.renderer import Renderer

SIZE = (192, 128)
ONLY = {"camera": Camera(eye=(0.0, 0.0, 2.6)), "rest": 0.0, "glow": 0.0, "haze": 0.0, "bloom": 0.0}
SOURCE = 5  # a neuron of the first disc, at the left
LOOP = 64  # frames


@pytest.fixture
def renderer(gl, body):
    """One thread only, from the left disc to the right one."""
    anatomy, layout = body
    one = replace(layout, edges=np.array([[SOURCE, 160]], np.int32), strengths=np.ones(1, np.float32))
    renderer = Renderer(gl, one, anatomy, SIZE)
    yield renderer
    renderer.release()


def column(renderer, frame):
    """Where the light of a frame lies, in pixels from the left; NaN where there is none."""
    renderer.draw(frame)
    light = renderer.radiance().sum((0, 2))
    return float(np.average(np.arange(len(light)), weights=light)) if light.sum() > 1e-2 else np.nan


def beat(dreamt, number=0):
    """The source answers once, at frame 20 of the loop."""
    return dreamt({("low", SOURCE // 12, SOURCE % 12, 20): 20.0}, number=number)


def test_a_pulse_runs_from_the_earlier_neuron_to_the_later_one_and_is_gone(renderer, dreamt, framed):
    dream = beat(dreamt)
    frames = TRAVEL * 48
    places = [(20.5 + frames * share) / LOOP for share in (0.2, 0.4, 0.6, 0.8)]
    seen = [column(renderer, framed(dream, place, **ONLY)) for place in places]
    assert np.diff(seen).min() > 5  # always further to the right
    assert np.isnan(column(renderer, framed(dream, 15 / LOOP, **ONLY)))  # before it has answered
    assert np.isnan(column(renderer, framed(dream, (22 + 1.5 * frames) / LOOP, **ONLY)))  # and long after


def test_a_pulse_crosses_the_seam_between_two_dreams(renderer, dreamt, framed):
    late = dreamt({("low", SOURCE // 12, SOURCE % 12, LOOP - 2): 20.0})
    silent = dreamt({}, number=1)
    alone = column(renderer, framed(silent, 6 / LOOP, previous=dreamt({}), **ONLY))
    crossing = column(renderer, framed(silent, 6 / LOOP, previous=late, **ONLY))
    assert np.isnan(alone)
    assert crossing > 20


def test_without_pulses_a_thread_that_has_no_glow_is_dark(renderer, dreamt, framed):
    assert np.isnan(column(renderer, framed(beat(dreamt), 25 / LOOP, pulses=0.0, **ONLY)))


def test_a_thread_begins_and_ends_at_its_neurons_and_bows_between_them():
    places = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], np.float32)
    along = np.linspace(0, 1, 5, dtype=np.float32)
    points = bowed(places, np.array([[0, 1], [1, 2]]).repeat(5, axis=0), np.tile(along, 2)).reshape(2, 5, 3)
    np.testing.assert_allclose(points[0, [0, -1]], places[0, [0, 1]], atol=1e-6)
    np.testing.assert_allclose(points[1, [0, -1]], places[0, [1, 2]], atol=1e-6)
    assert 0.05 < abs(points[0, 2, 1]) < 0.2
