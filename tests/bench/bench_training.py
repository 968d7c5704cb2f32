"""What does one training step cost, and how much of it is convolution?    python tests/bench/bench_training.py [MODEL]

The original needed 4.86 CPU seconds for 8 clips of 9.3 s: forward, backward, update; here, as there, with contexts on
one grid and an Adam. Below the step stands what its convolutions alone cost, each by itself forward and backward, in
whichever memory layout is faster: no arrangement of the same arithmetic by the same library can fall below that.
"""

import sys
from collections.abc import Callable
from time import process_time

import torch
from torch import Tensor, nn

from installation.listen.anatomy import read
from installation.listen.contrast import contrast, predict, reach
from installation.listen.network import Network

CLIPS, SECONDS, ORIGINAL = 8, 9.3, 4.86
FRAME = 0.02083  # seconds


def best(work: Callable[[], None], rounds: int = 3) -> float:
    """CPU seconds of the fastest round, the first left out."""
    times = []
    for _ in range(rounds + 1):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times[1:])


def convolutions(network: Network, step: Callable[[], None]) -> list[tuple[nn.Conv2d, torch.Size]]:
    """Every convolution with the shape that it hears in one step."""
    heard: list[tuple[nn.Conv2d, torch.Size]] = []

    def note(conv: nn.Module, given: tuple[Tensor, ...], answer: Tensor) -> None:
        assert isinstance(conv, nn.Conv2d)
        heard.append((conv, given[0].shape))

    hooks = [part.register_forward_hook(note) for part in network.modules() if isinstance(part, nn.Conv2d)]
    step()
    for hook in hooks:
        hook.remove()
    return heard


def alone(conv: nn.Conv2d, shape: torch.Size, layout: torch.memory_format) -> float:
    x = torch.rand(shape).to(memory_format=layout).requires_grad_(shape[1] > 1)
    weight = conv.weight.detach().to(memory_format=layout).requires_grad_()
    wanted = [weight, x] if x.requires_grad else [weight]
    answer = torch.nn.functional.conv2d(x, weight, None, padding=conv.padding)
    slope = torch.rand_like(answer)

    def work() -> None:
        torch.autograd.grad(torch.nn.functional.conv2d(x, weight, None, padding=conv.padding), wanted, slope)

    return best(work)


def flops(conv: nn.Conv2d, shape: torch.Size) -> float:
    """Multiplications and additions, forward and both ways back."""
    rows, columns = (shape[2 + d] + 2 * int(conv.padding[d]) - conv.kernel_size[d] + 1 for d in range(2))
    ways = 3 if shape[1] > 1 else 2
    return 2.0 * ways * shape[0] * rows * columns * conv.weight.numel()


def report(model: str) -> None:
    network = Network(read(model)).train()
    ears = reach(network, network.plan.front_end.bins)
    network.train()
    frames = max(round(SECONDS / FRAME), ears.frames(1, network.plan.predictions, ears.first))
    level = torch.rand(CLIPS, network.plan.front_end.bins, frames)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4)

    def step() -> None:
        loss, _ = contrast(*predict(network, level, ears, ears.first))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    took = best(step)
    heard = convolutions(network, step)
    bare = sum(min(alone(*each, layout) for layout in (torch.contiguous_format, torch.channels_last)) for each in heard)
    work = sum(flops(*each) for each in heard) / 1e9
    square = torch.rand(1536, 1536)
    peak = 2 * 1536**3 / best(lambda: torch.mm(square, square, out=torch.empty_like(square))) / 1e9
    print(f"{model}: a step of {CLIPS} clips of {frames * FRAME:.1f} s: {took:.2f} CPU s")
    print(f"  {ORIGINAL / took:.2f} times as fast as the original; twice would be {ORIGINAL / 2:.2f} s")
    print(f"  its convolutions alone: {bare:.2f} s for {work:.0f} GFLOP, {work / bare:.0f} GFLOP/s")
    print(f"  at the {peak:.0f} GFLOP/s of a large product of matrices they would take {work / peak:.2f} s")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or ["ear", "house"]:
        report(name)
