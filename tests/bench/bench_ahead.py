"""How far ahead can music be told at all?    python tests/bench/bench_ahead.py SCALOGRAMS [MINUTES] [HIDDEN]

The listening test of a trained ear, asked of something simpler that hears the same: from means of the scalogram over
the last 4 seconds, one linear map (or with HIDDEN units two more layers) learns by the same loss to tell the means of
what an encoding would hear, 0, 5, 10 and 15 steps after the first. What this tells cheaply an ear should tell, too;
where this tells little, hours of training gain little. SCALOGRAMS is a folder as `immersions train` makes it.
"""

import sys
from itertools import pairwise
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch import Tensor, nn

from installation.data import Floats
from installation.listen.anatomy import read
from installation.listen.augment import STEPS
from installation.listen.contrast import contrast, reach
from installation.listen.dataset import Dataset, Recording
from installation.listen.network import Network
from installation.listen.trial import CLIPS, TOGETHER, answers, interval

ENDS = (0, 6, 12, 24, 48, 96, 192, 384)  # fine frames before the context's end, between which means are heard
PARTS = 3  # of what an encoding hears
AHEAD = (0, 5, 10, 15)  # steps after the first that shares no frame with the context
WIDTH = 256  # of both sides of the comparison
BATCH, CONTEXTS = 8, 60  # recordings in a step of learning, contexts of each
RATE = 1e-3
Heard = tuple[Floats, Floats]  # past [moments, ..] and future [moments, ..] of a recording


class Listener(nn.Module):
    """Two towers: what is expected at each distance, and what came."""

    def __init__(self, past: int, future: int, hidden: int) -> None:
        super().__init__()
        self.expects = _tower(past, WIDTH * len(AHEAD), hidden)
        self.meets = nn.Sequential(_tower(future, WIDTH, hidden), nn.BatchNorm1d(WIDTH, affine=False))

    def forward(self, past: Tensor, future: Tensor) -> tuple[Tensor, Tensor]:
        """Both [batch, contexts, distances, WIDTH].   past [batch, contexts, ..], future [.., distances, ..]"""
        shape = (*past.shape[:2], len(AHEAD), WIDTH)
        return self.expects(past.flatten(0, 1)).view(shape), self.meets(future.flatten(0, 2)).view(shape)


def _tower(given: int, wanted: int, hidden: int) -> nn.Sequential:
    layers: list[nn.Module] = [nn.BatchNorm1d(given, affine=False)]
    for _ in range(2 if hidden else 0):
        layers += [nn.Linear(given, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Dropout(0.2)]
        given = hidden
    return nn.Sequential(*layers, nn.Linear(given, wanted))


def hear(recording: Recording, span: int, step: int, gap: int) -> Heard:
    """Means before every moment, and over what an encoding hears that begins `gap` later, all in fine frames."""
    total = np.concatenate([np.zeros((1, recording.levels.shape[1])), np.cumsum(recording.levels, 0, dtype=float)])
    at = np.arange(ENDS[-1], len(recording.levels) - gap - span, step)

    def means(begin: np.ndarray, end: np.ndarray) -> Floats:
        return ((total[end] - total[begin]) / (STEPS * (end - begin)[:, None])).astype(np.float32)

    past = [means(at - early, at - late) for late, early in pairwise(ENDS)]
    edges = gap + np.linspace(0, span, PARTS + 1).astype(int)
    future = [means(at + begin, at + end) for begin, end in pairwise(edges)]
    return np.concatenate(past, 1), np.concatenate(future, 1)


def batch(heard: list[Heard], contexts: int, stride: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """As many contexts from one place of each recording."""
    pasts, futures = [], []
    for past, future in heard:
        begin = random.integers(len(past) - stride * contexts - AHEAD[-1])
        at = begin + stride * np.arange(contexts)
        pasts.append(past[at])
        futures.append(np.stack([future[at + ahead] for ahead in AHEAD], 1))
    return torch.from_numpy(np.stack(pasts)), torch.from_numpy(np.stack(futures))


@torch.no_grad()
def test(listener: Listener, held: list[Heard], contexts: int, stride: int) -> None:
    random, listener = np.random.default_rng(0), listener.eval()
    parts = []
    for begin in range(0, len(held), TOGETHER):
        group = held[begin : begin + TOGETHER] if begin + 1 < len(held) else held[-2:]
        expected, came = listener(*batch([one for one in group for _ in range(CLIPS)], contexts, stride, random))
        own = torch.arange(len(group)).repeat_interleave(CLIPS * contexts)
        parts.append(answers(expected.flatten(0, 1), came.flatten(0, 1), own, len(group), random))
    right = torch.cat([part[1] for part in parts]).numpy()
    for place, ahead in enumerate(AHEAD):
        low, middle, high = interval(right[:, place])
        print(f"  {ahead:2} steps on: {100 * middle:5.1f} % [{100 * low:.1f}, {100 * high:.1f}] right of {parts[0][3]}")
    listener.train()


def main(folder: Path, minutes: float, hidden: int) -> None:
    plan = read("house")
    ears = reach(Network(plan), plan.front_end.bins)
    span, step = 2 * ears.before, 2 * ears.stride
    gap = step * ears.first - span  # between the context and the first encoding that shares nothing with it
    dataset = Dataset(folder, plan.front_end.bins, shortest=40.0)
    training, held = ([hear(one, span, step, gap) for one in kind] for kind in (dataset.training, dataset.held))
    listener = Listener(training[0][0].shape[1], training[0][1].shape[1], hidden)
    optimizer = torch.optim.AdamW(listener.parameters(), RATE, weight_decay=1e-2)
    random, begin = np.random.default_rng(0), monotonic()
    chances = np.array([len(past) for past, _ in training]) / sum(len(past) for past, _ in training)
    while (gone := (monotonic() - begin) / (60 * minutes)) < 1:
        chosen = [training[number] for number in random.choice(len(training), BATCH, False, chances)]
        loss, _ = contrast(*listener(*batch(chosen, CONTEXTS, ears.context_step, random)))
        optimizer.param_groups[0]["lr"] = RATE * 0.5 * (1 + np.cos(np.pi * gone))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{folder}: learnt from {len(training)} recordings, asked about {len(held)}, hidden {hidden or 'none'}")
    test(listener, held, 22, ears.context_step)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        torch.set_num_threads(1)
        minutes, hidden = (sys.argv[2:] + ["5", "0"][len(sys.argv[2:]) :])[:2]
        main(Path(sys.argv[1]), float(minutes), int(hidden))
    else:
        print("left out: it needs a folder of scalograms; see the first lines of this file")
