"""Where a melody breathes: its line, and the phrases that rhythm and leaps cut it into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.repertoire.piano.scores import Doubles, Score, Whole

PHRASE = 6.0  # seconds that a phrase of music lasts by preference
SECTION = 4  # phrases that make a section
TOGETHER = 1e-3  # quarters; notes nearer than this are one chord


@dataclass(frozen=True, eq=False, slots=True)
class Phrases:
    """Borders in quarters, one more than there are phrases, and how clearly each is one (0..1)."""

    borders: Doubles
    strength: Doubles
    sections: Doubles  # borders of groups of phrases


def lines(score: Score) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which notes are the melody and which the bass, [notes] each: nothing sounds above, or below, as they begin."""
    melody = np.zeros(len(score.pitch), bool)
    bass = np.zeros(len(score.pitch), bool)
    end = score.start + score.length - TOGETHER
    first = 0  # earliest note that may still sound
    longest = float(score.length.max())
    for note, (start, pitch) in enumerate(zip(score.start, score.pitch, strict=True)):
        while score.start[first] + longest < start:
            first += 1
        last = note + 1
        while last < len(score.start) and score.start[last] < start + TOGETHER:
            last += 1
        sounding = score.pitch[first:last][end[first:last] > start]
        melody[note] = pitch >= sounding.max(initial=0)
        bass[note] = pitch <= sounding.min(initial=127)
    return melody, bass & ~melody


def breaths(start: Doubles, length: Doubles, pitch: Whole) -> Doubles:
    """How much each note of a line begins something new, [notes] 0..1: after long notes, rests and leaps."""
    if len(start) < 4:
        return np.zeros(len(start))
    onset = np.diff(start)
    rest = np.maximum(start[1:] - (start + length)[:-1], 0)
    leap = np.abs(np.diff(pitch))
    total = np.zeros(len(start))
    for weight, step in ((0.5, onset), (0.25, rest), (0.25, leap)):
        change = np.abs(np.diff(step)) / (step[1:] + step[:-1] + 1e-9)  # between neighbouring steps
        strength = step * (np.append(0, change) + np.append(change, 0))
        total[1:] += weight * strength / (strength.max() + 1e-9)
    return total / max(float(total.max()), 1e-9)


def phrases(score: Score, melody: NDArray[np.bool_], bpm: float) -> Phrases:
    """The best division of the melody into phrases, near bars and of pleasant length.

    bpm   quarters a minute
    """
    start = score.start[melody]
    strength = breaths(start, score.length[melody], score.pitch[melody])
    bars = score.beats[score.downbeat]
    bar = float(np.median(np.diff(bars))) if len(bars) > 1 else 4.0
    preferred = bar * 2.0 ** round(float(np.log2(max(PHRASE * bpm / 60 / bar, 1.0))))  # 1, 2, 4, 8 bars
    near = np.abs(bars[np.clip(np.searchsorted(bars, start), 0, len(bars) - 1)] - start) if len(bars) else 0 * start
    strength = strength + 0.25 * np.exp(-near / (bar / 4))
    kept = strength >= np.quantile(strength, 0.6)
    places = np.concatenate([[score.start[0]], start[kept & (start > score.start[0])], [score.end]])
    gains = np.concatenate([[0.0], strength[kept & (start > score.start[0])], [1.0]])
    borders = _divide(places, gains, preferred)
    clear = np.clip(gains[borders], 0, 1)
    clear[0] = clear[-1] = 1.0
    return Phrases(places[borders], clear, _sections(places[borders], clear))


def _divide(places: Doubles, gains: Doubles, preferred: float) -> NDArray[np.int64]:
    """Indices of the borders that together gain most, lengths far from the preferred one costing."""
    best = np.full(len(places), -np.inf)
    best[0] = 0.0
    came = np.zeros(len(places), np.int64)
    for place in range(1, len(places)):
        first = min(int(np.searchsorted(places, places[place] - 2.5 * preferred)), place - 1)
        length = np.maximum(places[place] - places[first:place], 1e-3)
        total = best[first:place] + gains[place] - 2.0 * np.log2(length / preferred) ** 2
        came[place] = first + int(np.argmax(total))
        best[place] = total.max()
    path = [len(places) - 1]
    while path[-1]:
        path.append(int(came[path[-1]]))
    return np.array(path[::-1])


def _sections(borders: Doubles, strength: Doubles) -> Doubles:
    """Every few phrases, at the clearest border around, a new section."""
    chosen = [0]
    while len(borders) - 1 - chosen[-1] > SECTION + SECTION // 2:
        window = strength[chosen[-1] + SECTION - 2 : chosen[-1] + SECTION + 3]
        chosen.append(chosen[-1] + SECTION - 2 + int(np.argmax(window)))
    return borders[[*chosen, len(borders) - 1]]
