"""What keeps a dream musical does what it says to sounds and to scalograms."""

import pytest
import torch

from installation.data import RATE
from installation.dream.regularise import calmed, denoised, resampled, transposed, treble, veils

SAMPLES = 64_000  # four beats at 180 bpm: the shortest loop


def tone(hertz, samples=SAMPLES):
    return torch.sin(2 * torch.pi * hertz * torch.arange(samples, dtype=torch.float64) / RATE).float()


@pytest.mark.parametrize("semitones", [-1.0, -0.3, 0.5, 1.0])
def test_a_loop_played_faster_is_higher_and_as_long(semitones):
    speed = 2 ** (semitones / 12)
    heard = resampled(tone(750.0), speed)
    assert heard.shape == (SAMPLES,)
    loudest = int(torch.fft.rfft(heard * torch.hann_window(SAMPLES)).abs().argmax()) * RATE / SAMPLES
    assert loudest == pytest.approx(750 * speed, abs=2)
    assert heard.square().mean() == pytest.approx(0.5, abs=0.01)


def test_a_resampled_loop_closes():
    heard = resampled(tone(750.0), 1.03)
    around = torch.cat([heard[-50:], heard[:50]]).diff().abs()
    assert around.max() < 1.05 * heard[1000:-1000].diff().abs().max()


def test_resampling_has_a_slope_and_speed_1_changes_nothing():
    samples = torch.randn(SAMPLES, generator=torch.Generator().manual_seed(0)).requires_grad_()
    torch.testing.assert_close(resampled(samples, 1.0), samples, atol=1e-4, rtol=0)
    (slope,) = torch.autograd.grad(resampled(samples, 1.05).square().sum(), samples)
    assert torch.isfinite(slope).all()
    assert slope.abs().mean() > 0.1


@pytest.mark.parametrize("by", [0.0, 1.0, -2.0, 0.25, -1.5, 9.0])
def test_transposing_moves_a_line_by_fractions_of_bins(by):
    level = torch.zeros(2, 30, 3)
    level[:, 15] = 1.0
    moved = transposed(level, [0.0, by])
    assert torch.equal(moved[0], level[0])
    assert moved[1].sum(0) == pytest.approx(1.0)
    assert (moved[1] * torch.arange(30)[:, None]).sum(0) == pytest.approx(15 + by, abs=1e-5)


def test_a_veil_hides_its_share_on_the_circle():
    places = torch.linspace(0, 0.999, 50)
    seen = veils(places, 20, 0.3)
    assert (seen.sum(1) == 14).all()
    assert (seen.mean(0) < 1).all()  # also over the seam
    assert veils(places, 20, 0.0).all()
    assert not veils(places, 20, 1.0).any()


def test_treble_is_the_upper_half():
    assert treble(5).flatten().tolist() == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_denoising_takes_the_floor_and_leaves_the_notes():
    places = torch.arange(SAMPLES) / RATE
    beats = ((places * 3) % 1 < 0.3).float()
    tone = 0.3 * beats * torch.sin(2 * torch.pi * 440 * places)
    noise = 0.01 * torch.randn(SAMPLES, generator=torch.Generator().manual_seed(0))
    clean = denoised(tone + noise, 0.9)
    assert (clean - tone).square().mean() < 0.4 * noise.square().mean()
    assert clean.square().mean() > 0.95 * tone.square().mean()


def test_denoising_does_nothing_at_strength_0_and_knows_no_seam():
    samples = torch.randn(SAMPLES + 123, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(denoised(samples, 0.0), samples, atol=1e-4, rtol=0)
    clean = denoised(samples, 0.9)
    steps = clean.diff(append=clean[:1]).abs()
    assert steps[-1] < steps.max()


def test_calming_scales_the_whole_loop():
    loud = torch.tensor([2.0, 1.0, -4.0, 1.0])
    calm = calmed(loud, 10.0)
    assert calm.tolist() == [0.5, 0.25, -1.0, 0.25]
    assert calmed(loud + 7, 0.1).square().mean().sqrt() == pytest.approx(0.1)
    assert calmed(torch.zeros(8), 0.1).tolist() == [0.0] * 8
