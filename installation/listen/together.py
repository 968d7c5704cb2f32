"""Several processes as one: what each of them holds is gathered, and gradients find their way back."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def processes() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def place() -> int:
    """The number of this process among them, 0 is the first."""
    return dist.get_rank() if processes() > 1 else 0


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, mine: Tensor) -> Tensor:
        parts = [torch.empty_like(mine, memory_format=torch.contiguous_format) for _ in range(processes())]
        dist.all_gather(parts, mine.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        gradient = gradients[0].contiguous().clone()
        dist.all_reduce(gradient)
        return gradient.chunk(processes())[place()]


def gathered(mine: Tensor) -> Tensor:
    """The parts of all processes joined along the first axis; all parts must have one shape.

    The gradient that a part receives is the sum of what all processes ask of it.
    """
    if processes() == 1:
        return mine
    joined: Tensor = _Gather.apply(mine)  # type: ignore[no-untyped-call]
    return joined


class SharedNorm(nn.Module):
    """Batch norm without weights whose statistics are those of all processes' items together."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, single: _BatchNorm) -> None:
        super().__init__()
        self.eps, self.momentum = single.eps, 0.1 if single.momentum is None else single.momentum
        for name, buffer in single.named_buffers():
            self.register_buffer(name, buffer)

    def forward(self, x: Tensor) -> Tensor:
        """The same as batch norm on the joined batch.   x   [batch, channels, ...]"""
        shape = (1, -1, *[1] * (x.ndim - 2))
        if not self.training:
            mean, variance = self.running_mean, self.running_var
        else:
            axes = [axis for axis in range(x.ndim) if axis != 1]
            mean = gathered(x.float().mean(axes)[None]).mean(0)
            spread = x.float() - mean.view(shape)
            variance = gathered(spread.square().mean(axes)[None]).mean(0)
            self._remember(mean.detach(), variance.detach(), processes() * x.numel() // x.shape[1])
        scaled = (x - mean.view(shape)) * torch.rsqrt(variance.view(shape) + self.eps)
        return scaled.to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / max(count - 1, 1), self.momentum)
        self.num_batches_tracked += 1


def share_norms(network: nn.Module) -> None:
    """Let every batch norm of the network take its statistics from all processes. Names of weights stay as they are."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, _BatchNorm):
                setattr(module, name, SharedNorm(child).train(child.training))
