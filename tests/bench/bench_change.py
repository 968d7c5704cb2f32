"""How soon does a dream follow a change of target?    python tests/bench/bench_change.py [MODEL] [CHANGES]

The dreamer's own process, loops of 4 s, targets changed at random moments. Wanted: a finished dream of the new target
within 4 s, and at least 25 steps in each loop with one copy on two cores (10 beside the renderer).
"""

import sys
import time
from dataclasses import replace

import numpy as np

from installation.control.parameters import defaults
from installation.dream.dreamer import Dreamer
from installation.dream.knobs import knobs
from installation.target import parse

LOOP = 4.0  # seconds
TARGETS = ("ar8[channel 3]", "block4.conv1[channel 2]", "ar5[channels 0.2..0.3]", "block2.conv1[channel 1]")


def wait(dreamer, target, patience=180.0):
    """Seconds until a dream of the target is there, and the dream."""
    begin = time.monotonic()
    while time.monotonic() - begin < patience:
        dreamer.check()
        dream = dreamer.deliver()
        if dream is not None and dream.target == target and dream.step:
            return time.monotonic() - begin, dream
        time.sleep(0.01)
    sys.exit("no dream came")


if __name__ == "__main__":
    model = sys.argv[1] if len(sys.argv) > 1 else "house"
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    dice, first = np.random.default_rng(0), parse(TARGETS[0])
    with Dreamer(model, "low noise", first, LOOP, replace(knobs(defaults()), batch=1), 0) as dreamer:
        wait(dreamer, first)
        times, begin, steps = [], time.monotonic(), dreamer.steps
        for change in range(1, changes + 1):
            time.sleep(float(dice.uniform(0, LOOP)))
            target = parse(TARGETS[change % len(TARGETS)])
            dreamer.aim(target)
            times.append(wait(dreamer, target)[0])
        loops = (time.monotonic() - begin) / LOOP
        print(f"{model}: a dream of the new target after {np.median(times):.1f} s, at worst {max(times):.1f} s")
        print(f"{(dreamer.steps - steps) / loops:.0f} steps a loop of {LOOP:g} s")
