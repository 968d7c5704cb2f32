"""The two kinds of time that a network hears in: a loop's circle, and a line that may come in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Stretch(NamedTuple):
    """A piece of a layer's time.

    values   [batch, channels, bins, steps]
    first    the number of its first step; step n stands for the frames n * stride .. (n + 1) * stride - 1
    """

    values: Tensor
    first: int

    @property
    def end(self) -> int:
        return self.first + self.values.shape[-1]

    def part(self, start: int, end: int | None = None) -> Stretch:
        """Its steps from one number up to before another."""
        if start == self.first and end in (None, self.end):
            return self  # a slice costs three copies on the way back
        stop = None if end is None else end - self.first
        return Stretch(self.values[..., start - self.first : stop], start)

    def last(self, steps: int) -> Stretch:
        """Its last steps, at most so many."""
        return self.part(max(self.first, self.end - steps))


Kernel = Callable[[Tensor], Tensor]


class Circle:
    """A loop's time: kernels wrap around."""

    def convolved(self, kernel: Kernel, x: Stretch, back: int, ahead: int) -> Stretch:
        """Apply a kernel that spans so many steps before and after the one it answers for."""
        return Stretch(kernel(wrapped(x.values, back, ahead)), 0)

    def pooled(self, x: Stretch, bins: int, steps: int) -> Stretch:
        """The largest of so many bins (the last group may be smaller) and steps; groups begin at multiples of `steps`.

        Raises ValueError where the circle is no multiple of `steps`.
        """
        if x.values.shape[-1] % steps:
            raise ValueError(
                f"{x.values.shape[-1]} steps on a circle are no multiple of {steps} and cannot be pooled by it"
            )
        return Stretch(largest(x.values, bins, steps), 0)

    def aside(self, skip: Stretch) -> Stretch:
        """Put a skip aside, until what it is added to is ready."""
        return skip

    def beside(self, answer: Stretch, skip: Stretch) -> Tensor:
        """The steps of a skip that belong to an answer."""
        return skip.values


class Line:
    """A line's time: there is no padding, only what the frames so far decide alone is answered.

    It may come in pieces: what the next piece needs of the ones before is kept, so together they give what the whole
    line gives. Every piece must take the same way through the network, from `begin` on.
    """

    def __init__(self, kept: dict[int, Stretch] | None = None) -> None:
        self._kept = kept or {}  # number of the operation -> steps that are still wanted
        self._operation = 0

    def begin(self) -> None:
        """The next piece comes."""
        self._operation = 0

    def fork(self) -> Line:
        """Another line with the same past."""
        return Line(dict(self._kept))

    def convolved(self, kernel: Kernel, x: Stretch, back: int, ahead: int) -> Stretch:
        """Apply a kernel that spans so many steps before and after the one it answers for."""
        x, span = self._joined(x), back + ahead
        self._keep(x, max(x.first, x.end - span))
        if x.end - x.first <= span:
            return Stretch(x.values[..., :0], x.first + back)
        return Stretch(kernel(x.values), x.first + back)

    def pooled(self, x: Stretch, bins: int, steps: int) -> Stretch:
        """The largest of so many bins (the last group may be smaller) and steps; groups begin at multiples of steps."""
        x = self._joined(x)
        first, end = -(-x.first // steps), x.end // steps
        self._keep(x, max(x.first, end * steps))
        if end <= first:
            return Stretch(x.values[..., :0], first)
        return Stretch(largest(x.part(first * steps, end * steps).values, bins, steps), first)

    def aside(self, skip: Stretch) -> Stretch:
        """Put a skip aside, until what it is added to is ready."""
        skip = self._joined(skip)
        self._keep(skip, skip.first)
        self._waiting = self._operation - 1
        return skip

    def beside(self, answer: Stretch, skip: Stretch) -> Tensor:
        """The steps of a skip that belong to an answer."""
        self._kept[self._waiting] = skip.part(answer.end)
        return skip.part(answer.first, answer.end).values

    def _joined(self, x: Stretch) -> Stretch:
        earlier = self._kept.get(self._operation)
        if earlier is None or earlier.end == earlier.first:
            return x
        return Stretch(torch.cat([earlier.values, x.values], -1), earlier.first)

    def _keep(self, x: Stretch, start: int) -> None:
        self._kept[self._operation] = x.part(start)
        self._operation += 1


def wrapped(x: Tensor, back: int, ahead: int) -> Tensor:
    """The circle of steps, cut open, with so many steps repeated on either side; may be more than it has."""
    if back == ahead == 0:
        return x
    steps = x.shape[-1]
    if max(back, ahead) <= steps:
        return torch.cat([x[..., steps - back :], x, x[..., :ahead]], -1)
    return x[..., torch.arange(-back, steps + ahead, device=x.device) % steps]


def largest(x: Tensor, bins: int, steps: int) -> Tensor:
    """The largest of so many bins (the last group may be smaller) and steps."""
    return x if bins == steps == 1 else F.max_pool2d(x, (bins, steps), ceil_mode=True)
