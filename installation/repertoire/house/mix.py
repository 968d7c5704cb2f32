"""A DJ's set: tracks one after another, most of them in time with the last, faded, swapped or cut into each other."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house.effects import highpassed, limited
from installation.repertoire.house.labels import TrackLabels
from installation.repertoire.house.render import Track, draw_style, track
from installation.repertoire.house.sources import Sources
from installation.repertoire.house.styles import Style

NEAR = 0.06  # how far a turntable can bend a record's tempo


def render_set(seed: int, minutes: float, sources: Sources | None = None) -> tuple[Floats, list[TrackLabels]]:
    """Render a set of so many minutes.

    returns   samples [1, samples] at 48 kHz within +-1, and one entry of labels for each track, in order;
              where two are heard at once both say so (`start`, `end`)
    """
    if not 0 < minutes <= 600:
        raise ValueError(f"a set lasts up to 600 minutes, {minutes:g} were asked for")
    g = np.random.default_rng([seed, 3])
    total = round(minutes * 60 * RATE)
    out = np.zeros(total, np.float32)
    labels: list[TrackLabels] = []
    free, bpm = 0.0, 0.0  # the sample after the last bar so far, and its tempo
    while free < total:
        style, matched = choose(bpm, g)
        one = track(int(g.integers(2**62)), sources, style.name, bpm if matched else 0.0)
        bar = 240 * RATE / one.labels.bpm  # samples
        cue = bar * int(g.choice((0, 0, 0, 4, 8)))  # where the needle is set down
        overlap = 0.0 if not labels else bar * int(g.choice((0, 4, 8, 8, 16))) if matched else min(free, 0.02 * RATE)
        overlap = min(overlap, 0.5 * (one.labels.end * RATE - cue), free)
        begin = round(free - overlap)
        join(out, one, round(cue), begin, round(overlap), g)
        free = begin + one.labels.end * RATE - cue
        moved = one.labels.shifted((begin - round(cue)) / RATE)
        labels.append(heard(moved, begin / RATE, min(total, free) / RATE))
        bpm = one.labels.bpm
    return np.clip(out, -1, 1)[None, :], labels


def choose(bpm: float, g: Generator) -> tuple[Style, bool]:
    """The next track's style, and whether it can run in time with this tempo."""
    for _ in range(4):
        style = draw_style(g)
        low, high = style.bpm
        if low * (1 - NEAR / 2) <= bpm <= high * (1 + NEAR / 2) and g.random() < 0.9:
            return style, True
    return style, False


def join(out: Floats, one: Track, cue: int, begin: int, overlap: int, g: Generator) -> None:
    """Add a track to a set from a sample on, with so many samples in common with what is there."""
    new = one.samples[0, cue : cue + len(out) - begin].copy()  # [samples]
    overlap = min(overlap, len(new))
    if overlap:
        way = str(g.choice(("fade", "swap", "both")))
        half = overlap // 2
        old = out[begin : begin + overlap]
        if way != "fade" and overlap > RATE:  # one bass at a time: the old one until the middle, then the new
            new[:half] = highpassed(new[:half], 250)
            old[half:] = highpassed(old[half:], 250)
        along = np.linspace(0, 1, overlap, dtype=np.float32)
        if way == "swap":
            rising, falling = np.minimum(1, 2 * along), np.minimum(1, 2 - 2 * along)
        else:
            rising, falling = np.sin(along * np.float32(np.pi / 2)), np.cos(along * np.float32(np.pi / 2))
        new[:overlap] *= rising
        old *= falling
    out[begin + overlap : begin + len(new)] = 0.5 * out[begin + overlap : begin + len(new)]  # what rang on
    out[begin : begin + len(new)] += new
    out[begin : begin + overlap] = limited(out[begin : begin + overlap])


def heard(labels: TrackLabels, start: float, end: float) -> TrackLabels:
    """Labels of the part between two moments: entries before are drawn to its beginning, those after are dropped."""
    chords = [entry for entry in labels.chords if entry[0] < end]
    sections = [entry for entry in labels.sections if entry[0] < end]
    while len(chords) > 1 and chords[1][0] <= start:
        chords.pop(0)
    while len(sections) > 1 and sections[1][0] <= start:
        sections.pop(0)
    chords[0] = (max(start, chords[0][0]), *chords[0][1:])
    sections[0] = (max(start, sections[0][0]), sections[0][1])
    bars = max(0, int(np.ceil((start - labels.first_beat) * labels.bpm / 240 - 1e-6)))
    first = labels.first_beat + bars * 240 / labels.bpm
    return replace(labels, start=start, end=end, first_beat=first, chords=tuple(chords), sections=tuple(sections))
