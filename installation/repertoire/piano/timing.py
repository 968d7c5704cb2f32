"""Time: how positions in the score become seconds, with arches over phrases and a slowing at the end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from installation.repertoire.piano.phrases import Phrases
from installation.repertoire.piano.scores import Doubles, Score
from installation.repertoire.piano.taste import Taste

GRID = 0.125  # quarters between two points of the tempo curve
UNWRITTEN = 60.0  # quarters a minute, what notation programs write where the composer wrote none
FASTEST = 13.0  # notes of a line a second that fingers can play
SPARSEST = 1.2  # onsets a second, below which music falls apart
ORNAMENT = 0.1  # quarters; notes closer than this are grace notes, which no tempo has to wait for
BEATS = (25.0, 190.0)  # beats a minute that music keeps to
LATE = 0.6  # where in a phrase the tempo is highest


def pulse(score: Score, melody: NDArray[np.bool_], taste: Taste) -> Doubles:
    """The tempo before any expression, playable, and plausible where none is written.

    returns   [changes, 2] position and quarters a minute
    """
    quarters = score.end - score.start[0]
    onsets = np.unique(np.round(score.start, 3))
    speed = score.tempo[:, 1].copy()
    if np.all(speed == UNWRITTEN):
        speed[:] = taste.pace * 60 * quarters / len(onsets)
    else:
        speed *= np.exp(taste.tempo)
    gaps = np.diff(np.unique(np.round(score.start[melody], 3)))
    gaps = gaps[gaps > ORNAMENT]
    densest = np.quantile(1 / gaps, 0.9) if len(gaps) else 1.0  # notes a quarter
    beat = float(np.median(np.diff(score.beats))) if len(score.beats) > 1 else 1.0
    middle = float(np.median(speed))
    slowest = max(BEATS[0] * beat, SPARSEST * 60 * quarters / len(onsets))
    bounded = np.clip(middle, slowest, max(min(BEATS[1] * beat, 60 * FASTEST / densest), 1.0))
    return np.stack([score.tempo[:, 0], speed * bounded / middle], axis=1)


class Timeline:
    """Score positions to seconds and back."""

    def __init__(self, places: Doubles, seconds: Doubles) -> None:
        self._places = places
        self._seconds = seconds

    def seconds(self, places: Doubles) -> Doubles:
        """When each position of the score sounds."""
        return np.interp(places, self._places, self._seconds)


def timeline(score: Score, pulse: Doubles, phrases: Phrases, taste: Taste, random: np.random.Generator) -> Timeline:
    """The clock of one interpretation; the first note sounds at 0."""
    places = np.arange(score.start[0], score.end + 4 + GRID, GRID)
    curve = np.log(pulse[np.clip(np.searchsorted(pulse[:, 0], places, "right") - 1, 0, None), 1])
    depths = taste.rubato * random.uniform(0.5, 1.3, len(phrases.borders)) * (0.5 + phrases.strength)
    curve += _arches(places, phrases.borders, depths[1:])
    curve += _arches(places, phrases.sections, np.full(len(phrases.sections) - 1, taste.breadth))
    curve += np.interp(places, score.beats, _unrest(len(score.beats), taste.unrest, random))
    curve += np.log(_ritard(places, score, taste.ritard))
    lasting = 60 / np.exp(curve) * GRID  # seconds of each grid step
    for border, strength in zip(phrases.borders[1:-1], phrases.strength[1:-1], strict=True):
        lasting[max(int((border - places[0]) / GRID) - 1, 0)] += taste.breath * strength**2
    return Timeline(places, np.append(0, np.cumsum(lasting[:-1])))


def _arches(places: Doubles, borders: Doubles, depths: Doubles) -> Doubles:
    """Slow, faster, slow over every stretch between borders; the mean of each arch is near 0."""
    stretch = np.clip(np.searchsorted(borders, places, "right") - 1, 0, len(depths) - 1)
    along = np.clip((places - borders[stretch]) / np.maximum(np.diff(borders)[stretch], 1e-6), 0, 1)
    away = np.where(along < LATE, (LATE - along) / LATE * 0.8, (along - LATE) / (1 - LATE) * 1.2)
    result: Doubles = depths[stretch] * (0.33 - away**2)
    return result


def _unrest(beats: int, spread: float, random: np.random.Generator) -> Doubles:
    """Slow wandering and fast unevenness of the beats' tempo, half of each."""
    steps = random.normal(0, 1, beats)
    slow = np.convolve(random.normal(0, 1, beats + 8), np.ones(9) / 3, "valid")
    wander: Doubles = spread * (0.7 * steps + 0.7 * slow)
    return wander


def _ritard(places: Doubles, score: Score, last: float) -> Doubles:
    """The final slowing as runners stop (Friberg and Sundberg 1999), over the last two bars."""
    bars = score.beats[score.downbeat]
    bar = float(np.median(np.diff(bars))) if len(bars) > 1 else 4.0
    onset = float(score.start.max())
    along = np.clip((places - (onset - 2 * bar)) / (2 * bar), 0, 1)
    slowing: Doubles = (1 + (last**3 - 1) * along) ** (1 / 3)
    return slowing
