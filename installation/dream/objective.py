"""What the optimiser climbs: how strongly the targeted neurons, and only they, answer.

Nothing here needs torch: tensors and numpy arrays are cut and averaged by the same words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from installation.data import Activations, Anatomy, Region, Target
from installation.target import check, merged


@dataclass(frozen=True, slots=True)
class Box:
    """A region in whole numbers: which channels, bins and steps of a layer, and how much it counts."""

    layer: str
    channels: slice
    bins: slice
    steps: slice
    weight: float


class Objective:
    """The weighted sum of the mean answers of a target's regions, in spreads of their layers.

    The mean runs over the units of a box only, so a single deep channel counts as much as a whole layer; the sizes of
    all weights together are 1.
    """

    def __init__(self, target: Target, anatomy: Anatomy, frames: int) -> None:
        """Raises TargetError where the target does not fit the anatomy or the loop."""
        check(target, anatomy, frames)
        regions = merged(target).regions
        whole = sum(abs(region.weight) for region in regions)
        self.boxes = tuple(_box(region, anatomy, frames, whole) for region in regions)
        self.layers = frozenset(box.layer for box in self.boxes)
        self.stride = max(anatomy[name].stride for name in self.layers)  # frames per step of the deepest layer

    def score(self, answers: Mapping[str, Any], normalised: Callable[[str, Any], Any]) -> Any:
        """The score of every copy, [batch].

        answers      layer -> [batch, channels, bins, steps], tensors or arrays
        normalised   takes a layer's name and answers of it to spreads above rest
        """
        return sum(
            box.weight * normalised(box.layer, answers[box.layer])[:, box.channels, box.bins, box.steps].mean((1, 2, 3))
            for box in self.boxes
        )

    def measure(self, activations: Activations) -> float:
        """The score of what has been heard already."""
        layers = {name: activations.layers[name][None].astype("float32") for name in self.layers}
        return float(self.score(layers, lambda name, answer: answer)[0])


def _box(region: Region, anatomy: Anatomy, frames: int, whole: float) -> Box:
    layer = anatomy[region.layer]
    spans = (
        (region.channels, layer.channels),
        (region.pitch, layer.bins),
        (region.time, math.ceil(frames / layer.stride)),
    )
    channels, bins, steps = (span.indices(size) for span, size in spans)
    return Box(
        region.layer,
        slice(channels.start, channels.stop),
        slice(bins.start, bins.stop),
        slice(steps.start, steps.stop),
        region.weight / whole,
    )
