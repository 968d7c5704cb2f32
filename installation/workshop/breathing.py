"""How a body breathes: what an ear hears in a loop makes its neurons push more or less."""

from itertools import pairwise

import numpy as np

from installation.data import RATE, Floats
from installation.listen import clips
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer

PLACES = 8  # of the loop
LOOP = "beat-garzul"  # a start clip of two bars
SECONDS = 4.0
DEPTH = 0.25  # logarithm of the push, per usual change of a layer's answers
MOST = 2.0  # usual changes


def breath(listener: Hearer) -> Floats:
    """How much more each neuron pushes at each place of the loop than on average, [places, units], about 1.

    All neurons of a layer at one pitch push alike, so that a cell swells and shrinks as one.
    """
    clip = clips.clip(LOOP, round(SECONDS * RATE))
    _, heard = listener.hear(clip, frames_per_loop(SECONDS, listener.stride))
    pushes = np.ones((PLACES, listener.anatomy.units), np.float32)
    for name, answers in heard.layers.items():
        lit = np.maximum(answers.astype(np.float32), 0)  # [channels, bins, steps]
        cells = np.stack([window.mean((0, 2)) for window in windowed(lit)])  # [places, bins]: a cell moves as one
        change = cells - cells.mean(0)
        usual = max(float(change.std()), 1e-6)
        push = np.exp(DEPTH * np.clip(change / usual, -MOST, MOST))
        pushes[:, listener.anatomy.slice(name)] = np.tile(push, lit.shape[0])
    return pushes


def windowed(answers: Floats) -> list[Floats]:
    """The loop cut into `PLACES` windows of steps, the middle of the first at the loop's beginning."""
    steps = answers.shape[2]
    edges = np.floor((np.arange(PLACES + 1) - 0.5) * steps / PLACES).astype(int)
    spans = [np.arange(start, max(end, start + 1)) for start, end in pairwise(edges.tolist())]
    return [answers[:, :, span % steps] for span in spans]
