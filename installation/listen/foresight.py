"""How well an ear foresees a loop: its own game of prediction, played round the circle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from installation.listen.contrast import reach

if TYPE_CHECKING:
    from installation.listen.ear import Ear

EVERY = (
    6  # of the start clips' encodings one in so many is a rival: music at large, without crowding out the loop's own
)


def expected(z: Tensor, c: Tensor, answers: Tensor, predictor: Tensor, first: int) -> Tensor:
    """What the contexts of a loop make the ear expect of a layer at each of its steps, [batch, channels, steps].

    It is the mean of what the layer answers at all moments of the loop, each as likely as the ear holds it: the
    softmax that it was trained with (van den Oord, Li and Vinyals 2018, eq. 4).

    z, c       as of `Foresight.nats`
    answers    [batch, channels, steps] of the layer
    predictor  [predictions * width, channels of c], the first of which is for so many steps after a context's newest
    """
    width, steps = z.shape[1:]
    share = steps // c.shape[2]
    step = torch.arange(steps, device=z.device)
    context = (step - first + 1).div(share, rounding_mode="floor") - 1  # the last one early enough
    ahead = step - share * (context + 1) + 1 - first
    fit = z.new_empty(len(z), steps, steps)  # [batch, expected, step]
    for further in range(share):
        at = (ahead == further).nonzero()[:, 0]
        matrix = predictor[further * width : (further + 1) * width]  # [width, channels]
        fit[:, at] = c[:, :, context[at] % c.shape[2]].transpose(1, 2) @ matrix.T @ z / width**0.5
    return answers @ torch.softmax(fit, 2).transpose(1, 2)


class Foresight:
    """From every context of a loop, tell the encodings that come next from those of other moments and other music.

    The figure is the mean log-likelihood of the right answers, as the ear was trained with (van den Oord, Li and
    Vinyals 2018, eq. 4), in its root mean square distance on the start clips from what it is on near-silence. Rivals
    are all moments of the loop itself and a fixed choice of the start clips'.
    """

    def __init__(self, ear: Ear, hiss: Tensor, music: Iterable[Tensor]) -> None:
        """Measured on stimuli, each [1, bins, frames]."""
        self._predictor = ear.network.predictor.weight.detach()
        with torch.enable_grad():  # found by gradients, also where none are asked for
            self._first = reach(ear.network, ear.front_end.bins).first
        self._predictions = ear.plan.predictions
        with torch.no_grad():
            heard = [ear.foretold(stimulus, ())[1:] for stimulus in (hiss, *music)]
            width = heard[0][0].shape[1]
            parts = [z[0, :, ::EVERY] for z, _ in heard[1:]]
            self._rivals = torch.cat([heard[0][0].new_zeros(width, 0), *parts], 1)  # [width, rivals]
            quiet, *played = [self.nats(z, c) for z, c in heard]
        self.rest = float(quiet)
        apart = torch.cat(played) - quiet if played else torch.ones(1)
        self.spread = float(apart.square().mean().sqrt())

    def score(self, z: Tensor, c: Tensor) -> Tensor:
        """How well loops are foreseen, in spreads above near-silence; arguments and result as of `nats`."""
        return (self.nats(z, c) - self.rest) / max(self.spread, 1e-6)

    def nats(self, z: Tensor, c: Tensor) -> Tensor:
        """The mean log-likelihood of what came, [batch].

        z   [batch, width, steps] encodings round the loop
        c   [batch, channels, contexts] contexts; the newest encoding in each is the last of its share of the steps
        """
        batch, width, steps = z.shape
        share = steps // c.shape[2]
        newest = share * torch.arange(1, c.shape[2] + 1, device=z.device) - 1  # [contexts]
        ahead = self._first + torch.arange(self._predictions, device=z.device)
        right = (newest[:, None] + ahead) % steps  # [contexts, predictions]
        expected = (c.transpose(1, 2) @ self._predictor.T).view(batch, -1, width)  # [batch, contexts * predictions, w]
        fit = expected @ z / width**0.5  # [batch, contexts * predictions, steps]
        fit = torch.cat([fit, expected @ self._rivals / width**0.5], 2)
        chosen = torch.log_softmax(fit, 2).gather(2, right.view(1, -1, 1).expand(batch, -1, 1))
        return chosen.mean((1, 2))
