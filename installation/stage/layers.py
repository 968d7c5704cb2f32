"""What is laid over a scene's look: a second scene, accents on beats, and tracks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from installation.data import Look
from installation.stage.curves import ease
from installation.stage.light import mix
from installation.stage.program import Accent
from installation.track import Track

RISE = 0.25  # beats before an accent's beat in which it comes, so that it is there on the beat
BRIGHTEST = 6.0  # stops
LIMITS = {
    "formed": (0.0, 1.0),
    "fade": (0.0, 1.0),
    "exposure": (-24.0, BRIGHTEST),
    "sweep": (-2.0, 2.0),
}  # of all other numbers of a look: 0 and above


def laid(base: Look, over: Look, share: float, numbers: Sequence[str]) -> Look:
    """The base with a share of another look in it: all but its camera, or these numbers alone."""
    mixed = mix(base, over, share)
    if not numbers:
        return replace(mixed, camera=base.camera)
    return replace(base, **{name: getattr(mixed, name) for name in numbers})


def accented(look: Look, accents: Sequence[Accent], beat: float, beats: int) -> Look:
    """The look with what its accents add at this beat of a loop of so many, counted from 0."""
    sums: dict[str, float] = {}
    for accent in accents:
        for name, amount in accent.add:
            sums[name] = sums.get(name, 0.0) + amount * swell(accent, beat, beats)
    return numbered(look, {name: getattr(look, name) + amount for name, amount in sums.items() if amount})


def swell(accent: Accent, beat: float, beats: int) -> float:
    """How much of an accent is there, 0..1."""
    most = 0.0
    for at in accent.beats:
        since = (beat - (at - 1) + RISE) % beats - RISE
        most = max(most, ease(1 + since / RISE) if since < 0 else ease(1 - since / accent.decay))
    return most


def driven(look: Look, tracks: Mapping[str, Track], row: float) -> Look:
    """The look with the numbers that tracks drive, by name."""
    return numbered(look, {name: track(row) for name, track in tracks.items()})


def numbered(look: Look, numbers: Mapping[str, float]) -> Look:
    """The look with other numbers, each within what can be shown."""
    limits: dict[str, Any] = {name: limited(name, value) for name, value in numbers.items()}
    return replace(look, **limits) if limits else look


def limited(name: str, value: float) -> float:
    """The nearest value that this number of a look may have."""
    low, high = LIMITS.get(name, (0.0, math.inf))
    return min(max(value, low), high)
