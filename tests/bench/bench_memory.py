"""Does the optimiser's memory stay flat?    python tests/bench/bench_memory.py [STEPS] [MODEL] [DEVICE]

Steps with everything that may be turned turning; wanted is a slope under 1 KiB a step after the first tenth.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer
from installation.listen import clips
from installation.listen.ear import load
from installation.target import parse

SAMPLES, LOOP = 64_000, 25  # steps that make a loop
PAGE = 4096


def resident() -> float:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * float(PAGE)


if __name__ == "__main__":
    torch.set_num_threads(1)
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ear = load(sys.argv[2] if len(sys.argv) > 2 else "tiny", sys.argv[3] if len(sys.argv) > 3 else "cpu")
    card = ear.device.type == "cuda"
    layers = [layer.name for layer in ear.anatomy]
    start = clips.clip("low noise", SAMPLES)
    optimizer = Optimizer(ear, start, parse(layers[-1]), Knobs(batch=1), torch.Generator().manual_seed(0))
    seen = []
    for step in range(steps):
        optimizer.step()
        if step % LOOP == 0:
            turn = step // LOOP
            optimizer.dream(turn)
            optimizer.aim(parse(layers[turn % len(layers)]))
            optimizer.turn(
                Knobs(
                    batch=1 + turn % 2, parametrisation=turn % 3, adam=turn % 2 == 1, denoise=0.05 * (turn % 4 == 0),
                    pitch_change=0.5 * (turn % 5 == 0), resampling=turn % 10 == 0, gradient_noise=0.1 * (turn % 3 == 0),
                )
            )  # fmt: skip
            if turn % 20 == 0:
                optimizer.begin(start)
            seen.append((step, float(torch.cuda.memory_allocated()) if card else resident()))
    settled = np.array(seen[len(seen) // 10 :])
    slope = np.polyfit(settled[:, 0], settled[:, 1], 1)[0]
    print(
        f"{steps} steps on {ear.name}, {ear.device}: {settled[-1, 1] / 2**20:.0f} MiB, slope {slope:.0f} bytes a step"
    )
