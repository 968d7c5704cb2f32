"""What a neuron can hear: how far down and up in pitch, and for how long; from the anatomy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from installation.data import Anatomy, Floats, Layer
from installation.listen.anatomy import FRAME_SECONDS, Plan, heard_frames
from installation.listen.pairs import PairPlan, merged


class Front(Protocol):
    """The front end's sizes."""

    @property
    def lowest(self) -> float: ...
    @property
    def bins(self) -> int: ...
    @property
    def bins_per_octave(self) -> int: ...
    @property
    def filter_scale(self) -> float: ...


class Drawn(Protocol):
    """Any model's plan, as far as it is needed here."""

    @property
    def front_end(self) -> Front: ...


@dataclass(frozen=True, eq=False, slots=True)
class Hears:
    """What the neurons of one layer can hear, by their pitch bin.

    low, high   [bins] Hz
    seconds     [bins] from the first to the last moment that an answer depends on; empty where nobody knows
    """

    low: Floats
    high: Floats
    seconds: Floats


def hears(anatomy: Anatomy, plan: Drawn) -> dict[str, Hears]:
    """For every layer of a network what its neurons hear. An octave is a doubling of Hz.

    In pitch the links are followed back to the scalogram. In time a kernel of k steps reaches k - 1 steps further than
    its source (Araujo, Norris and Sim 2019), and the front end's kernel of the lowest pitch comes on top.
    """
    front = plan.front_end
    frames = _frames(plan)
    known: dict[str, Hears] = {}
    for name, (first, last) in _bins(anatomy, front.bins).items():
        low, high = (
            front.lowest * 2.0 ** ((at + side) / front.bins_per_octave) for at, side in ((first, -0.5), (last, 0.5))
        )
        kernel = front.filter_scale / (2 ** (1 / front.bins_per_octave) - 1) / low  # seconds
        seconds = frames[name] * FRAME_SECONDS + kernel if name in frames else np.empty(0)
        known[name] = Hears(*(np.asarray(values, np.float32) for values in (low, high, seconds)))
    return known


def _frames(plan: Drawn) -> dict[str, int]:
    """Scalogram frames that each layer hears; of an ear that others made nothing is known."""
    if isinstance(plan, Plan):
        return heard_frames(plan)
    if isinstance(plan, PairPlan):
        return merged({part.name: heard_frames(part) for part in (plan.left, plan.right)})
    return {}


def _bins(anatomy: Anatomy, bins: int) -> dict[str, tuple[Floats, Floats]]:
    """Per layer the lowest and the highest bin of the scalogram that each of its bins depends on, [bins]."""
    order = {layer.name: number for number, layer in enumerate(anatomy)}
    known: dict[str, tuple[Floats, Floats]] = {}
    for layer in anatomy:
        low, high = _unlinked(layer, bins)
        links = [link for link in anatomy.links if link.target == layer.name and order[link.source] < order[layer.name]]
        if links:
            low, high = np.full(layer.bins, np.inf, np.float32), np.full(layer.bins, -np.inf, np.float32)
        for link in links:
            below, above = known[link.source]
            first = link.offset + np.arange(layer.bins) * link.stride
            start, end = (np.clip(at, 0, len(below) - 1) for at in (first, first + link.kernel - 1))
            low, high = np.minimum(low, below[start]), np.maximum(high, above[end])
        known[layer.name] = low, high
    return known


def _unlinked(layer: Layer, bins: int) -> tuple[Floats, Floats]:
    """A layer that no other feeds: the scalogram itself, or one that hears all of it."""
    if layer.bins == bins:
        itself = np.arange(bins, dtype=np.float32)
        return itself, itself
    return np.zeros(layer.bins, np.float32), np.full(layer.bins, bins - 1, np.float32)
