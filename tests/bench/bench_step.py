"""What does one optimisation step cost, forward and backward to the samples?    python tests/bench/bench_step.py

CPU seconds on one thread for a loop of 192 000 samples on models/paper, the whole network. Beside it, in the same run,
the plain form of the same computation: the loop repeated to 12.5 s, nnAudio's constant-Q at every half frame, the
network as it is trained on a line without padding, of which the last third is the loop's answer.

Wanted: at most 0.17 for one item and 0.82 for eight, where the plain form takes 1.00 and 6.93.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import process_time

import torch
from nnAudio.features.cqt import CQT1992v2
from torch import Tensor

from installation.data import RATE
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer
from installation.listen.clips import clip
from installation.listen.ear import load
from installation.listen.levels import level
from installation.listen.network import Network
from installation.target import parse

SAMPLES, FRAMES = 4 * RATE, 192
WINDOW = 600  # frames, 12.5 s: more than the network hears at once


def seconds(work: Callable[[], object], rounds: int, warm_up: int = 2) -> list[float]:
    """CPU seconds of each round, the first `warm_up` left out."""
    times = []
    for _ in range(warm_up + rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return times[warm_up:]


def row(name: str, items: int, times: list[float]) -> None:
    print(f"{name:38} {items:5}   {median(times):7.3f} {min(times):7.3f} {max(times):7.3f}", flush=True)


def plain(items: int) -> Callable[[], object]:
    """A step as the original made it."""
    ear = load("paper")
    front = ear.plan.front_end
    transform = CQT1992v2(
        sr=RATE, hop_length=500, fmin=front.lowest, n_bins=front.bins, bins_per_octave=front.bins_per_octave,
        filter_scale=front.filter_scale, output_format="Complex", pad_mode="constant", verbose=False,
    )  # fmt: skip
    network = Network(ear.plan)
    network.load_state_dict(ear.network.state_dict())
    network.eval()
    loop = torch.from_numpy(clip("beat-mika", SAMPLES).mono).repeat(items, 1).requires_grad_()

    def step() -> tuple[Tensor, ...]:
        window = loop.repeat(1, -(-WINDOW * SAMPLES // FRAMES // SAMPLES))[:, -WINDOW * SAMPLES // FRAMES :]
        power = transform(window).square().sum(-1)[..., : 2 * WINDOW]  # [items, bins, half frames]
        heard = level(power.unflatten(2, (WINDOW, 2)).mean(-1))
        answer = network.responses(heard, "ar8", time="valid")["ar8"]
        wanted = answer[..., -FRAMES // 16 :].mean()
        return torch.autograd.grad(wanted, [loop, *network.parameters()], allow_unused=True)

    return step


def ours(items: int, target: str = "ar8") -> Callable[[], object]:
    """A step of the optimiser, with jitter and masks."""
    knobs = Knobs(batch=items)
    return Optimizer(load("paper"), clip("beat-mika", SAMPLES), parse(target), knobs, torch.Generator()).step


if __name__ == "__main__":
    torch.set_num_threads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(f"{'':38} items    median    best   worst   CPU seconds a step")
    for items, plainly in ((1, rounds // 3), (8, 1)):
        row("ours, ar8", items, seconds(ours(items), rounds))
        row("the original's way, ar8", items, seconds(plain(items), max(1, plainly), 0))
    for target in ("scalogram", "block3.conv2", "block7.conv2"):
        row(f"ours, {target}", 1, seconds(ours(1, target), rounds))
