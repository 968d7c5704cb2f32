"""Loops that run a little faster or slower than they were made, and what is heard of it."""

import numpy as np
import pytest

from installation.data import RATE
from installation.pace import Pace, at_place, at_sample
from installation.sound.deck import Deck
from installation.sound.headphones import Headphones
from installation.sound.mixing import FADE, Seam, crossfade, prepare
from installation.sound.motor import REACH, SLEW, Motor, fitting
from installation.sound.reel import Reel
from installation.sound.varispeed import SIDE, between


def tones(length, phase=0.0, level=0.2, cycles=(110, 220, 660, 1980)):
    """A loop of whole cycles: [2, length]."""
    angle = 2 * np.pi * np.arange(length) / length
    wave = level * sum(np.sin(k * angle + phase) / n for n, k in enumerate(cycles, 1))
    return np.stack([wave, wave]).astype(np.float32)


def noise(seed, length):
    return np.random.default_rng(seed).uniform(-0.4, 0.4, (2, length)).astype(np.float32)


def loop(samples, length=None):
    return prepare(samples, 1.0, float(length or samples.shape[1]), 2)


def played(loops, period=None, count=3 * RATE, portions=None, headphones=None):
    """The loops one after the other, with all that was told about them."""
    seams, paces = [Seam(0, 0.0, loops[0].length, 0)], [Pace(0, 0.0)]
    coming = iter(enumerate(loops[1:], 1))
    deck = Deck(seams[0], loops[0], lambda: next(coming, None), seams.append, paces.append, headphones)
    deck.follow(period)
    sound, left = [], count
    random = np.random.default_rng(1)
    while left:
        part = min(left, int(random.integers(1, portions)) if portions else 1024)
        sound.append(deck.read(part))
        left -= part
    return np.concatenate(sound), seams, paces[1:] or paces


def steps(sound):
    return np.abs(np.diff(sound, axis=0)).max()


# ---- between the samples


def test_on_the_samples_every_one_is_as_it_was():
    line = noise(0, 4_000).T
    places = np.arange(100.0, 1_100.0)
    np.testing.assert_array_equal(between(places, lambda first, last: line[first:last]), line[100:1_100])


@pytest.mark.parametrize("hertz", [50.0, 1_000.0, 10_000.0, 18_000.0])
def test_between_the_samples_is_what_the_wave_is_there(hertz):
    places = 100 + 1.037 * np.arange(5_000)
    line = np.sin(2 * np.pi * hertz * np.arange(6_000) / RATE)[:, None].astype(np.float32)
    wanted = np.sin(2 * np.pi * hertz * places / RATE)
    error = between(places, lambda first, last: line[first:last])[:, 0] - wanted
    assert 20 * np.log10(np.sqrt(np.mean(error**2)) / np.sqrt(0.5)) < -80


# ---- how fast


def test_a_speed_is_reached_in_a_glide_and_kept():
    told = []
    motor = Motor(Pace(0, 0.0), 96_000.0, told.append)
    motor.follow(1_000, 96_000 / 1.05)
    pace = told[-1]
    assert pace.speed_at(1_000) == 1
    assert pace.speed_at(1_000 + pace.lasts) == pytest.approx(1.05)
    assert pace.lasts == pytest.approx(0.05 / SLEW, abs=1)
    places = pace.place(np.arange(0.0, 90_000.0))
    steps = np.diff(places)
    assert (np.abs(np.diff(steps)) < 1.01 * SLEW).all()  # no leap of pitch
    assert steps[-1] == pytest.approx(1.05)
    for place in (500.0, 20_000.0, 80_000.0):
        first = pace.reaches(place)
        assert pace.place(float(first - 1)) < place <= pace.place(float(first))
        assert pace.place(pace.when(place)) == pytest.approx(place)


def test_what_is_out_of_reach_is_not_followed():
    assert fitting(96_000, 96_000 / (1 + REACH) * 1.0001) is not None
    assert fitting(96_000, 96_000 / (1.001 + REACH)) is None
    told = []
    motor = Motor(Pace(0, 0.0), 96_000.0, told.append)
    motor.follow(0, 96_000 / 1.04)
    motor.follow(60_000, 96_000 / 1.3)
    assert told[-1].speed_at(200_000) == pytest.approx(1.04)


def test_paces_are_found_by_sample_and_by_place():
    paces = [Pace(0, 0.0), Pace(100, 100.0, 1.05), Pace(300, 310.0, 0.95)]
    assert [at_sample(paces, sample) for sample in (-5, 99, 100, 299, 900)] == [paces[n] for n in (0, 0, 1, 1, 2)]
    assert [at_place(paces, place) for place in (-5, 99, 100, 309, 900)] == [paces[n] for n in (0, 0, 1, 1, 2)]


# ---- the deck


def test_at_their_own_tempo_loops_are_heard_to_the_last_bit():
    loops = [loop(noise(seed, 48_000)) for seed in range(3)]
    plain, _, _ = played(loops, count=150_000)
    led, seams, paces = played(loops, period=48_000.0, count=150_000, portions=5_000)
    np.testing.assert_array_equal(led, plain)
    np.testing.assert_array_equal(led[48_000 : 96_000 - FADE], loops[1].samples[:-FADE])
    assert [seam.turn for seam in seams] == [1.0] * len(seams)
    assert paces == [Pace(0, 0.0)]


def test_the_next_dream_at_the_new_tempo_keeps_the_beat_and_the_speed_of_the_room():
    """120 beats a minute are led to 126; the second loop is made for 126, and runs as it was made."""
    period = 96_000 / 1.05
    made = round(period)
    sound, seams, paces = played(
        [loop(tones(96_000)), loop(tones(made), made), loop(tones(made), made)], period, 290_000
    )
    assert seams[1].turn == pytest.approx(1 / 1.05, rel=1e-3)
    second = paces[-1]
    assert second.speed == pytest.approx(1.0, abs=1e-5)
    assert abs(at_place(paces, float(seams[2].begin)).when(seams[2].begin) - paces[-1].sample - made) < 2
    frequencies = np.fft.rfftfreq(16_384, 1 / RATE)
    window = np.hanning(16_384)
    heights = [
        frequencies[np.abs(np.fft.rfft(window * sound[at : at + 16_384, 0])).argmax()]
        for at in (60_000, 130_000, 240_000)
    ]
    assert np.ptp(heights) <= frequencies[1]  # the pitch goes up with the tempo, and stays through the seam


@pytest.mark.parametrize("speed", [0.945, 0.97, 1.0, 1.02, 1.059])
def test_no_seam_and_no_change_of_tempo_clicks(speed):
    period = 96_000 / speed
    made = round(period)
    loops = [loop(tones(96_000)), loop(tones(made, 0.3), made), loop(tones(96_000, 0.6))]
    sound, _, _ = played(loops, period, 320_000)
    step = max(one.step for one in loops)
    assert steps(sound[SIDE:]) <= step * max(1.0, speed) ** 2 * 1.02
    bends = np.abs(np.diff(sound[SIDE:, 0], 2))
    inside = max(np.abs(np.diff(one.samples[:, 0], 2)).max() for one in loops)
    assert bends.max() <= inside * max(1.0, speed) ** 3 * 1.05


def test_a_large_change_waits_for_the_dream_that_fits():
    """From 120 to 150: the old loop plays on as it is; the new one runs as it was made from its first beat on."""
    sound, seams, paces = played(
        [loop(noise(0, 48_000)), loop(noise(1, 38_400)), loop(noise(2, 38_400))], 38_400.0, 120_000
    )
    assert paces == [Pace(0, 0.0)]
    assert [seam.begin for seam in seams[:3]] == [0, 48_000, 86_400]
    np.testing.assert_array_equal(sound[: 48_000 - FADE], noise(0, 48_000).T[:-FADE])
    np.testing.assert_array_equal(sound[48_000 : 86_400 - FADE], noise(1, 38_400).T[:-FADE])


@pytest.mark.parametrize("period", [None, 48_000 / 1.05, 48_000 / 0.955])
def test_in_any_portions_and_long_afterwards_it_is_the_same(period):
    """Live in portions, live in others, and the reel at any moment: equal to the last bit, in a show and in a film."""
    loops = [loop(noise(seed, length)) for seed, length in enumerate((48_000, 45_714, 45_714, 50_001))]
    live, seams, paces = played(loops, period, 170_000)
    other, _, _ = played(loops, period, 170_000, portions=6_000)
    np.testing.assert_array_equal(other, live)
    reel = Reel(seams, paces, lambda number: loops[number], 2)
    pieces = [reel.read(start, start + 1_601) for start in range(0, 165_000, 1_601)]
    film = np.concatenate(pieces)[SIDE:160_000]  # before the first beat a film is silent, a show fades in
    np.testing.assert_array_equal(film, live[SIDE:160_000])


def test_loops_of_hardly_any_samples_are_played_too():
    for length in (1, 2, 7, 40):
        sound, _, _ = played([loop(noise(length, length)), loop(noise(9, 3))], 48_000.0, 5_000)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1


def test_nothing_exceeds_full_scale_between_the_samples():
    """A square wave at full scale swings over between its samples."""
    square = np.sign(tones(48_000, 0.1, cycles=(6_000,))).astype(np.float32)
    sound, _, _ = played([loop(square)], 48_000 / 1.013, 60_000)
    assert np.abs(sound).max() <= 1


# ---- headphones


def test_headphones_hear_the_waiting_loop_in_step_and_exactly():
    headphones = Headphones()
    first, waiting = loop(noise(0, 48_000)), loop(noise(1, 48_000))
    headphones.put_on(waiting)
    sound, _, _ = played([first], None, 100_000, headphones=headphones)
    np.testing.assert_array_equal(sound[:48_000, :2], first.samples)
    np.testing.assert_array_equal(sound[2_000:48_000, 2:], waiting.samples[2_000:])
    np.testing.assert_array_equal(sound[48_000:96_000, 2:], waiting.samples)


def test_headphones_change_without_a_click_and_keep_the_beat_of_a_loop_of_another_length():
    headphones = Headphones()
    first, waiting = loop(tones(48_000)), loop(tones(46_000, 1.0))
    deck = Deck(Seam(0, 0.0, 48_000.0, 0), first, lambda: None, headphones=headphones)
    headphones.put_on(first)
    pieces = [deck.read(1_024) for _ in range(20)]
    headphones.put_on(waiting)
    pieces += [deck.read(1_024) for _ in range(60)]
    sound = np.concatenate(pieces)[FADE:]
    assert steps(sound[:, 2:]) <= 1.3 * max(first.step, waiting.step)
    later = 48_000 - FADE  # where the main loop begins again, so does the waiting one
    np.testing.assert_allclose(sound[later : later + 50, 2:], waiting.at(np.arange(50) * 46 / 48), atol=1e-4)


def test_a_level_stays_when_the_headphones_change():
    old, new = noise(3, 2_000).T, noise(4, 2_000).T
    mixed = crossfade(old, new, 2_000)
    assert np.std(mixed) == pytest.approx(np.std(old), rel=0.06)
