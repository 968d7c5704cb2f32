"""A dream for tests of pictures."""

import numpy as np

from installation.data import Target


def lively(dreamt, seed=0, number=0, target=None):
    """A dream in which a quarter of all neurons answer, differently at each step."""
    rng = np.random.default_rng(seed)
    answers = {}
    for name, shape in (("low", (4, 12, 64)), ("middle", (16, 6, 32)), ("high", (32, 1, 8))):
        for place in zip(*np.nonzero(rng.random(shape) < 0.25), strict=True):
            answers[(name, *map(int, place))] = rng.gamma(2.0)
    return dreamt(answers, number=number, target=target or Target(()))
