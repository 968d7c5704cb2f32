"""Hearing as sound comes in: only what is new goes through the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from installation.data import Activations, Floats, Scalogram
from installation.listen.levels import level
from installation.listen.timeline import Line, Stretch

if TYPE_CHECKING:
    from installation.listen.ear import Ear

ROOM = 64  # scalogram frames that are transformed at once, the silence after them included


class Stream:
    """Answers to the newest sound as if silence followed: at once, and for good when enough has followed.

    The longest kernels of the scalogram reach so far into what has not come yet that its newest frames still change.
    They are heard on a fork of the line, again and again; frames that stay go down the line itself, once.

    frames   of the scalogram that are answered for
    """

    def __init__(self, ear: Ear, frames: int) -> None:
        self._ear, self._frames = ear, frames
        self.samples_per_frame = ear.samples_per_frame
        self._reach = -(-ear.front.lengths[0] // (2 * self.samples_per_frame)) + 1  # frames that half a kernel covers
        self._sound = torch.zeros((ROOM - self._reach) * self.samples_per_frame, device=ear.device)
        self._rest = torch.zeros(0, device=ear.device)  # samples that are no whole frame yet
        self._line = Line()
        self.heard = 0  # frames, all
        self._settled = 0  # frames that stay as they are
        self._open = torch.zeros(1, ear.plan.front_end.bins, 0, device=ear.device)  # levels that may still change
        self._latest: dict[str, Stretch] = {}  # the last answers that stay

    @torch.no_grad()
    def hear(self, samples: Floats) -> tuple[Scalogram, Activations] | None:
        """The answers to the last frames; None as long as no layer but the scalogram has any.

        samples   [samples] what came since the last call, any number of them
        """
        sound = torch.cat([self._rest, torch.from_numpy(samples).to(self._ear.device)])
        whole = len(sound) // self.samples_per_frame * self.samples_per_frame
        for piece in torch.split(sound[:whole], self._ear.plan.stride * self.samples_per_frame):
            self._take(piece)
        self._rest = sound[whole:]
        return self._answers(self._joined(self._ear.stretch(self._open, self._settled, self._line.fork())))

    def _take(self, piece: Tensor) -> None:
        """So many whole frames more; those that stay go down the line."""
        self._sound = torch.cat([self._sound[len(piece) :], piece])
        self.heard += len(piece) // self.samples_per_frame
        self._open = self._scalogram()
        stay = (self.heard - self._reach - self._settled) // self._ear.plan.stride * self._ear.plan.stride
        if stay > 0:
            new, self._open = self._open[..., :stay], self._open[..., stay:]
            self._latest = self._joined(self._ear.stretch(new, self._settled, self._line))
            self._settled += stay

    def _scalogram(self) -> Tensor:
        """Levels of the frames that may still change, [1, bins, frames]; as if silence followed the newest one."""
        after = self._sound.new_zeros(self._reach * self.samples_per_frame)
        heard = level(self._ear.front.circle(torch.cat([self._sound, after])[None], ROOM))
        newest = ROOM - self._reach
        return heard[..., newest - (self.heard - self._settled) : newest]

    def _joined(self, new: dict[str, Stretch]) -> dict[str, Stretch]:
        """The last answers with the new ones after them, as many steps as are wanted."""
        joined = {}
        for layer in self._ear.anatomy:
            parts = [part for part in (self._latest.get(layer.name), new.get(layer.name)) if part is not None]
            if parts:
                values = torch.cat([part.values for part in parts], -1)
                steps = max(1, self._frames // layer.stride)
                joined[layer.name] = Stretch(values, parts[0].first).last(steps)
        return joined

    def _answers(self, answers: dict[str, Stretch]) -> tuple[Scalogram, Activations] | None:
        if len(answers) < 2:
            return None
        seconds = self.samples_per_frame / self._ear.front.rate
        layers = {name: stretch.values for name, stretch in answers.items()}
        return self._ear.scalogram(layers["scalogram"][:, 0], seconds), self._ear.activations(layers)
