"""An optimiser for kernels: the momentum of every one is made orthogonal, so that all its directions learn alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

STEPS = 5  # of the iteration that makes orthogonal
CURVE = (3.4445, -4.7750, 2.0315)  # its coefficients (Jordan et al., "Muon", 2024): fast, to 0.7..1.2 of each direction
NARROW = 8  # channels; kernels with fewer learn with AdamW
LIKE_ADAM = 0.2  # of the root of the longer side: the size of a step of Adam (Liu et al., "Muon is scalable", 2025)


class Muon(torch.optim.AdamW):
    """Momentum made orthogonal for kernels between hidden layers, AdamW for everything else, with one learning rate.

    kernels    parameters of two or more dimensions, seen as matrices [first, all others]
    others     parameters for AdamW
    momentum   0..1, of the kernels;   the rest as for AdamW
    """

    def __init__(
        self,
        kernels: Iterable[Tensor],
        others: Iterable[Tensor],
        rate: float,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.98),
        decay: float = 1e-4,
        **how: Any,
    ) -> None:
        super().__init__(list(others), rate, betas, weight_decay=decay, **how)
        self.add_param_group({"params": list(kernels), "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step of all weights that have a gradient."""
        kernels = self.param_groups.pop()
        try:
            loss: float | None = super().step(closure)
        finally:
            self.param_groups.append(kernels)
        for weight in kernels["params"]:
            if weight.grad is None:
                continue
            state = self.state[weight]
            if not state:
                state["step"] = torch.zeros(())  # AdamW looks for it when a state is loaded
                state["momentum"] = torch.zeros_like(weight)
            mean = state["momentum"].lerp_(weight.grad, 1 - kernels["momentum"])
            way = orthogonal(weight.grad.lerp(mean, kernels["momentum"]).flatten(1)).view(weight.shape)
            longer = max(weight.shape[0], weight[0].numel())
            weight.mul_(1 - kernels["lr"] * kernels["weight_decay"])
            weight.add_(way, alpha=-kernels["lr"] * LIKE_ADAM * longer**0.5)
        return loss


def tuned(kernels: Iterable[Tensor], parameters: Iterable[Tensor], rate: float, **how: Any) -> Muon:
    """The optimiser of all parameters, of which the kernels that are wide enough are made orthogonal."""
    wide = [kernel for kernel in kernels if kernel.shape[0] >= NARROW]
    known = set(map(id, wide))
    return Muon(wide, [weight for weight in parameters if id(weight) not in known], rate, **how)


def orthogonal(matrix: Tensor) -> Tensor:
    """Nearly the orthogonal matrix that is closest: all singular values between 0.7 and 1.2.   [rows, columns]"""
    tall = matrix.shape[0] > matrix.shape[1]
    x: Tensor = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    a, b, c = CURVE
    for _ in range(STEPS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x
