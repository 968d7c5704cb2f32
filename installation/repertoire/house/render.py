"""A track: drawn from a seed, composed part by part, placed sample by sample, mastered, and labelled exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house import joins, kit, lines, rhythm
from installation.repertoire.house.arrangement import Section, arrange
from installation.repertoire.house.effects import WINDOW, moving, pumped, spectra, swept
from installation.repertoire.house.harmony import Harmony, draw
from installation.repertoire.house.labels import TrackLabels
from installation.repertoire.house.mastering import mastered
from installation.repertoire.house.part import Part, family_of
from installation.repertoire.house.rhythm import Clock
from installation.repertoire.house.sources import Sources
from installation.repertoire.house.styles import STYLES, Style

TAIL = 2.0  # seconds that ring on after the last bar


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """Finished music and all that is known about it: samples [1, samples]."""

    samples: Floats
    labels: TrackLabels


@dataclass(frozen=True, eq=False, slots=True)
class Sketch:
    """A track before it is heard."""

    style: Style
    clock: Clock
    harmony: Harmony
    parts: dict[str, Part]
    sections: list[Section]

    @property
    def steps(self) -> int:
        return self.sections[-1].start + self.sections[-1].steps


def style_named(name: str) -> Style:
    return next(style for style in STYLES if style.name == name)


def draw_style(g: Generator) -> Style:
    weights = np.array([style.weight for style in STYLES])
    return STYLES[int(g.choice(len(STYLES), p=weights / weights.sum()))]


def track(
    seed: int,
    sources: Sources | None = None,
    style: str = "",
    bpm: float = 0.0,
    like: int | None = None,
    seconds: float = 0.0,
) -> Track:
    """Render the track of a seed.

    style   its name, drawn when empty
    bpm     its tempo, drawn when 0
    like    tracks with the same `like` share style, tempo, key and patch families and differ in everything else
    seconds at least so long
    """
    identity = np.random.default_rng([seed if like is None else like, 1])
    g = np.random.default_rng([seed, 2])
    sketch = compose(
        style_named(style) if style else draw_style(identity), bpm, identity, g, sources or Sources(), seconds
    )
    mix = play(sketch, g)
    mix, finish = mastered(mix, g)
    return Track(
        mix[None, :],
        TrackLabels.of(
            seed, sketch.style.name, sketch.clock, sketch.harmony, sketch.sections, finish, families(sketch)
        ),
    )


def families(sketch: Sketch) -> dict[str, str]:
    return {name: part.family for name, part in sketch.parts.items()}


def compose(style: Style, bpm: float, identity: Generator, g: Generator, sources: Sources, seconds: float) -> Sketch:
    """Draw everything about a track that can be written down."""
    drawn = round(float(identity.uniform(*style.bpm)), 1 if identity.random() < 0.5 else 0)
    clock = Clock(bpm or drawn, float(identity.uniform(*style.swing)))
    harmony = draw(identity, g, style.modes, style.colour)
    found: dict[str, Part] = {}
    for name, chance in {"kick": 1.0, **style.parts}.items():
        if identity.random() < chance and (part := part_named(name, style, clock, harmony, identity, g, sources)):
            found[name] = part
    return Sketch(style, clock, harmony, found, arrange(list(found), g, seconds / (240 / clock.bpm)))


def part_named(
    name: str, style: Style, clock: Clock, harmony: Harmony, identity: Generator, g: Generator, sources: Sources
) -> Part | None:
    """Compose one part of a track; None where a part needs a recording and none fits."""
    step = clock.step / RATE
    match family_of(name):
        case "bass":
            return lines.bass(style, harmony, step, identity, g, sources)
        case "stab":
            return lines.stab(name, style, harmony, step, identity, g, sources)
        case "pad":
            return lines.pad(harmony, step, identity, g, sources)
        case "lead":
            return lines.lead(harmony, step, identity, g, sources)
        case "arp":
            return lines.arp(harmony, step, identity, g, sources)
        case "air":
            return lines.air(step, identity, g, sources)
        case "loop":
            return kit.loop(clock.bpm, identity, g, sources)
    return kit.drum(name, style, identity, g, sources)


def play(sketch: Sketch, g: Generator) -> Floats:
    """Place every sound, pump and filter what the style asks for, [samples]."""
    total = sketch.clock.at(sketch.steps) + round(TAIL * RATE)
    buses = {"drums": np.zeros(total, np.float32), "music": np.zeros(total, np.float32)}
    kicks: list[int] = []
    for section in sketch.sections:
        for name, late in section.parts.items():
            part = sketch.parts[name]
            hits = place(buses[part.bus], part, section, late, sketch.clock, g)
            if name == "kick":
                kicks += hits
        join(buses["drums"], section, sketch.clock, g)
    depth = float(g.uniform(*sketch.style.pump))
    if not kicks or g.random() < 0.25:  # a pump that goes on when the kick is silent
        kicks = [sketch.clock.at(step) for step in range(0, sketch.steps, 4)]
    buses["music"] *= pumped(total, sorted(set(kicks)), depth, float(g.uniform(0.15, 0.4)))
    for section in sketch.sections:
        if section.sweep:
            whole = bool(g.random() < 0.3)
            for name in ("music", "drums") if whole else ("music",):
                sweep(buses[name], section, sketch.clock, g)
    return buses["drums"] + buses["music"]


def place(bus: Floats, part: Part, section: Section, late: int, clock: Clock, g: Generator) -> list[int]:
    """Add what a part plays in a section to its bus; returns where, in samples."""
    quiet = section.steps
    if section.fill in ("stop", "kickless", "tom") and section.bars >= 4:
        quiet -= {
            "stop": 4,
            "kickless": 16 if part.name == "kick" else 0,
            "tom": 8 if part.name in ("kick", "clap") else 0,
        }[section.fill]
    events = part.score(section.start + late, quiet - late)
    wander = g.normal(0, part.human, len(events)) if part.human else np.zeros(len(events))
    accent = g.uniform(0.85, 1, len(events)) if part.name != "kick" else np.ones(len(events))
    hits = []
    for event, moved, loud in zip(events, wander, accent, strict=True):
        at = max(0, clock.at(event.step) + int(moved * RATE))
        add(bus, part.sound(event.key), at, event.gain * loud)
        hits.append(at)
        if part.echo:
            gap, keep = part.echo
            for number in range(1, 4):
                add(bus, part.faded(event.key), at + round(number * gap * clock.step), event.gain * keep**number)
    return hits


def add(bus: Floats, sound: Floats, at: int, gain: float) -> None:
    """Add a sound to a bus from a sample on; what reaches beyond the end is dropped."""
    count = min(len(sound), len(bus) - at)
    if count > 0:
        bus[at : at + count] += np.float32(gain) * sound[:count]


def join(bus: Floats, section: Section, clock: Clock, g: Generator) -> None:
    """Add what leads into the next section and what marks the beginning of this one."""
    first, last = clock.at(section.start), clock.at(section.start + section.steps)
    if section.crash:
        add(bus, joins.crash(g), first, float(g.uniform(0.5, 1)))
        if g.random() < 0.3:
            add(bus, joins.fall((last - first) // 4, g), first, 1.0)
    if section.riser:
        length = int((last - first) * g.choice((0.25, 0.5, 1.0)))
        add(bus, joins.riser(length, g), last - length, float(g.uniform(0.5, 1.2)))
    if section.fill == "roll":
        hit = joins.rattle(g)
        bars = int(g.choice((1, 1, 2, 4)))
        for step, strength in rhythm.roll(min(bars, section.bars), g):
            add(bus, hit, clock.at(section.start + section.steps - 16 * min(bars, section.bars) + step), 0.3 * strength)
    elif section.fill == "tom":
        for step in sorted(g.choice(8, size=int(g.integers(3, 8)), replace=False)):
            add(bus, joins.tom(g), clock.at(section.start + section.steps - 8 + int(step)), 0.35)
    elif section.fill != "none" and g.random() < 0.5:
        swell = joins.backwards(g)
        add(bus, swell[-min(len(swell), last) :], max(0, last - len(swell)), 0.8)


def sweep(bus: Floats, section: Section, clock: Clock, g: Generator) -> None:
    """Move a filter over a section of a bus, in place."""
    first, last = clock.at(section.start), clock.at(section.start + section.steps)
    count = spectra(last - first)
    low, high = float(g.uniform(150, 500)), float(g.uniform(5000, 14_000))
    if section.sweep == "high":
        low, high = 30.0, float(g.uniform(300, 2000))
    if section.sweep == "comb":
        times = np.arange(count) * WINDOW / 2 / RATE
        cutoff = 900 * np.exp2(1.5 * np.sin(2 * np.pi * times / g.uniform(4, 20)))
    else:
        along = np.linspace(0, 1, count) if section.rising else np.linspace(1, 0, count)
        cutoff = low * (high / low) ** along
    bus[first:last] = swept(bus[first:last], moving(section.sweep, cutoff.astype(np.float32), float(g.uniform(0.8, 3))))
