"""The optimiser: it changes a loop, sample by sample, until the targeted neurons answer."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from installation.data import Clip, Dream, Target
from installation.dream.copies import Copies, Shape, draw
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.parametrise import CLIMBERS, KINDS, Variables, rms
from installation.dream.recall import Recall
from installation.dream.regularise import calmed, denoised, treble
from installation.listen import ears
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer

log = logging.getLogger(__name__)
T = TypeVar("T")

LOUDEST = 0.1  # RMS, -20 dBFS: a dream grows to here, or to the loudness of its start clip, and no further
QUIETEST = 1e-4  # RMS, -80 dBFS: a quieter start gets hiss of this size, for perfect silence has no gradient at all
MEMORY = 0.9  # how much of the running mean of the time per step is kept


class Optimizer:
    """Climbs an objective over one loop, step by step: its samples, its waves or their phases, as the knobs say.

    With the same seed, ear, target, knobs and number of threads it always dreams the same dream. The variable is mono;
    of a start clip with more channels it takes what the ear hears of it.
    """

    def __init__(self, ear: Hearer, start: Clip, target: Target, knobs: Knobs, generator: torch.Generator) -> None:
        """Raises TargetError where the target does not fit the ear or the loop, SoundFileError for its recordings."""
        self.ear = ear
        self.generator = generator
        self.frames = frames_per_loop(start.seconds, ear.stride)
        self.steps = 0  # since the start clip
        self.resets = 0  # how often numbers left the finite and the start clip came back
        self.seconds_per_step = 0.0  # CPU seconds, a running mean
        self._kind: tuple[int, float, bool] | None = None
        self._bearable = math.inf  # copies that the device has memory for
        self._recall = Recall(ear, start.samples.shape[1], self.frames)
        self._slope: Tensor | None = None  # [bins, frames], a running mean over the steps
        self.aim(target)
        self.turn(knobs)
        self.begin(start)

    def aim(self, target: Target) -> None:
        """Dream of something else from the next step on.

        Raises TargetError or SoundFileError, and then nothing has changed.
        """
        self._objective = Objective(target, self.ear.anatomy, self.frames, self._recall)
        self.target = target
        self._slope = None

    def turn(self, knobs: Knobs) -> None:
        """Dream differently from the next step on. The loop stays as it is, whatever of it is varied from now on."""
        self.knobs = knobs
        kind = (knobs.parametrisation, knobs.tilt, knobs.adam)
        if kind != self._kind:
            self._kind = kind
            self._forget()

    def begin(self, start: Clip) -> None:
        """Start again from a clip of the same length."""
        self._begin_from(start)
        self.samples = self._start
        self.steps = 0
        self._forget()

    def _forget(self) -> None:
        """What is varied is found anew in the loop, and what steps remember begins anew."""
        self._variables: Variables | None = None
        self._slope = None
        self._climber = CLIMBERS[self.knobs.adam]()

    def _begin_from(self, start: Clip) -> None:
        samples = torch.from_numpy(start.mono.copy())
        samples = torch.nan_to_num(samples - samples.mean(), 0.0, 0.0, 0.0)
        if (missing := QUIETEST - float(rms(samples))) > 0:
            samples = samples + missing * torch.randn(samples.shape, generator=self.generator)
        self._ceiling = max(LOUDEST, float(rms(samples)))
        self._start = calmed(samples, self._ceiling).to(self.ear.device)

    def pull(self, clip: Clip, share: float) -> None:
        """Draw the loop so far (0..1) towards another clip of the same length, which is the start clip from now on."""
        self._begin_from(clip)
        self.samples = calmed(self.samples + share * (self._start - self.samples), self._ceiling)
        self._forget()

    def follow(self, before: Optimizer) -> None:
        """Remember what another has dreamt: what was heard from it is not new."""
        self._recall.join(before._recall)

    def resume(self, clip: Clip) -> None:
        """Go on from an earlier dream of the same start clip."""
        self.samples = calmed(torch.from_numpy(clip.mono.copy()).to(self.ear.device), self._ceiling)
        self._forget()

    def step(self) -> float:
        """Change the loop once; returns the score of the first copy before the change, in spreads."""
        begin = time.process_time()
        gradient, score = self._within_memory(self._gradient)
        changed = self._changed(gradient)
        if not bool(torch.isfinite(changed).all()):
            self.resets += 1
            self.samples = self._start
            self._forget()
            return 0.0
        self.samples = changed
        self.steps += 1
        took = time.process_time() - begin
        self.seconds_per_step = took + MEMORY * (self.seconds_per_step - took) if self.seconds_per_step else took
        return score

    @torch.no_grad()
    def scores(self, loops: Tensor) -> Tensor:
        """The scores of any loops as they are, [loops, samples] -> [loops]."""
        return self._objective.hear(self.ear, self.ear.stimulus(loops.to(self.ear.device), self.frames))[1]

    def dream(self, number: int) -> Dream:
        """What has been reached so far, heard once more as it is: unshifted and nothing hidden."""
        clip = Clip(self.samples.cpu().numpy().copy()[None])
        scalogram, activations = self._within_memory(lambda: self.ear.hear(clip, self.frames))
        score = self._objective.measure(activations, clip)
        self._recall.remember(activations)
        slope = None if self._slope is None else (self._slope / rms(self._slope)).cpu().numpy().astype(np.float16)
        return Dream(
            number, clip, activations, scalogram, self.target, score, self.steps,
            seconds_per_step=self.seconds_per_step, slope=slope,
        )  # fmt: skip

    def _gradient(self) -> tuple[Tensor, float]:
        """The slope of all that is wanted over the samples, and the first copy's score before the losses."""
        samples = self.samples.detach().requires_grad_()
        copies = draw(self._affordable, self._shape, self.generator)
        heard = self.ear.stimulus(copies.sounds(samples), self.frames)  # [1 or 2, bins, frames]
        slope, score = self._uphill(heard.detach().requires_grad_(), copies)
        self._remember(slope, copies.shift)
        slope = slope / rms(slope)
        if self.ear.pitches:  # less of a raw sound would not be less noise
            high = treble(heard.shape[1]).to(slope.device)
            slope = slope - self.knobs.noise_loss - self.knobs.high_frequency_loss * high
        (gradient,) = torch.autograd.grad(heard, samples, slope)
        return gradient, score

    @property
    def _affordable(self) -> Knobs:
        """The knobs, with no more copies than the device can hold."""
        return self.knobs if self.knobs.batch <= self._bearable else replace(self.knobs, batch=int(self._bearable))

    @property
    def _shape(self) -> Shape:
        return Shape(self.samples.shape[0], self.frames, self._objective.stride, self.ear.pitches)

    def _remember(self, slope: Tensor, shift: int) -> None:
        """Let what a step has found count in the slope that is shown: over the loop where it is, shifts undone.

        slope   [1 or 2, bins, frames]: of the loop itself, if there are two, and of the loop that begins later
        """
        if not self.ear.pitches:
            return
        back = round(shift * self.frames / self.samples.shape[0])
        here = slope[-1].roll(-back, -1)
        here = here if len(slope) == 1 else here + slope[0]
        self._slope = here if self._slope is None else self._slope + (1 - MEMORY) * (here - self._slope)

    def _uphill(self, heard: Tensor, copies: Copies) -> tuple[Tensor, float]:
        """How the neurons' answers change with each cell of the stimuli, and the first copy's score."""
        answers, scores = self._objective.hear(self.ear, copies.heard(heard))  # scores [batch]
        gained = scores.mean()
        if self.knobs.activation_loss and answers:
            means = [self.ear.normalised(name, answer).mean() for name, answer in answers.items()]
            gained = gained - self.knobs.activation_loss * torch.stack(means).mean()
        (slope,) = torch.autograd.grad(gained, heard)
        return slope, float(scores[0].detach())

    @torch.no_grad()
    def _changed(self, gradient: Tensor) -> Tensor:
        """The loop after one step along the gradient, pulled, cleaned and calmed as the knobs say."""
        knobs = self.knobs
        if self._variables is None:
            self._variables = KINDS[knobs.parametrisation](self.samples, knobs.tilt)
        slope = self._variables.slope(self.samples, gradient)
        direction = self._climber(slope / rms(slope))
        direction, rate = direction / rms(direction), knobs.learning_rate
        if knobs.gradient_noise:
            direction = direction + knobs.gradient_noise * self._noise(direction)
            rate *= math.hypot(1, knobs.gradient_noise)
        samples = self._variables.moved(self.samples, direction, rate)
        if knobs.mix_original:
            samples = samples + knobs.mix_original * (self._start - samples)
        if knobs.denoise:
            samples = denoised(samples, knobs.denoise)
        return calmed(samples, self._ceiling)

    def _noise(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self.generator).to(like.device)

    def _within_memory(self, work: Callable[[], T]) -> T:
        """What the work finds; where the device's memory does not hold it, with fewer copies or on the processor."""
        while True:
            try:
                return work()
            except torch.OutOfMemoryError:
                if self.ear.device.type == "cpu":
                    raise
            torch.cuda.empty_cache()  # only now, after the failed work has let go of all that it held
            self._make_room()

    def _make_room(self) -> None:
        copies = self._affordable.batch
        if copies > 1:
            if self._bearable == math.inf:
                log.warning(
                    "The memory of %s does not hold %d copies of a loop: fewer are heard.", self.ear.device, copies
                )
            self._bearable = copies // 2
            return
        log.warning("The memory of %s does not hold one loop: the processor dreams instead.", self.ear.device)
        self.ear = ears.load(self.ear.name)
        self._start, self.samples = self._start.to(self.ear.device), self.samples.to(self.ear.device)
        before, self._recall = self._recall, Recall(self.ear, self.samples.shape[0], self.frames)
        self._recall.join(before)
        self.aim(self.target)
        self._forget()


@dataclass(frozen=True, eq=False, slots=True)
class Once:
    """The beginning and the end of a dream."""

    first: Dream
    last: Dream


def dream_once(
    optimizer: Optimizer, steps: int, progress: Callable[[int, float], None] = lambda step, score: None
) -> Once:
    """So many steps at once, here and now; `progress` hears of each step and its score."""
    first = optimizer.dream(0)
    for step in range(steps):
        progress(step, optimizer.step())
    return Once(first, optimizer.dream(1))
