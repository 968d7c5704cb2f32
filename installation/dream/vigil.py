"""Keeps a dream from getting stuck: it sees that a loop has come to a bad end, and tries one remedy after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from installation.data import Anatomy, Clip, Dream, Floats, Region, Span, Target
from installation.dream.detectors import Trouble, trouble
from installation.listen.liking import Liking, ranked
from installation.target import write

Stuck = Trouble | Literal["standstill"]
Remedy = Literal["shake", "target", "clip"]

PATIENCE = 8  # loops in a row that a trouble may last before anything is done, and that a remedy has to help
WINDOW = 12  # loops over which a standstill is seen
FEWEST = 60  # steps of the optimiser within them; with less nothing can be said
RISE = 0.02  # share of the score, and spreads, within which it stands still
APART = 0.05  # spreads, root mean square of the last layer, within which the sound stands still
HEAT = 4.0  # times the learning rate just after a shake
COOLING = 0.7  # of what is too much of it left after each loop: after a dozen loops it is as before
PULL = 0.5  # how far a loop is drawn towards another start clip
WIDTH = 0.08  # of a layer's channels in a target of its own choice
HELD = 30  # loops for which a start clip that a person chose is left alone

LADDER: dict[Stuck, tuple[Remedy, ...]] = {
    "standstill": ("shake", "target", "clip"),  # first it may only need a wider step
    "silence": ("clip", "target"),  # there is nothing to lose
    "noise": ("clip", "target"),  # another wish would only shape other noise
    "drone": ("target", "clip"),  # it is what was wished for that asks for one tone
}
WORDS: dict[Stuck, str] = {
    "standstill": "stands still",
    "silence": "has fallen silent",
    "noise": "is nothing but noise",
    "drone": "is a tone that never changes",
}


class Dreaming(Protocol):
    """What can be done to a dream under way."""

    def aim(self, target: Target) -> None:
        """Dream of something else."""

    def pull(self, clip: Clip, share: float) -> None:
        """Draw the loop towards another start clip."""


class Glimpse(NamedTuple):
    """What is remembered of a loop."""

    score: float
    step: int
    gist: Floats  # [units] mean answers of the last layer
    trouble: Trouble | None


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """What remedies are made of.

    anatomy   of the ear
    liking    asked for when a target is wanted: what the ear has for music rather than noise
    clips     the names of all start clips that are music
    clip      a start clip by its name, as one loop
    """

    anatomy: Anatomy
    liking: Callable[[], Liking]
    clips: tuple[str, ...]
    clip: Callable[[str], Clip]


class Vigil:
    """Watches every dream that is published. What a person has chosen is left alone.

    heat   what the learning rate is to be multiplied by
    """

    def __init__(self, ways: Ways, seed: int) -> None:
        self.heat = 1.0
        self._ways = ways
        self._dice = np.random.default_rng(seed)
        self._seen: deque[Glimpse] = deque(maxlen=WINDOW)
        self._target: Target | None = None
        self._tried = 0  # remedies in this trouble
        self._resting = 0  # loops until the next one
        self._well = 0  # loops without trouble
        self._aim_held = False
        self._clip_held = 0  # loops

    def chosen(self, target: bool) -> None:
        """Whether a person's hands decide what is dreamt of."""
        self._aim_held = target

    def begun(self) -> None:
        """A person chose the start clip."""
        self._clip_held = HELD
        self._seen.clear()

    def after(self, dream: Dream, dreaming: Dreaming) -> str:
        """Look at a dream, and do something about it where it is needed; returns what was done, or nothing."""
        self.heat = 1.0 + COOLING * (self.heat - 1.0) if self.heat > 1.05 else 1.0
        self._clip_held = max(0, self._clip_held - 1)
        self._resting = max(0, self._resting - 1)
        stuck = self.see(dream)
        self._well = 0 if stuck else self._well + 1
        if self._well > PATIENCE:
            self._tried = 0
        if stuck is None or self._resting:
            return ""
        allowed = [remedy for remedy in LADDER[stuck] if self._may(remedy)] or ["shake"]
        remedy = allowed[self._tried % len(allowed)]
        self._tried += 1
        self._resting = PATIENCE
        done = self._do(remedy, dreaming, whole=stuck == "silence")
        self._seen.clear()
        return f"the dream {dream.number} {WORDS[stuck]}: {done}."

    def see(self, dream: Dream) -> Stuck | None:
        """What has been wrong with all of the last loops; None where nothing was."""
        if dream.target != self._target:
            self._target = dream.target
            self._seen = deque((seen for seen in self._seen if seen.trouble), maxlen=WINDOW)
        layer = dream.activations.layers[self._ways.anatomy.layers[-1].name]
        gist = layer.mean(2, dtype=np.float32).ravel()
        self._seen.append(Glimpse(dream.score, dream.step, gist, trouble(dream.clip)))
        recent = [seen.trouble for seen in self._seen][-PATIENCE:]
        if len(recent) == PATIENCE and len(set(recent)) == 1 and recent[0]:
            return recent[0]
        return "standstill" if self._stands() else None

    def _stands(self) -> bool:
        """Whether neither score nor sound has changed over the whole window."""
        first, last = self._seen[0], self._seen[-1]
        if len(self._seen) < WINDOW or last.step - first.step < FEWEST:
            return False
        scores = [seen.score for seen in self._seen]
        moved = max(float(np.sqrt(np.mean(np.square(seen.gist - first.gist)))) for seen in self._seen)
        return max(scores) - min(scores) < RISE * (1 + abs(last.score)) and moved < APART

    def _may(self, remedy: Remedy) -> bool:
        return not {"target": self._aim_held, "clip": bool(self._clip_held)}.get(remedy, False)

    def _do(self, remedy: Remedy, dreaming: Dreaming, whole: bool) -> str:
        if remedy == "shake":
            self.heat = HEAT
            return f"its steps are {HEAT:g} times as wide for a while"
        if remedy == "target":
            target = self._another()
            dreaming.aim(target)
            return f"it dreams of {write(target)} until the show asks for something else"
        name = str(self._dice.choice(self._ways.clips))
        dreaming.pull(self._ways.clip(name), 1.0 if whole else PULL)
        return f"it {'begins again from' if whole else 'is drawn towards'} the start clip {name!r}"

    def _another(self) -> Target:
        """A few neighbouring channels of a layer that the ear has for music rather than noise."""
        layers = self._ways.anatomy.layers[1:] or self._ways.anatomy.layers
        layer = layers[int(self._dice.integers(len(layers)))]
        offered = ranked(self._ways.liking(), layer.name)
        wide = max(1, round(WIDTH * layer.channels))
        middle = int(self._dice.choice(offered[: max(1, len(offered) // 4)]))
        start = min(max(0, middle - wide // 2), layer.channels - wide)
        return Target((Region(layer.name, Span(start, start + wide - 1, whole=True)),))
