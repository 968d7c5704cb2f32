"""What a take knows of a performance as a whole, and of each of its loops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from installation.data import Verdict

VERSION = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What was decided before the performance began."""

    show: str
    model: str
    fingerprint: str  # of the anatomy
    seed: int
    seconds: float  # that the loops together should last at least
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop of a performance."""

    loop: int
    start: float  # seconds since the beginning
    clip: str  # the file's name under clips/
    target: str
    score: float
    step: int
    verdict: Verdict
    at: float | None = None  # samples of music before it, at the speed at which it was made; None: as many as of sound
    turn: float = 1.0  # how many times faster it ran than the loop before
    shown: float | None = None  # loops of the show before it, in takes of before there were entrances
    lent: bool = False  # a visitor's own sound was heard, which is not kept: the clip is of the loop before
