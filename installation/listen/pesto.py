"""PESTO: a small network over one moment's constant-Q that taught itself pitch by transposing what it heard.

After Riou, Lattner, Hadjeres and Peeters, "PESTO: pitch estimation with self-supervised transposition-equivariant
objective", 2023, with the weights "mir-1k_g7" in the package pesto-pitch.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from installation.listen.foreign import ForeignEar, learnt, shipped
from installation.listen.plans import ForeignPlan

BINS_PER_OCTAVE = 36
LOWEST = 27.5 * 2 ** (15 / BINS_PER_OCTAVE)  # Hz, bin 0 of those that are left after its cropping
BINS = 219
WIDER = 7.0  # Hz, what makes the kernels of low notes shorter than their pitch asks for
FLOOR = -20 * math.log10(2.0**-23)  # 138.5 dB below full scale it hears nothing
LEAK = 0.3  # of its rectifiers
SIDES = 16.0  # kernel widths (1 / length) either side of a pitch; beyond, a Hann kernel is under 1e-4
CONVOLUTIONS = {
    "conv1": "conv1.0", "conv2": "prefilt_layers.0.0", "conv3": "prefilt_layers.1.0",
    "mix1": "conv_layers.0", "mix2": "conv_layers.3", "mix3": "conv_layers.6", "mix4": "conv_layers.9",
}  # fmt: skip


class Pesto(ForeignEar):
    """A neuron's answer is its convolution before the leaky rectifier; `pitch` answers before its softmax."""

    pitches = BINS_PER_OCTAVE
    reach = 0.07  # seconds, half the kernel of its lowest bin

    def __init__(self, plan: ForeignPlan, device: torch.device | str = "cpu") -> None:
        super().__init__(plan, device)
        self.weights = shipped("pesto", "weights/mir-1k_g7.ckpt")
        self._learnt = {name: value.to(self.device) for name, value in learnt(self.weights).items()}
        self._moments = Moments(self.front.rate, LOWEST, BINS, BINS_PER_OCTAVE, WIDER)

    def stimulus(self, samples: Tensor, frames: int) -> Tensor:
        """Its own constant-Q, 0 silence and 1 at 0 dB: [batch, samples] -> [batch, 219, frames]."""
        size = self._moments(samples, frames)
        return 1 + 20 * torch.log10(size.clamp_min(10 ** (-FLOOR / 20))) / FLOOR

    def answers(self, stimulus: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers answer to constant-Qs, as `responses` says."""
        frames = stimulus.shape[2]
        x = FLOOR * (stimulus - 1).transpose(1, 2).reshape(-1, 1, BINS)  # dB
        x = F.layer_norm(x, [1, BINS], self._part("layernorm.weight"), self._part("layernorm.bias"))
        answers = {}
        for name in self.down_to(upto):
            if name == "scalogram":
                answers[name] = stimulus[:, None]
                continue
            if name == "pitch":
                weight = self._part("fc.weight")  # a single kernel, moved along all that it hears
                answer = F.conv1d(x.flatten(1)[:, None], weight, padding=self.anatomy["pitch"].bins - 1)
            else:
                answer = self._convolved(CONVOLUTIONS[name], x)
                x = F.leaky_relu(answer, LEAK) + (x if name in ("conv2", "conv3") else 0)
            answers[name] = answer.view(-1, frames, *answer.shape[1:]).permute(0, 2, 3, 1)
        return answers

    def _convolved(self, name: str, x: Tensor) -> Tensor:
        weight = self._part(f"{name}.weight")
        return F.conv1d(x, weight, self._part(f"{name}.bias"), padding=weight.shape[2] // 2)

    def _part(self, name: str) -> Tensor:
        return self._learnt[f"encoder.{name}"]


class Moments:
    """How strong each pitch is in the middle of every frame of a loop: Hann kernels on the circle.

    rate, lowest   Hz
    wider          Hz by which the kernels' bands are wider than a bin
    """

    def __init__(self, rate: int, lowest: float, bins: int, bins_per_octave: int, wider: float = 0.0) -> None:
        self._pitches = lowest * 2 ** (np.arange(bins) / bins_per_octave) / rate  # cycles per sample
        self._lengths = np.ceil(1 / ((2 ** (1 / bins_per_octave) - 1) * self._pitches + wider / rate))  # samples
        self._known: dict[tuple[int, int, torch.device], tuple[Tensor, Tensor, Tensor]] = {}

    def __call__(self, samples: Tensor, frames: int) -> Tensor:
        """[batch, samples] -> [batch, bins, frames], differentiable."""
        key = (samples.shape[1], frames, samples.device)
        if key not in self._known:
            self._known = {key: self._table(*key)}
        sources, places, weights = self._known[key]
        heard = torch.fft.fft(samples, norm="forward").index_select(1, sources) * weights
        folded = heard.new_zeros(len(samples), len(self._lengths) * frames).index_add(1, places, heard)
        waves: Tensor = torch.fft.ifft(folded.view(len(samples), -1, frames), norm="forward")
        return waves.abs()

    def _table(self, samples: int, frames: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Which of a loop's frequencies each bin hears, where they fold to at one look a frame, and their weights.

        A kernel's spectrum is known: that of a Hann window, moved to the pitch.
        """
        sources, places, weights = [], [], []
        for number, (pitch, length) in enumerate(zip(self._pitches, self._lengths, strict=True)):
            near, far = (samples * (pitch + side / length) for side in (-SIDES, SIDES))
            heard = np.arange(math.ceil(near), math.floor(far) + 1)  # cycles per circle
            away = (heard / samples - pitch) * length  # kernel widths
            away = np.where(np.abs(np.abs(away) - 1) < 1e-6, 1 + 1e-6, away)  # 0 / 0 there, and nothing special
            middle = 0.5 / frames - 0.5 * (length % 2) / samples  # of the first frame; odd kernels stand a little early
            turn = np.exp(2j * np.pi * middle * heard)
            weights.append(np.sqrt(length) * np.sinc(away) / (1 - away**2) * turn)
            sources.append(heard % samples)
            places.append(number * frames + heard % frames)
        index = [torch.from_numpy(np.concatenate(part)).to(device) for part in (sources, places)]
        return index[0], index[1], torch.from_numpy(np.concatenate(weights).astype(np.complex64)).to(device)
