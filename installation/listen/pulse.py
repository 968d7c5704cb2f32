"""When something strikes: asked beside what comes next, so that an ear knows where in the beat it is."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from installation.listen.contrast import Reach

BAND = 2  # octaves that are listened to as one: kick, bass and snare, voices, hats, air
PACE = 2  # stretches asked about between two encodings
SILENCE = 1e-3  # added to the size of what is asked, so that silence asks for nothing


def onsets(level: Tensor, octave: int, length: int) -> Tensor:
    """How much a scalogram rises from frame to frame, the mean of each band and of `length` frames: its spectral flux.

    level     [batch, bins, frames], as the network hears it
    octave    bins in it
    returns   [batch, bands, frames - length + 1], each band of each item about its mean and of size 1; the first is
              of the frames 0 to length - 1
    """
    rise = F.pad((level[..., 1:] - level[..., :-1]).relu(), (1, 0))
    strikes = torch.stack([band.mean(1) for band in torch.split(rise, BAND * octave, 1)], 1)
    strikes = F.avg_pool1d(strikes, length, 1)
    strikes = strikes - strikes.mean(-1, keepdim=True)
    return strikes / (strikes.square().mean(-1, keepdim=True).sqrt() + SILENCE)


class Pulse(nn.Module):
    """One linear map from c to the onsets that follow it, for as long as is predicted.

    It is part of a training only: the network goes without it.
    """

    def __init__(self, context: int, bins: int, octave: int, stride: int, predictions: int) -> None:
        super().__init__()
        self.octave, self.pace = octave, max(1, stride // PACE)
        self.asked = stride * (predictions - 1) // self.pace  # stretches
        self.map = nn.Linear(context, -(-bins // (BAND * octave)) * self.asked)
        nn.init.zeros_(self.map.weight)  # nothing is drawn: a training must begin the same every time
        nn.init.zeros_(self.map.bias)

    def forward(self, c: Tensor, level: Tensor, ears: Reach) -> Tensor:
        """How far c is from telling the onsets to come, as a share: 0 all is told, about 1 nothing.

        c       [grids, batch, contexts, channels] of all grids, as in `contrast.predict_everywhere`
        level   [batch, bins, frames] that it heard
        """
        grids, _, contexts, _ = c.shape
        starts = ears.newest(grids, contexts)[..., None] + self.pace * torch.arange(self.asked)
        strikes = onsets(level, self.octave, self.pace)[..., starts]  # [batch, bands, grids, contexts, stretches]
        strikes = strikes.permute(2, 0, 3, 1, 4)
        error: Tensor = (self.map(c).view_as(strikes) - strikes).square().mean()
        return error
