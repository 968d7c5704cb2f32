"""The front end against nnAudio, against librosa, against itself on a line, and its slope."""

import librosa
import numpy as np
import pytest
import torch
from nnAudio.features.cqt import CQT1992v2
from torch import Tensor

from installation.listen.clips import clip
from installation.listen.cqt import ConstantQ
from installation.listen.levels import level

torch.set_num_threads(1)
RATE, LOWEST, BINS, PER_OCTAVE, SCALE = 48_000, 40.0, 216, 24, 0.43
SAMPLES, FRAMES = 96_000, 96
INTERIOR = slice(12, -12)  # frames whose kernels, up to 367 ms, lie inside the sound


@pytest.fixture(scope="module")
def bank() -> ConstantQ:
    return ConstantQ(RATE, LOWEST, BINS, PER_OCTAVE, SCALE)


@pytest.fixture(scope="module")
def music() -> Tensor:
    """Two seconds of drums: [1, samples]."""
    return torch.from_numpy(clip("beat-mika", SAMPLES).mono)[None]


def later(music: Tensor, samples: float) -> Tensor:
    """The loop rolled by samples that need not be whole."""
    turns = -2j * torch.pi * samples / SAMPLES * torch.arange(SAMPLES // 2 + 1)
    return torch.fft.irfft(torch.fft.rfft(music) * torch.exp(turns), SAMPLES)


def at_moments(bank: ConstantQ, music: Tensor, hop: int, frame: int, after: float = 0.0) -> Tensor:
    """Power at the moments 0, hop, 2 hop ... and `after` them: short frames hold one look each, in their middle."""
    return bank.circle(later(music, frame / 2 - after), SAMPLES // frame)[0][:, :: hop // frame]


def test_power_at_the_frame_centres_is_nnaudios(bank: ConstantQ, music: Tensor) -> None:
    theirs = CQT1992v2(RATE, 1_000, LOWEST, None, BINS, PER_OCTAVE, SCALE, pad_mode="constant", verbose=False)
    wanted = theirs(music, normalization_type="convolutional")[0].square()[:, :FRAMES]
    ours = at_moments(bank, music, 1_000, 8)
    assert (ours - wanted)[:, INTERIOR].abs().max() <= 1e-3 * wanted.max()


def test_power_at_the_frame_centres_is_librosas(music: Tensor) -> None:
    ratio = 2 ** (1 / PER_OCTAVE)
    bandwidth = (ratio**2 - 1) / (ratio**2 + 1)  # of a bin, as librosa has it; nnAudio has ratio - 1
    bank = ConstantQ(RATE, LOWEST, BINS, PER_OCTAVE, SCALE * (ratio - 1) / bandwidth)
    theirs = librosa.cqt(
        music[0].numpy(), sr=RATE, hop_length=1_125, fmin=LOWEST, n_bins=BINS, bins_per_octave=PER_OCTAVE,
        filter_scale=SCALE, sparsity=0, pad_mode="constant",
    )  # an odd hop, so that it does not work at lower rates, where its kernels have few samples  # fmt: skip
    lengths = SCALE / bandwidth * RATE / bank.pitches.astype(float)
    wanted = torch.from_numpy(np.abs(theirs) ** 2 / lengths[:, None])
    odd = {  # kernels of odd length stand half a sample late in librosa and half a sample early in nnAudio
        "late": [len(np.arange(-length // 2, length // 2)) % 2 for length in lengths],
        "early": [length % 2 for length in bank.lengths],
    }
    shifts = (torch.tensor(odd["late"]) + torch.tensor(odd["early"])) / 2
    ours = torch.zeros(wanted.shape)
    for shift in shifts.unique().tolist():
        there = at_moments(bank, music, 1_125, 3, shift)[:, : wanted.shape[1]]
        ours[shifts == shift] = there[shifts == shift]
    assert (ours - wanted)[:, 10:-10].abs().max() <= 1e-3 * wanted.max()


@pytest.mark.parametrize("number", [0, 100, 215])
def test_a_full_scale_sine_has_the_level_0_93(bank: ConstantQ, number: int) -> None:
    turns = round(float(bank.pitches[number]) * SAMPLES / RATE)
    sine = torch.sin(2 * torch.pi * turns * torch.arange(SAMPLES, dtype=torch.float64) / SAMPLES).float()[None]
    assert level(bank.circle(sine, FRAMES))[0, number].numpy() == pytest.approx(0.933, abs=2e-3)


def test_silence_has_the_level_0(bank: ConstantQ) -> None:
    assert level(bank.circle(torch.zeros(1, SAMPLES), FRAMES)).abs().max() < 1e-4


def test_the_circle_is_the_interior_of_the_line_of_the_repeated_loop(bank: ConstantQ, music: Tensor) -> None:
    circle = level(bank.circle(music, FRAMES))
    line = level(bank.line(music.repeat(1, 3), 1_000))[..., FRAMES : 2 * FRAMES]
    assert (circle - line).abs().max() <= 1e-3


def test_a_long_line_is_cut_into_pieces_without_a_trace(bank: ConstantQ) -> None:
    noise = 0.1 * torch.randn(1, 500_000, generator=torch.Generator().manual_seed(1))
    whole = level(bank.line(noise, 1_000))
    assert list(whole.shape) == [1, BINS, 500]
    alone = level(bank.line(noise[:, 220_000:280_000], 1_000))  # the cut is at frame 250
    assert (whole[..., 240:260] - alone[..., 20:40]).abs().max() <= 1e-3


def test_a_loop_rolled_by_frames_gives_a_rolled_scalogram(bank: ConstantQ, music: Tensor) -> None:
    rolled = level(bank.circle(music.roll(7_000, 1), FRAMES))
    assert (rolled - level(bank.circle(music, FRAMES)).roll(7, 2)).abs().max() <= 1e-4


def test_a_loop_rolled_by_samples_changes_a_little(bank: ConstantQ, music: Tensor) -> None:
    change = level(bank.circle(music.roll(100, 1), FRAMES)) - level(bank.circle(music, FRAMES))
    assert torch.isfinite(change).all()
    assert 0 < change.square().mean().sqrt() < 0.1


def test_every_sample_of_noise_is_heard_above_5_khz(bank: ConstantQ) -> None:
    noise = 0.1 * torch.randn(1, SAMPLES, generator=torch.Generator().manual_seed(1))
    noise.requires_grad_()
    high = torch.from_numpy(bank.pitches > 5_000)
    (slope,) = torch.autograd.grad(level(bank.circle(noise, FRAMES))[:, high].mean(), noise)
    assert slope.abs().quantile(0.1) >= 0.1 * slope.abs().median()


def test_the_slope_is_that_of_finite_differences(bank: ConstantQ, music: Tensor) -> None:
    generator = torch.Generator().manual_seed(1)
    weight = torch.rand(2, BINS, FRAMES, generator=generator)
    start = torch.cat([music, music.flip(1)]).requires_grad_()
    direction = torch.randn(2, SAMPLES, generator=generator)

    def power(samples: Tensor) -> Tensor:
        return (weight * bank.circle(samples, FRAMES)).double().sum()

    (slope,) = torch.autograd.grad(power(start), start)
    with torch.no_grad():
        measured = (power(start + 0.1 * direction) - power(start - 0.1 * direction)) / 0.2  # power is quadratic: exact
    assert (slope * direction).sum().item() == pytest.approx(measured.item(), rel=1e-3)


def test_frames_need_not_be_whole_samples_long(bank: ConstantQ, music: Tensor) -> None:
    power = bank.circle(music[:, :70_001], 64)
    assert list(power.shape) == [1, BINS, 64]
    assert torch.isfinite(power).all()


def test_what_cannot_be_is_refused(bank: ConstantQ) -> None:
    with pytest.raises(ValueError, match="beyond half of 22050 Hz"):
        ConstantQ(22_050, LOWEST, BINS, PER_OCTAVE, SCALE)
    with pytest.raises(ValueError, match="batch, samples"):
        bank.circle(torch.zeros(SAMPLES), FRAMES)
    with pytest.raises(ValueError, match="no whole frame"):
        bank.line(torch.zeros(1, 999), 1_000)
