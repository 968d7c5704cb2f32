"""An ear: a network with its front end, and what rest and music mean to it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from installation.content import cache, find
from installation.data import RATE, Activations, Anatomy, Clip, Scalogram
from installation.errors import ContentError, StorageError
from installation.listen import checkpoint, clips, statistics
from installation.listen.anatomy import Plan, frames_per_loop, read, steps_on_a_line
from installation.listen.contrast import Reach, reach
from installation.listen.cqt import ConstantQ
from installation.listen.foresight import Foresight, expected
from installation.listen.frozen import Frozen
from installation.listen.hearer import SECONDS, Hearer, front
from installation.listen.levels import level
from installation.listen.network import Network
from installation.listen.statistics import Statistics
from installation.listen.stream import Stream
from installation.listen.timeline import Line, Stretch

log = logging.getLogger(__name__)

VERSION = "3"  # of how statistics are measured; a new one measures all models again
HISS = 1e-4  # RMS, -80 dBFS: near-silence


class Ear(Hearer):
    """Hears loops as circles and recordings as lines. Its network is frozen; gradients flow to the samples.

    Made by `load`.
    """

    foresees = True

    def __init__(self, plan: Plan, network: Network, measured: Statistics, device: torch.device | str) -> None:
        super().__init__(plan, network.anatomy, device)
        self.plan = plan
        self.pitches = plan.front_end.bins_per_octave
        self.network = network.eval().requires_grad_(False).to(self.device)
        self.statistics = measured.to(self.device)
        self._frozen = Frozen(self.network)
        self._foretold = [layer.name for layer in network.anatomy if layer.name.startswith("block")][-1]  # z, normed

    @cached_property
    def _reach(self) -> Reach:
        """How far an encoding and a context reach; found by gradients, so it takes a moment."""
        with torch.enable_grad():
            return reach(self.network, self.front_end.bins)

    def stimulus(self, samples: Tensor, frames: int) -> Tensor:
        """The scalogram of loops: [batch, samples] -> [batch, bins, frames], differentiable."""
        return self.level(samples, frames)

    def answers(self, stimulus: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What the layers answer to the scalograms of loops, [batch, bins, frames], as `responses` says."""
        return self._frozen.responses(stimulus, upto)

    def foretold(
        self, stimulus: Tensor, upto: str | Collection[str] | None
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """The answers, and what predictions are made of and from, as `Frozen.foretold` says."""
        return self._frozen.foretold(stimulus, upto)

    def foresight(self) -> Foresight:
        """How well it foresees loops; measuring that takes as long as hearing all start clips."""
        frames = frames_per_loop(SECONDS, self.stride)
        hiss, *music = [self.stimulus(self.mono(clip)[None], frames) for clip in examples()]
        return Foresight(self, hiss, music)

    @torch.no_grad()
    def hear(self, clip: Clip, frames: int) -> tuple[Scalogram, Activations]:
        """What the ear sees in a loop, and what all its neurons answer."""
        heard = self.level(self.mono(clip)[None], frames)
        answers, z, c = self._frozen.foretold(heard, None)
        layer = self._foretold
        answer = self.normalised(layer, answers[layer])
        if z.shape[2] >= self.plan.predictions + self._reach.first:
            awaited = expected(z, c, answer[:, :, 0], self.network.predictor.weight, self._reach.first)[0, :, None]
            foreseen = {layer: awaited.half().cpu().numpy()}
        else:  # the loop is shorter than what is foreseen
            foreseen = {}
        return self.scalogram(heard, clip.seconds / frames), replace(self.activations(answers), expected=foreseen)

    @torch.no_grad()
    def listen(self, clip: Clip, frames: int) -> Iterator[tuple[Scalogram, Activations]]:
        """A whole recording as a line, in pieces of so many frames of 1 000 samples.

        Around it there is silence; the last piece is filled up with it. In the interior of a repeated loop the
        numbers are those of `hear`. Raises ValueError where frames are no multiple of the network's stride.
        """
        if frames < 1 or frames % self.plan.stride:
            raise ValueError(f"a piece must be a multiple of {self.plan.stride} frames, got {frames}")
        samples_per_frame = self.samples_per_frame
        mono = self.mono(clip)
        pieces = max(1, -(-mono.shape[0] // (frames * samples_per_frame)))
        lead, tail = self._surroundings()
        around = (lead * samples_per_frame, (pieces * frames + tail) * samples_per_frame - mono.shape[0])
        line = torch.nn.functional.pad(mono, around)
        for start in range(0, pieces * frames, frames):
            there = slice(start * samples_per_frame, (start + lead + frames + tail) * samples_per_frame)
            heard = level(self.front.line(line[None, there], samples_per_frame))
            yield self._piece(heard, samples_per_frame, lead, frames)

    def stream(self, frames: int) -> Stream:
        """Hears what comes in, and answers for so many of the newest frames."""
        return Stream(self, frames)

    def stretch(self, level: Tensor, first: int, line: Line) -> dict[str, Stretch]:
        """What the layers answer to the next piece of a scalogram that comes in pieces, as `Frozen.stretch` says."""
        return self._frozen.stretch(level, first, line)

    def _piece(self, heard: Tensor, samples_per_frame: int, lead: int, frames: int) -> tuple[Scalogram, Activations]:
        """The answers to `frames` frames after `lead` ones that only lead there; [1, bins, frames] go beyond both."""
        steps = steps_on_a_line(self.plan, heard.shape[2])
        answers = {}
        for name, answer in self.network.responses(heard, time="valid").items():
            stride = self.anatomy[name].stride
            first = lead // stride - steps[name].start
            answers[name] = answer[..., first : first + frames // stride]
        scalogram = self.scalogram(heard[..., lead : lead + frames], samples_per_frame / RATE)
        return scalogram, self.activations(answers)

    def _surroundings(self) -> tuple[int, int]:
        """Frames before and after a piece that its answers depend on, multiples of the network's stride."""
        stride, many = self.plan.stride, 1024 * self.plan.stride
        steps = steps_on_a_line(self.plan, many)
        kernel = -(-self.front.lengths[0] // self.samples_per_frame)
        lead = max(steps[layer.name].start * layer.stride for layer in self.anatomy) + kernel
        tail = max(many - steps[layer.name].stop * layer.stride for layer in self.anatomy) + kernel
        return -(-lead // stride) * stride, -(-tail // stride) * stride


def front_end(plan: Plan) -> ConstantQ:
    """The constant-Q transform that a plan asks for; all ears that ask alike share it."""
    return front(plan.front_end)


def load(name: str, device: torch.device | str = "cpu") -> Ear:
    """The ear in models/NAME. Weights come from its file or the seed; missing statistics are measured once and kept.

    Raises ContentError.
    """
    plan = read(name)
    folder = find("models", name)
    network = Network(plan)
    weights, measured = folder / checkpoint.WEIGHTS, folder / checkpoint.STATISTICS
    if weights.exists():
        checkpoint.load_weights(network, weights)
    elif plan.trained_hours:
        raise ContentError(f"{folder} says it was trained, but has no {checkpoint.WEIGHTS}. Copy the whole folder.")
    if measured.exists():
        return Ear(plan, network, checkpoint.load_measured(network, network.anatomy, measured), device)
    files = [path for path in (folder / "model.toml", weights) if path.exists()]

    def again() -> Statistics:
        return measure(network, trained=weights.exists())

    return Ear(plan, network, kept(name, files, network, network.anatomy, again), device)


def kept(
    name: str, files: list[Path], network: nn.Module, anatomy: Anatomy, measured: Callable[[], Statistics]
) -> Statistics:
    """Statistics from the cache; where they are missing, or a file has changed, they are measured and kept."""
    path = cache() / f"ear-{name}-{_key(files)}.safetensors"
    if path.exists():
        return checkpoint.load_measured(network, anatomy, path)
    log.info("measuring the ear %s on the start clips, once", name)
    found = measured()
    try:
        checkpoint.save_measured(network, found, path)
    except StorageError as error:
        log.warning("%s The ear is measured again on the next start.", error)
    return found


@torch.no_grad()
def measure(network: Network, trained: bool) -> Statistics:
    """Rest and spread over hiss and all musical start clips, from which an untrained network learns its norms, too."""
    transform = front_end(network.plan)
    frames = frames_per_loop(SECONDS, network.plan.stride)
    hiss, *music = [level(transform.circle(torch.from_numpy(clip.mono)[None], frames)) for clip in examples()]
    if not trained:
        statistics.calibrate(network, torch.cat(music))
    network.eval()
    return statistics.measure(network, hiss, music)


def examples() -> Iterator[Clip]:
    """What statistics are measured on: near-silence, then all musical start clips."""
    samples = round(RATE * SECONDS)
    hiss = np.random.default_rng(0).standard_normal((1, samples)) * HISS
    yield Clip(hiss.astype(np.float32))
    for name in sorted(clips.files()):
        yield clips.clip(name, samples)


def _key(files: list[Path]) -> str:
    """Changes with the model, the start clips and the way of measuring."""
    parts = [VERSION.encode(), torch.__version__.encode()]
    parts += [path.read_bytes() for path in (*files, *(path for _, path in sorted(clips.files().items())))]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
