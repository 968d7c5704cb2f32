"""Which pitches sound on: asked beside what comes next, so that an ear keeps harmony, so quiet beside the beat."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from installation.listen.contrast import Reach

REGISTER = 3  # octaves that count as one: low and middle notes of one pitch class are told apart, no finer
REGISTERS = 2  # from the lowest octave on: basses and chords; above them are overtones and noise
WINDOWS = 2  # stretches that are asked about: one that is just heard, and one to come
SHARE = 3  # stretches in as much time as is predicted
SILENCE = 1e-3  # added to the size of what is asked, so that silence asks for nothing


def outstanding(bins: int, octave: int) -> Tensor:
    """A linear map from a scalogram's levels to what stands out of the octave around it, summed over the octaves of
    each register: a chromagram without the colour of drums and equalisers.   [registers * octave, bins]

    Of house music's chord roots one linear map of it tells two in five: low register alone .37, both .41 (a third
    one above them tells .08 and adds nothing).
    """
    distance = (torch.arange(bins)[:, None] - torch.arange(bins)).abs()
    around = (distance <= octave // 2).float()
    sharp = torch.eye(bins) - around / around.sum(1, keepdim=True)
    register = torch.arange(bins) // (REGISTER * octave)
    place = register * octave + torch.arange(bins) % octave
    registers = int(register[-1]) + 1
    return (F.one_hot(place, registers * octave).float().T @ sharp)[: REGISTERS * octave]


class Harmony(nn.Module):
    """One linear map from c to the pitches of the stretch that was just heard, and of the one that follows it.

    It is part of a training only: the network goes without it.
    """

    def __init__(self, context: int, bins: int, octave: int) -> None:
        super().__init__()
        self.octave = octave
        self.outstanding: Tensor
        self.register_buffer("outstanding", outstanding(bins, octave), persistent=False)
        self.map = nn.Linear(context, WINDOWS * len(self.outstanding))
        nn.init.zeros_(self.map.weight)  # nothing is drawn: a training must begin the same every time
        nn.init.zeros_(self.map.bias)

    def forward(self, c: Tensor, level: Tensor, ears: Reach, predictions: int) -> Tensor:
        """How far c is from telling the pitches, as a share: 0 all is told, about 1 nothing.

        c       [grids, batch, contexts, channels] of all grids, as in `contrast.predict_everywhere`
        level   [batch, bins, frames] that it heard
        """
        grids, _, contexts, _ = c.shape
        window = max(1, ears.stride * (predictions - 1) // SHARE)
        ends = ears.newest(grids, contexts)[..., None] + window * torch.arange(WINDOWS)
        sums = F.pad((self.outstanding @ level).cumsum(-1), (1, 0))
        sounds = (sums[..., ends] - sums[..., ends - window]) / window  # [batch, pitches, grids, contexts, windows]
        sounds = sounds.permute(2, 0, 3, 4, 1)
        sounds = sounds.reshape(*sounds.shape[:-1], -1, self.octave)  # basses count as much as chords
        sounds = sounds / (sounds.square().mean(-1, keepdim=True).sqrt() + SILENCE)
        error: Tensor = (self.map(c).view_as(sounds) - sounds).square().mean()
        return error
