"""What a dream's steps vary: the loop's samples, the waves it is made of, or only their phases and its slow loudness.

Each kind of variable keeps the loop itself as samples, so one may take another's place at any step without a jump.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from installation.data import RATE

LOWEST = 40.0  # Hz; below the lowest pitch that is heard no wave is favoured any more
SLOWEST = 8.0  # Hz; loudness that moves faster would be timbre
FIRMEST = 1.0  # the largest change of the logarithm of the loudness in one step
FAINTEST, STRONGEST = 1e-3, 1e3  # and how far it may go in all
TINY = 1e-30  # divides where there is nothing to divide


class Variables(Protocol):
    """A loop [samples] seen as variables of another kind."""

    def slope(self, samples: Tensor, gradient: Tensor) -> Tensor:
        """The gradient over the variables from the one over the samples, up to a factor; any shape."""

    def moved(self, samples: Tensor, direction: Tensor, rate: float) -> Tensor:
        """The loop after a step along a direction of the variables.

        rate   RMS change of a sample, to first order
        """


class Samples:
    """The samples themselves."""

    def slope(self, samples: Tensor, gradient: Tensor) -> Tensor:
        """The gradient."""
        return gradient

    def moved(self, samples: Tensor, direction: Tensor, rate: float) -> Tensor:
        """The samples, each changed."""
        return samples + rate * direction / rms(direction)


class Waves:
    """The Fourier coefficients of the whole loop, which closes by construction, scaled by 1 / frequency ** tilt.

    A plain step along them is the gradient through a filter that falls by 6 dB an octave at a tilt of 0.5, so that low
    notes, to which a single sample means little, grow as well. Scaling as in Olah, Mordvintsev and Schubert, "Feature
    Visualization" (2017), there for pictures.
    """

    def __init__(self, samples: Tensor, tilt: float) -> None:
        frequencies = torch.fft.rfftfreq(samples.shape[0], 1 / RATE, device=samples.device)
        self.scale: Tensor = (frequencies.clamp_min(LOWEST) / LOWEST).pow(-tilt)
        self.scale[0] = 0

    def slope(self, samples: Tensor, gradient: Tensor) -> Tensor:
        """[frequencies, real and imaginary]."""
        slope: Tensor = torch.view_as_real(torch.fft.rfft(gradient) * self.scale)
        return slope

    def moved(self, samples: Tensor, direction: Tensor, rate: float) -> Tensor:
        """The loop with some of all waves added."""
        change: Tensor = torch.fft.irfft(torch.view_as_complex(direction) * self.scale, samples.shape[0])
        return samples + rate * change / rms(change)


class Phases:
    """The phases of the loop's waves, whose sizes stay as they were found, times a slow loudness.

    So the loop keeps its long-term spectrum, and only when things sound can change. Fixed magnitudes as in Fel et al.,
    "Unlocking Feature Visualization" (2023), there for pictures.
    """

    def __init__(self, samples: Tensor) -> None:
        self.size = torch.fft.rfft(samples).abs()
        self.size[0] = 0
        self.loudness = torch.ones_like(samples)
        self.slow = 1 + int(SLOWEST * samples.shape[0] / RATE)  # harmonics of the loop

    def slope(self, samples: Tensor, gradient: Tensor) -> Tensor:
        """[real and imaginary parts of the slow harmonics of the loudness' logarithm, then frequencies]."""
        waves = torch.fft.rfft(samples / self.loudness)
        turning = (waves.conj() * torch.fft.rfft(gradient * self.loudness)).imag
        swelling = torch.fft.rfft(gradient * samples)[: self.slow]
        return torch.cat([torch.view_as_real(swelling).flatten(), turning])

    def moved(self, samples: Tensor, direction: Tensor, rate: float) -> Tensor:
        """The loop with its waves turned and its loudness changed."""
        length, slow = samples.shape[0], 2 * self.slow
        waves = torch.fft.rfft(samples / self.loudness)
        waves = self.size * torch.polar(torch.ones_like(self.size), waves.angle())
        turning = direction[slow:]
        swelling = torch.fft.irfft(torch.view_as_complex(direction[:slow].view(-1, 2)), length)
        change = self.loudness * torch.fft.irfft(1j * turning * waves, length) + samples * swelling
        far = rate / rms(change)
        swollen = self.loudness * (far * swelling).clamp(-FIRMEST, FIRMEST).exp()
        self.loudness = swollen.clamp(FAINTEST, STRONGEST)
        turned = waves * torch.polar(torch.ones_like(turning), far * turning)
        sound: Tensor = self.loudness * torch.fft.irfft(turned, length)
        return sound


KINDS: tuple[Callable[[Tensor, float], Variables], ...] = (
    lambda samples, tilt: Samples(),
    Waves,
    lambda samples, tilt: Phases(samples),
)  # in the order of the parameter table


class Gradient:
    """Plain steps along the gradient."""

    def __call__(self, slope: Tensor) -> Tensor:
        """Where to go from a slope; the same shape."""
        return slope


class Adam:
    """Steps along the running mean of the gradient, each variable's over its own running spread (Kingma, Ba, 2015).

    What was seen is forgotten by `first` and `second` a step.
    """

    def __init__(self, first: float = 0.9, second: float = 0.99) -> None:
        self.first, self.second = first, second
        self.steps = 0
        self.mean: Tensor | None = None
        self.square: Tensor | None = None

    def __call__(self, slope: Tensor) -> Tensor:
        """Where to go from a slope; the same shape."""
        if self.mean is None or self.square is None:
            self.mean, self.square = torch.zeros_like(slope), torch.zeros_like(slope)
        self.steps += 1
        self.mean.lerp_(slope, 1 - self.first)
        self.square.lerp_(slope.square(), 1 - self.second)
        mean, square = self.mean / (1 - self.first**self.steps), self.square / (1 - self.second**self.steps)
        return mean / square.sqrt().clamp_min(TINY)


CLIMBERS: tuple[Callable[[], Gradient | Adam], ...] = (Gradient, Adam)  # in the order of the parameter table


def rms(values: Tensor) -> Tensor:
    """The root mean square, never quite zero."""
    return values.square().mean().sqrt().clamp_min(TINY)
