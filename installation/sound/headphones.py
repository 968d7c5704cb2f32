"""Pre-listening: the operator hears the loop that waits, in step with the one that sounds."""

import numpy as np
from numpy.typing import NDArray

from installation.data import Floats
from installation.sound.channels import spread
from installation.sound.limiter import limit
from installation.sound.mixing import FADE, Loop, crossfade

SIDES = 2  # columns: left and right
SHORTEST = 256  # samples in which one loop may flow into the next


class Headphones:
    """The newest loop at the place in which the other one is, so that both keep the same beat.

    A loop is heard as soon as it comes: the one before flows into it.
    """

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._coming: Loop | None = None

    def put_on(self, loop: Loop) -> None:
        """Let this loop be heard from now on."""
        self._coming = Loop(mixed(loop.samples), loop.length, loop.step)

    def listen(self, since: NDArray[np.float64], length: float) -> Floats:
        """Left and right, [places, 2], at places in order: samples since a loop of this length began."""
        if self._coming is None or len(since) < SHORTEST:
            return self._at(self._loop, since, length)
        old, self._loop, self._coming = self._loop, self._coming, None
        sound, fade = self._at(self._loop, since, length), min(FADE, len(since))
        sound[:fade] = limit(crossfade(self._at(old, since[:fade], length), sound[:fade], fade), circle=False)
        return sound

    def _at(self, loop: Loop | None, since: NDArray[np.float64], length: float) -> Floats:
        if loop is None:
            return np.zeros((len(since), SIDES), np.float32)
        return np.clip(loop.at(since * (loop.length / length)), -1, 1)


def mixed(samples: Floats) -> Floats:
    """A loop of any number of channels for two ears, [samples, 2]."""
    return np.ascontiguousarray(samples @ spread(samples.shape[1], SIDES).T)
