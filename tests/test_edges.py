"""The strongest connections are threads of light between their neurons."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import Camera
from installation.render import edges
from installation.render.renderer import Renderer

SIZE = (192, 128)
THREADS = {"camera": Camera(eye=(0.0, 0.0, 2.6)), "rest": 0.0, "glow": 0.0, "haze": 1.0, "bloom": 0.0}


@pytest.fixture
def threads(gl, body, framed):
    """The light of a body with one connection, from the first neuron of `low` to the first of `high`."""
    anatomy, layout = body
    pair = np.array([[0, anatomy.start("high")]], np.int32)
    bare = replace(layout, edges=pair, strengths=np.ones(1, np.float32), haze=np.zeros((8, 8), np.float32))
    made = []

    def draw(dream, place, **changes):
        made.append(Renderer(gl, replace(bare, **changes), anatomy, SIZE))
        made[-1].draw(framed(dream, place, **THREADS))
        return made[-1].radiance().sum(axis=2)

    yield draw
    for renderer in made:
        renderer.release()


def test_a_thread_goes_from_neuron_to_neuron(threads, body, dreamt):
    light = threads(dreamt({}), 0.0)
    columns = np.flatnonzero(light.sum(axis=0))
    rows = np.flatnonzero(light.sum(axis=1))
    pixels = 0.5 * SIZE[1] / np.tan(np.radians(22.5)) / 2.6  # of one unit of length
    assert len(rows) <= 3  # the two first neurons stand at one height
    assert np.ptp(columns) == pytest.approx(1.2 * pixels, abs=3)


def test_a_thread_shines_where_its_neuron_answers(threads, dreamt):
    still = threads(dreamt({}), 0.06).sum(axis=0)
    lit = threads(dreamt({("low", 0, 0, step): 50.0 for step in range(64)}), 0.06).sum(axis=0)
    left, right = np.flatnonzero(still)[[2, -3]]
    assert lit[left] > 2.5 * still[left]
    assert lit[right] == pytest.approx(still[right], rel=0.15)


def test_threads_have_the_colour_of_their_layers(gl, body, threads, dreamt, framed):
    anatomy, layout = body
    renderer = Renderer(gl, replace(layout, haze=np.zeros((8, 8), np.float32)), anatomy, SIZE)
    colours = {}
    for colour in ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)):
        renderer.draw(framed(dreamt({}), 0.0, **THREADS, shallow=colour, deep=colour))
        colours[colour] = renderer.radiance().sum(axis=(0, 1))
    renderer.release()
    assert colours[(1.0, 0.0, 0.0)].argmax() == 0
    assert colours[(0.0, 0.0, 1.0)].argmax() == 2


def test_threads_move_as_the_body_breathes(threads, body, dreamt):
    _, layout = body
    moved = np.stack([layout.positions, layout.positions + np.float32([0, 0.3, 0])])
    rows = [
        np.average(np.arange(SIZE[1]), weights=threads(dreamt({}), p, variants=moved).sum(axis=1)) for p in (0, 0.25)
    ]
    assert rows[0] - rows[1] == pytest.approx(0.15 * 0.5 * SIZE[1] / np.tan(np.radians(22.5)) / 2.6, abs=0.6)


def test_only_the_strongest_threads_are_drawn(body, monkeypatch):
    _, layout = body
    monkeypatch.setattr(edges, "MOST", 7)
    assert edges.chosen(layout).tolist() == np.argsort(-layout.strengths)[:7].tolist()
    monkeypatch.setattr(edges, "MOST", 10_000)
    monkeypatch.setattr(edges, "LONGEST", 5.0)
    few = edges.chosen(layout)
    apart = layout.positions[layout.edges[few, 0]] - layout.positions[layout.edges[few, 1]]
    assert 4.0 < np.linalg.norm(apart, axis=1).sum() <= 5.0
