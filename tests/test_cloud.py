"""A body in space has its mist where its connections are, seen from everywhere."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import Camera
from installation.render.cloud import gathered, in_space
from installation.render.renderer import Renderer

SIZE = (128, 128)
ONLY = {"glow": 0.0, "rest": 0.0, "pulses": 0.0, "bloom": 0.0, "haze": 1.0}


@pytest.fixture(scope="module")
def spatial(body):
    """The small body, its left disc in front of the plane and its right one behind it; one bundle of threads."""
    anatomy, layout = body
    places = layout.positions.copy()
    places[:, 2] = -places[:, 0]
    edges = np.array([[n, 60 + n] for n in range(30)], np.int32)  # from the left disc to the middle one
    return anatomy, replace(layout, positions=places, edges=edges, strengths=np.ones(30, np.float32))


def seen(gl, body, framed, dream, eye, **look):
    anatomy, layout = body
    renderer = Renderer(gl, layout, anatomy, SIZE)
    renderer.draw(framed(dream, 0.3, **{**ONLY, "camera": Camera(eye=eye), **look}))
    picture = renderer.read().astype(float).sum(2)
    renderer.release()
    return picture


def test_mist_lies_where_threads_are(spatial):
    layout = spatial[1]
    places, densities = gathered(layout)
    assert in_space(layout)
    assert densities.max() == 1
    assert (densities > 0).all()
    ends = layout.positions[layout.edges].reshape(-1, 3)
    assert (places >= ends.min(0) - 1e-4).all()
    assert (places <= ends.max(0) + 1e-4).all()


def test_a_body_without_connections_has_none(spatial):
    layout = replace(spatial[1], edges=np.empty((0, 2), np.int32), strengths=np.empty(0, np.float32))
    assert len(gathered(layout)[0]) == 0


def test_mist_is_seen_from_the_side_too_and_only_beside_its_threads(gl, spatial, dreamt, framed):
    dream = dreamt({})
    front = seen(gl, spatial, framed, dream, (0.0, 0.0, 3.0))
    side = seen(gl, spatial, framed, dream, (3.0, 0.0, 0.0))
    assert front[:, :64].max() > 20  # the threads lie at the left
    assert front[:, 84:].max() == 0
    assert side.max() > 20
    columns = np.flatnonzero(side.max(0) > 8)
    assert columns.mean() < 56  # seen from the right, what is in front lies at the left


def test_no_haze_is_no_mist(gl, spatial, dreamt, framed):
    assert seen(gl, spatial, framed, dreamt({}), (0.0, 0.0, 3.0), haze=0.0).max() == 0
