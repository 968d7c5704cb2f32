"""How a network is trained: how many clips of what length, how fast it learns, and when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from installation.listen.augment import Variation
from installation.listen.contrast import Rivals


@dataclass(frozen=True, slots=True)
class Course:
    """The settings of one training. Either `steps` or `minutes` ends it; the learning rate falls to 0 until then."""

    steps: int = 0  # 0: as many as the minutes allow
    minutes: float = 0.0
    recordings: int = 4  # in a batch, over all processes; few of them a step, and many steps, is what starts learning
    each: int = 1  # clips of every one of them; every clip also holds rivals of its own, from other moments
    twins: int = 1  # clips that are heard once more in another key: rivals that harmony alone tells apart
    frames: int = 960  # scalogram frames of a clip
    accumulate: int = 1  # batches before the weights move
    rate: float = 1.5e-3  # the highest learning rate
    plain: float = (
        0.25  # of the course at its beginning, in which nothing is disguised: first music, then its disguises
    )
    decay: float = 1e-4  # weight decay
    warm_up: int = 100  # steps
    clip: float = 1.0  # longest gradient
    rivals: Rivals = "times"
    first: int = 0  # first predicted step; 0: the first that shares no frame with the context
    approach: float = 0.1  # of the course, in which the first predicted step goes from what is just heard to there
    nearness: float = 0.5  # how much more a near prediction counts: the n-th weighs n ** -nearness
    harmony: float = 10.0  # how much the pitches that sound on count, beside the contrast; 0: not asked
    pulse: float = 10.0  # and how much the onsets to come
    seed: int = 0
    variation: Variation = field(default_factory=Variation)
    refresh: int = 50  # steps between two looks for new recordings
    save: float = 60.0  # seconds between two states on disk
    look: float = 60.0  # seconds between two looks at recordings kept apart
    settle: int = 24  # batches of plain music that the last batch statistics are taken from
    tell: float = 5.0  # seconds between two lines of progress

    def progress(self, step: int, seconds: float) -> float:
        """0 at the beginning, 1 at the end."""
        if self.steps:
            return min(1.0, step / self.steps)
        return min(1.0, seconds / (60 * self.minutes))

    def learning_rate(self, step: int, seconds: float) -> float:
        """Rising over the warm-up, then half a cosine down to a hundredth."""
        fall = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress(step, seconds)))
        return self.rate * min(1.0, (step + 1) / max(1, self.warm_up)) * fall

    def first_step(self, progress: float, first: int) -> int:
        """The first predicted step: from 0, what the context itself hears last, to `first`."""
        return round(first * min(1.0, progress / self.approach)) if self.approach > 0 else first

    def left(self, step: int, seconds: float) -> float:
        """Seconds to go, as far as can be told."""
        done = self.progress(step, seconds)
        return seconds * (1 - done) / done if done > 0 else math.inf
