"""What does one step of the optimiser cost?    python tests/bench/bench_dream.py [MODEL] [THREADS]

The budget on the paper's network, one item, the whole network forth and back to the samples: 0.25 CPU seconds.
"""

import sys
from statistics import median
from time import process_time

import torch

from installation.data import RATE
from installation.dream.judge import judge
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer
from installation.listen import clips
from installation.listen.ear import load
from installation.target import parse

SECONDS = 4.0


def cpu_seconds(work, rounds=7, warm_up=2):
    times = []
    for _ in range(warm_up + rounds):
        begin = process_time()
        work()
        times.append(process_time() - begin)
    return times[warm_up:]


def row(name, times):
    print(f"{name:44} median {median(times):7.3f} s   worst {max(times):7.3f} s", flush=True)


if __name__ == "__main__":
    model = sys.argv[1] if len(sys.argv) > 1 else "paper"
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    torch.set_num_threads(threads)
    ear = load(model)
    start = clips.clip("low noise", round(SECONDS * RATE))
    layers = [layer.name for layer in ear.anatomy]
    print(f"{model}, a loop of {SECONDS:g} s, {threads} thread(s), CPU seconds")
    for text in (layers[len(layers) // 3], layers[len(layers) // 2], layers[-1]):
        for batch in (1, 4, 8) if text == layers[-1] else (1,):
            optimizer = Optimizer(ear, start, parse(text), Knobs(batch=batch), torch.Generator().manual_seed(0))
            row(f"a step towards {text}, {batch} item(s)", cpu_seconds(optimizer.step, rounds=7 if batch == 1 else 3))
    optimizer.turn(Knobs(batch=1, denoise=0.1))
    row("the same with de-noising, 1 item", cpu_seconds(optimizer.step))
    row("publishing a dream", cpu_seconds(lambda: optimizer.dream(0), 3))
    dream = optimizer.dream(0)
    row("judging it", cpu_seconds(lambda: judge(dream), 3))
