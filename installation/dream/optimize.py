"""The optimiser: it changes a loop, sample by sample, until the targeted neurons answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from installation.data import RATE, Clip, Dream, Target
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.regularise import (
    calmed,
    denoised,
    shifted,
    transposed,
    treble,
    veils,
)
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer

LOUDEST = 0.1  # RMS, -20 dBFS: a dream grows to here, or to the loudness of its start clip, and no further
QUIETEST = 1e-4  # RMS, -80 dBFS: a quieter start gets hiss of this size, for perfect silence has no gradient at all
MEMORY = 0.9  # how much of the running mean of the time per step is kept


class Optimizer:
    """Climbs an objective over the samples of one loop by plain gradient steps.

    With the same seed, ear, target, knobs and number of threads it always dreams the same dream. The variable is mono;
    of a start clip with more channels it takes what the ear hears of it.
    """

    def __init__(self, ear: Hearer, start: Clip, target: Target, knobs: Knobs, generator: torch.Generator) -> None:
        """Raises TargetError where the target does not fit the ear or the loop."""
        self.ear = ear
        self.generator = generator
        self.frames = frames_per_loop(start.seconds, ear.stride)
        self.steps = 0  # since the start clip
        self.resets = 0  # how often numbers left the finite and the start clip came back
        self.seconds_per_step = 0.0  # CPU seconds, a running mean
        self.aim(target)
        self.turn(knobs)
        self.begin(start)

    def aim(self, target: Target) -> None:
        """Dream of something else from the next step on. Raises TargetError, and then nothing has changed."""
        self._objective = Objective(target, self.ear.anatomy, self.frames)
        self.target = target

    def turn(self, knobs: Knobs) -> None:
        """Dream differently from the next step on."""
        self.knobs = knobs

    def begin(self, start: Clip) -> None:
        """Start again from a clip of the same length."""
        samples = torch.from_numpy(start.mono.copy())
        samples = torch.nan_to_num(samples - samples.mean(), 0.0, 0.0, 0.0)
        if (missing := QUIETEST - float(_rms(samples))) > 0:
            samples = samples + missing * torch.randn(samples.shape, generator=self.generator)
        self._ceiling = max(LOUDEST, float(_rms(samples)))
        self._start = calmed(samples, self._ceiling).to(self.ear.device)
        self.samples = self._start
        self.steps = 0

    def resume(self, clip: Clip) -> None:
        """Go on from an earlier dream of the same start clip."""
        self.samples = calmed(torch.from_numpy(clip.mono.copy()).to(self.ear.device), self._ceiling)

    def step(self) -> float:
        """Change the loop once; returns the score of the first copy before the change, in spreads."""
        begin = time.process_time()
        gradient, score = self._gradient()
        changed = self._changed(gradient)
        if not bool(torch.isfinite(changed).all()):
            self.resets += 1
            self.samples = self._start
            return 0.0
        self.samples = changed
        self.steps += 1
        took = time.process_time() - begin
        self.seconds_per_step = took + MEMORY * (self.seconds_per_step - took) if self.seconds_per_step else took
        return score

    def dream(self, number: int) -> Dream:
        """What has been reached so far, heard once more as it is: unshifted and nothing hidden."""
        clip = Clip(self.samples.cpu().numpy().copy()[None])
        scalogram, activations = self.ear.hear(clip, self.frames)
        score = self._objective.measure(activations)
        return Dream(
            number, clip, activations, scalogram, self.target, score, self.steps, seconds_per_step=self.seconds_per_step
        )

    def _gradient(self) -> tuple[Tensor, float]:
        """The slope of all that is wanted over the samples, and the first copy's score before the losses."""
        samples = self.samples.detach().requires_grad_()
        heard = self.ear.stimulus(shifted(samples, self._shifts()), self.frames)  # [batch, bins, frames]
        slope, score = self._slope(heard.detach().requires_grad_())
        slope = slope / slope.square().mean().sqrt().clamp_min(1e-30)
        if self.ear.pitches:  # less of a raw sound would not be less noise
            high = treble(heard.shape[1]).to(slope.device)
            slope = slope - self.knobs.noise_loss - self.knobs.high_frequency_loss * high
        (gradient,) = torch.autograd.grad(heard, samples, slope)
        return gradient, score

    def _slope(self, heard: Tensor) -> tuple[Tensor, float]:
        """How the neurons' answers change with each cell of the copies' stimuli, and the first copy's score."""
        answers = self.ear.answers(self._disturbed(heard), self._objective.layers)
        scores = self._objective.score(answers, self.ear.normalised)  # [batch]
        gained = scores.mean()
        if self.knobs.activation_loss:
            means = [self.ear.normalised(name, answer).mean() for name, answer in answers.items()]
            gained = gained - self.knobs.activation_loss * torch.stack(means).mean()
        (slope,) = torch.autograd.grad(gained, heard)
        return slope, float(scores[0].detach())

    @torch.no_grad()
    def _changed(self, gradient: Tensor) -> Tensor:
        """The loop after one step along the gradient, pulled, cleaned and calmed as the knobs say."""
        knobs = self.knobs
        direction = gradient / gradient.std().clamp_min(1e-30)
        if knobs.gradient_noise:
            direction = direction + knobs.gradient_noise * self._noise(direction)
        samples = self.samples + knobs.learning_rate * direction
        if knobs.mix_original:
            samples = samples + knobs.mix_original * (self._start - samples)
        if knobs.denoise:
            samples = denoised(samples, knobs.denoise)
        return calmed(samples, self._ceiling)

    def _noise(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self.generator).to(like.device)

    def _shifts(self) -> list[int]:
        """Samples that each copy begins later. Together they cover the grid of the deepest pooling evenly."""
        if not self.knobs.time_jitter:
            return [0] * self.knobs.batch
        length = self.samples.shape[0]
        grid = self._objective.stride * length / self.frames / 2
        most = min(length // 2, round(max(grid, self.knobs.time_jitter * RATE)))
        shifts = torch.randint(-most, most + 1, (self.knobs.batch,), generator=self.generator).tolist()
        return shifts if len(shifts) == 1 else [0, *shifts[1:]]

    def _disturbed(self, heard: Tensor) -> Tensor:
        """The stimuli of all copies; all but the first are transposed a little and partly hidden."""
        knobs, pitches, (items, bins, frames) = self.knobs, self.ear.pitches, heard.shape
        if items > 1 and knobs.pitch_change and pitches:
            by = knobs.pitch_change * pitches / 12 * (2 * torch.rand(items, generator=self.generator) - 1)
            heard = transposed(heard, [0.0, *by[1:].tolist()])
        if items > 1 and knobs.time_mask:
            heard = heard * veils(items, frames, knobs.time_mask, self.generator).to(heard.device)[:, None, :]
        if items > 1 and knobs.pitch_mask and pitches:
            heard = heard * veils(items, bins, knobs.pitch_mask, self.generator).to(heard.device)[:, :, None]
        return heard


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


def _rms(samples: Tensor) -> Tensor:
    return samples.square().mean().sqrt()
