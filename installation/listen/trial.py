"""The listening test of a trained ear: which of 128 sounds comes next, in recordings that it never heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.data import Floats
from installation.errors import ContentError
from installation.listen.augment import FINE_RATE, PLAIN, plain
from installation.listen.contrast import Reach, predict, scores
from installation.listen.dataset import Recording, draw
from installation.listen.network import Network

SAME, OTHERS = 64, 64  # candidates from the target's own recording (the target among them), and from others
CLIPS = 4  # of each recording
TOGETHER = 6  # recordings whose sounds stand against each other


@dataclass(frozen=True, eq=False, slots=True)
class Trial:
    """How often the right sound was told, per recording and predicted step. Ties count as wrong.

    loss      [recordings, predictions] nats, against all candidates
    right     [recordings, predictions] 0..1, against all candidates
    same      [recordings, predictions] 0..1, against those of the same recording alone
    """

    loss: Floats
    right: Floats
    same: Floats
    candidates: int
    from_same: int

    def summary(self) -> dict[str, float]:
        """The figures of the model card, with 95 % intervals over recordings for the first and last step."""
        nearest, farthest = (interval(self.right[:, step]) for step in (0, -1))
        near_same, far_same = (interval(self.same[:, step]) for step in (0, -1))
        figures = {"loss": float(self.loss.mean()), "chance_loss": float(np.log(self.candidates))}
        for name, (low, middle, high) in {
            "nearest": nearest, "farthest": farthest, "same_nearest": near_same, "same_farthest": far_same
        }.items():  # fmt: skip
            figures |= {name: middle, f"{name}_low": low, f"{name}_high": high}
        return figures | {"candidates": float(self.candidates), "same_candidates": float(self.from_same)}


def interval(values: NDArray[Any]) -> tuple[float, float, float]:
    """2.5 %, mean and 97.5 % of the mean over recordings.   values   [recordings]"""
    return interval_of(np.stack([values, np.ones(len(values))], 1), lambda total: total[..., 0] / total[..., 1])


def interval_of(
    sums: NDArray[Any], figure: Callable[[NDArray[Any]], NDArray[Any]], rounds: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """2.5 %, value and 97.5 % of a figure of sums over recordings, when recordings are drawn anew (bootstrap).

    sums     [recordings, parts];   figure   [..., parts] -> [...]
    """
    draws = np.random.default_rng(seed).integers(len(sums), size=(rounds, len(sums)))
    low, high = np.percentile(figure(sums[draws].sum(1)), [2.5, 97.5])
    return float(low), float(figure(sums.sum(0))), float(high)


@torch.no_grad()
def listen_test(
    network: Network, recordings: Sequence[Recording], reach: Reach, frames: int, first: int, seed: int = 0
) -> Trial:
    """Test the network in evaluation mode, on plain scalograms. Raises ContentError for too few recordings.

    frames   scalogram frames of a clip;   first   the first predicted step
    """
    fine = int(frames * PLAIN) + 1
    long_enough = [recording for recording in recordings if len(recording.levels) >= fine]
    if len(long_enough) < 2:
        raise ContentError(
            f"A listening test needs 2 recordings of {fine / FINE_RATE:.0f} s that were kept apart, "
            f"here are {len(long_enough)}. Give it more recordings."
        )
    random, training = np.random.default_rng(seed), network.training
    device = next(network.parameters()).device
    network.eval()
    parts = []
    for begin in range(0, len(long_enough), TOGETHER):
        group = long_enough[begin : begin + TOGETHER]
        if len(group) < 2:
            group = long_enough[-2:]  # the last one alone has nobody to stand against
        clips = np.concatenate([draw([recording], 1, CLIPS, fine, random)[0] for recording in group])
        level = plain(torch.from_numpy(clips).to(device), frames)
        expected, came = predict(network, level, reach, first)
        own = torch.arange(len(group), device=device).repeat_interleave(CLIPS * expected.shape[1])
        parts.append(answers(expected.flatten(0, 1), came.flatten(0, 1), own, len(group), random))
    network.train(training)
    loss, right, same = (torch.cat(kind).cpu().numpy() for kind in zip(*(part[:3] for part in parts), strict=True))
    return Trial(loss, right, same, min(part[3] for part in parts), min(part[4] for part in parts))


def answers(
    expected: Tensor, came: Tensor, own: Tensor, recordings: int, random: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, int, int]:
    """What each of the asked tells among its candidates.

    expected, came   [asked, predictions, width]
    own              [asked] number of the recording, as many asked of each
    returns          loss, right of all and right of the same, [recordings, predictions]; how many candidates, and how
                     many of them from the same
    """
    fit = scores(expected.transpose(0, 1), came.transpose(0, 1))  # [predictions, asked, candidates]
    asked = len(own)
    lots = torch.from_numpy(random.random((asked, asked), dtype=np.float32)).to(fit.device)
    kin = own[:, None] == own
    itself = torch.eye(asked, dtype=torch.bool, device=fit.device)
    near = min(SAME - 1, int(kin[0].sum()) - 1)
    far = min(OTHERS, asked - near - 1)
    rivals = lots.masked_fill(~kin | itself, -1).topk(near).indices  # [asked, near]
    strangers = lots.masked_fill(kin, -1).topk(far).indices  # [asked, far]
    target = fit.diagonal(dim1=1, dim2=2)[..., None]  # [predictions, asked, 1]
    from_same = fit.gather(2, rivals.expand(len(fit), -1, -1))
    everyone = torch.cat([target, from_same, fit.gather(2, strangers.expand(len(fit), -1, -1))], 2)
    loss = everyone.logsumexp(2) - target[..., 0]  # [predictions, asked]
    right = (target > everyone[..., 1:]).all(2).float()
    same = (target > from_same).all(2).float()
    loss, right, same = (x.reshape(len(x), recordings, -1).mean(2).T for x in (loss, right, same))
    return loss, right, same, 1 + near + far, 1 + near
