"""What keeps a dream musical: it must hold when shifted, transposed and partly hidden, without hiss and drift."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW = 2048  # samples; what de-noising looks at in one piece, 43 ms
FLOOR_SHARE = 0.2  # the share of all moments in which a frequency holds nothing but its floor
NEIGHBOURS = 33  # frequencies whose median is the floor: a held note is narrower and stays
MEETING = 960  # samples over which the ends of a resampled loop are cross-faded, 20 ms
OVER = 2.0  # the floor's fluctuations reach about this far above it


def resampled(samples: Tensor, speed: float) -> Tensor:
    """A loop [samples] played faster or slower, as long as before: pitch and tempo change together.

    speed   0.5..2, 2 is an octave higher

    What is missing comes from the loop's next round, what is too much is left out; where the ends meet they are
    cross-faded, for a loop of another length closes no more. Exact for all frequencies that remain below half the rate.
    """
    length = samples.shape[0]
    other = round(length / speed)
    spectrum = torch.fft.rfft(samples)
    bins = other // 2 + 1
    wave = torch.fft.irfft(F.pad(spectrum, (0, max(0, bins - spectrum.shape[0])))[:bins], other) * (other / length)
    around = wave[torch.arange(length + MEETING, device=samples.device) % other]
    rise = torch.linspace(0, 1, MEETING, device=samples.device)
    return torch.cat([around[:MEETING] * rise + around[length:] * (1 - rise), around[MEETING:length]])


def transposed(level: Tensor, bins: Sequence[float]) -> Tensor:
    """Each item of [batch, bins, frames] moved up by a fraction of bins; what enters at the edge is silence."""
    if not any(bins):
        return level
    return torch.stack([_moved(item, by) if by else item for item, by in zip(level, bins, strict=True)])


def _moved(level: Tensor, by: float) -> Tensor:
    whole = int(by // 1)
    part = by - whole
    size = level.shape[0]
    reach = abs(whole) + 1
    wide = F.pad(level, (0, 0, reach, reach))
    lower, upper = (wide[reach - whole - more : reach - whole - more + size] for more in (0, 1))
    return lower * (1 - part) + upper * part


def veils(places: Tensor, size: int, share: float) -> Tensor:
    """One hidden stretch for each item, on the circle, as factors: [items, size] of 0 (hidden) and 1.

    places   [items], 0..1, where they begin
    """
    starts = (places * size).long()[:, None]
    return ((torch.arange(size) - starts) % size >= round(share * size)).float()


def treble(bins: int) -> Tensor:
    """A ramp over the upper half of the bins, 0 in the middle and 1 at the top: [bins, 1]."""
    return torch.linspace(-1, 1, bins).clamp_min(0)[:, None]


def denoised(samples: Tensor, strength: float) -> Tensor:
    """A loop [samples] less a share of what lies at its own noise floor, by spectral gating on the circle.

    strength   0..1, how far the floor is lowered
    """
    length = samples.shape[0]
    count = max(4, round(length / (WINDOW / 4)))
    begin = (torch.arange(count, device=samples.device, dtype=torch.float64) * (length / count)).round().long()
    places = (begin[:, None] + torch.arange(WINDOW, device=samples.device)) % length  # [pieces, window]
    window = torch.hann_window(WINDOW, device=samples.device)
    spectrum = torch.fft.rfft(samples[places] * window)  # [pieces, frequencies]
    size = spectrum.abs()
    floor = torch.quantile(size, FLOOR_SHARE, dim=0)
    around = F.pad(floor[None], (NEIGHBOURS // 2, NEIGHBOURS // 2), mode="reflect")[0].unfold(0, NEIGHBOURS, 1)
    floor = OVER * around.median(dim=1).values
    gate = 1 - strength * (floor / size.clamp_min(1e-12)).square().clamp(max=1)
    pieces = torch.fft.irfft(spectrum * gate, WINDOW) * window
    flat = places.flatten()
    sound = torch.zeros_like(samples).index_add_(0, flat, pieces.flatten())
    weight = torch.zeros_like(samples).index_add_(0, flat, window.square().expand(count, -1).flatten())
    return sound / weight.clamp_min(1e-6)


def calmed(samples: Tensor, ceiling: float) -> Tensor:
    """A loop without DC whose RMS is at most the ceiling and whose samples stay within +-1.

    It is scaled as a whole, so its own loud and quiet moments keep their proportions.
    """
    samples = samples - samples.mean()
    rms, peak = samples.square().mean().sqrt(), samples.abs().max()
    return samples * torch.clamp(torch.minimum(ceiling / rms.clamp_min(1e-12), 1 / peak.clamp_min(1e-12)), max=1.0)
