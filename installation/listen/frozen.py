"""The ear that no longer learns: the same answers as its network's round a loop, there and back for less."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from installation.listen.network import EncoderBlock, Network, SummaryBlock
from installation.listen.timeline import Circle, Line, Stretch, wrapped

ROWS = torch.channels_last  # all channels of a cell lie side by side: pooling and rectifiers then run at full width


class Frozen:
    """A network in evaluation mode, whose weights are read once, with the batch norms folded into the kernels.

    Its answers are the network's up to rounding. Slopes flow to the scalogram only.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._blocks = [FrozenBlock(block) for block in network.encoder if isinstance(block, EncoderBlock)]
        self._parts = [FrozenPart(part) for part in network.summary if isinstance(part, SummaryBlock)]
        self._z_norm, self._c_norm = _line(network.z_norm), _line(network.c_norm)

    def responses(self, level: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What `Network.responses` answers to loops: [batch, bins, frames] -> name -> [batch, channels, bins, steps].

        Raises KeyError for a name that is no layer.
        """
        names = self._network.down_to(upto)
        answers = {"scalogram": level[:, None]}
        walk = self._walk(Stretch(level[:, None], 0), Circle())
        answers.update(zip(names[1:], (answer.values for answer in walk), strict=False))
        return answers

    def stretch(self, level: Tensor, first: int, line: Line) -> dict[str, Stretch]:
        """What the layers answer to the next piece of a line, as far as all that they depend on has come.

        level     [batch, bins, frames] of which the first is number `first`, the one after the last piece's last
        returns   name -> Stretch; a layer of which nothing new is known is missing
        """
        line.begin()
        answers = {"scalogram": Stretch(level[:, None], first)}
        for name, answer in zip(self._network.names[1:], self._walk(answers["scalogram"], line), strict=False):
            if answer.end == answer.first:
                break
            answers[name] = answer
        return answers

    def foretold(self, level: Tensor, upto: str | Collection[str] | None) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """What `responses` tells (nothing where `upto` is empty), and what predictions are of and from.

        returns   the answers, the encodings z and the contexts c, both [batch, channels, steps]
        """
        names = self._network.down_to(upto) if upto is None or upto else []
        ends: list[Tensor] = []
        heard = [answer.values for answer in self._walk(Stretch(level[:, None], 0), Circle(), ends)]
        answers = dict(zip(self._network.names, (level[:, None], *heard), strict=True))
        z, c = ends
        return {name: answers[name] for name in names}, z, c

    def _walk(self, x: Stretch, time: Circle | Line, ends: list[Tensor] | None = None) -> Iterator[Stretch]:
        """What the layers answer; to `ends` go z and c, once the whole way is gone."""
        for number, block in enumerate(self._blocks):
            x = yield from block.hear(Stretch(F.relu(x.values), x.first) if number else x, time)
        x = Stretch(_scaled(x.values, *self._z_norm), x.first)
        if ends is not None:
            ends.append(x.values[:, :, 0])
        for part in self._parts:
            x = yield from part.hear(x, time)
        if ends is not None:
            ends.append(_scaled(x.values, *self._c_norm)[:, :, 0])


class FrozenBlock:
    """An encoder block; of the skip only those bins are pooled that are left after its cropping."""

    def __init__(self, block: EncoderBlock) -> None:
        self.pool = block.pool
        self.conv1 = Kernel(block.conv1, block.norm1, block.back1)
        self.conv2 = Kernel(block.conv2, block.norm2, block.back2)
        self.skip = _skip(block.skip)

    def hear(self, x: Stretch, time: Circle | Line) -> Generator[Stretch, None, Stretch]:
        skip = time.aside(time.pooled(self._middle(x), self.pool, self.pool))
        first = time.pooled(self.conv1.heard(x, time), self.pool, self.pool)
        yield first
        second = self.conv2.heard(Stretch(F.relu(first.values), first.first), time)
        yield second
        return _passed_on(second, skip, self.skip, time)

    def _middle(self, x: Stretch) -> Stretch:
        """Those bins that are left after all cropping."""
        bins = x.values.shape[2]
        pooled = -(-(bins - self.conv1.crops) // self.pool) - self.conv2.crops
        above = (-(-bins // self.pool) - pooled) // 2
        return Stretch(x.values[:, :, above * self.pool : (above + pooled) * self.pool], x.first)


class FrozenPart:
    """A layer of the autoregressive part."""

    def __init__(self, part: SummaryBlock) -> None:
        self.pool = part.pool
        self.conv = Kernel(part.conv, part.norm, part.back)
        self.skip = _skip(part.skip)

    def hear(self, x: Stretch, time: Circle | Line) -> Generator[Stretch, None, Stretch]:
        x = time.pooled(x, 1, self.pool)
        skip = time.aside(x)
        answer = self.conv.heard(x, time)
        yield answer
        return _passed_on(answer, skip, self.skip, time)


class Kernel:
    """A convolution round the circle of steps with the batch norm that follows it.

    Its slope is such a convolution, too: with the kernel turned about and channels in and out exchanged.
    """

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d | None, back: int) -> None:
        weight, bias = conv.weight.detach(), None if conv.bias is None else conv.bias.detach()
        if norm is not None:
            fused = fuse_conv_bn_weights(weight, bias, norm.running_mean, norm.running_var, norm.eps, None, None)  # type: ignore[arg-type]
            weight, bias = (part.detach() for part in fused)
        pitch, time = conv.kernel_size
        padding = int(conv.padding[0])
        self.crops = pitch - 1 - 2 * padding  # bins that are lost
        self.there = Packed(weight, bias, padding, back, time - 1 - back)
        self._turned = weight, pitch - 1 - padding

    @cached_property
    def back_again(self) -> Packed:
        """From the slope over what comes out to the slope over what went in."""
        weight, padding = self._turned
        return Packed(weight.flip(2, 3).transpose(0, 1), None, padding, self.there.ahead, self.there.back)

    def __call__(self, x: Tensor) -> Tensor:
        """The answer round a circle."""
        answer: Tensor = Around.apply(x, self)  # type: ignore[no-untyped-call]
        return answer

    def heard(self, x: Stretch, time: Circle | Line) -> Stretch:
        """The answer in either kind of time."""
        if isinstance(time, Circle):
            return Stretch(self(x.values), 0)
        return time.convolved(self.there.line, x, self.there.back, self.there.ahead)


class Packed:
    """One direction of a kernel, its weights in the order in which the processor wants them.

    padding       bins of silence on either side in pitch
    back, ahead   steps of the kernel before and after the one it answers for
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, padding: int, back: int, ahead: int) -> None:
        self.weight, self.bias = weight.contiguous(memory_format=ROWS), bias
        self.padding, self.back, self.ahead = padding, back, ahead
        self.packed: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """Round a circle of steps."""
        around = wrapped(x, self.back, self.ahead).contiguous(memory_format=ROWS)
        if not _packs(around):
            return self.line(around)
        if self.packed is None:
            pack: Any = torch._C._nn.mkldnn_reorder_conv2d_weight  # torch's own stubs leave its last argument out
            weight = self.weight.contiguous().to_mkldnn()
            self.packed = pack(weight, (self.padding, 0), (1, 1), (1, 1), 1, list(around.shape))
        answer: Tensor = torch.ops.mkldnn._convolution_pointwise(
            around, self.packed, self.bias, [self.padding, 0], [1, 1], [1, 1], 1, "none", [], ""
        )
        return answer

    def line(self, x: Tensor) -> Tensor:
        """Along a few steps of a line: packed weights fit one length only, others cost ten times as much."""
        return F.conv2d(x, self.weight, self.bias, padding=(self.padding, 0))


class Around(torch.autograd.Function):
    """A kernel there, and its slope back: autograd alone would also cut, add and re-order on the way."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: Kernel) -> Tensor:
        ctx.kernel = kernel
        return kernel.there(x)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:
        return ctx.kernel.back_again(slope), None


def _packs(x: Tensor) -> bool:
    """Whether torch's library for processors takes weights that are packed ahead."""
    return x.device.type == "cpu" and hasattr(torch.ops.mkldnn, "_convolution_pointwise")


def _skip(skip: nn.Module) -> Kernel | None:
    return Kernel(skip, None, 0) if isinstance(skip, nn.Conv2d) else None


def _line(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """A batch norm as a factor and a summand, each [1, channels, 1, 1]."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    factor = (norm.running_var + norm.eps).rsqrt()
    return factor.view(1, -1, 1, 1), (-norm.running_mean * factor).view(1, -1, 1, 1)


def _scaled(x: Tensor, spread: Tensor, shift: Tensor) -> Tensor:
    return torch.addcmul(shift, x, spread)


def _passed_on(answer: Stretch, skip: Stretch, kernel: Kernel | None, time: Circle | Line) -> Stretch:
    """What a block passes on: its rectified answer plus the same steps of the skip."""
    beside = time.beside(answer, skip)
    if kernel:
        beside = kernel(beside) if isinstance(time, Circle) else kernel.there.line(beside)
    return Stretch(F.relu(answer.values) + beside, answer.first)
