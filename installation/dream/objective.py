"""What the optimiser climbs: how well the targeted neurons, and only they, do what is asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.data import Activations, Anatomy, Clip, Region, Target
from installation.dream.recall import Recall
from installation.dream.wishes import Wish, mean, wish
from installation.errors import TargetError
from installation.listen.ear import Ear
from installation.listen.hearer import Hearer
from installation.region import Prediction, Term, box
from installation.target import check, merged, write

Answers = Mapping[str, Any]  # layer -> [batch, channels, bins, steps], tensors or arrays


@dataclass(frozen=True, eq=False, slots=True)
class Box:
    """A region in whole numbers: which channels, bins and steps of a layer.

    neurons   single ones instead of channels and bins, each as a channel of its own
    """

    layer: str
    channels: slice
    bins: slice
    steps: slice
    neurons: NDArray[np.intp] | None = None

    def cut(self, answers: Any) -> Any:
        """[batch, channels, bins, steps] of the layer -> those of the box."""
        if self.neurons is not None:
            batch, _, _, steps = answers.shape
            return answers.reshape(batch, -1, 1, steps)[:, self.neurons][..., self.steps]
        return answers[:, self.channels, self.bins, self.steps]


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """A term, ready to be measured."""

    box: Box
    weight: float
    wish: Wish


class Objective:
    """The weighted sum of what a target's terms measure, in spreads of their layers.

    Every term counts the units of its box only, so a single deep channel counts as much as a whole layer; the sizes of
    all weights together are 1.
    """

    def __init__(self, target: Target, anatomy: Anatomy, frames: int, recall: Recall | None = None) -> None:
        """Raises TargetError where the target does not fit the anatomy or the loop, SoundFileError for a recording.

        recall   what the ear remembers; needed for all terms but regions
        """
        check(target, anatomy, frames, foresees=recall is None or recall.foresees)
        terms = merged(target).terms
        if recall is None and not all(isinstance(term, Region) for term in terms):
            raise TargetError(f"{write(target)!r} can only be dreamt of: nothing is remembered here to compare with.")
        largest = max(abs(term.weight) for term in terms)
        whole = sum(abs(term.weight) / largest for term in terms) * largest
        self.parts = tuple(
            _part(term, term.weight / whole, anatomy, frames, recall)
            for term in terms
            if not isinstance(term, Prediction)
        )
        self.foreseeing = sum(term.weight / whole for term in terms if isinstance(term, Prediction))
        self._recall = recall
        self.layers = frozenset(part.box.layer for part in self.parts)
        reached = anatomy if self.foreseeing else [anatomy[name] for name in self.layers]
        self.stride = max(layer.stride for layer in reached)  # frames per step of the deepest layer

    def hear(self, ear: Hearer, stimulus: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """What the layers down to the deepest that counts answer to stimuli, and the score of each, [batch]."""
        if not self.foreseeing:
            answers = ear.answers(stimulus, self.layers)
            return answers, self.score(answers, ear.normalised)
        assert isinstance(ear, Ear)
        assert self._recall is not None
        answers, z, c = ear.foretold(stimulus, self.layers)
        foreseen = self.foreseeing * self._recall.foresight.score(z, c)
        return answers, self.score(answers, ear.normalised) + foreseen

    def score(self, answers: Answers, normalised: Callable[[str, Any], Any]) -> Any:
        """The score of every copy in all but prediction, [batch].

        answers      layer -> [batch, channels, bins, steps], tensors or arrays
        normalised   takes a layer's name and answers of it to spreads above rest
        """
        spreads = {name: normalised(name, answers[name]) for name in self.layers}
        return sum(part.weight * part.wish(part.box.cut(spreads[part.box.layer])) for part in self.parts)

    @torch.no_grad()
    def measure(self, activations: Activations, clip: Clip | None = None) -> float:
        """The score of what has been heard already; the clip itself is only needed for prediction."""
        layers = {name: torch.from_numpy(activations.layers[name][None].astype("float32")) for name in self.layers}
        if self._recall is not None:
            layers = {name: layer.to(self._recall.device) for name, layer in layers.items()}
        found = float(self.score(layers, lambda name, answer: answer)) if layers else 0.0
        if self.foreseeing and clip is not None:
            assert self._recall is not None
            found += self.foreseeing * self._recall.foreseen(clip)
        return found


def _part(term: Term, weight: float, anatomy: Anatomy, frames: int, recall: Recall | None) -> Part:
    where = box(term) or Region(anatomy.layers[-1].name)
    there = _box(where, anatomy, frames)
    asked = mean if recall is None else wish(replace(term, weight=1.0), there.cut, there.layer, recall)
    return Part(there, weight, asked)


def _box(region: Region, anatomy: Anatomy, frames: int) -> Box:
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
        np.array(region.numbers(layer.channels, layer.bins)) if region.neurons else None,
    )
