"""What keeps a dream musical: it must hold when shifted, transposed and partly hidden, without hiss and drift."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW = 2048  # samples; what de-noising looks at in one piece, 43 ms
FLOOR_SHARE = 0.2  # the share of all moments in which a frequency holds nothing but its floor
NEIGHBOURS = 33  # frequencies whose median is the floor: a held note is narrower and stays
OVER = 2.0  # the floor's fluctuations reach about this far above it


def shifted(samples: Tensor, shifts: Sequence[int]) -> Tensor:
    """Copies of a loop that begin later by so many samples, on the circle: [samples] -> [batch, samples]."""
    return torch.stack([samples.roll(shift) if shift else samples for shift in shifts])


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


def veils(items: int, size: int, share: float, generator: torch.Generator) -> Tensor:
    """One hidden stretch for each item but the first, as factors: [items, size] of 0 (hidden) and 1, on the circle."""
    width = round(share * size)
    starts = torch.randint(size, (items, 1), generator=generator)
    seen = (torch.arange(size) - starts) % size >= width
    seen[0] = True
    return seen.float()


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
