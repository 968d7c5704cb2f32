"""Two ears that hear the same: each keeps its own network, and a dream may set one against the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from installation.data import Activations, Clip, Floats, Scalogram
from installation.listen.hearer import Hearer, Streaming
from installation.listen.pairs import MARK, called, joined, merged, together
from installation.listen.statistics import Statistics

if TYPE_CHECKING:
    from installation.listen.ear import Ear


class Pair(Hearer):
    """A left and a right ear behind the seam of one; only those are heard with that a question is about."""

    def __init__(self, left: Ear, right: Ear) -> None:
        """Raises ContentError where they do not hear the same scalogram."""
        self.ears = {ear.name: ear for ear in (left, right)}
        anatomy = joined({name: ear.anatomy for name, ear in self.ears.items()})
        super().__init__(together(left.plan, right.plan), anatomy, left.device)
        self.pitches = left.pitches
        parts = {name: ear.statistics for name, ear in self.ears.items()}
        self.statistics = Statistics(
            merged({name: part.rest for name, part in parts.items()}),
            merged({name: part.spread for name, part in parts.items()}),
            merged({name: part.variance for name, part in parts.items()}),
        )

    def stimulus(self, samples: Tensor, frames: int) -> Tensor:
        """The scalogram of loops, which both hear: [batch, samples] -> [batch, bins, frames], differentiable."""
        return self.level(samples, frames)

    def answers(self, stimulus: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers of both answer to the scalograms of loops, as `responses` says."""
        asked = self._asked(upto)
        return merged({name: self.ears[name].answers(stimulus, layers) for name, layers in asked.items()})

    def listen(self, clip: Clip, frames: int) -> Iterator[tuple[Scalogram, Activations]]:
        """A whole recording as a line, in pieces; raises as each ear does."""
        for pieces in zip(*(ear.listen(clip, frames) for ear in self.ears.values()), strict=True):
            yield self._both(pieces)

    def stream(self, frames: int) -> PairStream:
        """Hears what comes in, and answers for so many of the newest frames."""
        return PairStream(self, frames)

    def _asked(self, upto: str | Collection[str] | None) -> dict[str, Collection[str] | None]:
        """Which layers of which ear; raises KeyError for an unknown one."""
        if upto is None:
            return dict.fromkeys(self.ears)
        asked: dict[str, Collection[str] | None] = {}
        for layer in {upto} if isinstance(upto, str) else upto:
            if layer not in self.anatomy:
                raise KeyError(f"no layer {layer!r}")
            ear, _, its = layer.partition(MARK)
            asked[ear] = {*(asked.get(ear) or ()), its}
        return {ear: asked[ear] for ear in self.ears if ear in asked}

    def _both(self, pieces: Collection[tuple[Scalogram, Activations]]) -> tuple[Scalogram, Activations]:
        """What both thought of the same piece, as one."""
        scalogram = next(iter(pieces))[0]
        layers = {
            called(ear, layer): answers
            for ear, (_, activations) in zip(self.ears, pieces, strict=True)
            for layer, answers in activations.layers.items()
        }
        return scalogram, Activations(layers)


class PairStream:
    """Both ears hear what comes in."""

    def __init__(self, pair: Pair, frames: int) -> None:
        self._pair = pair
        self._streams: list[Streaming] = [ear.stream(frames) for ear in pair.ears.values()]
        self.samples_per_frame = pair.samples_per_frame
        self.heard = 0  # frames, all

    @torch.no_grad()
    def hear(self, samples: Floats) -> tuple[Scalogram, Activations] | None:
        """The answers to the last frames; None as long as one of them has none."""
        pieces = [stream.hear(samples) for stream in self._streams]
        self.heard = self._streams[0].heard
        there = [piece for piece in pieces if piece is not None]
        return self._pair._both(there) if len(there) == len(pieces) else None
