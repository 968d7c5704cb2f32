"""Light that is held nearer to its own slow course, in the layers where it would have flashed."""

from functools import lru_cache

import numpy as np

from installation.data import Floats
from installation.render.optics import constants

HELD = 1.0  # seconds: what comes back within them is held back
FINE = 4096  # steps of what is seen, for the way back to answers


def slow(columns: int, seconds: float) -> Floats:
    """What makes a slow course of a loop's columns: [columns, columns], every row a mean.

    A triangle, twice HELD wide, round the circle: of all that comes back within HELD seconds nothing is left.
    """
    apart = np.abs(np.arange(columns)[:, None] - np.arange(columns)) * seconds / columns
    weights = np.maximum(1 - np.minimum(apart, seconds - apart) / min(HELD, seconds / 2), 0)
    means: Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return means


def calmed(answers: Floats, held: Floats, seconds: float) -> Floats:
    """The slow course of answers [columns, places]; they themselves, in place, are held to it as much as `held` says.

    held   [places] 0..1 share of a place's light that its slow course replaces

    What is seen of a neuron over the loop, its area times its light on the screen, stays the same: dips are lifted as
    much as peaks are lowered.
    """
    course = np.zeros_like(answers)
    weights = slow(len(answers), seconds)
    for share, places in runs(held):
        shown = seen(answers[:, places])
        even = weights @ shown
        course[:, places] = answer(even)
        answers[:, places] = answer(shown + share * (even - shown))
    return course


def across(answers: Floats, last: Floats, course: Floats, held: Floats) -> Floats:
    """The first columns after a seam [columns, places], in place: held as their loop is, from the `last` light on.

    course   [columns, places] of the new loop; what is held turns evenly into it from the last light
    """
    turned = ((np.arange(len(answers)) + 0.5) / max(len(answers), 1)).astype(np.float32)[:, None]
    for share, places in runs(held):
        even = seen(last[places]) * (1 - turned) + seen(course[:, places]) * turned
        shown = seen(answers[:, places])
        answers[:, places] = answer(shown + share * (even - shown))
    return answers


def runs(held: Floats) -> list[tuple[np.float32, slice]]:
    """Neighbouring places that are held alike, without those that are not held: a layer each."""
    borders = np.flatnonzero(np.diff(held)) + 1
    ends = zip([0, *borders], [*borders, len(held)], strict=True)
    return [(np.float32(held[start]), slice(int(start), int(end))) for start, end in ends if held[start] > 0]


def seen(answers: Floats) -> Floats:
    """What is seen of answers 0..1 in the usual light, 0..1: area times light on the screen."""
    there, _ = _tables()
    return np.take(there, (answers * 255 + 0.5).astype(np.uint8))


def answer(shown: Floats) -> Floats:
    """The answers of which this is seen."""
    _, back = _tables()
    return np.take(back, (shown * (FINE - 1) + 0.5).astype(np.uint16))


@lru_cache(maxsize=1)
def _tables() -> tuple[Floats, Floats]:
    """What is seen of each answer 0..255, and the answer 0..1 to each of FINE steps of what is seen."""
    shader = constants("neuron.vert")
    answers = np.linspace(0, 1, 256)
    grown = (1 + shader["GROWTH"] * answers) ** 2
    shown = grown * -np.expm1(-shader["BRIGHT"] * answers**2 / grown)
    shown /= shown[-1]
    return shown.astype(np.float32), np.interp(np.linspace(0, 1, FINE), shown, answers).astype(np.float32)
