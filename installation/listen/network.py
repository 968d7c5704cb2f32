"""The artificial ear itself: a scalogram goes in, every neuron's answer comes out."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Literal, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from installation.listen.anatomy import Block, Convolution, Plan, Summary, anatomy, reach_back
from installation.listen.timeline import Circle, Line, Stretch

Time = Literal["circle", "valid"]
P = TypeVar("P", bound=nn.Module)


Walk = Generator[Stretch, None, Stretch]  # yields what each layer answers, returns what the next part hears


class Network(nn.Module):
    """An encoder from scalogram to z and an autoregressive part from z to c, with one linear map to the predictions.

    Time is either a circle (a loop: kernels wrap around) or a stretch without padding ("valid": only what the given
    frames decide alone; `steps_on_a_line` of anatomy.py says which steps these are). In the interior both give the
    same numbers. Batch norm has no weights of its own; it also stands on z and on c.
    Weights are drawn from the generator, or else from the plan's seed.
    """

    def __init__(self, plan: Plan, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.plan = plan
        self.anatomy = anatomy(plan)
        self.names = [layer.name for layer in self.anatomy]
        encoder, summary, width = [], [], 1
        for block in plan.blocks:
            encoder.append(EncoderBlock(width, plan.channels(block), block, plan.time_padding))
            width = plan.channels(block)
        for part in plan.autoregression:
            summary.append(SummaryBlock(width, plan.channels(part), part))
            width = plan.channels(part)
        self.encoder = nn.ModuleList(encoder)
        self.z_norm = nn.BatchNorm2d(plan.encoding, affine=False)
        self.summary = nn.ModuleList(summary)
        self.c_norm = nn.BatchNorm2d(plan.context, affine=False)
        self.predictor = _blank(nn.Linear(plan.context, plan.predictions * plan.encoding, bias=False, device="meta"))
        self._draw(generator or torch.Generator().manual_seed(plan.seed))

    def encode(self, level: Tensor, time: Time) -> Tensor:
        """z of a scalogram: [batch, bins, frames] -> [batch, channels, steps]."""
        walk = self._encode(Stretch(level[:, None], 0), _kind(time))
        return _end(walk).values[:, :, 0]

    def summarise(self, z: Tensor, time: Time, first: int = 0) -> Tensor:
        """c of z: [batch, channels, steps] -> [batch, channels, steps]; `first` is the number of z's first step."""
        walk = self._summarise(Stretch(z[:, :, None], first), _kind(time))
        return _end(walk).values[:, :, 0]

    def responses(
        self, level: Tensor, upto: str | Collection[str] | None = None, time: Time = "circle"
    ) -> dict[str, Tensor]:
        """What the layers answer before their rectifiers, down to the deepest one in `upto` (all without it).

        level     [batch, bins, frames]
        returns   name -> [batch, channels, bins, steps], batch-normalised; a first convolution after its pooling,
                  a second one and the autoregressive ones before the skip is added

        Raises KeyError for a name that is no layer.
        """
        names = self.down_to(upto)
        answers = {"scalogram": level[:, None]}
        for name, answer in zip(names[1:], self._walk(level, _kind(time)), strict=False):
            answers[name] = answer.values
        return answers

    def down_to(self, upto: str | Collection[str] | None) -> list[str]:
        """The layers that must be heard for `upto` (None: all), shallow to deep. Raises KeyError for an unknown one."""
        if upto is None:
            return self.names
        asked = {upto} if isinstance(upto, str) else set(upto)
        if unknown := asked - set(self.names):
            raise KeyError(f"no layer {sorted(unknown)[0]!r}")
        return self.names[: 1 + max(self.names.index(name) for name in asked)]

    def _walk(self, level: Tensor, time: Circle | Line) -> Walk:
        z = yield from self._encode(Stretch(level[:, None], 0), time)
        return (yield from self._summarise(z, time))

    def _encode(self, x: Stretch, time: Circle | Line) -> Walk:
        for number, block in enumerate(self.encoder):
            assert isinstance(block, EncoderBlock)
            if number:
                x = Stretch(F.relu(x.values), x.first)
            x = yield from block.hear(x, time)
        return Stretch(self.z_norm(x.values), x.first)

    def _summarise(self, x: Stretch, time: Circle | Line) -> Walk:
        for block in self.summary:
            assert isinstance(block, SummaryBlock)
            x = yield from block.hear(x, time)
        return Stretch(self.c_norm(x.values), x.first)

    def kernels(self) -> list[Tensor]:
        """The weights of all convolutions but the skips."""
        blocks = [block for block in self.encoder if isinstance(block, EncoderBlock)]
        parts = [part for part in self.summary if isinstance(part, SummaryBlock)]
        convolutions = [conv for block in blocks for conv in (block.conv1, block.conv2)]
        return [conv.weight for conv in (*convolutions, *(part.conv for part in parts))]

    @torch.no_grad()
    def _draw(self, generator: torch.Generator) -> None:
        """He's initialisation; skips and predictions keep the spread of what they carry."""
        for name, parameter in self.named_parameters():
            if parameter.ndim == 1:
                parameter.zero_()
            else:
                kind: Literal["relu", "linear"] = "linear" if "skip" in name or "predictor" in name else "relu"
                nn.init.kaiming_normal_(parameter, nonlinearity=kind, generator=generator)


class EncoderBlock(nn.Module):
    """Convolution, norm, pooling, ReLU, convolution, norm, ReLU; the skip is pooled, widened and cropped in pitch."""

    def __init__(self, source: int, channels: int, block: Block, padding: Literal["symmetric", "causal"]) -> None:
        super().__init__()
        self.pool = block.pool
        self.conv1, self.conv2 = (
            _convolution(source, channels, block.conv1),
            _convolution(channels, channels, block.conv2),
        )
        self.norm1, self.norm2 = (nn.BatchNorm2d(channels, affine=False) for _ in range(2))
        self.skip = _skip(source, channels, bias=False)
        self.back1, self.back2 = reach_back(block.conv1.time, padding), reach_back(block.conv2.time, padding)

    def hear(self, x: Stretch, time: Circle | Line) -> Walk:
        skip = time.aside(time.pooled(x, self.pool, self.pool))
        first = _heard(self.conv1, self.norm1, x, self.back1, time)
        first = time.pooled(first, self.pool, self.pool)
        yield first
        second = _heard(self.conv2, self.norm2, Stretch(F.relu(first.values), first.first), self.back2, time)
        yield second
        above = (skip.values.shape[2] - second.values.shape[2]) // 2
        beside = _bins(time.beside(second, skip), above, second.values.shape[2])
        return Stretch(F.relu(second.values) + self.skip(beside), second.first)


class SummaryBlock(nn.Module):
    """Pooling, causal convolution, batch norm, ReLU; the skip is pooled and widened, aligned to the latest step."""

    def __init__(self, source: int, channels: int, part: Summary) -> None:
        super().__init__()
        self.pool = part.pool
        self.conv = _convolution(source, channels, Convolution(pitch=1, time=part.kernel))
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.skip = _skip(source, channels, bias=True)
        self.back = part.kernel - 1

    def hear(self, x: Stretch, time: Circle | Line) -> Walk:
        x = time.pooled(x, 1, self.pool)
        skip = time.aside(x)
        answer = _heard(self.conv, self.norm, x, self.back, time)
        yield answer
        return Stretch(F.relu(answer.values) + self.skip(time.beside(answer, skip)), answer.first)


def _convolution(source: int, channels: int, kernel: Convolution) -> nn.Conv2d:
    shape, padding = (kernel.pitch, kernel.time), (kernel.pitch_padding, 0)
    return _blank(nn.Conv2d(source, channels, shape, padding=padding, device="meta"))


def _skip(source: int, channels: int, bias: bool) -> nn.Module:
    return nn.Identity() if source == channels else _blank(nn.Conv2d(source, channels, 1, bias=bias, device="meta"))


def _blank(part: P) -> P:
    """A part whose weights are not yet drawn: torch would draw them from its global generator."""
    return part.to_empty(device="cpu")


def _heard(conv: nn.Conv2d, norm: nn.Module, x: Stretch, back: int, time: Circle | Line) -> Stretch:
    """What a kernel of which `back` steps lie before the one it answers for makes of its past, normalised."""
    answer = time.convolved(conv, x, back, conv.kernel_size[1] - 1 - back)
    return Stretch(norm(answer.values), answer.first)


def _bins(x: Tensor, above: int, count: int) -> Tensor:
    """Bins from the middle; where all are wanted, nothing is cut: a slice costs three copies on the way back."""
    return x if x.shape[2] == count else x.narrow(2, above, count)


def _kind(time: Time) -> Circle | Line:
    return Circle() if time == "circle" else Line()


def _end(walk: Walk) -> Stretch:
    """Walk to the end and keep only what comes out there."""
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            end: Stretch = stop.value
            return end
