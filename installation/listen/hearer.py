"""The seam behind which every ear stands: samples go in, what its named layers answer comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor

from installation.data import RATE, Activations, Anatomy, Clip, Floats, Scalogram
from installation.listen.anatomy import FrontEnd, Plan, frames_per_loop
from installation.listen.cqt import ConstantQ
from installation.listen.levels import level
from installation.listen.pairs import PairPlan
from installation.listen.plans import ForeignPlan
from installation.listen.statistics import Statistics

SECONDS = 4.0  # of the loops that statistics are measured on


class Streaming(Protocol):
    """Hears sound as it comes in. Both count in frames of the scalogram."""

    samples_per_frame: int
    heard: int

    def hear(self, samples: Floats) -> tuple[Scalogram, Activations] | None:
        """The answers to the last frames, with [samples] more; None as long as there are none."""


class Hearer(ABC):
    """Any ear: it hears loops as circles and recordings as lines, and gradients flow to the samples.

    It is ours (`ear.Ear`), one that others made (`foreign.ForeignEar`) or two of ours (`pair.Pair`); `ears.load`
    gives any of them.

    pitches      bins per octave of the stimulus; 0 where its bins are no pitches
    foresees     whether it was trained to predict what it will hear, and so has `Ear.foresight`
    statistics   what rest and music mean to its layers
    """

    foresees = False
    pitches: int
    statistics: Statistics

    def __init__(self, plan: Plan | ForeignPlan | PairPlan, anatomy: Anatomy, device: torch.device | str) -> None:
        self.name = plan.name
        self.anatomy = anatomy
        self.trained_hours = plan.trained_hours or 0.0
        self.device = torch.device(device)
        self.front_end = plan.front_end
        self.front = front(plan.front_end)
        self.stride = max(layer.stride for layer in anatomy)  # a loop's frames are a multiple of it
        self.samples_per_frame = round(RATE * SECONDS / frames_per_loop(SECONDS))  # of a recording

    @abstractmethod
    def stimulus(self, samples: Tensor, frames: int) -> Tensor:
        """What reaches the network from loops: [batch, samples] -> [batch, bins, frames], differentiable, 0 silence."""

    @abstractmethod
    def answers(self, stimulus: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers answer to the stimuli of loops, as `responses` says."""

    @abstractmethod
    def listen(self, clip: Clip, frames: int) -> Iterator[tuple[Scalogram, Activations]]:
        """A whole recording as a line, silence around it, in pieces of so many frames of 1 000 samples.

        Raises ValueError where frames are no multiple of the network's stride.
        """

    @abstractmethod
    def stream(self, frames: int) -> Streaming:
        """Hears what comes in, and answers for so many of the newest frames."""

    def level(self, samples: Tensor, frames: int) -> Tensor:
        """The scalogram of loops that is shown: [batch, samples] -> [batch, bins, frames], differentiable."""
        return level(self.front.circle(samples, frames))

    def responses(self, samples: Tensor, frames: int, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers answer to loops, down to the deepest one in `upto`: differentiable, before the rectifiers.

        samples   [batch, samples]
        returns   name -> [batch, channels, bins, steps]
        """
        return self.answers(self.stimulus(samples, frames), upto)

    def normalised(self, name: str, response: Tensor) -> Tensor:
        """The answers of a layer in spreads on music above rest."""
        return self.statistics.normalised(name, response)

    @torch.no_grad()
    def hear(self, clip: Clip, frames: int) -> tuple[Scalogram, Activations]:
        """What the ear sees in a loop, and what all its neurons answer."""
        samples = self.mono(clip)[None]
        shown = self.scalogram(self.level(samples, frames), clip.seconds / frames)
        return shown, self.activations(self.responses(samples, frames))

    def mono(self, clip: Clip) -> Tensor:
        """What of a clip is heard, [samples]."""
        if clip.rate != self.front_end.rate:
            raise ValueError(f"this ear hears {self.front_end.rate} Hz, got {clip.rate} Hz")
        return torch.from_numpy(clip.mono).to(self.device)

    def scalogram(self, heard: Tensor, seconds_per_frame: float) -> Scalogram:
        """Levels [1, bins, frames] as a scalogram."""
        shown = self.front_end
        return Scalogram(heard[0].cpu().numpy(), shown.lowest, shown.bins_per_octave, seconds_per_frame)

    def activations(self, answers: dict[str, Tensor]) -> Activations:
        """The answers to one loop or piece, [1, channels, bins, steps] each, normalised."""
        halves = {name: self.normalised(name, answer)[0].half().cpu().numpy() for name, answer in answers.items()}
        return Activations(halves)


@lru_cache(maxsize=2)
def front(wanted: FrontEnd) -> ConstantQ:
    """The constant-Q transform that is asked for; all ears that ask alike share it."""
    return ConstantQ(wanted.rate, wanted.lowest, wanted.bins, wanted.bins_per_octave, wanted.filter_scale)
