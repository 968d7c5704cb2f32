"""Harmony: which chord sounds at every beat and in which key, heard from the notes' pitch classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from installation.repertoire.piano.scores import Doubles, Score

CHORDS = {"maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "dim": (0, 3, 6)}
RARE = {"maj": 0.0, "min": 0.0, "7": 0.06, "m7": 0.1, "dim": 0.08}  # what a chord must be better to be believed
MAJOR = (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0)  # Temperley 1999: how well each step fits
MINOR = (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0)
HOLD = 0.12  # what changing the chord costs, in shares of a beat's sound
STAY = 1.0  # what changing the key costs, in correlation
SIGNED = 0.15  # what the written signature speaks for its two keys, likewise

Chord = tuple[int | None, str]
Key = tuple[int, str]


def profiles(score: Score) -> tuple[Doubles, NDArray[np.int64]]:
    """Per beat: how long each pitch class sounds, [beats, 12] quarters, low notes more; and the lowest note, or -1."""
    edges = np.append(score.beats, score.end)
    classes = np.zeros((len(score.beats), 12))
    lowest = np.full(len(score.beats), 999)
    for start, length, pitch in zip(score.start, score.length, score.pitch, strict=True):
        first = max(int(np.searchsorted(edges, start, "right")) - 1, 0)
        last = max(min(int(np.searchsorted(edges, start + length - 1e-6)), len(score.beats)), first + 1)
        for beat in range(first, last):
            shared = min(start + length, edges[beat + 1]) - max(start, edges[beat])
            classes[beat, pitch % 12] += max(shared, 0.0) * (1.5 if pitch < 52 else 1.0)
            lowest[beat] = min(lowest[beat], pitch)
    return classes, np.where(lowest == 999, -1, lowest)


def chords(classes: Doubles, lowest: NDArray[np.int64]) -> list[Chord]:
    """The chord of every beat: root 0..11 (C is 0) and kind, or (None, "none") where nothing sounds."""
    names = [(root, kind) for root in range(12) for kind in CHORDS]
    total = classes.sum(axis=1, keepdims=True)
    share = classes / np.maximum(total, 1e-9)  # [beats, 12]
    fit = np.zeros((len(classes), len(names)))
    for column, (root, kind) in enumerate(names):
        inside = [(root + step) % 12 for step in CHORDS[kind]]
        fit[:, column] = share[:, inside].sum(axis=1) - RARE[kind] + 0.15 * share[:, root]
        fit[:, column] += 0.12 * ((lowest % 12 == root) & (lowest >= 0))
    path = _smooth(fit, HOLD)
    return [names[at] if sound else (None, "none") for at, sound in zip(path, total[:, 0] > 0, strict=True)]


def keys(score: Score, classes: Doubles, window: int = 24) -> list[Key]:
    """The key around every beat: root 0..11 and "major" or "minor", heard over a window of beats.

    classes   [beats, 12], what `profiles` found
    """
    names = [(root, mode) for mode in ("major", "minor") for root in range(12)]
    shapes = np.array([np.roll(MAJOR if mode == "major" else MINOR, root) for root, mode in names])
    shapes = (shapes - shapes.mean(axis=1, keepdims=True)) / shapes.std(axis=1, keepdims=True)
    wide = min(window, len(classes))
    around = np.stack(
        [np.convolve(np.sqrt(column), np.ones(wide), "same")[: len(classes)] for column in classes.T], axis=1
    )
    around = around - around.mean(axis=1, keepdims=True)
    around /= np.maximum(around.std(axis=1, keepdims=True), 1e-9)
    written = score.signature[np.clip(np.searchsorted(score.signature[:, 0], score.beats, "right") - 1, 0, None), 1]
    tonics = np.array([root if mode == "major" else (root + 3) % 12 for root, mode in names])
    fit = around @ shapes.T / 12 + SIGNED * (written[:, None] == tonics)
    return [names[at] for at in _smooth(fit, STAY)]


def _smooth(fit: Doubles, cost: float) -> list[int]:
    """The best path through the choices, [beats, choices], where every change costs."""
    best = fit[0].copy()
    came = np.zeros(fit.shape, np.int64)
    for beat in range(1, len(fit)):
        other = int(np.argmax(best))
        move = best[other] - cost > best
        came[beat] = np.where(move, other, np.arange(len(best)))
        best = np.where(move, best[other] - cost, best) + fit[beat]
    path = [int(np.argmax(best))]
    for beat in range(len(fit) - 1, 0, -1):
        path.append(int(came[beat, path[-1]]))
    return path[::-1]
