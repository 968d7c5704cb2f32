"""A frame becomes a picture, and depends on nothing but the frame."""

from dataclasses import replace

import numpy as np
import pytest
from lively import lively

from installation.data import Camera, Layout, Region, Span, Target
from installation.errors import ContentError
from installation.render import activity, view
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


def pixel(place, camera=FRONT, size=SIZE):
    """Column and row (from above) where a place in the room falls."""
    clip = view.matrix(camera, size, size) @ np.append(place, 1.0)
    x, y = clip[:2] / clip[3]
    return (x + 1) / 2 * size[0], (1 - y) / 2 * size[1]


@pytest.mark.parametrize(
    ("name", "channel", "pitch", "step"), [("low", 2, 7, 33), ("middle", 9, 1, 5), ("high", 30, 0, 7)]
)
def test_the_one_neuron_that_answers_lights_its_place_in_the_frames_of_its_step_and_nothing_else(
    renderer, body, dreamt, framed, name, channel, pitch, step
):
    anatomy, layout = body
    stride = anatomy[name].stride
    dream = dreamt({(name, channel, pitch, step): 20.0})
    x, y = pixel(layout.positions[anatomy.start(name) + channel * anatomy[name].bins + pitch])
    rise, tail = stride // 2, stride // 2 + 48  # frames: half a step of blending into the next, and a second to fade
    for frame in range(64):
        renderer.draw(framed(dream, (frame + 0.5) / 64, **ALONE))
        light = renderer.radiance().sum(axis=2)
        lit = np.argwhere(light > 0.01) + 0.5
        since = (frame - step * stride + rise) % 64 - rise  # frames since the step began, or until it begins
        assert np.abs(lit - [y, x]).max(initial=0) < 8  # never another place
        if 0 <= since < stride:
            assert light.max() > 1
            np.testing.assert_allclose(np.average(lit, axis=0, weights=light[light > 0.01]), [y, x], atol=0.5)
        elif since < -rise or since >= stride + tail:
            assert not len(lit)


def test_the_same_frame_twice_is_the_same_picture_whatever_was_drawn_between(renderer, dreamt, framed):
    one, two = lively(dreamt), lively(dreamt, seed=1)
    renderer.draw(framed(one, 0.3))
    first = renderer.read().copy()
    for place in (0.1, 0.9):
        renderer.draw(framed(two, place, previous=one, glow=3.0))
    renderer.draw(framed(one, 0.3))
    assert first.max() > 100
    np.testing.assert_array_equal(renderer.read(), first)


def test_light_made_ahead_gives_the_same_picture(renderer, body, dreamt, framed):
    dream, twin = lively(dreamt), lively(dreamt)
    renderer.prepare(dream, activity.light(dream, body[0]))
    pictures = []
    for heard in (dream, twin):
        renderer.draw(framed(heard, 0.3))
        pictures.append(renderer.read().copy())
    np.testing.assert_array_equal(*pictures)


def test_two_renderers_draw_the_same_pixels(gl, body, dreamt, framed):
    anatomy, layout = body
    pictures = []
    for _ in range(2):
        renderer = Renderer(gl, layout, anatomy, SIZE)
        renderer.draw(framed(lively(dreamt), 0.3))
        pictures.append(renderer.read().copy())
        renderer.release()
    np.testing.assert_array_equal(*pictures)


def test_a_dark_body_is_black(renderer, dreamt, framed):
    renderer.draw(framed(dreamt({}), 0.3, rest=0.0, haze=0.0))
    assert renderer.read().max() == 0


def test_what_lies_outside_the_body_is_black(renderer, dreamt, framed):
    renderer.draw(framed(lively(dreamt), 0.3, camera=FRONT, bloom=0.0))
    picture = renderer.read()
    assert picture[:10].max() == 0
    assert picture[-10:].max() == 0


def test_fade_goes_to_black(renderer, dreamt, framed):
    dream, means = lively(dreamt), []
    for fade in (1.0, 0.6, 0.2, 0.0):
        renderer.draw(framed(dream, 0.3, fade=fade))
        means.append(renderer.read().mean())
    assert means == sorted(means, reverse=True)
    assert means[-1] == 0


def test_nothing_jumps_at_the_seam(renderer, dreamt, framed):
    old, new = lively(dreamt), lively(dreamt, seed=1, number=1)

    def light(dream, place, previous=None):
        renderer.draw(framed(dream, place, previous=previous, **ALONE))
        return renderer.radiance()

    end, begin = light(old, 1 - 1e-6), light(new, 1e-6, previous=old)
    np.testing.assert_allclose(begin, end, atol=0.02 * end.max())
    settled, alone = light(new, 0.9, previous=old), light(new, 0.9)
    np.testing.assert_array_equal(settled, alone)


def test_the_old_loops_light_dies_away_after_the_seam(renderer, dreamt, framed):
    steady = dreamt({("middle", 9, 1, step): 20.0 for step in range(32)})
    dark, lights = dreamt({}, number=1), []
    for seconds in (0.0, 0.05, 0.1, 0.2, 0.4, 0.99):
        renderer.draw(framed(dark, seconds / dark.clip.seconds, previous=steady, **ALONE))
        lights.append(float(renderer.radiance().sum()))
    assert lights == sorted(lights, reverse=True)
    assert lights[2] < 0.5 * lights[0]
    assert lights[-1] == 0


def test_the_target_shines_in_its_colour(renderer, body, dreamt, framed):
    answers = {("low", 0, 0, 10): 20.0}
    plain, aimed = dreamt(answers), dreamt(answers, target=Target((Region("low", Span(0, 0, True)),)))
    colours = []
    for dream in (plain, aimed):
        renderer.draw(framed(dream, 10.5 / 64, **ALONE, shallow=(0.0, 0.0, 1.0), shine=(1.0, 0.0, 0.0)))
        colours.append(renderer.radiance().sum(axis=(0, 1)))
    assert colours[0][2] > 10 * colours[0][0]
    assert colours[1][0] > 2 * colours[1][2]


def test_a_neuron_half_outside_the_picture_is_still_seen(renderer, body, dreamt, framed):
    anatomy, layout = body
    x, y, _ = layout.positions[anatomy.start("high") + 3]
    dream = dreamt({("high", 3, 0, 4): 20.0})
    half_height = 0.3 * np.tan(np.radians(22.5))
    edge = Camera(eye=(x, y - half_height - 0.004, 0.3), centre=(x, y - half_height - 0.004, 0.0))
    renderer.draw(framed(dream, 4.5 / 8, **(ALONE | {"camera": edge})))
    light = renderer.radiance().sum(axis=2)
    assert light[0].max() > 0.1
    assert light[len(light) // 2 :].max() == 0


def test_a_body_with_variants_breathes(gl, body, dreamt, framed):
    anatomy, layout = body
    moved = layout.positions + np.float32([0.3, 0, 0])
    breathing = replace(layout, variants=np.stack([layout.positions, moved]))
    renderer = Renderer(gl, breathing, anatomy, SIZE)
    dream = dreamt({("low", 0, 0, step): 20.0 for step in range(64)})
    columns = []
    for place in (0.0, 0.25, 0.5, 0.75):
        renderer.draw(framed(dream, place, **ALONE))
        light = renderer.radiance().sum(axis=(0, 2))
        columns.append(np.average(np.arange(SIZE[0]), weights=light))
    renderer.release()
    shift = pixel([0.3, 0, 0])[0] - pixel([0, 0, 0])[0]
    np.testing.assert_allclose(np.subtract(columns, columns[0]), [0, shift / 2, shift, shift / 2], atol=0.3)


def test_seen_from_near_a_body_holds_its_breath(gl, body, dreamt, framed):
    anatomy, layout = body
    moved = layout.positions + np.float32([0.1, 0, 0])
    renderer = Renderer(gl, replace(layout, variants=np.stack([layout.positions, moved])), anatomy, SIZE)
    dream = dreamt({("low", 0, 0, step): 20.0 for step in range(64)})

    def shift(away):
        """How far a neuron goes in a loop, in the room."""
        middles = []
        for place in (0.0, 0.5):
            x, y, z = map(float, layout.positions[0])
            camera = Camera(eye=(x, y, z + away), centre=(x, y, z))
            renderer.draw(framed(dream, place, **ALONE | {"camera": camera}))
            light = renderer.radiance().sum(axis=(0, 2))
            middles.append(np.average(np.arange(SIZE[0]), weights=light))
        return (middles[1] - middles[0]) * away

    whole, nearer, near = shift(2.0), shift(0.5), shift(0.25)
    renderer.release()
    assert whole > 0
    assert nearer == pytest.approx(whole / 2, rel=0.1)
    assert near == pytest.approx(whole / 4, rel=0.1)


def test_haze_lies_where_the_layout_says(gl, body, dreamt, framed):
    anatomy, layout = body
    haze = np.zeros((64, 64), np.float32)
    haze[48:56, 8:16] = 1.0  # high on the left: row 0 is y = -1
    renderer = Renderer(gl, replace(layout, haze=haze), anatomy, SIZE)
    renderer.draw(framed(dreamt({}), 0.0, camera=FRONT, rest=0.0, haze=1.0, bloom=0.0))
    column, row = pixel([(12 / 64) * 2 - 1, (52 / 64) * 2 - 1, 0])
    blue = renderer.read()[:, :, 2].astype(float)
    renderer.release()
    bright = np.argwhere(blue > 0.7 * blue.max())
    np.testing.assert_allclose(bright.mean(axis=0) + 0.5, [row, column], atol=1.5)


def test_a_layout_of_another_anatomy_is_refused(gl, body):
    anatomy, layout = body
    with pytest.raises(ContentError, match=r"other.*Make a layout"):
        Renderer(gl, replace(layout, fingerprint="other"), anatomy, SIZE)
    few = Layout(layout.positions[:-1], layout.edges[:0], layout.strengths[:0], layout.fingerprint)
    with pytest.raises(ContentError, match="175 neurons"):
        Renderer(gl, few, anatomy, SIZE)


def test_a_layout_without_edges_and_haze_is_drawn(gl, body, dreamt, framed):
    anatomy, layout = body
    bare = replace(layout, edges=layout.edges[:0], strengths=layout.strengths[:0])
    renderer = Renderer(gl, bare, anatomy, SIZE)
    renderer.draw(framed(lively(dreamt), 0.3, camera=FRONT))
    assert renderer.read().max() > 50
    renderer.release()


@pytest.mark.parametrize("size", [(1, 1), (33, 7), (7, 301), (640, 360)])
def test_every_size_can_be_drawn(renderer, dreamt, framed, size):
    renderer.resize(size)
    renderer.draw(framed(lively(dreamt), 0.3))
    assert renderer.read().shape == (size[1], size[0], 3)


def test_only_the_last_dreams_are_kept(renderer, dreamt, framed):
    for number in range(6):
        renderer.draw(framed(lively(dreamt, seed=number, number=number), 0.3))
    assert len(renderer._shining.dreams) == 3


@pytest.mark.parametrize(
    ("name", "camera", "place"),
    [
        ("body", FRONT, 0.3),
        ("close", Camera(eye=(0.45, -0.2, 0.5), centre=(0.45, 0.0, 0.0)), 0.6),
        ("aside", Camera(eye=(1.6, 0.5, 1.6)), 0.1),
    ],
)
def test_the_picture_looks_as_it_did(renderer, dreamt, framed, same_picture, name, camera, place):
    target = Target((Region("high", Span(0.4, 0.6)),))
    renderer.draw(framed(lively(dreamt, target=target), place, camera=camera))
    same_picture(renderer.read(), name)


def test_a_picture_that_is_larger_than_the_drivers_is_told(gl, body):
    anatomy, layout = body
    most = gl.info["GL_MAX_TEXTURE_SIZE"]
    with pytest.raises(ContentError, match=rf"{most} x 4 pixels .* draws {most} at most"):
        Renderer(gl, layout, anatomy, (most, 4))
