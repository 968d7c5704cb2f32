"""Music heard elsewhere: every disguise does what it says, to the number."""

from __future__ import annotations

import math

import pytest
import torch

from installation.listen.augment import (
    FINE_RATE,
    PLAIN,
    Ears,
    Variation,
    codec,
    equaliser,
    fine_frames,
    plain,
    stretch,
    to_bytes,
    to_level,
    to_power,
    transpose,
    twins,
)
from installation.listen.levels import level

QUIET = Variation(
    frame=(PLAIN / FINE_RATE, PLAIN / FINE_RATE), pitch=0, equaliser=0, gain=(0, 0), noise=(-200, -200), neighbour=0,
    codec=0, untouched=0, jitter=0, dropout=0,
)  # fmt: skip


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def music(batch: int = 2, fine: int = 400, bins: int = 24) -> torch.Tensor:
    return (torch.rand(batch, fine, bins, generator=generator()) * 200).to(torch.uint8)


def test_a_byte_is_within_a_fifth_of_a_decibel() -> None:
    power = 10 ** torch.linspace(-6, 0, 500)
    back = to_power(to_bytes(power))
    assert (10 * (back / power).log10()).abs().max() < 0.2
    assert to_power(torch.zeros(1, dtype=torch.uint8)).item() == 0


def test_levels_are_those_of_the_network() -> None:
    power = torch.tensor([0.0, 1e-9, 1e-3, 0.25, 1.0])
    torch.testing.assert_close(to_level(power), level(power), atol=2e-5, rtol=0)  # 20.723 is rounded


def test_plain_frames_are_the_mean_power_of_two_fine_ones() -> None:
    kept = music()
    wanted = to_level(to_power(kept).reshape(2, -1, 2, 24).mean(2)).transpose(1, 2)
    torch.testing.assert_close(plain(kept, 200), wanted)


def test_stretching_keeps_the_energy() -> None:
    power = to_power(music(3, 400))
    width = torch.tensor([1.728, 2.2, 2.496])
    new = stretch(power, width, 100)
    for clip, size, old in zip(new, width, power, strict=True):
        end = 100 * float(size)
        whole = old[: int(end)].sum(0) + (end % 1) * old[int(end)]
        torch.testing.assert_close(clip.sum(1) * size, whole, rtol=1e-4, atol=0)


def test_a_click_lands_where_the_stretch_puts_it() -> None:
    power = torch.zeros(1, 400, 1)
    power[0, 249] = 1
    assert stretch(power, torch.tensor([2.5]), 100)[0, 0].argmax() == 99


def test_transposing_moves_bins_and_falls_silent_outside() -> None:
    power = torch.arange(1.0, 9.0).view(1, 8, 1).repeat(3, 1, 1)
    up, down, half = transpose(power, torch.tensor([2.0, -3.0, 0.5]))[..., 0]
    assert up.tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    assert down.tolist() == [4, 5, 6, 7, 8, 0, 0, 0]
    torch.testing.assert_close(half, torch.tensor([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]))


def test_equaliser_reaches_its_points_in_decibels() -> None:
    gains = equaliser(torch.tensor([[-5.0, 0, 0, 0, 0, 0, 0, 5.0]]), 216)
    assert 10 * math.log10(gains[0, 0, 0]) == pytest.approx(-5, abs=0.01)
    assert 10 * math.log10(gains[0, -1, 0]) == pytest.approx(5, abs=0.01)


def test_a_codec_loses_the_top_and_what_a_loud_neighbour_hides() -> None:
    power = torch.full((1, 60, 2), 1e-6)
    power[0, 20] = 1.0
    heard = codec(power, torch.tensor([50.0]), torch.tensor([40.0]))
    assert heard[0, 20, 0] == 1
    assert heard[0, 25, 0] == 0  # hidden, 60 dB under a neighbour
    assert heard[0, 45, 0] == pytest.approx(1e-6)  # far from it
    assert heard[0, 50:].sum() == 0


def test_without_any_strength_music_stays_as_it_is() -> None:
    kept = music()
    torch.testing.assert_close(Ears(QUIET, generator()).vary(kept, 200), plain(kept, 200), atol=1e-5, rtol=0)


def test_clips_of_one_recording_are_heard_alike() -> None:
    kept = music(1, fine_frames(64, 0.026), 216).repeat(6, 1, 1)
    variation = Variation(neighbour=0, noise=(-200, -200), untouched=0, jitter=0, dropout=0)
    heard = Ears(variation, generator(1), each=3).vary(kept, 64)
    torch.testing.assert_close(heard[0], heard[2])
    assert not torch.allclose(heard[2], heard[3])


def test_the_same_seed_hears_the_same() -> None:
    kept = music(4, fine_frames(64, 0.026), 72)
    one, two, other = (Ears(Variation(), generator(seed), 2).vary(kept, 64) for seed in (5, 5, 6))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_levels_fall_silent_as_often_as_asked() -> None:
    loud = torch.full((1, fine_frames(500, PLAIN / FINE_RATE), 216), 200, dtype=torch.uint8)
    variation = Variation(**{**{f: getattr(QUIET, f) for f in QUIET.__slots__}, "dropout": 0.1})
    heard = Ears(variation, generator()).vary(loud, 500)
    assert (heard == 0).float().mean().item() == pytest.approx(0.1, abs=0.01)


def test_all_disguises_together_stay_finite_and_in_range() -> None:
    kept = torch.cat([music(6, fine_frames(64, 0.026), 216), torch.zeros(2, fine_frames(64, 0.026), 216).byte()])
    heard = Ears(Variation(), generator(3), 2).vary(kept, 64)
    assert heard.shape == (8, 216, 64)
    assert bool(heard.isfinite().all())
    assert 0 <= float(heard.min()) <= float(heard.max()) < 1.2


def test_a_twin_differs_in_nothing_but_its_key() -> None:
    level = torch.rand(3, 96, 20, generator=generator())
    heard = twins(level, 2, 24, generator(1))
    assert heard.shape == (5, 96, 20)
    torch.testing.assert_close(heard[:3], level)
    for clip, twin in zip(level, heard[3:], strict=False):
        fits = {  # semitones by which the twin lies higher -> whether it is then the same
            by: torch.allclose(twin[24 + 2 * by : 72 + 2 * by], clip[24:72], atol=1e-5) for by in range(-6, 7)
        }
        assert sum(fits.values()) == 1
        assert not fits[0]
    assert twins(level, 0, 24, generator()) is level
