"""What does one optimisation step cost, forward and backward to the samples?    python tests/bench/bench_step.py

The budget is 0.25 CPU seconds for the whole of the paper's network, one item, a loop of 192 000 samples, on one thread.
"""

from collections.abc import Callable
from statistics import median
from time import process_time

import torch

from installation.data import RATE
from installation.listen.clips import clip
from installation.listen.ear import load

SAMPLES, FRAMES = 4 * RATE, 192


def seconds(work: Callable[[], None], rounds: int = 7, warm_up: int = 2) -> list[float]:
    """CPU seconds of each round, the first `warm_up` left out."""
    times = []
    for _ in range(warm_up + rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return times[warm_up:]


def row(model: str, deepest: str, items: int) -> str:
    ear = load(model)
    samples = torch.from_numpy(clip("beat-mika", SAMPLES).samples.repeat(items, 0)).requires_grad_()

    def step() -> None:
        answers = ear.responses(samples, FRAMES, deepest)
        torch.autograd.grad(ear.normalised(deepest, answers[deepest]).mean(), samples)

    times = seconds(step)
    return f"{model:8} {deepest:13} {items:5}   {median(times):7.3f} {min(times):7.3f} {max(times):7.3f}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    print("model    deepest       items    median    best   worst   CPU seconds a step")
    print("limit: 0.25 for paper, ar8, 1 item")
    for deepest in ("scalogram", "block3.conv2", "block7.conv2", "ar8"):
        print(row("paper", deepest, 1))
    for model in ("causal", "ear"):
        print(row(model, "ar8", 1))
    print(row("paper", "ar8", 4))
