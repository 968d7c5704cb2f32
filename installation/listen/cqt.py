"""The front end: how loud every pitch is in every frame, on a loop's circle or along a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import Any

import numpy as np
import torch
from nnAudio.utils import create_cqt_kernels
from scipy.signal import zoom_fft
from torch import Tensor

from installation.data import Floats

REACH = 7.0  # kernel widths (1 / length) either side of a centre frequency; beyond, a Hann kernel is under 1e-3
FADE = 1.0  # of these, the last that fade out, so that nothing hangs on where exactly a band ends
SPACING = 0.5  # kernel lengths between two looks at the power, at most,
LONGEST_SPACING = 500  # and samples
LOOKS = sorted(power << shift for power in (1, 3) for shift in range(16))  # a frame, 1 2 3 4 6 8 12 ...: short FFTs
LONGEST = 480  # frames of a line that are transformed at once
KEPT = 4  # lengths whose kernel spectra are kept


class ConstantQ:
    """A bank of Hann kernels, equally many per octave, designed by nnAudio (L1-normalised).

    rate, lowest      Hz; `lowest` is the centre of bin 0
    filter_scale      below 1 the kernels are shorter than the distance of the bins asks for

    Power is looked at every half kernel or more often and averaged over the frame, so that no sample goes unheard.
    A full-scale sine in the centre of a bin has the power 0.25.
    """

    def __init__(self, rate: int, lowest: float, bins: int, bins_per_octave: int, filter_scale: float) -> None:
        quality = filter_scale / (2 ** (1 / bins_per_octave) - 1)  # centre frequency times kernel length, in periods
        try:
            kernels, _, lengths, pitches = create_cqt_kernels(quality, rate, lowest, bins, bins_per_octave)
        except ValueError:
            raise ValueError(f"{bins} bins from {lowest:g} Hz reach beyond half of {rate} Hz") from None
        self.rate = rate
        self.pitches: Floats = np.asarray(pitches, np.float32)  # [bins] Hz
        self.lengths: list[int] = [int(length) for length in lengths]  # samples
        self._kernels = [
            kernel[np.flatnonzero(kernel)[0] - 1 :][:length]
            for kernel, length in zip(kernels, self.lengths, strict=True)
        ]
        self._banks: dict[tuple[int, int, torch.device], Bank] = {}
        self._lock = Lock()  # ears in several threads may share a front end

    def circle(self, samples: Tensor, frames: int) -> Tensor:
        """The power of every bin in every frame of a loop: [batch, samples] -> [batch, bins, frames]."""
        if samples.ndim != 2:
            raise ValueError(f"samples must be [batch, samples], got {list(samples.shape)}")
        bank = self._bank(samples.shape[1], frames, samples.device)
        power: Tensor = FramePower.apply(samples, bank)  # type: ignore[no-untyped-call]
        return power

    def line(self, samples: Tensor, samples_per_frame: int) -> Tensor:
        """The power of every bin in every whole frame of a recording, [batch, samples] -> [batch, bins, frames].

        Before and after it there is silence. The line is cut into circles that overlap by more than the longest kernel.
        """
        frames = samples.shape[1] // samples_per_frame
        if frames < 1:
            raise ValueError(f"{samples.shape[1]} samples are no whole frame of {samples_per_frame}")
        margin = -(-self.lengths[0] // samples_per_frame)
        pieces = -(-frames // LONGEST)
        stride = -(-frames // pieces)
        around = (margin * samples_per_frame, (margin + pieces * stride) * samples_per_frame - samples.shape[1])
        padded = torch.nn.functional.pad(samples, around)
        length = (stride + 2 * margin) * samples_per_frame
        starts = (piece * stride * samples_per_frame for piece in range(pieces))
        circles = (self.circle(padded[:, start : start + length], stride + 2 * margin) for start in starts)
        return torch.cat([circle[..., margin : margin + stride] for circle in circles], -1)[..., :frames]

    def _bank(self, samples: int, frames: int, device: torch.device) -> Bank:
        key = (samples, frames, device)
        with self._lock:
            bank = self._banks.pop(key, None) or self._make_bank(samples, frames, device)
            self._banks[key] = bank  # the last used stands last
            if len(self._banks) > KEPT:
                del self._banks[next(iter(self._banks))]
        return bank

    def _make_bank(self, samples: int, frames: int, device: torch.device) -> Bank:
        bands = []
        for kernel, length, pitch in zip(self._kernels, self.lengths, self.pitches, strict=True):
            looks = next(n for n in LOOKS if samples / (frames * n) <= min(SPACING * length, LONGEST_SPACING))
            start = max(round((pitch / self.rate - REACH / length) * samples), 1 - samples // 2)
            width = min(int(2 * REACH / length * samples) + 2, samples - start)
            response = _centred(kernel, start / samples, width / samples, width)
            rows = -(-width // (frames * looks))
            weight = np.zeros(rows * frames * looks, np.float32)
            away = np.abs(start + np.arange(width) - pitch / self.rate * samples) * length / samples  # kernel widths
            weight[:width] = response * np.clip((REACH - away) / FADE, 0, 1) / samples
            table = weight.reshape(rows, -1)
            table[1::2] *= -1  # a look stands in the middle of its part: half a turn from row to row
            bands.append(Band(looks, -0.5 * (length % 2), start, torch.from_numpy(table).to(device)))
        return Bank(samples, frames, device, bands)


def _centred(kernel: Any, start: float, width: float, count: int) -> Any:
    """A kernel's spectrum from `start`, `width` of the rate wide; real, as its window's middle is put at time 0."""
    frequencies = start + width / count * np.arange(count)  # cycles per sample
    spectrum = zoom_fft(kernel, [start, start + width], count, fs=1) * np.exp(1j * np.pi * len(kernel) * frequencies)
    largest = spectrum[np.argmax(np.abs(spectrum))]
    return (spectrum * np.conj(largest)).real / np.abs(largest)


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """Where one bin listens in the spectrum.

    looks    at the power, per frame
    centre   of the kernel against the moment it answers for, samples: nnAudio's odd ones stand half a sample early
    start    number of the first frequency, in cycles per circle
    weight   [rows, looks * frames] of the frequencies from `start` on, zero beyond the kernel's reach; every other row
             is negative
    """

    looks: int
    centre: float
    start: int
    weight: Tensor


class Bank:
    """All bands for circles of one length, in groups that look equally often."""

    def __init__(self, samples: int, frames: int, device: torch.device, bands: list[Band]) -> None:
        self.samples, self.frames, self.bins = samples, frames, len(bands)
        self.below = max(0, -min(band.start for band in bands))  # negative frequencies that somebody hears
        self.size = self.below + max(band.start + band.weight.numel() for band in bands)
        centres = sorted({band.centre for band in bands})
        turns = torch.arange(self.size, dtype=torch.float64, device=device).sub_(self.below)
        turns = turns * (2 * torch.pi / samples) * torch.tensor(centres, dtype=torch.float64, device=device)[:, None]
        self.shifts = torch.polar(torch.ones_like(turns), turns).to(torch.complex64)  # [centres, frequencies]
        self.groups: list[Group] = []
        for _, alike in groupby(bands, lambda band: band.looks):
            places = [(band, centres.index(band.centre), band.start + self.below) for band in alike]
            self.groups.append(Group(self, sum(group.bins for group in self.groups), places))

    def spread(self, half: Tensor) -> Tensor:
        """The spectrum from `-below` to beyond half the rate, of its positive half: a real sound's is symmetric."""
        middle, above = self._above(half)
        parts = [half[:, 1 : self.below + 1].flip(1).conj(), half]
        parts.append(half[:, middle + 1 - above : middle + 1].flip(1).conj())
        whole = torch.cat(parts, 1)
        return torch.nn.functional.pad(whole, (0, self.size - whole.shape[1]))[:, : self.size]

    def gathered(self, whole: Tensor) -> Tensor:
        """`spread` backward: the slope over the positive half of a spectrum from that over all that is heard of it."""
        half = whole.new_zeros(len(whole), self.samples // 2 + 1)
        middle, above = self._above(half)
        heard = min(self.size - self.below, half.shape[1])
        half[:, :heard] = whole[:, self.below : self.below + heard]
        half[:, 1 : self.below + 1] += whole[:, : self.below].flip(1).conj()
        end = self.below + half.shape[1]
        half[:, middle + 1 - above : middle + 1] += whole[:, end : end + above].flip(1).conj()
        return half

    def _above(self, half: Tensor) -> tuple[int, int]:
        """The last frequency that has a mirror image, and how many of these images are heard beyond half the rate."""
        middle = (self.samples - 1) // 2
        return middle, min(max(0, self.size - self.below - half.shape[1]), middle)

    def planes(self, half: Tensor) -> Tensor:
        """The spectrum for each centre of kernels, [batch, centres, 2, frequencies], real and imaginary."""
        return _planes(self.spread(half)[:, None] * self.shifts)


class Group:
    """Neighbouring bands that look at the power at the same moments, in the middle of equal parts of a frame."""

    def __init__(self, bank: Bank, first: int, bands: list[tuple[Band, int, int]]) -> None:
        self.looks = bands[0][0].looks
        self.points, self.bins = bank.frames * self.looks, len(bands)
        self.slice = slice(first, first + len(bands))
        device = bank.shifts.device
        turns = torch.arange(self.points, dtype=torch.float64, device=device) * (torch.pi / self.points)
        self.late = torch.polar(torch.ones_like(turns), turns).to(torch.complex64)  # by half a look
        self._size = bank.size
        self._bands = [(band.weight, centre * 2 * bank.size + at) for band, centre, at in bands]

    def folded(self, planes: Tensor) -> Tensor:
        """The spectrum of each band as it repeats at the rate of the looks, [batch, bands, points] complex."""
        folded = planes.new_empty(len(planes), self.bins, 2, self.points)
        for n, (weight, at) in enumerate(self._bands):
            torch.sum(self._heard(planes, weight, at) * weight, 2, out=folded[:, n])
        return torch.complex(folded[:, :, 0], folded[:, :, 1]).mul_(self.late)

    def unfold(self, slope: Tensor, planes: Tensor) -> None:
        """`folded` backward: add the slope over the spectrum to `planes`."""
        folded = _planes(slope * self.late.conj())
        for n, (weight, at) in enumerate(self._bands):
            self._heard(planes, weight, at).addcmul_(folded[:, n, :, None], weight)

    def _heard(self, planes: Tensor, weight: Tensor, at: int) -> Tensor:
        """What a band hears, [batch, 2, rows, points]; one view for it, as there are hundreds."""
        shape, strides = (len(planes), 2, *weight.shape), (planes.stride(0), self._size, self.points, 1)
        return planes.as_strided(shape, strides, at)


class FramePower(torch.autograd.Function):
    """The mean power of each band in each frame. Written out because autograd would copy the spectrum per band."""

    @staticmethod
    def forward(ctx: Any, samples: Tensor, bank: Bank) -> Tensor:
        power = samples.new_empty(len(samples), bank.bins, bank.frames)
        planes = bank.planes(torch.fft.rfft(samples))
        waves = []
        for group in bank.groups:
            wave = torch.fft.ifft(group.folded(planes), norm="forward")  # [batch, bands, points]
            squares = _looks(wave, bank.frames).square()
            power[:, group.slice] = squares.sum(-1).div_(group.looks)
            waves.append(wave)
        ctx.bank, ctx.size = bank, planes.shape
        ctx.save_for_backward(*waves)
        return power

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:
        bank: Bank = ctx.bank
        planes = torch.zeros(ctx.size, device=slope.device)
        for group, wave in zip(bank.groups, ctx.saved_tensors, strict=True):
            looks = _looks(wave, bank.frames) * (slope[:, group.slice] * (2 / group.looks))[..., None]
            per_look = torch.view_as_complex(looks.view(*wave.shape, 2))
            group.unfold(torch.fft.fft(per_look), planes)
        whole = (torch.complex(planes[:, :, 0], planes[:, :, 1]) * bank.shifts.conj()).sum(1)
        half = bank.gathered(whole)
        half[:, 1 : (bank.samples - 1) // 2 + 1] *= 0.5  # irfft counts these twice
        return torch.fft.irfft(half, bank.samples, norm="forward"), None


def _looks(wave: Tensor, frames: int) -> Tensor:
    """[batch, bands, points] complex -> [batch, bands, frames, 2 * looks] real."""
    return torch.view_as_real(wave).view(*wave.shape[:2], frames, -1)


def _planes(numbers: Tensor) -> Tensor:
    """[..., n] complex -> [..., 2, n] real."""
    return torch.view_as_real(numbers).movedim(-1, -2).contiguous()
