"""What stands in a take for a loop that was made of a visitor's own sound: the loop before it."""

from dataclasses import replace

import numpy as np

from installation.data import Clip, Dream, Verdict


class Discreet:
    """Gives dreams back as they are, but for one that was lent the last one that was not."""

    def __init__(self) -> None:
        self._last: Dream | None = None

    def __call__(self, dream: Dream) -> Dream:
        """A dream that may be written down: of the same length, and silent where there was none before it."""
        if not dream.lent:
            self._last = dream
            return dream
        samples = dream.clip.samples.shape[1]
        if (last := self._last) is None:
            silence = Clip(np.zeros_like(dream.clip.samples), dream.clip.rate)
            return replace(dream, clip=silence, verdict=Verdict(1.0, 0.0, 0.0), lent=False)
        if last.clip.samples.shape[1] == samples:
            return last
        turns = -(-samples // last.clip.samples.shape[1])
        clip = Clip(np.tile(last.clip.samples, turns)[:, :samples].copy(), last.clip.rate)
        return replace(last, number=dream.number, clip=clip)
