"""Tones have the pitch they were asked for, nothing aliases, every family of every part can be heard."""

import numpy as np
import pytest

from installation.data import RATE
from installation.repertoire.house import effects, joins, waves
from installation.repertoire.house.drums import CLAPS, HATS, KICKS, OPENS
from installation.repertoire.house.instruments import BASSES, LEADS, PADS, STABS
from installation.repertoire.house.percussion import PERCUSSION
from installation.repertoire.house.sources import Sources

DRUMS = {"kick": KICKS, "clap": CLAPS, "hat": HATS, "open": OPENS, "perc": PERCUSSION}
FAMILIES = {"bass": BASSES, "stab": STABS, "pad": PADS, "lead": LEADS}


def strongest(sound):
    """The frequency of the strongest partial, Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE / len(sound))


@pytest.mark.parametrize("frequency", [55.0, 440.0, 3000.0])
def test_a_wavetable_has_the_pitch_it_was_asked_for(frequency):
    tone = waves.wavetable(
        frequency, waves.partials("saw", 500, np.random.default_rng(0)), np.full(RATE, 15_000, np.float32)
    )
    assert strongest(tone) == pytest.approx(frequency, abs=1.5)


def test_a_high_saw_does_not_alias():
    tone = waves.wavetable(
        3000.0, waves.partials("saw", 500, np.random.default_rng(0)), np.full(RATE, 15_000, np.float32)
    )
    power = np.abs(np.fft.rfft(tone * np.blackman(RATE))) ** 2
    far = np.abs((np.arange(len(power)) + 1500) % 3000 - 1500) > 50
    assert 10 * np.log10(power[far].sum() / power.sum()) < -55


def test_a_falling_cutoff_darkens_a_tone():
    cutoff = np.geomspace(12_000, 200, RATE).astype(np.float32)
    tone = waves.wavetable(110.0, waves.partials("saw", 500, np.random.default_rng(0)), cutoff)
    power = [np.abs(np.fft.rfft(half)) ** 2 for half in np.split(tone, 2)]
    bright = [float(half[1000:].sum() / half.sum()) for half in power]  # above 2 kHz
    assert bright[0] > 20 * bright[1]


def test_a_cloud_repeats_without_a_seam():
    tone = waves.cloud(
        [220.0, 330.0], waves.partials("saw", 20, np.random.default_rng(0)), 10, np.random.default_rng(1)
    )
    steps = np.abs(np.diff(np.append(tone, tone[0])))
    assert steps[-1] <= steps.max()
    assert strongest(tone[: RATE * 4]) == pytest.approx(220, abs=4)


@pytest.mark.parametrize("part", list(DRUMS))
def test_every_drum_family_sounds_ends_and_differs_from_draw_to_draw(part):
    assert len(DRUMS[part]) >= 10
    for family, draw in DRUMS[part].items():
        first, second = draw(np.random.default_rng(1)), draw(np.random.default_rng(2))
        assert np.isfinite(first).all(), family
        assert np.abs(first).max() == pytest.approx(1, abs=0.05), family
        assert np.abs(first[-20:]).max() < 0.1, family
        assert len(first) != len(second) or not np.allclose(first, second), family


@pytest.mark.parametrize("part", list(FAMILIES))
def test_every_instrument_family_plays_finite_sound_in_the_length_asked_for(part):
    assert len(FAMILIES[part]) >= 10
    for family, draw in FAMILIES[part].items():
        play = draw(np.random.default_rng(3), Sources())
        sound = play((48.0, 55.0) if part != "bass" else (36.0,), 0.3, 0.0)
        assert np.isfinite(sound).all(), family
        assert 0.01 < np.abs(sound).max() < 30, family
        assert 0.3 * RATE <= len(sound) < 2.2 * RATE, family


def test_kicks_are_low_and_hats_are_high():
    for family, draw in KICKS.items():
        if family != "sampler":
            assert strongest(draw(np.random.default_rng(4))) < 200, family
    for family, draw in HATS.items():
        assert strongest(draw(np.random.default_rng(4))) > 2000, family


def test_a_resting_filter_far_above_the_sound_leaves_it_alone():
    sound = waves.noise(50_000, np.random.default_rng(0))
    dark = effects.lowpassed(sound, 2000, 4)
    gains = effects.moving("low", np.full(effects.spectra(len(sound)), 20_000, np.float32))
    swept = effects.swept(dark, gains)
    inside = slice(4096, -4096)
    assert np.std(swept[inside] - dark[inside]) < 0.02 * np.std(dark[inside])


def test_the_pump_falls_at_every_hit_and_climbs_back():
    gain = effects.pumped(RATE, [0, 24_000], 0.8, 0.3)
    assert gain[300] < 0.3
    assert gain[23_900] == pytest.approx(1, abs=0.01)
    assert gain[24_300] < 0.3


def test_compression_brings_loud_and_soft_nearer():
    sound = np.concatenate([0.9 * np.ones(RATE), 0.05 * np.ones(RATE)]).astype(np.float32)
    out = effects.compressed(sound, -20, 4, 0.05)
    assert out[RATE // 2] / out[-RATE // 4] < 0.5 * 18


@pytest.mark.parametrize("name", list(joins.RISERS))
def test_risers_grow(name):
    sound = joins.RISERS[name](RATE, np.random.default_rng(5)) * np.linspace(0, 1, RATE)
    assert np.std(sound[-RATE // 4 :]) > 2 * np.std(sound[: RATE // 4])
