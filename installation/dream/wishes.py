"""What each term of a target asks of the answers of its box, as a figure in spreads: 0 at rest, about 1 on music."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from installation.dream.recall import Recall
from installation.region import Like, Novelty, Region, Silence, Term, Toward

Wish = Callable[[Any], Any]  # the box's answers [batch, channels, bins, steps] -> [batch]
TELLING = 256  # neurons of a box that a recording is laid over the loop by
LEAST = 1e-4  # spreads; a distance whose slope is still a number


def wish(term: Term, cut: Callable[[Tensor], Tensor], layer: str, recall: Recall) -> Wish:
    """What a term that is about a box asks for.

    cut     takes [batch, channels, bins, steps] of the layer to the box
    Raises SoundFileError for a recording that cannot be used.
    """
    match term:
        case Region():
            return mean
        case Silence():
            return lambda answers: -distance(answers)
        case Like():
            heard = recall.recording(term.recording, layer)
            wanted = cut(heard[None])[0]
            return likeness(wanted, anywhere=wanted.shape[2] == heard.shape[2])
        case Toward():
            return leaning(direction(term, cut, layer, recall))
        case Novelty():
            return lambda answers: novelty(answers.mean(3), cut(recall.past(layer, term.loops)[..., None])[..., 0])
    raise TypeError(f"{type(term).__name__} is about no box")


def mean(answers: Any) -> Any:
    """How strongly the box answers, on the mean of its neurons and steps; tensors and arrays alike."""
    return answers.mean((1, 2, 3))


def distance(answers: Tensor) -> Tensor:
    """How far the box is from rest, up or down: the root mean square of its answers, [batch]."""
    return answers.square().mean((1, 2, 3)).add(LEAST**2).sqrt()


def direction(term: Toward, cut: Callable[[Tensor], Tensor], layer: str, recall: Recall) -> Tensor:
    """From one group of recordings (from rest, if there is none) to the other, [channels, bins].

    Its sizes sum to 1, so that a step of one spread of every neuron along it counts 1, as it does for a region.
    """

    def middle(names: tuple[str, ...]) -> Tensor:
        return torch.stack([cut(recall.recording(name, layer)[None])[0].mean(2) for name in names]).mean(0)

    way = middle(term.wanted) - (middle(term.other) if term.other else 0)
    return way / way.abs().sum().clamp_min(LEAST)


def leaning(way: Tensor) -> Wish:
    """How far the box's mean answers lie in a direction [channels, bins]."""
    return lambda answers: (answers.mean(3) * way).sum((1, 2))


def likeness(wanted: Tensor, anywhere: bool = True) -> Wish:
    """How much nearer than rest the box is to answers [channels, bins, steps]: at best their own distance from rest.

    anywhere   a loop is a circle: the wanted answers are laid over it where they fit best (the largest circular
               correlation of those neurons that move most); otherwise they are wanted where they are
    """
    size = wanted.square().mean().add(LEAST**2).sqrt()
    steps = wanted.shape[2]
    flat = wanted.flatten(0, 1)  # [neurons, steps]
    telling = flat.var(1, correction=0).topk(min(TELLING, len(flat))).indices

    @torch.no_grad()
    def laid(answers: Tensor) -> Tensor:
        """The wanted answers as they fit each item best, [batch, channels, bins, steps]."""
        ours = torch.fft.rfft(answers.flatten(1, 2)[:, telling])
        theirs = torch.fft.rfft(flat[telling])
        alike = torch.fft.irfft((ours * theirs.conj()).sum(1), steps)  # [batch, steps]
        return torch.stack([wanted.roll(int(shift), 2) for shift in alike.argmax(1)])

    return lambda answers: size - distance(answers - (laid(answers) if anywhere else wanted))


def novelty(gists: Tensor, past: Tensor) -> Tensor:
    """How far loops are from the nearest of the last dreams; 0 where there are none.

    gists   [batch, channels, bins], mean answers over the loop;   past   [dreams, channels, bins]
    """
    if not len(past):
        return gists.sum((1, 2)) * 0
    apart = (gists[:, None] - past).square().mean((2, 3)).add(LEAST**2).sqrt()  # [batch, dreams]
    return apart.amin(1) - LEAST
