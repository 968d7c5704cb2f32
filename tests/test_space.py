"""Every sound has its place in the room, and together they are the loop that the ear has heard."""

import time

import numpy as np
import pytest

from installation.data import RATE, Activations, Anatomy, Clip, Dream, Layer, Layout, Link, Scalogram, Target
from installation.dream.hall import Hall
from installation.guard.loudness import RING, loudness
from installation.settings import Sound
from installation.sound.space import BASS, LAYOUTS, OCTAVES, fields, gains, spread_out

BINS = 216
ANATOMY = Anatomy(
    (Layer("scalogram", 1, BINS, 1), Layer("near", 4, 107, 2), Layer("deep", 8, 1, 16)),
    (Link("scalogram", "near", 4, 2), Link("near", "deep", 107)),
)


def body():
    """High pitches stand on the right, low ones on the left; the deep layer stands behind."""
    scalogram = np.stack([np.linspace(-0.9, 0.9, BINS), np.full(BINS, 0.5), np.zeros(BINS)], 1)
    near = np.tile(np.stack([np.linspace(-0.9, 0.9, 107), np.full(107, 0.5), np.zeros(107)], 1), (4, 1))
    deep = np.tile([0.0, -0.8, 0.0], (8, 1))
    positions = np.concatenate([scalogram, near, deep]).astype(np.float32)
    return Layout(positions, np.zeros((0, 2), np.int32), np.zeros(0, np.float32), ANATOMY.fingerprint)


def dreamt(samples, seed=0):
    random = np.random.default_rng(seed)
    frames = 192
    layers = {
        layer.name: random.normal(1, 1, (layer.channels, layer.bins, frames // layer.stride)).astype(np.float16)
        for layer in ANATOMY
    }
    scalogram = Scalogram(np.zeros((BINS, frames), np.float32), 40.0, 24, samples.shape[1] / RATE / frames)
    return Dream(0, Clip(samples.astype(np.float32)), Activations(layers), scalogram, Target(()), 0.0, 1)


def tone(hertz, length=192_000):
    cycles = round(hertz * length / RATE)
    return 0.2 * np.sin(2 * np.pi * cycles * np.arange(length) / length)[None]


def noise(length=192_000, level=0.05):
    return level * np.random.default_rng(3).standard_normal((1, length))


def levels(dream):
    return np.sqrt((dream.clip.samples.astype(np.float64) ** 2).mean(axis=1))


@pytest.mark.parametrize("room", ["stereo", "quad", "5.1", "ring"])
@pytest.mark.parametrize("length", [192_000, 63_999])
def test_all_channels_together_are_the_loop(room, length):
    given = dreamt(noise(length))
    placed = spread_out(given, ANATOMY, body(), room, 1.0)
    assert placed.clip.samples.shape == (len(LAYOUTS[room]), length)
    np.testing.assert_allclose(placed.clip.mono, given.clip.samples[0], atol=2e-7)
    apart = placed.clip.samples - given.clip.samples
    assert np.sqrt((apart**2).mean()) > 0.01  # and yet they differ


def test_a_loop_that_has_no_room_gets_quieter_as_a_whole():
    given = dreamt(noise(48_000, 0.3).clip(-1, 1))
    placed = spread_out(given, ANATOMY, body(), "ring", 1.0)
    assert np.abs(placed.clip.samples).max() <= 1
    share = np.vdot(placed.clip.mono, given.clip.samples[0]) / np.vdot(given.clip.samples[0], given.clip.samples[0])
    assert share < 1
    np.testing.assert_allclose(placed.clip.mono, share * given.clip.samples[0], atol=1e-6)


def test_sounds_come_from_where_their_neurons_stand():
    both = dreamt(tone(300) + tone(5_000))
    placed = spread_out(both, ANATOMY, body(), "stereo", 1.0).clip.samples
    spectra = np.abs(np.fft.rfft(placed))
    low, high = spectra[:, 1_200], spectra[:, 20_000]
    assert low[0] > 1.2 * low[1]  # left
    assert high[1] > 2 * high[0]  # right


def test_a_width_of_nothing_is_the_middle_and_more_is_wider():
    given = dreamt(tone(300) + tone(5_000))
    apart = []
    for width in (0.0, 0.3, 1.0):
        left, right = spread_out(given, ANATOMY, body(), "stereo", width).clip.samples
        apart.append(float(np.abs(left - right).max()))
    assert apart[0] == 0
    assert apart[0] < apart[1] < apart[2]


def test_the_bass_stays_in_the_middle():
    left, right = spread_out(dreamt(tone(60) + tone(5_000)), ANATOMY, body(), "stereo", 1.0).clip.samples
    bass = np.fft.rfft(left)[240], np.fft.rfft(right)[240]
    assert bass[0] == pytest.approx(bass[1], rel=1e-3)


def test_nothing_is_sent_to_the_bass_loudspeaker_and_all_others_play():
    placed = levels(spread_out(dreamt(noise()), ANATOMY, body(), "5.1", 1.0))
    assert placed[3] == 0
    assert (np.delete(placed, 3) > 0).all()


def test_both_sides_weigh_alike():
    left, right = levels(spread_out(dreamt(noise()), ANATOMY, body(), "stereo", 1.0))
    assert 20 * abs(np.log10(left / right)) < 1.5


def test_a_place_moves_with_the_neurons_without_a_click():
    """In the first half neurons on the left answer, in the second those on the right."""
    given = dreamt(tone(2_000))
    layers = {name: np.zeros_like(answers) for name, answers in given.activations.layers.items()}
    layers["scalogram"][:] = 0.2
    half = layers["near"].shape[2] // 2
    layers["near"][:, 60:75, :half] = 4
    layers["near"][:, 75:90, half:] = 4
    moving = Dream(0, given.clip, Activations(layers), given.scalogram, Target(()), 0.0, 1)
    placed = spread_out(moving, ANATOMY, body(), "stereo", 1.0).clip.samples
    turns = np.abs(np.diff(np.concatenate([placed, placed[:, :1]], 1)))
    assert turns.max() < 2 * 0.2 * 2 * np.pi * 2_000 / RATE
    side = (placed[1] - placed[0])[24_000:72_000].std(), (placed[1] - placed[0])[120_000:168_000].std()
    assert side[0] != pytest.approx(side[1], rel=0.01)


@pytest.mark.parametrize("room", ["stereo", "quad", "5.1", "ring"])
def test_shares_always_add_up_to_one_and_turn_smoothly(room):
    around = np.linspace(-np.pi, np.pi, 3_601)
    for far in (0.0, 0.4, 1.0):
        share = gains(far * np.stack([np.sin(around), np.cos(around)], 1), room, 1.0)
        np.testing.assert_allclose(share.sum(axis=1), 1, atol=1e-12)
        assert share.min() >= 0
        assert np.abs(np.diff(share, axis=0)).max() < 0.01
    for channel, azimuth in enumerate(LAYOUTS[room]):
        if azimuth is not None and room != "stereo":
            towards = np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
            assert gains(towards, room, 1.0)[channel] == pytest.approx(1)


def test_a_layers_field_is_followed_through_the_links():
    heard = fields(ANATOMY, BINS)
    assert (heard["near"].first, heard["near"].step, heard["near"].width) == (0, 2, 4)
    assert (heard["deep"].first, heard["deep"].width) == (0, 216)
    unlinked = fields(Anatomy((Layer("alone", 3, 12, 1),)), BINS)
    assert unlinked["alone"].step == BINS / 12


def test_what_has_channels_or_no_answers_stays_as_it_is():
    two = dreamt(np.concatenate([tone(300), tone(500)]))
    assert spread_out(two, ANATOMY, body(), "stereo", 1.0) is two
    one = dreamt(tone(300))
    assert spread_out(one, ANATOMY, body(), "mono", 1.0) is one
    silent = Dream(0, one.clip, Activations({}), one.scalogram, Target(()), 0.0, 0)
    assert spread_out(silent, ANATOMY, body(), "stereo", 1.0) is silent


def test_neurons_that_are_all_silent_or_no_numbers_do_no_harm():
    for value in (0.0, -3.0, 1e4, np.nan, np.inf):
        given = dreamt(noise(48_000))
        layers = {name: np.full_like(answers, value) for name, answers in given.activations.layers.items()}
        same = Dream(0, given.clip, Activations(layers), given.scalogram, Target(()), 0.0, 1)
        placed = spread_out(same, ANATOMY, body(), "5.1", 1.0)
        assert np.isfinite(placed.clip.samples).all()
        np.testing.assert_allclose(placed.clip.mono, given.clip.samples[0], atol=2e-7)


def test_a_hall_mends_places_and_judges_a_dream():
    broken = noise(48_000)
    broken[0, [5, 30_000]] = np.nan, np.inf
    for room, channels in (("mono", 1), ("stereo", 2), ("ring", 6)):
        judged = Hall(ANATOMY, body(), Sound(room=room, loudness=-26.0), 0.8)(dreamt(broken))
        assert judged.clip.samples.shape[0] == channels
        assert judged.verdict.loudness == pytest.approx(-26, abs=0.1)
        weights = RING if room == "ring" else None
        assert loudness(judged.clip.samples * np.float32(judged.verdict.gain), RATE, weights) == pytest.approx(
            -26, abs=0.1
        )


def test_it_is_quick():
    given, layout = dreamt(noise()), body()
    spread_out(given, ANATOMY, layout, "stereo", 0.6)
    begin = time.process_time()
    spread_out(given, ANATOMY, layout, "stereo", 0.6)
    assert time.process_time() - begin < 0.15  # CPU seconds


def test_the_octaves_begin_above_the_bass():
    assert BASS * 2**OCTAVES > 8_000
