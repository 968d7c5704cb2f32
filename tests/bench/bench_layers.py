"""Does a dream reach its target, in every layer?    python tests/bench/bench_layers.py [NAME=VALUE ...] [LAYER ...]

For the channel of each layer of models/house that it has most for music (of layers with many pitches, a fifth of
them), 100 steps from low noise:

    gain     of the target's score, in standard deviations of random loops' scores (wanted: at least 5)
    kept     the share of it by which the score rises where both loops, the first and the last, are heard under fresh
             random shifts, +-1 bin, 10 % of time and 10 % of pitch hidden (0.5)
    other    the gain of random other such regions of the layer (median of 8), as a share of the target's (at most 0.5)

A layer passes with all three; wanted are 24 of 26. NAME=VALUE sets a control of the parameter table, such as
noise_loss=0.1; the learning rate is the default show's.
"""

import sys
from time import process_time

import numpy as np
import torch

from installation.data import EVERYTHING, RATE, Clip, Region, Span, Target
from installation.dream.copies import draw
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.optimize import Optimizer
from installation.listen import clips
from installation.listen.ear import load
from installation.listen.liking import ranked
from installation.listen.survey import asked
from installation.target import write

STEPS, SAMPLES, RANDOM = 100, 4 * RATE, 12
OTHERS = 8  # random other regions of a layer
WIDE = 20  # pitches
FRESH = Knobs(batch=25, time_jitter=2.0, pitch_change=0.5, time_mask=0.1, pitch_mask=0.1)  # half a semitone is a bin


def targets(layer, liking, dice):
    """A region of the layer and random other ones, some twice: a channel each, and of many pitches a fifth."""
    wide = layer.bins >= WIDE
    fifth = Span(0.4, 0.6) if wide else EVERYTHING
    channel = ranked(liking, layer.name, fifth)[0]
    others = [number for number in range(layer.channels) if number != channel] or [channel]
    places = [(channel, fifth)]
    for _ in range(OTHERS):
        begin = float(dice.choice([0.0, 0.2, 0.6, 0.8]))
        places.append((int(dice.choice(others)), Span(begin, begin + 0.2) if wide else EVERYTHING))
    return [Target((Region(layer.name, Span(number, number, whole=True), part),)) for number, part in places]


@torch.no_grad()
def scores(ear, objective, samples):
    """Of loops as they are: [loops, samples] -> [loops]."""
    return objective.hear(ear, ear.stimulus(samples, 192))[1]


@torch.no_grad()
def disturbed(ear, optimizer, objective):
    copies = draw(FRESH, optimizer._shape, torch.Generator().manual_seed(99))
    heard = copies.heard(ear.stimulus(copies.sounds(optimizer.samples), 192))
    return objective.hear(ear, heard[1:])[1].mean()


def row(ear, layer, liking, knobs, start):
    dice = np.random.default_rng(7)
    target, *elsewhere = targets(layer, liking, dice)
    every = [Objective(one, ear.anatomy, 192) for one in (target, *elsewhere)]
    objective = every[0]
    noises = np.stack([clips.clip("low noise", SAMPLES, seed).mono for seed in range(100, 100 + RANDOM)])
    spread = scores(ear, objective, torch.from_numpy(noises)).std()
    optimizer = Optimizer(ear, Clip(start.samples), target, knobs, torch.Generator().manual_seed(0))
    before = torch.stack([scores(ear, part, optimizer.samples[None])[0] for part in every])
    before_disturbed = disturbed(ear, optimizer, objective)
    began = process_time()
    for _ in range(STEPS):
        optimizer.step()
    took = (process_time() - began) / STEPS
    after = torch.stack([scores(ear, part, optimizer.samples[None])[0] for part in every])
    gain, *others = (after - before).tolist()
    other = float(np.median(others))
    kept = float(disturbed(ear, optimizer, objective) - before_disturbed) / gain
    fine = gain >= 5 * spread and kept >= 0.5 and gain >= 2 * other and gain > 0
    sign = "ok" if fine else "--"
    print(
        f"{sign} {write(target):40} start {before[0]:6.2f}  gain {gain:6.2f} = {gain / spread:7.1f} std"
        f"  kept {kept:6.2f}  other {other / gain:6.2f}  {took:.3f} CPU s a step",
        flush=True,
    )
    return fine


if __name__ == "__main__":
    torch.set_num_threads(1)
    values = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
    knobs = Knobs(**{"batch": 1, "learning_rate": 3e-3} | {name: float(value) for name, value in values.items()})
    wanted = [word for word in sys.argv[1:] if "=" not in word]
    ear = load("house")
    liking = asked(ear)
    start = clips.clip("low noise", SAMPLES, 0)
    print(f"models/house, {STEPS} steps from low noise, {knobs}")
    found = [row(ear, layer, liking, knobs, start) for layer in ear.anatomy if not wanted or layer.name in wanted]
    print(f"{sum(found)} of {len(found)} layers pass")
