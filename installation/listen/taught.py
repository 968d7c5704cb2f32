"""A network that is told the answers, from its first weights on: what probes of an ear are compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from installation.listen.augment import PLAIN, plain
from installation.listen.beginning import begin
from installation.listen.contrast import reach
from installation.listen.dataset import Recording
from installation.listen.evaluation import CONTEXTS, Labels, pieces
from installation.listen.muon import tuned
from installation.listen.network import Network
from installation.listen.probes import UNKNOWN

TOGETHER = 8  # pieces in a batch
RATE = 1.5e-3  # the highest learning rate
WARM_UP = 20  # steps

Questions = dict[str, tuple[Labels, bool]]  # as `evaluation.questions` gives them


class _Head(nn.Module):
    """One linear map from c to the answers of one question, and how wrong they are.

    truth   [moments] classes or [moments, outputs] numbers, of everything that is learnt
    """

    def __init__(self, context: int, truth: Tensor, is_class: bool) -> None:
        super().__init__()
        self.is_class = is_class
        known = truth[truth != UNKNOWN][:, None] if is_class else truth[truth.isfinite().all(1)]
        self.middle: Tensor
        self.spread: Tensor
        self.register_buffer("middle", known.mean(0))
        self.register_buffer("spread", known.std(0).clamp_min(1e-6))
        self.map = nn.Linear(context, int(known.max()) + 1 if is_class else truth.shape[1])

    def forward(self, c: Tensor, truth: Tensor) -> Tensor:
        """The mean loss over the moments that have an answer, as a share of what one knows who only knows the mean."""
        said = self.map(c)
        if self.is_class:
            count = (truth != UNKNOWN).sum().clamp_min(1)
            wrong: Tensor = F.cross_entropy(said, truth.long(), ignore_index=UNKNOWN, reduction="sum")
            return wrong / count / math.log(max(2, self.map.out_features))
        known = truth.isfinite().all(1)
        error: Tensor = (said[known] - (truth[known] - self.middle) / self.spread).square()
        return error.sum() / max(1, error.numel())


def teach(network: Network, recordings: Sequence[Recording], asked: Questions, steps: int, seed: int = 0) -> Network:
    """Teach a network all these questions at once, so that one linear map of its c answers each.

    network   begins as every training does; its weights are changed, and it is left in evaluation mode
    asked     name -> how the truth is found, and whether it is a class; those that nobody can answer are left out

    Raises ValueError where all recordings are shorter than one piece, or no question has an answer.
    """
    device, plan = next(network.parameters()).device, network.plan
    ears = reach(network, plan.front_end.bins)
    cut = [(fine, times, recording) for recording in recordings for fine, times in pieces(recording, ears)]
    if not cut:
        raise ValueError("all recordings are shorter than what one context hears")
    truths = {
        name: torch.from_numpy(np.stack([find(recording, times) for _, times, recording in cut])).float()
        for name, (find, _) in asked.items()
    }  # [pieces, contexts] or [pieces, contexts, outputs]
    kinds = {name: is_class for name, (_, is_class) in asked.items()}
    answered = {
        name: truth
        for name, truth in truths.items()
        if bool((truth != UNKNOWN).any() if kinds[name] else truth.isfinite().all(-1).any())
    }
    if not answered:
        raise ValueError("no question has an answer in these recordings")
    torch.manual_seed(seed)
    heads = nn.ModuleDict(
        {name: _Head(plan.context, truth.flatten(0, 1), kinds[name]) for name, truth in answered.items()}
    ).to(device)
    begin(network).train()
    optimizer = tuned(network.kernels(), [*network.parameters(), *heads.parameters()], RATE)
    random = np.random.default_rng(seed)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))
        chosen = random.choice(len(cut), min(TOGETHER, len(cut)), replace=False)
        fine = torch.from_numpy(np.stack([cut[place][0] for place in chosen])).to(device)
        level = plain(fine, int((fine.shape[1] - 1) / PLAIN))
        c = network.summarise(network.encode(level, "valid"), "valid")[..., :CONTEXTS].transpose(1, 2).flatten(0, 1)
        loss = torch.stack(
            [heads[name](c, truth[chosen].flatten(0, 1).to(device)) for name, truth in answered.items()]
        ).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network.eval()
