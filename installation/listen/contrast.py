"""Contrastive predictive coding: from what was heard, tell the sound that comes next from sounds of other moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from installation.listen.network import Network
from installation.listen.together import gathered, place

Rivals = Literal["items", "times"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the network hears, found by its gradients.

    stride         scalogram frames between two encodings z
    before         scalogram frames up to and with the last one that the first z takes in
    encodings      encodings z up to and with the newest one that the first context c takes in
    context_step   encodings z between two contexts c
    shared         [k] scalogram frames that z of k steps after the context's newest one has in common with the context
    """

    stride: int
    before: int
    encodings: int
    context_step: int
    shared: tuple[int, ...]

    @property
    def first(self) -> int:
        """The smallest k with no frame in common: the first step worth predicting."""
        return self.shared.index(0)

    def frames(self, contexts: int, predictions: int, first: int) -> int:
        """Scalogram frames that so many contexts with all their predictions need."""
        encodings = self.encodings + self.context_step * (contexts - 1) + first + predictions - 1
        return self.before + self.stride * (encodings - 1)

    def newest(self, grids: int, contexts: int) -> Tensor:
        """How many scalogram frames have passed when each context has heard its newest one, [grids, contexts]; a grid
        begins an encoding later than the one before, as in `predict_everywhere`.
        """
        encodings = self.encodings - 1 + self.context_step * torch.arange(contexts) + torch.arange(grids)[:, None]
        return self.before + self.stride * encodings


def reach(network: Network, bins: int, seed: int = 0) -> Reach:
    """Find by gradients which scalogram frames an encoding hears, and which encodings a context.

    The network is asked on noise, in evaluation mode, and left as it was.
    """
    training, device = network.training, next(network.parameters()).device
    random = torch.Generator().manual_seed(seed)
    network.eval()
    try:
        spans = _two_answers(lambda x: network.encode(x, "valid"), (4, bins), random, device)
        width = network.predictor.out_features // network.plan.predictions
        newest = _two_answers(lambda x: network.summarise(x, "valid"), (4, width), random, device)
    finally:
        network.train(training)
    (start, end), stride = spans[0], spans[1][0] - spans[0][0]
    shared: list[int] = []
    span = end + 1 - start
    while not shared or shared[-1] > 0:  # every step later shares a stride less
        shared.append(max(0, span - stride * len(shared)))
    return Reach(stride, end + 1, newest[0][1] + 1, newest[1][1] - newest[0][1], tuple(shared))


def _two_answers(
    ask: Callable[[Tensor], Tensor], shape: tuple[int, int], random: torch.Generator, device: torch.device
) -> list[tuple[int, int]]:
    """First and last step of noise that each of the first two answers depends on."""
    steps = 16
    while True:  # the shortest noise, in doublings, that has two answers
        noise = torch.rand(*shape, steps, generator=random).to(device).requires_grad_()
        try:
            answers = ask(noise)
        except (RuntimeError, ValueError):  # shorter than a kernel
            answers = noise[..., :0]
        if answers.shape[-1] >= 2:
            break
        steps *= 2
    signs = torch.randn(answers.shape[1], generator=random).to(device)  # so that channels do not cancel
    spans = []
    for step in range(2):
        (gradient,) = torch.autograd.grad((answers[..., step] @ signs).sum(), noise, retain_graph=True)
        heard = gradient.abs().amax((0, 1)).nonzero().flatten()
        spans.append((int(heard[0]), int(heard[-1])))
    return spans


def predict(network: Network, level: Tensor, reach: Reach, first: int) -> tuple[Tensor, Tensor]:
    """What every context expects, and what came.

    level     [batch, bins, frames], 0..1
    first     the first predicted step, in encodings after the context's last one
    returns   expected and came, both [batch, contexts, predictions, width of z]
    """
    expected, came, _ = predict_everywhere(network, level, reach, first, 1)
    return expected[0], came[0]


def predict_everywhere(
    network: Network, level: Tensor, reach: Reach, first: int, grids: int = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """What is expected after every encoding: a context comes but once in `context_step` of them, so the summary hears
    z several times, each time begun an encoding later. It costs little beside the encoder, and teaches more.

    grids     how often; 0: as often as there are encodings between two contexts
    returns   expected and came, both [grids, batch, contexts, predictions, width of z], and the contexts themselves,
              [grids, batch, contexts, width of c]; the rest as in `predict`
    """
    z = network.encode(level, "valid")  # [batch, width, steps]
    grids = grids or reach.context_step
    predictions = network.predictor.out_features // z.shape[1]
    steps = z.shape[-1] - (grids - 1)
    spare = steps - (reach.encodings + first + predictions - 1)
    if spare < 0:
        needed = reach.frames(1, predictions, first) + (grids - 1) * reach.stride
        raise ValueError(f"a clip of {level.shape[-1]} frames is too short: one context and its future need {needed}")
    contexts = 1 + spare // reach.context_step
    last = reach.encodings - 1 + reach.context_step * torch.arange(contexts, device=z.device)  # newest z in each c
    wanted = last[:, None] + first + torch.arange(predictions, device=z.device)  # [contexts, predictions]
    shifted = torch.cat([z[..., grid : grid + steps] for grid in range(grids)]) if grids > 1 else z
    came = shifted.transpose(1, 2)[:, wanted]  # [grids * batch, contexts, predictions, width]
    c = network.summarise(shifted[..., : int(last[-1]) + 1], "valid")[..., :contexts].transpose(1, 2)
    expected = network.predictor(c).unflatten(-1, (predictions, z.shape[1]))
    shape = (grids, len(level), contexts, predictions, z.shape[1])
    return expected.reshape(shape), came.reshape(shape), c.reshape(*shape[:3], c.shape[-1])


def scores(expected: Tensor, came: Tensor) -> Tensor:
    """How well each candidate fits each expectation: (M c) . z / sqrt(width), in full precision.

    expected   [groups, asked, width]
    came       [groups, candidates, width]
    returns    [groups, asked, candidates]
    """
    with torch.autocast(expected.device.type, enabled=False):
        width = expected.shape[-1]
        fit: Tensor = expected.float() @ came.float().transpose(1, 2) / width**0.5
        return fit


def contrast(expected: Tensor, came: Tensor, rivals: Rivals = "times", nearness: float = 0.0) -> tuple[Tensor, Tensor]:
    """The loss of the paper, over all processes' items together.

    expected, came   [batch, contexts, predictions, width]
    rivals           "items": the same moment of other clips (the paper's form);
                     "times": every moment of every clip, so also others of the same recording
    nearness         how much more a near prediction counts: the n-th weighs n ** -nearness; 0: all the same
    returns          loss in nats, a mean; share of right answers per prediction [predictions], detached
    """
    batch, contexts, predictions, width = expected.shape
    others = gathered(came)
    if rivals == "items":
        asked = expected.permute(1, 2, 0, 3).reshape(contexts * predictions, batch, width)
        offered = others.permute(1, 2, 0, 3).reshape(contexts * predictions, -1, width)
    else:
        asked = expected.permute(2, 0, 1, 3).reshape(predictions, batch * contexts, width)
        offered = others.permute(2, 0, 1, 3).reshape(predictions, -1, width)
    fit = scores(asked, offered)  # [groups, asked, candidates]
    right = place() * asked.shape[1] + torch.arange(asked.shape[1], device=fit.device)
    wrong = torch.nn.functional.cross_entropy(fit.flatten(0, 1), right.repeat(len(fit)), reduction="none")
    weight = torch.arange(1, predictions + 1, device=fit.device) ** -nearness
    loss = wrong.view(-1, predictions, asked.shape[1]).mean((0, 2)) @ (weight / weight.sum())
    correct = (fit.detach().argmax(-1) == right).float().mean(1)  # [groups]
    return loss, correct.view(-1, predictions).mean(0)
