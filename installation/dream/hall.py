"""The hall: a dream gets the channels and the loudness that the venue wants, before anybody hears it."""

import numpy as np

from installation.data import Anatomy, Dream, Layout
from installation.dream.judge import judge
from installation.settings import Sound
from installation.sound.space import spread_out


class Hall:
    """Makes dreams ready for a venue's loudspeakers. Called on the critic's thread; the width may change any time."""

    def __init__(self, anatomy: Anatomy, layout: Layout, sound: Sound, width: float) -> None:
        self.width = width  # 0 all in the middle .. 1
        self._anatomy, self._layout, self._sound = anatomy, layout, sound

    def __call__(self, dream: Dream) -> Dream:
        """The dream, spread out and judged; what is broken is mended first, or it would break the whole loop."""
        whole = dream if np.isfinite(dream.clip.samples).all() else judge(dream)
        placed = spread_out(whole, self._anatomy, self._layout, self._sound.room, self.width)
        return judge(placed, self._sound.loudness, self._sound.room == "ring")
