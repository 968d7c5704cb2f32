"""Touch: how loud, how early and how long every note is played, and when the pedal goes down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from installation.repertoire.piano.harmony import Chord
from installation.repertoire.piano.phrases import TOGETHER, Phrases
from installation.repertoire.piano.scores import Doubles, Score, Whole
from installation.repertoire.piano.taste import Taste
from installation.repertoire.piano.timing import Timeline

Flags = NDArray[np.bool_]

SPAN = 12  # semitones that a hand reaches
SOFTEST, LOUDEST = 18.0, 122.0  # MIDI velocity
APART = 0.03  # seconds that a key needs to come up before it is struck again
SHORTEST = 0.05  # seconds
BLUR = 6.0  # seconds after which the pedal is changed even if the harmony stays


def loudness(
    score: Score, melody: Flags, bass: Flags, phrases: Phrases, taste: Taste, random: np.random.Generator
) -> Whole:
    """MIDI velocity of every note: sections, swelling phrases, the melody above, the bar's beats, chance."""
    section = np.clip(np.searchsorted(phrases.sections, score.start, "right") - 1, 0, len(phrases.sections) - 2)
    phrase = np.clip(np.searchsorted(phrases.borders, score.start, "right") - 1, 0, len(phrases.borders) - 2)
    along = (score.start - phrases.borders[phrase]) / np.diff(phrases.borders)[phrase]
    heights = random.uniform(0.35, 0.75, len(phrases.borders) - 1)[phrase]  # where each phrase is loudest
    swell = np.where(along < heights, along / heights, (1 - along) / (1 - heights))
    contrast = random.normal(0, taste.contrast, len(phrases.sections) - 1)
    level = taste.level + (contrast - 0.7 * contrast.mean())[section]
    level = level + random.normal(0, taste.contrast / 2, len(phrases.borders) - 1)[phrase]
    level += 0.4 * (score.loudness - score.loudness.mean()) + 4 * _fullness(score, section)
    level += taste.swell * (swell - 0.5) + 0.25 * (score.pitch - score.pitch.mean()) * melody
    level += np.where(melody, taste.melody * 0.6, np.where(bass, -0.1, -0.5) * taste.melody)
    level += taste.accent * _metre(score) + random.normal(0, taste.uneven, len(level))
    velocity: Whole = np.round(np.clip(level, SOFTEST, LOUDEST)).astype(np.int64)
    return velocity


def _fullness(score: Score, section: Whole) -> Doubles:
    """How many notes each note's section holds for its length, in spreads over the sections."""
    count = np.bincount(section)
    spans = [np.ptp(score.start[section == each]) + 1 if count[each] else 1.0 for each in range(len(count))]
    density = np.log((count + 1) / np.array(spans))
    spread: Doubles = ((density - density.mean()) / max(float(density.std()), 0.1))[section]
    return np.clip(spread, -2, 2)


def _metre(score: Score) -> Doubles:
    """1 on the first beat of a bar, 0.4 on other beats, -0.3 between."""
    at = np.clip(np.searchsorted(score.beats, score.start + TOGETHER) - 1, 0, len(score.beats) - 1)
    on = np.abs(score.start - score.beats[at]) < 2 * TOGETHER
    return np.where(on, np.where(score.downbeat[at], 1.0, 0.4), -0.3)


def strikes(
    score: Score, time: Timeline, melody: Flags, velocity: Whole, taste: Taste, random: np.random.Generator
) -> Doubles:
    """When every key is struck, seconds: the melody ahead of its chord, hands apart, wide chords rolled upwards."""
    when = time.seconds(score.start) + random.normal(0, taste.loose, len(score.start))
    when += np.where(score.hand == 1, taste.hands, 0.0)
    when += (60.0 - velocity) * 1e-4  # a key that is struck softly speaks later
    groups = np.cumsum(np.diff(score.start, prepend=-1.0) > TOGETHER)
    firsts = np.flatnonzero(np.diff(groups, prepend=-1))
    for first, last in zip(firsts, [*firsts[1:], len(groups)], strict=True):
        if last - first < 2:
            continue
        chord = np.arange(first, last)
        when[chord[melody[chord]]] -= taste.lead * random.uniform(0.4, 1.6)
        for hand in (0, 1):
            held = chord[score.hand[chord] == hand]  # notes stand in order of pitch
            if len(held) > 1 and (np.ptp(score.pitch[held]) > SPAN + 2 or random.random() < taste.rolled):
                when[held] += taste.roll * (np.arange(len(held)) - (len(held) - 1) / 2)
            elif len(held) > 1:
                when[held] += random.uniform(0, 0.012, len(held))
    return when


def releases(score: Score, time: Timeline, when: Doubles, taste: Taste, random: np.random.Generator) -> Doubles:
    """When every key is let go, seconds: held or detached, and always before the same key is struck again."""
    held = np.clip(random.normal(taste.legato, 0.06, len(when)), 0.4, 1.15)
    until = when + np.maximum((time.seconds(score.start + score.length) - time.seconds(score.start)) * held, SHORTEST)
    following: dict[int, float] = {}
    for note in np.argsort(-when):
        pitch = int(score.pitch[note])
        if pitch in following:
            until[note] = min(until[note], max(following[pitch] - APART, when[note] + 0.02))
        following[pitch] = float(when[note])
    return until


def pedals(
    score: Score,
    time: Timeline,
    chords: list[Chord],
    lowest: Whole,
    taste: Taste,
    random: np.random.Generator,
) -> list[tuple[float, bool]]:
    """(seconds, down) of the sustain pedal: up with every new harmony or bass, down again a moment later."""
    beats = time.seconds(score.beats)
    moves: list[tuple[float, bool]] = []
    down, since = False, 0.0
    for beat, (chord, low) in enumerate(zip(chords, lowest, strict=True)):
        deeper = 0 <= low < 52 and beat > 0 and low != lowest[beat - 1] and chord != chords[beat - 1]
        if beat and chord == chords[beat - 1] and not deeper and beats[beat] - since < BLUR:
            continue
        since = float(beats[beat])
        if down:
            moves.append((since + random.uniform(0.0, 0.05), False))
        down = chord[0] is not None and bool(random.random() < taste.pedal)
        if down:
            gap = beats[beat + 1] - beats[beat] if beat + 1 < len(beats) else 1.0
            moves.append((since + min(random.uniform(0.09, 0.2), 0.5 * float(gap)), True))
    return moves + [(float(time.seconds(np.array([score.end]))[0]) + 1.0, False)] * down
