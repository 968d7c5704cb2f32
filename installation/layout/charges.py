"""How strongly neurons push each other away: by how much their answers vary, or by chance."""

from collections.abc import Mapping

import numpy as np
import torch

from installation.data import Anatomy, Floats
from installation.errors import ContentError

POWER = 0.75  # of the variance; 1 gives denser hearts, 0.5 (the spread) cells that are told apart more clearly
LEAST, MOST = 0.2, 5.0  # no neuron collapses into another, none bursts its cell


def by_variance(anatomy: Anatomy, variance: Mapping[str, Floats]) -> Floats:
    """Charges from how much each neuron's answer varies on music, [units], their mean 1 in every layer.

    A neuron's charge is its variance over the mean of its layer, to the power of `POWER`, held within `LEAST` ..
    `MOST`. Neurons that hardly move gather in the heart of a cell, lively ones make its loose rim. A layer that never
    moves is all alike.

    variance   name -> [channels, bins], >= 0
    Raises ContentError for a layer without variance, and for one of another shape or with impossible numbers.
    """
    charges = np.ones(anatomy.units, np.float32)
    for layer in anatomy:
        moves = np.asarray(variance.get(layer.name, ()), np.float64)
        if moves.shape != (layer.channels, layer.bins) or not (np.isfinite(moves) & (moves >= 0)).all():
            raise ContentError(
                f"{layer.name} has {layer.channels} x {layer.bins} neurons, but no usable variance for them "
                f"({list(moves.shape)}). Delete the model's statistics; they are measured again."
            )
        if (usual := moves.mean()) > 0:
            held = np.clip((moves / usual) ** POWER, LEAST, MOST)
            charges[anatomy.slice(layer.name)] = (held / held.mean()).ravel()
    return charges


def by_chance(count: int, variety: float, seed: int) -> Floats:
    """Charges that differ by chance, [count], their mean 1, for a network that has heard nothing yet.

    variety   >= 0: 0 makes all neurons alike; the larger, the denser the hearts of cells and the looser their rims
    """
    charges = 1 + variety * torch.randn(count, generator=torch.Generator().manual_seed(seed)).abs()
    return (charges / charges.mean()).numpy()
