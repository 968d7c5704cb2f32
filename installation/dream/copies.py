"""The copies of a loop that are heard in one step: shifted, tuned and partly hidden, so that a dream holds without
luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from installation.data import RATE
from installation.dream.knobs import Knobs
from installation.dream.regularise import resampled, transposed, veils


@dataclass(frozen=True, eq=False, slots=True)
class Copies:
    """What happens to each copy in one step. Of several copies the first is left as it is; a single one is not.

    All copies but the first share their place within a frame and their resampling: a shift by whole frames is a roll of
    what the front end made of the sound, so it hears two sounds at most, however many copies there are.

    shift     samples by which the sound of all but the first begins later
    rolls     frames by which each copy begins later beyond that
    speed     of that sound, 1 as it is
    bins      by which each copy's stimulus is moved up, or None
    veiled    [copies, 2] places 0..1 where the hidden moments and the hidden pitches of each copy begin
    masks     which share of the moments and of the pitches is hidden
    """

    shift: int
    rolls: Sequence[int]
    speed: float
    bins: Sequence[float] | None
    veiled: Tensor
    masks: tuple[float, float]

    def sounds(self, samples: Tensor) -> Tensor:
        """What the front end hears, [1 or 2, samples]: the loop itself, if there are several copies, and the other."""
        other = resampled(samples, self.speed) if self.speed != 1 else samples
        other = other.roll(self.shift) if self.shift else other
        if len(self.rolls) == 1:
            return other[None]
        return torch.stack([samples, other]) if other is not samples else samples[None]

    def heard(self, stimuli: Tensor) -> Tensor:
        """What the network hears: the stimuli [1 or 2, bins, frames] of the sounds -> [copies, bins, frames]."""
        first, other = stimuli[0], stimuli[-1]
        every = [(other if number else first).roll(roll, -1) for number, roll in enumerate(self.rolls)]
        heard = torch.stack(every)
        if self.bins is not None:
            heard = transposed(heard, self.bins)
        for axis, share, places in zip((2, 1), self.masks, self.veiled.unbind(1), strict=True):
            if share:
                seen = veils(places, heard.shape[axis], share)
                seen[: len(seen) > 1] = 1  # the first of several
                heard = heard * seen.unsqueeze(3 - axis).to(heard.device)
        return heard


@dataclass(frozen=True, slots=True)
class Shape:
    """What copies are made of: the loop's samples and frames, the frames in a step of the deepest targeted layer, and
    the stimulus' pitches per octave, 0 where its bins are no pitches."""

    samples: int
    frames: int
    stride: int
    pitches: int


def draw(knobs: Knobs, shape: Shape, generator: torch.Generator) -> Copies:
    """The copies of the next step, by lot."""
    shift, rolls = _shifts(knobs, shape, generator)
    up = knobs.pitch_change * (2 * torch.rand(knobs.batch, generator=generator) - 1)  # semitones
    speed, bins = 1.0, None
    if knobs.pitch_change and knobs.resampling:
        speed = 2 ** (float(up[-1]) / 12)
    elif knobs.pitch_change and shape.pitches:
        up[: len(up) > 1] = 0
        bins = (up * shape.pitches / 12).tolist()
    masks = (knobs.time_mask, knobs.pitch_mask if shape.pitches else 0.0)
    return Copies(shift, rolls, speed, bins, torch.rand(knobs.batch, 2, generator=generator), masks)


def _shifts(knobs: Knobs, shape: Shape, generator: torch.Generator) -> tuple[int, list[int]]:
    """Samples by which the other sound, and frames by which each copy begins later.

    Together they cover the grid of the deepest pooling evenly: a smaller jitter lets dreams lock to that grid.
    """
    if not knobs.time_jitter:
        return 0, [0] * knobs.batch
    frame = shape.samples / shape.frames
    most = min(shape.samples // 2, round(max(shape.stride * frame / 2, knobs.time_jitter * RATE)))
    wanted = torch.randint(-most, most + 1, (knobs.batch,), generator=generator).tolist()
    shift = wanted[-1]
    rolls = [round((later - shift) / frame) for later in wanted]
    return shift, rolls if len(rolls) == 1 else [0, *rolls[1:]]
