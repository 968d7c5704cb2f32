"""Is the seam of a dream like its inside?    python tests/bench/bench_seam.py [DREAMS] [MODEL]

Over so many dreams from low noise (which has no seam), of all layers and with every kind of variables, the step from
the last to the first sample and the spectrum around the loop point are ranked among those at random other places. Where
the seam is a place like any, ranks are even: 0.5 on the mean.
"""

import sys

import numpy as np
import torch

from installation.data import RATE
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer
from installation.listen import clips
from installation.listen.ear import load
from installation.target import parse

SAMPLES, STEPS, PLACES = 64_000, 6, 999  # the shortest loop
AROUND = 512  # samples that a spectrum is of
BANDS = ((20, 500), (500, 4_000), (4_000, 12_000), (12_000, 24_000))  # Hz


def ranks(samples: np.ndarray, dice: np.random.Generator) -> list[float]:
    """The share of random places where the step, and the power of each band, is smaller than at the seam."""
    steps = np.abs(np.diff(samples, append=samples[:1]))  # the last one is the seam's
    places = dice.integers(0, len(samples) - 1, PLACES)
    found = [float((steps[places] < steps[-1]).mean())]
    window = np.hanning(AROUND)

    def power(place: int) -> list[float]:
        spectrum = np.abs(np.fft.rfft(np.roll(samples, AROUND // 2 - place)[:AROUND] * window)) ** 2
        hertz = np.fft.rfftfreq(AROUND, 1 / RATE)
        return [spectrum[(hertz >= low) & (hertz < high)].sum() for low, high in BANDS]

    seam, inside = np.array(power(0)), np.array([power(int(place)) for place in places[:199]])
    return [*found, *(inside < seam).mean(0).tolist()]


if __name__ == "__main__":
    torch.set_num_threads(1)
    dreams = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    ear = load(sys.argv[2] if len(sys.argv) > 2 else "tiny")
    layers, found = [layer.name for layer in ear.anatomy], []
    dice = np.random.default_rng(0)
    for number in range(dreams):
        knobs = Knobs(
            batch=1, parametrisation=number % 3, adam=number % 2 == 1, learning_rate=3e-3,
            denoise=0.1 * (number % 4 == 0), pitch_change=number % 5 / 10, resampling=number % 7 == 0,
        )  # fmt: skip
        start = clips.clip("low noise", SAMPLES, number)
        target = parse(layers[number % len(layers)])
        optimizer = Optimizer(ear, start, target, knobs, torch.Generator().manual_seed(number))
        for _ in range(STEPS):
            optimizer.step()
        found.append(ranks(optimizer.samples.numpy().astype(float), dice))
    mean, error = np.array(found).mean(0), 0.289 / np.sqrt(dreams)  # of even ranks
    print(f"{dreams} dreams on {ear.name}; mean rank of the seam among inner places, +- {error:.2f} by chance")
    for name, rank in zip(["step", *(f"{low}-{high} Hz" for low, high in BANDS)], mean, strict=True):
        print(f"{name:16} {rank:.2f}   {(rank - 0.5) / error:+.1f} errors from even")
