"""How much every neuron moves on music: the livelier one gets more room in the body."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from installation.data import Floats
from installation.listen.augment import PLAIN, plain
from installation.listen.dataset import Recording, draw
from installation.listen.network import Network

QUIET = 0.1  # of the liveliest neuron of a layer; so much room has a neuron that never moves


@torch.no_grad()
def spreads(
    network: Network, recordings: Sequence[Recording], frames: int, random: np.random.Generator, clips: int = 24
) -> dict[str, Tensor]:
    """Per layer the standard deviation of each neuron's answer over clips of recordings, [channels, bins]."""
    device, training = next(network.parameters()).device, network.training
    network.eval()
    sums: dict[str, Tensor] = {}
    for _ in range(clips):
        kept, _ = draw(recordings, 1, 1, int(frames * PLAIN) + 1, random)
        level = plain(torch.from_numpy(kept).to(device), frames)
        for name, answer in network.responses(level, time="valid").items():
            one = answer[0].double()
            parts = torch.stack([torch.ones_like(one[..., 0]) * one.shape[-1], one.sum(-1), one.square().sum(-1)])
            sums[name] = sums[name] + parts if name in sums else parts
    network.train(training)
    return {name: (s[2] / s[0] - (s[1] / s[0]).square()).clamp_min(0).sqrt().float() for name, s in sums.items()}


def charges(network: Network, moved: dict[str, Tensor]) -> Floats:
    """What the layout wants, [units]: spreads over their layer's largest, a tenth more, and 1 on average."""
    layers = [moved[layer.name] / moved[layer.name].max().clamp_min(1e-9) + QUIET for layer in network.anatomy]
    every = torch.cat([layer.flatten() for layer in layers])
    found: Floats = (every / every.mean()).cpu().numpy()
    return found
