"""The ear that no longer learns: the same answers as its network's round a loop, there and back for less."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from installation.listen.network import EncoderBlock, Network, SummaryBlock, wrapped

ROWS = torch.channels_last  # all channels of a cell lie side by side: pooling and rectifiers then run at full width


class Frozen:
    """A network in evaluation mode, whose weights are read once, with the batch norms folded into the kernels.

    Its answers are the network's up to rounding. Slopes flow to the scalogram only.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._blocks = [FrozenBlock(block) for block in network.encoder if isinstance(block, EncoderBlock)]
        self._parts = [FrozenPart(part) for part in network.summary if isinstance(part, SummaryBlock)]
        self._spread, self._shift = _line(network.z_norm)

    def responses(self, level: Tensor, upto: str | Collection[str] | None = None) -> dict[str, Tensor]:
        """What `Network.responses` answers to loops: [batch, bins, frames] -> name -> [batch, channels, bins, steps].

        Raises KeyError for a name that is no layer.
        """
        names = self._network.down_to(upto)
        answers = {"scalogram": level[:, None]}
        answers.update(zip(names[1:], self._walk(level[:, None]), strict=False))
        return answers

    def _walk(self, x: Tensor) -> Iterator[Tensor]:
        for number, block in enumerate(self._blocks):
            x = yield from block.hear(F.relu(x) if number else x)
        x = torch.addcmul(self._shift, x, self._spread)
        for part in self._parts:
            x = yield from part.hear(x)


class FrozenBlock:
    """An encoder block; of the skip only those bins are pooled that are left after its cropping."""

    def __init__(self, block: EncoderBlock) -> None:
        self.pool = block.pool
        self.conv1 = Kernel(block.conv1, block.norm1, block.back1)
        self.conv2 = Kernel(block.conv2, block.norm2, block.back2)
        self.skip = _skip(block.skip)

    def hear(self, x: Tensor) -> Generator[Tensor, None, Tensor]:
        first = _pooled(self.conv1(x), self.pool, self.pool)
        yield first
        second = self.conv2(F.relu(first))
        yield second
        bins = second.shape[2]
        above = (-(-x.shape[2] // self.pool) - bins) // 2
        heard = x[:, :, above * self.pool : (above + bins) * self.pool]
        skip = _pooled(heard, self.pool, self.pool)
        return F.relu(second) + (self.skip(skip) if self.skip else skip)


class FrozenPart:
    """A layer of the autoregressive part."""

    def __init__(self, part: SummaryBlock) -> None:
        self.pool = part.pool
        self.conv = Kernel(part.conv, part.norm, part.back)
        self.skip = _skip(part.skip)

    def hear(self, x: Tensor) -> Generator[Tensor, None, Tensor]:
        x = _pooled(x, 1, self.pool)
        answer = self.conv(x)
        yield answer
        return F.relu(answer) + (self.skip(x) if self.skip else x)


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
        self.there = Packed(weight, bias, padding, back, time - 1 - back)
        self._turned = weight, pitch - 1 - padding

    @cached_property
    def back_again(self) -> Packed:
        """From the slope over what comes out to the slope over what went in."""
        weight, padding = self._turned
        return Packed(weight.flip(2, 3).transpose(0, 1), None, padding, self.there.ahead, self.there.back)

    def __call__(self, x: Tensor) -> Tensor:
        answer: Tensor = Around.apply(x, self)  # type: ignore[no-untyped-call]
        return answer


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
        around = wrapped(x, self.back, self.ahead).contiguous(memory_format=ROWS)
        if not _packs(around):
            return F.conv2d(around, self.weight, self.bias, padding=(self.padding, 0))
        if self.packed is None:
            pack: Any = torch._C._nn.mkldnn_reorder_conv2d_weight  # torch's own stubs leave its last argument out
            weight = self.weight.contiguous().to_mkldnn()
            self.packed = pack(weight, (self.padding, 0), (1, 1), (1, 1), 1, list(around.shape))
        answer: Tensor = torch.ops.mkldnn._convolution_pointwise(
            around, self.packed, self.bias, [self.padding, 0], [1, 1], [1, 1], 1, "none", [], ""
        )
        return answer


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


def _pooled(x: Tensor, bins: int, steps: int) -> Tensor:
    """The largest of so many bins (the last group may be smaller) and steps."""
    if bins == steps == 1:
        return x
    if x.shape[-1] % steps:
        raise ValueError(f"{x.shape[-1]} steps on a circle are no multiple of {steps} and cannot be pooled by it")
    return F.max_pool2d(x, (bins, steps), ceil_mode=True)
