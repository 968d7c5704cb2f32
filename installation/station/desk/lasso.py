"""From neurons that somebody drew a line around to a target that dreams of them."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Region, Target
from installation.errors import TargetError

RUNS = 1000  # of neurons at most, or a target's text becomes longer than anybody can send


def chosen(text: str, anatomy: Anatomy) -> NDArray[np.intp]:
    """The numbers of the neurons whose bits are set: bit n % 8 of byte n // 8, all in base64. Raises TargetError."""
    try:
        bits = np.unpackbits(np.frombuffer(base64.b64decode(text, validate=True), np.uint8), bitorder="little")
    except (binascii.Error, ValueError):
        raise TargetError("the neurons of a lasso are bits in base64; this is something else.") from None
    units = np.flatnonzero(bits)
    if not len(units):
        raise TargetError("there is no neuron within the lasso. Draw it around some.")
    if units[-1] >= anatomy.units:
        raise TargetError(f"there are {anatomy.units} neurons; {units[-1]} is not among them.")
    return units


def target(units: NDArray[np.intp], anatomy: Anatomy) -> Target:
    """A target in which each of the neurons counts the same; very many scattered ones take some between with them.

    units   rising numbers in the anatomy
    """
    runs = joined(units, {anatomy.start(layer.name) for layer in anatomy})
    terms = []
    for layer in anatomy:
        start = anatomy.start(layer.name)
        here = [(first - start, last - start) for first, last in runs if start <= first < start + layer.units]
        count = sum(last - first + 1 for first, last in here)
        if count:
            neurons = () if count == layer.units else tuple(here)
            terms.append((Region(layer.name, neurons=neurons), count))
    every = sum(count for _, count in terms)
    return Target(tuple((Target((term,)) * round(count / every, 4)).terms[0] for term, count in terms))


def joined(units: NDArray[np.intp], borders: set[int]) -> list[tuple[int, int]]:
    """Rising numbers as runs (first, last); of more runs than there may be, those that lie nearest become one.

    borders   numbers that begin a run in any case
    """
    gaps = np.diff(units)
    fixed = _between(units, borders)
    breaks = np.flatnonzero((gaps > 1) | fixed)
    if len(breaks) >= RUNS:
        size = np.where(fixed[breaks], np.inf, gaps[breaks])
        widest = np.argsort(-size, kind="stable")[: max(RUNS - 1, int(fixed.sum()))]
        breaks = np.sort(breaks[widest])
    first = units[np.concatenate(([0], breaks + 1))]
    last = units[np.concatenate((breaks, [len(units) - 1]))]
    return [(int(start), int(end)) for start, end in zip(first, last, strict=True)]


def _between(units: NDArray[np.intp], borders: set[int]) -> NDArray[np.bool_]:
    """Whether a border lies between each number and the next."""
    at = np.searchsorted(np.sort(np.fromiter(borders, int)), units, side="right")
    return np.diff(at) > 0
