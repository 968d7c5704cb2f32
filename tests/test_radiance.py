"""Light is neither made nor lost on its way to the picture, never breaks it, and depends on the frame alone."""

from dataclasses import replace

import numpy as np
import pytest
from lively import lively

from installation.data import Activations, Camera
from installation.render.renderer import Renderer

SIZE = (192, 128)
FRONT = Camera(eye=(0.0, 0.0, 2.6))
ALONE = {"camera": FRONT, "rest": 0.0, "haze": 0.0, "pulses": 0.0, "bloom": 0.0}  # only neurons that answer


@pytest.fixture
def renderer(gl, body):
    anatomy, layout = body
    renderer = Renderer(gl, layout, anatomy, SIZE)
    yield renderer
    renderer.release()


def test_frames_in_pieces_and_out_of_order_are_the_same_pictures(gl, body, dreamt, framed):
    """Across two seams, with the ring and halos, by two renderers."""
    anatomy, layout = body
    dreams = [lively(dreamt, seed=number, number=number) for number in range(3)]
    layers = [dream.activations.layers for dream in dreams]
    dreams = [
        replace(dream, activations=Activations(layers[number], {"middle": layers[number - 1]["middle"]}))
        for number, dream in enumerate(dreams)
    ]
    moments = [(number, place) for number in range(3) for place in (0.0, 0.005, 0.1, 0.4, 0.8)]
    frames = [
        framed(dreams[number], place, previous=dreams[number - 1] if number else None, ring=1.0, foresight=1.0)
        for number, place in moments
    ]
    pictures = []
    for order in (range(15), np.random.default_rng(0).permutation(15)):
        renderer = Renderer(gl, layout, anatomy, SIZE)
        drawn = {int(at): renderer.picture(frames[at]).tobytes() for at in order}
        pictures.append([drawn[at] for at in range(15)])
        renderer.release()
    assert pictures[0] == pictures[1]
    assert len(set(pictures[0])) == 15


def test_all_light_of_a_frame_arrives_after_the_bloom(gl, body, dreamt, framed, light_of):
    """With threads, pulses, halos and the ring; a margin's worth of light falls outside of the picture."""
    anatomy, layout = body
    renderer = Renderer(gl, layout, anatomy, SIZE)
    look = {"camera": Camera(eye=(0.0, 0.0, 4.5)), "ring": 1.0, "pulses": 2.0}
    renderer.draw(framed(lively(dreamt), 0.3, **look, haze=0.0, bloom=1.0))
    before, after = renderer.radiance().mean((0, 1)), light_of(renderer._bloom.target.color_attachments[0])
    whole = after.sum((0, 1)) * 16 / (SIZE[0] * SIZE[1])  # its pixels are four by four of the picture's
    renderer.release()
    assert before.min() > 0.005
    np.testing.assert_allclose(whole, before, rtol=0.01)


def test_light_beyond_all_measure_is_white_and_not_broken(renderer, dreamt, framed):
    """All neurons in one point, eight stops over: more than half a float holds."""
    answers = {("middle", channel, pitch, step): 60.0
               for channel in range(16) for pitch in range(6) for step in range(32)}  # fmt: skip
    renderer.draw(framed(dreamt(answers), 0.3, camera=FRONT, exposure=8.0, glow=4.0, formed=0.22, size=4.0))
    picture = renderer.read()
    assert picture.max() == 255
    assert (picture.min(2)[picture.max(2) == 255] > 200).any()
    renderer.draw(framed(dreamt({}), 0.3, rest=0.0, haze=0.0))
    assert renderer.read().max() == 0


def test_no_cell_outshines_the_picture(renderer, dreamt, framed):
    dream = dreamt({("middle", 9, 1, 5): 1e4})
    tops = []
    for exposure in (0.0, 2.0, 4.0, 8.0):
        renderer.draw(framed(dream, 5.5 / 32, **(ALONE | {"exposure": exposure, "size": 3.0})))
        tops.append(float(renderer.radiance().max()))
    assert tops == sorted(tops)
    assert tops[-1] < 150  # its membrane is a little brighter than the 96 of its middle
    assert tops[1] > 2.5 * tops[0]  # far below the knee light is linear


def test_half_the_resolution_shows_the_same_picture(gl, body, dreamt, framed):
    anatomy, layout = body
    dream, look = lively(dreamt), {"camera": FRONT, "haze": 0.3}
    for size in ((512, 342), (511, 341), (1, 1)):
        pictures = []
        for half in (False, True):
            renderer = Renderer(gl, layout, anatomy, size, half=half)
            renderer.draw(framed(dream, 0.3, **look))
            pictures.append(renderer.read().astype(float))
            renderer.release()
        fine, coarse = (picture.mean((0, 1)) for picture in pictures)
        assert pictures[0].shape == pictures[1].shape == (size[1], size[0], 3)
        np.testing.assert_allclose(coarse, fine, rtol=0.12, atol=2.0)
        assert np.abs(pictures[0] - pictures[1]).mean() < 6


def test_twice_the_resolution_has_the_same_mean_light(gl, body, dreamt, framed):
    anatomy, layout = body
    dream, means = lively(dreamt), []
    for scale in (1, 2, 4):
        renderer = Renderer(gl, layout, anatomy, (SIZE[0] * scale, SIZE[1] * scale))
        renderer.draw(framed(dream, 0.3, camera=FRONT))
        means.append(renderer.radiance().mean())
        renderer.release()
    np.testing.assert_allclose(means, means[0], rtol=0.01)


def test_a_far_neuron_keeps_its_light_though_it_is_smaller_than_a_pixel(renderer, dreamt, framed):
    dream = dreamt({("middle", 9, 1, 5): 20.0})
    totals = []
    for away in (2.6, 5.2, 10.4):
        camera = Camera(eye=(0.0, 0.0, away))
        renderer.draw(framed(dream, 5.5 / 32, **(ALONE | {"camera": camera})))
        totals.append(renderer.radiance().sum() * away**2)  # a surface twice as far covers a quarter
    np.testing.assert_allclose(totals, totals[0], rtol=0.06)


def test_one_stop_doubles_the_light(renderer, dreamt, framed):
    dream = lively(dreamt)
    renderer.draw(framed(dream, 0.3, camera=FRONT, exposure=0.0))
    dim = renderer.radiance()
    renderer.draw(framed(dream, 0.3, camera=FRONT, exposure=1.0))
    np.testing.assert_allclose(renderer.radiance(), 2 * dim, rtol=4e-3, atol=1e-3)
