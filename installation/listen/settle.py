"""After training on music in disguise, batch norm learns what music is like as it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.modules.batchnorm import _BatchNorm

from installation.listen.augment import PLAIN, plain
from installation.listen.dataset import Recording, draw
from installation.listen.network import Network
from installation.listen.together import SharedNorm


@torch.no_grad()
def settle(
    network: Network,
    music: Sequence[Recording],
    frames: int,
    random: np.random.Generator,
    recordings: int,
    batches: int = 24,
) -> None:
    """Estimate all running statistics anew, as means over batches of plain clips at 20.83 ms a frame.

    recordings   drawn for each batch, two clips of each
    """
    device, training = next(network.parameters()).device, network.training
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm | SharedNorm)]
    momenta = [norm.momentum for norm in norms]
    fine = int(frames * PLAIN) + 1
    network.train()
    for batch in range(batches):
        for norm in norms:
            norm.momentum = 1 / (batch + 1)  # so that all batches weigh the same
        clips, _ = draw(music, recordings, 2, fine, random)
        z = network.encode(plain(torch.from_numpy(clips).to(device), frames), "valid")
        network.summarise(z, "valid")
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.train(training)
