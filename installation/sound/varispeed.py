"""Sound between the samples, for a loop that runs faster or slower than it was made."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats

SIDE = 32  # samples on either side of a place
PHASES = 1024  # places between two samples for which the weights are known; in between they lie on a line
SHARPNESS = 9.0  # of the Kaiser window: flat to 21 kHz, 90 dB down beyond what a semitone folds back


def _weights() -> Floats:
    """How much each sample around a place counts, [phases + 1, 2 * SIDE]; right on a sample it is that sample alone."""
    distance = np.arange(1 - SIDE, SIDE + 1)[None] - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(SHARPNESS * np.sqrt(np.maximum(0, 1 - (distance / SIDE) ** 2))) / np.i0(SHARPNESS)
    weights = np.sinc(distance) * window
    weights /= weights.sum(axis=1, keepdims=True)
    weights[0] = distance[0] == 0
    weights[-1] = distance[-1] == 0
    return weights.astype(np.float32)


WEIGHTS = _weights()
SLOPES = np.diff(WEIGHTS, axis=0)


def around(places: NDArray[np.float64]) -> tuple[int, int]:
    """The first sample that is needed for places in order, and one past the last."""
    return int(np.floor(places[0])) + 1 - SIDE, int(np.floor(places[-1])) + 1 + SIDE


def between(places: NDArray[np.float64], take: Callable[[int, int], Floats]) -> Floats:
    """The sound at places in order, counted in samples, [places, speakers].

    Each depends on its place and the samples around it alone: in any portions it is the same to the last bit.

    take   gives the samples from one number to another, [samples, speakers]
    """
    first, last = around(places)
    samples = take(first, last)
    whole = np.floor(places).astype(np.int64)
    fraction = (places - whole) * PHASES
    if not fraction.any():
        return np.asarray(samples[whole + (SIDE - 1 - whole[0])])
    row = fraction.astype(np.int64)
    weights = SLOPES[row]  # [places, 2 * SIDE]
    weights *= (fraction - row).astype(np.float32)[:, None]
    weights += WEIGHTS[row]
    sound = np.empty((len(places), samples.shape[1]), np.float32)
    for speaker, line in enumerate(samples.T):
        near = np.lib.stride_tricks.sliding_window_view(np.ascontiguousarray(line), 2 * SIDE)[whole - whole[0]]
        np.einsum("pt,pt->p", near, weights, out=sound[:, speaker], optimize=False)
    return sound
