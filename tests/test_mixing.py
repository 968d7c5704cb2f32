import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target, Verdict
from installation.sound.channels import spread
from installation.sound.limiter import largest_step, limit, repair, tame
from installation.sound.mixing import (
    FADE,
    Line,
    Seam,
    click_and_flash,
    crossfade,
    flow,
    length,
    prepare,
    render,
)
from installation.sound.resampling import Resampler

SECOND = RATE


def noise(seed, channels=1, samples=SECOND, level=0.1):
    return np.random.default_rng(seed).normal(0, level, (channels, samples)).astype(np.float32)


def loop(samples, gain=1.0, length=None, speakers=2):
    return prepare(samples, gain, length or samples.shape[1], speakers)


def dream(samples, gain=1.0, seconds=None, number=0):
    frames = 48
    seconds = seconds or samples.shape[1] / RATE
    scalogram = Scalogram(np.zeros((216, frames), np.float32), 40.0, 24, seconds / frames)
    return Dream(number, Clip(samples), Activations({}), scalogram, Target(()), 0.0, 0, Verdict(gain, 0.5, 0.0))


def decibels(ratio):
    return 20 * np.log10(ratio)


# ---- the seam


def test_new_loop_begins_at_the_seam_and_not_before_or_after():
    old, new = loop(noise(0)), loop(noise(1))
    sound = np.concatenate(list(render([dream(noise(0)), dream(noise(1))])))
    np.testing.assert_array_equal(sound[: SECOND - FADE], old.samples[:-FADE])
    np.testing.assert_array_equal(sound[SECOND:], new.samples)
    fade = sound[SECOND - FADE : SECOND]
    assert np.abs(fade[0] - old.samples[-FADE]).max() < 1e-3
    assert np.abs(fade[-1] - new.samples[-1]).max() < 1e-3  # the last 45 ms of the new one sound before its first beat


@pytest.mark.parametrize("kind", ["identical", "inverted", "unrelated", "half alike", "half against"])
def test_level_stays_within_half_a_decibel(kind):
    """Mean power of 300 pairs in windows of 5 ms: what is left of chance is below 0.1 dB."""
    old, other = noise(0, 300, 3 * FADE), noise(1, 300, 3 * FADE)
    mixes = {"identical": (1, 0), "inverted": (-1, 0), "unrelated": (0, 1)}
    mixes |= {"half alike": (0.5, 0.75**0.5), "half against": (-0.5, 0.75**0.5)}
    a, b = mixes[kind]
    mixed = crossfade(old.T, (a * old + b * other).T, FADE)
    power = (mixed.reshape(FADE // 240, 240, 300) ** 2).mean(axis=(1, 2))
    assert np.abs(decibels(np.sqrt(power) / 0.1)).max() < 0.5


def test_level_stays_for_single_tones_however_they_meet():
    time = np.arange(3 * FADE) / RATE
    for turn in np.linspace(0, 2 * np.pi, 16):
        old, new = (np.sin(2 * np.pi * 1000 * time + phase)[:, None].astype(np.float32) for phase in (0, turn))
        mixed = crossfade(old, new, FADE)
        power = (mixed.reshape(-1, 240) ** 2).mean(axis=1)
        assert np.abs(decibels(np.sqrt(2 * power))).max() < 0.5, turn
        assert np.abs(np.diff(mixed[:, 0])).max() < 1.02 * 2 * np.pi * 1000 / RATE  # turned, not cut


def test_same_loop_goes_round_without_a_trace():
    same = loop(noise(0))
    line = Line(Seam(0, 0, same.length, 0), same, lambda: None)
    np.testing.assert_array_equal(line.read(3 * SECOND), np.tile(same.samples, (3, 1)))


def test_a_line_sounds_the_same_in_any_portions():
    loops = [loop(noise(seed, samples=samples)) for seed, samples in enumerate((30_000, 24_001, 40_000))]

    def line():
        newer = iter([(1, loops[1]), None, (2, loops[2])])
        return Line(Seam(0, 0, loops[0].length, 0), loops[0], lambda: next(newer, None))

    whole = line().read(120_000)
    portions = line()
    random = np.random.default_rng(3)
    pieces = [portions.read(int(count)) for count in random.integers(1, 3_000, 60)]
    joined = np.concatenate(pieces)
    np.testing.assert_array_equal(joined, whole[: len(joined)])
    later = line()
    later.seek(60_000)  # in the middle of the second round of the second loop
    np.testing.assert_array_equal(later.read(20_000), whole[60_000:80_000])


def test_loops_of_different_lengths_follow_each_other_at_their_own_seams():
    dreams = [dream(noise(seed, samples=samples)) for seed, samples in enumerate((96_000, 64_000, 80_001))]
    pieces = list(render(dreams))
    assert [len(piece) for piece in pieces] == [96_000, 64_000, 80_001]
    np.testing.assert_array_equal(pieces[1][:1000], dreams[1].clip.samples[:, :1000].repeat(2, 0).T)


def test_a_fraction_of_a_sample_is_carried_on():
    seconds = 8 * 60 / 130 / 4  # two beats at 130 bpm are 44 307.69 samples
    samples = int(np.ceil(seconds * RATE))
    card = dream(noise(0, samples=samples), seconds=seconds)
    assert length(card) == pytest.approx(seconds * RATE, abs=1e-6)
    pieces = [len(piece) for piece in render([card] * 13)]
    assert sum(pieces) == round(13 * seconds * RATE)
    assert set(pieces) == {samples, samples - 1}


def test_a_dropped_sample_does_not_click():
    time = np.arange(44_308)
    smooth = np.sin(2 * np.pi * 40 * time / 44_308)[None].astype(np.float32) * 0.5
    sound = np.concatenate(list(render([dream(smooth, seconds=44_307.4 / RATE)] * 5)))
    assert len(sound) == round(5 * 44_307.4)
    assert np.abs(np.diff(sound, axis=0)).max() <= largest_step(smooth.T) * 1.0001


def test_the_show_opens_out_of_silence():
    first = loop(noise(0))
    line = Line(Seam(0, 0, first.length, 0), first, lambda: None)
    line.open()
    assert line.at == -FADE
    opening = line.read(FADE + 100)
    assert np.abs(opening[:50]).max() < 1e-3
    np.testing.assert_array_equal(opening[FADE:], first.samples[:100])


def test_only_judged_dreams_at_48_khz_are_rendered():
    unjudged = Dream(7, Clip(noise(0)), Activations({}), dream(noise(0)).scalogram, Target(()), 0.0, 0)
    with pytest.raises(ValueError, match="dream 7 was not judged"):
        list(render([unjudged]))


def test_the_verdicts_gain_is_what_is_heard():
    quiet = next(render([dream(noise(0), gain=0.25)]))
    np.testing.assert_allclose(quiet[:, 0], 0.25 * noise(0)[0], rtol=1e-6)


# ---- the limiter

HORRORS = {
    "too loud": lambda x: np.sign(x) * 1.5,
    "now and then": lambda x: np.where(np.arange(x.shape[1]) % 997 == 0, 1.5, x),
    "down": lambda x: np.where(np.arange(x.shape[1]) % 499 == 0, -1.5, x),
    "not a number": lambda x: np.where(np.arange(x.shape[1]) % 100 < 3, np.nan, x),
    "no numbers at all": lambda x: x * np.nan,
    "infinite": lambda x: np.where(np.arange(x.shape[1]) % 1000 == 7, np.inf, np.where(x > 0.2, -np.inf, x)),
    "huge": lambda x: np.where(np.arange(x.shape[1]) % 1000 == 7, 3e38, x),
    "direct current": lambda x: x + 1.5,
    "direct current down": lambda x: x - 1.5,
    "nothing but direct current": lambda x: np.full_like(x, 1.5),
    "a loud sine": lambda x: 1.5 * np.sin(2 * np.pi * np.arange(x.shape[1]) * 50 / x.shape[1])[None] + 0 * x,
    "music": lambda x: x,
}


@pytest.mark.parametrize("kind", HORRORS)
def test_no_horror_leaves_full_scale_or_jumps_further_than_it_did(kind):
    raw = HORRORS[kind](noise(5, 2)).astype(np.float32)
    made = loop(raw)
    assert np.isfinite(made.samples).all()
    assert np.abs(made.samples).max() <= 1
    assert made.step <= largest_step(repair(raw.T)) + 1e-6


def test_no_seam_between_horrors_leaves_full_scale_or_jumps():
    loops = [loop(horror(noise(seed, 2, 10_000)).astype(np.float32)) for seed, horror in enumerate(HORRORS.values())]
    for old in loops:
        for new in loops:
            tail = flow(old, len(old.samples), new)
            across = np.concatenate([old.samples[-FADE - 1 : -FADE], tail, new.samples[:1]])
            assert np.abs(across).max() <= 1
            still = np.abs(across[-1] - across[0]).max() / (FADE + 1)  # what two constants ask for at the very least
            assert np.abs(np.diff(across, axis=0)).max() <= max(old.step, new.step, still) + 1e-6


def test_limiter_leaves_quiet_sound_untouched_and_sinks_before_the_peak():
    quiet = noise(0).T
    assert limit(quiet) is quiet
    peak = quiet.copy()
    peak[24_000] = 1.6
    limited = limit(peak)
    assert limited[24_000, 0] == pytest.approx(1)
    np.testing.assert_array_equal(limited[:23_000], quiet[:23_000])
    before = limited[23_980:24_000] / quiet[23_980:24_000]
    assert (np.diff(before[:, 0]) < 0).all()


def test_limiter_takes_longer_where_its_haste_would_be_a_jump():
    """A slow wave sinks while the gain already sinks for the peak after it: together that would be too steep."""
    step = 0.02
    low, high = 0.99 - 0.02 * np.arange(10), 0.81 + 0.02 * np.arange(1, 38)
    hill = np.concatenate([np.linspace(0, 0.99, 200), low, high, high[::-1], np.linspace(0.81, 0, 200)])
    hill = hill.astype(np.float32)[:, None]
    assert largest_step(hill) == pytest.approx(step, rel=1e-3)
    assert np.abs(limit(hill)).max() <= 1
    assert largest_step(limit(hill)) <= largest_step(hill)


def test_repair_bridges_what_is_no_number_around_the_seam():
    circle = np.array([[np.nan], [1], [2], [np.inf], [4], [3]], np.float32)
    np.testing.assert_allclose(repair(circle)[:, 0], [2, 1, 2, 3, 4, 3])


def test_tame_keeps_both_sides_and_the_step():
    wild = np.random.default_rng(0).uniform(-1, 1, (500, 2)).astype(np.float32)
    tamed = tame(wild, np.zeros(2, np.float32), np.ones(2, np.float32), 0.01)
    line = np.concatenate([np.zeros((1, 2)), tamed, np.ones((1, 2))])
    assert np.abs(np.diff(line, axis=0)).max() <= 0.01 + 1e-6


# ---- loudspeakers


@pytest.mark.parametrize("channels", range(1, 7))
@pytest.mark.parametrize("speakers", range(1, 7))
def test_every_loop_fits_every_set_of_loudspeakers(channels, speakers):
    matrix = spread(channels, speakers)
    assert matrix.shape == (speakers, channels)
    assert matrix.sum(axis=1).max() <= 1 + 1e-6
    assert (matrix.sum(axis=0) > 0).sum() >= channels - (channels == 6)  # only the bass may be left out
    if channels == speakers and channels > 1:
        np.testing.assert_array_equal(matrix, np.eye(channels))
    sides = matrix[0], matrix[1] if speakers > 1 else matrix[0]
    assert sides[0].sum() == pytest.approx(sides[1].sum())


def test_mono_sounds_from_left_and_right():
    np.testing.assert_array_equal(spread(1, 6)[:, 0], [1, 1, 0, 0, 0, 0])


# ---- other rates


@pytest.mark.parametrize(("given", "rate"), [(48_000, 44_100), (48_000, 96_000), (48_000, 32_000), (44_100, 48_000)])
def test_another_rate_sounds_the_same_and_comes_no_later(given, rate):
    tones = (220.0, 3_000.0, 11_000.0)

    def sine(rate, count, start=0):
        time = np.arange(start, start + count)[:, None] / rate
        return sum(np.sin(2 * np.pi * tone * time) for tone in tones).astype(np.float32) / 3

    at = 0

    def source(count):
        nonlocal at
        at += count
        return sine(given, count, at - count)

    resampler = Resampler(source, given, rate)
    sound = np.concatenate([resampler.read(count) for count in (1000, 1, 1024, 333, 4096)])
    error = sound[200:] - sine(rate, len(sound))[200:]
    assert decibels(np.sqrt((error**2).mean()) / np.sqrt((sound**2).mean())) < -80


def test_card_clicks_on_every_beat():
    card = click_and_flash(4.0, 8).samples[0]
    for beat in range(8):
        at = beat * 24_000
        assert np.abs(card[at : at + 48]).max() > 0.3
        assert np.abs(card[at - 2_400 : at]).max(initial=0) < 0.01
