"""What an ear remembers while it dreams: how recordings sounded to it, its last dreams, and how well it foresees."""

from __future__ import annotations

from collections import OrderedDict, deque
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from installation.data import Activations, Clip, Floats
from installation.grammar import MOST_LOOPS
from installation.listen import clips
from installation.listen.ear import Ear
from installation.listen.foresight import Foresight
from installation.listen.hearer import Hearer

RECORDINGS = 32  # answers of single layers to recordings that are kept


class Recall:
    """Remembers for loops of one length.

    samples, frames   of a loop
    """

    def __init__(self, ear: Hearer, samples: int, frames: int) -> None:
        self._ear, self._samples, self._frames = ear, samples, frames
        self._heard: OrderedDict[tuple[str, str], Tensor] = OrderedDict()
        self._past: deque[dict[str, Floats]] = deque(maxlen=MOST_LOOPS)

    @torch.no_grad()
    def recording(self, name: str, layer: str) -> Tensor:
        """What a layer answers to a recording, cut to a loop: [channels, bins, steps], in spreads above rest.

        Raises SoundFileError for a recording that cannot be used.
        """
        if (name, layer) not in self._heard:
            there = name if name in clips.names() else str(Path(name).expanduser())
            sound = self._ear.mono(clips.clip(there, self._samples))
            answers = self._ear.responses(sound[None], self._frames, {layer})
            self._heard[name, layer] = self._ear.normalised(layer, answers[layer])[0]
        self._heard.move_to_end((name, layer))
        while len(self._heard) > RECORDINGS:
            self._heard.popitem(last=False)
        return self._heard[name, layer]

    def remember(self, activations: Activations) -> None:
        """Keep what the whole ear thought of a dream on the whole."""
        self._past.append(gist(activations))

    def join(self, earlier: Recall) -> None:
        """Remember the dreams of another, too, as the older ones."""
        self._past = deque([*earlier._past, *self._past], maxlen=MOST_LOOPS)

    def past(self, layer: str, loops: int) -> Tensor:
        """The mean answers of a layer to the last dreams, at most so many: [dreams, channels, bins]."""
        last = [dream[layer] for dream in self._past if layer in dream][-loops:]
        there = self._ear.anatomy[layer]
        found = np.stack(last) if last else np.zeros((0, there.channels, there.bins), np.float32)
        return torch.from_numpy(found).to(self._ear.device)

    @property
    def dreams(self) -> int:
        """How many dreams are remembered."""
        return len(self._past)

    @property
    def device(self) -> torch.device:
        """Where the ear hears."""
        return self._ear.device

    @property
    def foresees(self) -> bool:
        """Whether the ear predicts what it will hear."""
        return self._ear.foresees

    @torch.no_grad()
    def foreseen(self, clip: Clip) -> float:
        """How well a loop is foreseen, in spreads."""
        assert isinstance(self._ear, Ear)
        _, z, c = self._ear.foretold(self._ear.stimulus(self._ear.mono(clip)[None], self._frames), ())
        return float(self.foresight.score(z, c)[0])

    @cached_property
    def foresight(self) -> Foresight:
        """How well the ear foresees loops; an ear of our own."""
        assert isinstance(self._ear, Ear)
        return self._ear.foresight()


def gist(activations: Activations) -> dict[str, Floats]:
    """The mean answers over a loop, wherever it begins: layer -> [channels, bins]."""
    return {name: answer.mean(2, dtype=np.float32) for name, answer in activations.layers.items()}
