"""What a verification has found: figures, limits and pictures."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    fine   whether it keeps its limit; None where there is no limit, only a figure
    """

    name: str
    found: str
    limit: str
    fine: bool | None = None


@dataclass(slots=True)
class Scene:
    """What a scene, or the change from one to the next, was like."""

    name: str
    seconds: float = 0.0
    flashes: int = 0  # the most transitions in any second, in the worst field
    red: int = 0
    oracle: int | None = None  # the worst that IRIS said, as an index into `oracle.WORDS`; None where it was not asked
    brightest: float = 0.0  # mean luminance of its brightest second
    picture: Pixels | None = None  # [height, width, 3] uint8


@dataclass(slots=True)
class Report:
    """All that was found."""

    show: str
    model: str
    seed: int
    seconds: float
    size: tuple[int, int]
    scenes: list[Scene] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    layers: dict[str, float] = field(default_factory=dict)  # layer -> seconds that it was dreamt of
    light: list[float] = field(default_factory=list)  # mean luminance of each second
    took: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether every limit is kept."""
        return all(check.fine is not False for check in self.checks)
