"""Training an ear: clips are drawn, heard differently every time, and the network learns to tell what comes next."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from installation.errors import ContentError, TrainingError
from installation.listen import diary
from installation.listen.augment import AS_IT_IS, Ears, fine_frames, twins
from installation.listen.contrast import Reach, contrast, predict_everywhere, reach
from installation.listen.course import Course
from installation.listen.dataset import Bytes, Dataset, draw
from installation.listen.harmony import Harmony
from installation.listen.muon import tuned
from installation.listen.network import Network
from installation.listen.pulse import Pulse
from installation.listen.settle import settle
from installation.listen.together import gathered, place, processes, share_norms
from installation.listen.trial import listen_test

log = logging.getLogger(__name__)


@contextmanager
def _unhurried() -> Iterator[None]:
    """No search for the fastest kernels: it pays only for shapes that come again and again."""
    before, torch.backends.cudnn.benchmark = torch.backends.cudnn.benchmark, False
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before


class Answer(NamedTuple):
    """How well a batch was answered; means over it.

    loss      of the contrast, in nats
    right     [predictions] share of right answers
    pitches   share of the pitches that was not told, see `Harmony`
    strikes   share of the onsets to come that was not told, see `Pulse`
    """

    loss: Tensor
    right: Tensor
    pitches: Tensor
    strikes: Tensor

    def cost(self, course: Course) -> Tensor:
        """What a training makes small."""
        return self.loss + course.harmony * self.pitches + course.pulse * self.strikes


class Lesson(nn.Module):
    """One step's question to the network, as the one module that is spread over processes."""

    def __init__(self, network: Network, course: Course, ears: Reach, first: int) -> None:
        super().__init__()
        self.network, self.course, self.ears, self.first_step = network, course, ears, first
        plan, front = network.plan, network.plan.front_end
        self.harmony = Harmony(plan.context, front.bins, front.bins_per_octave)
        self.pulse = Pulse(plan.context, front.bins, front.bins_per_octave, ears.stride, plan.predictions)

    def forward(self, level: Tensor) -> Answer:
        """How well the network does.   level   [batch, bins, frames]"""
        expected, came, c = predict_everywhere(self.network, level, self.ears, self.first_step)
        course = self.course
        answers = [contrast(*grid, course.rivals, course.nearness) for grid in zip(expected, came, strict=True)]
        losses, rights = zip(*answers, strict=True)
        pitches = self.harmony(c, level, self.ears, self.network.plan.predictions)
        strikes = self.pulse(c, level, self.ears)
        return Answer(torch.stack(losses).mean(), torch.stack(rights).mean(0), pitches, strikes)


class Training:
    """A network on its way: `run` takes it to the end of its course, from wherever it stands.

    fabric   lightning's Fabric, launched; it spreads the work over devices and processes
    out      the folder for weights, state, diary and curves
    clock    seconds, for the time budget
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        course: Course,
        out: Path,
        fabric: Any,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not course.steps and not course.minutes:
            raise ContentError("A training needs an end: give it steps or minutes.")
        self.network, self.dataset, self.course, self.out, self.fabric, self.clock = (
            network, dataset, course, out, fabric, clock
        )  # fmt: skip
        self.reach = reach(network, dataset.bins)
        self.first = course.first or self.reach.first
        self._check_length()
        log.info("z of k steps ahead shares with the context, in frames: %s", list(self.reach.shared))
        log.info("first predicted step: %d, the first that shares none is %d", self.first, self.reach.first)
        if processes() > 1:
            share_norms(network)
        cuda = fabric.device.type == "cuda"
        if cuda:
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            torch.set_float32_matmul_precision("high")
            torch.backends.cudnn.benchmark = True
        self.question = Lesson(network.to(fabric.device), course, self.reach, self.first)
        optimizer = tuned(network.kernels(), self.question.parameters(), course.rate, decay=course.decay, fused=cuda)
        self.lesson, self.optimizer = fabric.setup(self.question, optimizer)
        self.fine = fine_frames(course.frames, course.variation.frame[1])
        self.step = 0
        self.seconds = 0.0  # of training, over all runs of this course
        self.heard = 0.0  # hours of sound
        self.diary = diary.Diary(out)

    def _check_length(self) -> None:
        predictions = self.network.plan.predictions
        needed = self.reach.frames(1, predictions, self.first) + (self.reach.context_step - 1) * self.reach.stride
        if self.course.frames < needed:
            raise ContentError(f"Clips of {self.course.frames} frames are too short for this ear: give it {needed}.")

    def resume(self) -> None:
        """Go on from the last state in the folder, as if nothing had happened. Raises ContentError."""
        state = diary.load_state(self.out)
        try:
            self.question.load_state_dict(state["question"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (KeyError, ValueError, RuntimeError) as error:
            raise ContentError(
                f"The state in {self.out} is of another network: {error}. Choose another folder."
            ) from None
        self.step, self.seconds, self.heard = state["step"], state["seconds"], state["heard"]
        self.diary.pages = state["pages"]

    def run(self) -> None:
        """Train to the end. Raises TrainingError where the loss is no number; the last good weights stay on disk."""
        course, began = self.course, self.clock() - self.seconds
        told = saved = looked = self.seconds
        self.lesson.train()
        with ThreadPoolExecutor(1, "clips") as ahead:
            clips = ahead.submit(self._draw, self.step, 0)
            while course.progress(self.step, self.seconds) < 1:
                answer, clips = self._learn(clips, ahead)
                self.step += 1
                self.seconds = self._same_everywhere(self.clock() - began)
                over = course.progress(self.step, self.seconds) >= 1
                if over or self.seconds - told >= course.tell:
                    told = self.seconds
                    self._tell(answer)
                if over or self.seconds - looked >= course.look:
                    looked = self.seconds
                    self._look()
                if over or self.seconds - saved >= course.save:
                    saved = self.seconds
                    self._still_a_number(answer.loss)
                    self.save()
            clips.cancel()
        self._finish()

    def _finish(self) -> None:
        """Settle the batch statistics on music as it is, and test a last time."""
        random = np.random.default_rng(self.course.seed)
        with _unhurried():
            music, course = self.dataset.training, self.course
            settle(self.network, music, course.frames, random, course.recordings, course.settle)
        self._look(everything=True)
        self.save()

    def _same_everywhere(self, seconds: float) -> float:
        """The first process's time, so that all stop together."""
        if processes() == 1:
            return seconds
        return float(gathered(torch.tensor([seconds], device=self.fabric.device, dtype=torch.float64))[0])

    def _learn(self, clips: Future[Bytes], ahead: ThreadPoolExecutor) -> tuple[Answer, Future[Bytes]]:
        """One step of the weights; the next clips are drawn meanwhile."""
        course, device = self.course, self.fabric.device
        rate = course.learning_rate(self.step, self.seconds)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        answers = []
        for part in range(course.accumulate):
            kept = torch.from_numpy(clips.result()).to(device, non_blocking=True)
            last = part == course.accumulate - 1
            clips = ahead.submit(self._draw, self.step + last, 0 if last else part + 1)
            answers.append(self._hear(kept, part, not last))
        self.fabric.clip_gradients(self.lesson, self.optimizer, max_norm=course.clip, error_if_nonfinite=False)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.heard += course.recordings * course.each * course.accumulate * course.frames * 0.022 / 3600
        return Answer(*(torch.stack(kind).mean(0) for kind in zip(*answers, strict=True))), clips

    def _hear(self, kept: Tensor, part: int, more: bool) -> Answer:
        """Forward and backward of one batch, with randomness that depends on the step alone."""
        number = self._number(self.step, part)
        torch.manual_seed(number)
        random = torch.Generator(self.fabric.device).manual_seed(number)
        progress = self.course.progress(self.step, self.seconds)
        self.question.first_step = self.course.first_step(progress, self.first)
        early = progress < self.course.plain
        variation = AS_IT_IS if early else self.course.variation
        level = Ears(variation, random, self.course.each).vary(kept, self.course.frames)
        level = twins(level, self.course.twins, self.network.plan.front_end.bins_per_octave, random)
        with self.fabric.no_backward_sync(self.lesson, enabled=more):
            answer: Answer = self.lesson(level)
            self.fabric.backward(answer.cost(self.course) / self.course.accumulate)
        return Answer(*(part.detach() for part in answer))

    def _number(self, step: int, part: int) -> int:
        seeds = np.random.SeedSequence([self.course.seed, step, part, place()])
        return int(seeds.generate_state(1, np.uint64)[0] >> np.uint64(1))

    def _draw(self, step: int, part: int) -> Bytes:
        """The clips of one batch, for this process."""
        if step and part == 0 and step % self.course.refresh == 0:
            self.dataset.refresh()
        random = np.random.default_rng(self._number(step, part))
        count = max(1, self.course.recordings // processes())
        return draw(self.dataset.training, count, self.course.each, self.fine, random)[0]

    def _still_a_number(self, loss: Tensor) -> None:
        whole = math.isfinite(float(loss)) and all(bool(p.isfinite().all()) for p in self.network.parameters())
        if not whole:
            raise TrainingError(
                f"The loss is {float(loss)} at step {self.step}, so the training stopped; the last good weights are "
                f"in {self.out}. Go on from them with a lower learning rate than {self.course.rate:g}."
            )

    def _tell(self, answer: Answer) -> None:
        self._still_a_number(answer.loss)
        loss, right, pitches, strikes = (gathered(part[None]).mean(0) for part in answer)
        page = {
            "step": self.step,
            "seconds": self.seconds,
            "left": self.course.left(self.step, self.seconds),
            "loss": float(loss),
            "pitches": round(float(pitches), 4),
            "strikes": round(float(strikes), 4),
            "rate": self.optimizer.param_groups[0]["lr"],
            "right": [round(float(share), 4) for share in right],
            "heard_hours": self.heard,
            "data_hours": self.dataset.hours,
        }
        if place() == 0:
            self.diary.write(page)

    def _look(self, everything: bool = False) -> None:
        """How the ear does, in evaluation mode, on recordings kept apart; a few of them are enough to steer by."""
        if place() != 0 or len(self.dataset.held) < 2:
            return
        held = self.dataset.held[: None if everything else 24]
        try:
            with _unhurried():
                trial = listen_test(self.network, held, self.reach, self.course.frames, self.first)
        except ContentError as error:  # all of them shorter than a clip
            log.info("no listening test: %s", error)
            return
        self.diary.write({"step": self.step, "seconds": self.seconds, "held": trial.summary()})

    def save(self) -> None:
        """Keep state, weights and curves, each whole or not at all. Raises StorageError."""
        if place() != 0:
            return
        state = {
            "question": self.question.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "seconds": self.seconds, "heard": self.heard, "pages": self.diary.pages,
        }  # fmt: skip
        diary.save_state(self.out, state)
        diary.save_weights(self.out, self.network)
        self.diary.draw()
