"""What rest and music mean to every layer: measured once over the start clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from installation.listen.network import Network

SOFTENING = 0.1  # added to the spread, so that a layer which hardly moves stays dim
LIT = 1.0  # a neuron is lit where it answers one spread above rest


@dataclass(frozen=True, eq=False, slots=True)
class Statistics:
    """Per layer: what its neurons answer to near-silence, and how far they move on music.

    rest       name -> [channels, bins], the mean answer to near-silence
    spread     name -> one number, the root mean square distance from rest over music, steps and neurons
    variance   name -> [channels, bins], how much each neuron's own answer varies over music and steps
    """

    rest: Mapping[str, Tensor]
    spread: Mapping[str, Tensor]
    variance: Mapping[str, Tensor]

    def normalised(self, name: str, response: Tensor) -> Tensor:
        """0 is rest, 1 one spread on music: [..., channels, bins, steps] -> the same."""
        return (response - self.rest[name][..., None]) / (self.spread[name] + SOFTENING)

    def to(self, device: torch.device | str) -> Statistics:
        parts = (self.rest, self.spread, self.variance)
        moved = [{name: value.to(device) for name, value in part.items()} for part in parts]
        return Statistics(*moved)


@torch.no_grad()
def calibrate(network: Network, music: Tensor) -> None:
    """Give an untrained network the batch statistics of music, [batch, bins, frames], in one pass."""
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    usual = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    network.train()
    network.summarise(network.encode(music, "circle"), "circle")
    network.eval()
    for norm, momentum in zip(norms, usual, strict=True):
        norm.momentum = momentum


def measure(network: Network, silence: Tensor, music: Iterable[Tensor]) -> Statistics:
    """Measure a network in evaluation mode on scalograms, each [1, bins, frames]."""
    return measured(network.responses, silence, music)


@torch.no_grad()
def measured(answers: Callable[[Tensor], Mapping[str, Tensor]], silence: Tensor, music: Iterable[Tensor]) -> Statistics:
    """Measure any layers by what they answer to stimuli, each [1, bins, frames]."""
    rest = {name: answer[0].mean(-1) for name, answer in answers(silence).items()}
    apart = {name: Sums(torch.zeros_like(middle), torch.zeros_like(middle)) for name, middle in rest.items()}
    for stimulus in music:
        for name, answer in answers(stimulus).items():
            apart[name].add(answer[0] - rest[name][..., None])
    spread = {name: sums.squares.mean().sqrt() for name, sums in apart.items()}
    return Statistics(rest, spread, {name: sums.variance for name, sums in apart.items()})


@dataclass(eq=False, slots=True)
class Sums:
    """Means of values and of their squares over so many pieces, [channels, bins]."""

    values: Tensor
    squares: Tensor
    pieces: int = 0

    def add(self, piece: Tensor) -> None:
        """Take in one piece more, [channels, bins, steps]; all weigh the same."""
        self.pieces += 1
        self.values += (piece.mean(-1) - self.values) / self.pieces
        self.squares += (piece.square().mean(-1) - self.squares) / self.pieces

    @property
    def variance(self) -> Tensor:
        return (self.squares - self.values.square()).clamp_min(0)
