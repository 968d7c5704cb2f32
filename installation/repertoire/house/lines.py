"""The lines of a track: bass, chords in rhythm, held chords, broken chords and melodies, all on one harmony."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from installation.data import Floats
from installation.repertoire.house import rhythm
from installation.repertoire.house.effects import highpassed, reverberated, room, somewhere
from installation.repertoire.house.harmony import Harmony, nearest, voice
from installation.repertoire.house.instruments import BASSES, LEADS, PADS, STABS
from installation.repertoire.house.kit import faster, weighted
from installation.repertoire.house.part import LEVEL, Event, Key, Part, Score, family_of
from installation.repertoire.house.patches import Instrument, draw
from installation.repertoire.house.sources import Sources, pick
from installation.repertoire.house.styles import Style
from installation.repertoire.house.waves import closed, cloud, seconds


def bass(style: Style, harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A bass line on the chords' roots, with fifths, octaves and neighbours."""
    family, play = draw(BASSES, identity, g, sources)
    line = rhythm.notes(rhythm.choose(rhythm.BASSES[weighted(style.bass, g)], g, 0.3), g.uniform(0, 1), g)
    busy = len(line) >= 20
    moves = (
        g.choice((0, 0, 0, 0, 12, 7, -5, 10, 3, -2), size=len(line))
        if busy or g.random() < 0.6
        else np.zeros(len(line), int)
    )
    moves[0] = 0
    centre = int(g.integers(32, 42))

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for base in range(start - start % 32, start + steps, 32):
            for note, move in zip(line, moves, strict=True):
                if start <= (at := base + note.step) < start + steps:
                    root = nearest(centre, (harmony.at(at).root,))
                    pitch = root + int(move) if move in (0, 12) else nearest(root + int(move), harmony.scale)
                    found.append(Event(at, Key((pitch,), note.length), note.strength))
        return found

    return melodic("bass", family, play, step, g, score, wet=0.05)


def melodic(
    name: str, family: str, play: Instrument, step: float, g: Generator, score: Score, wet: float, echo: float = 0.0
) -> Part:
    """A part that plays pitches: a slow opening and closing, a room and echoes around an instrument."""
    hall = room(int(g.integers(8)), somewhere(g, 0.06, 0.35), somewhere(g, 1500, 8000), float(g.uniform(0, 0.03)))
    amount = g.uniform(0.1, 0.7) if g.random() < wet else 0.0
    tide = opening(g)
    tuning = float(np.clip(g.normal(0, 0.03), -0.1, 0.1))  # semitones; nobody is exactly in tune

    def make(key: Key) -> Floats:
        made = play([pitch + tuning for pitch in key.pitches], key.length * step, key.bright)
        if not amount:
            return made
        return closed(reverberated(made, hall, amount)[: len(made) + seconds(0.9)], 0.3)

    def moved(start: int, steps: int) -> list[Event]:
        return [event._replace(key=event.key._replace(bright=tide(event.step))) for event in score(start, steps)]

    repeats = (float(g.choice((3, 3, 3, 2, 4, 6, 1.5))), float(g.uniform(0.25, 0.65))) if g.random() < echo else None
    gain = LEVEL[family_of(name)] * 10 ** (g.uniform(-4, 3) / 20)
    return Part(name, family, "music", gain, moved, make, float(g.choice((0, 0.002, 0.005))), repeats)


def opening(g: Generator) -> Callable[[float], float]:
    """How many octaves a part's filter is open at a step; few different values, because each is a sound to make."""
    period, depth, stages = int(g.choice((32, 64, 128, 256))), g.uniform(0.5, 2.0), int(g.integers(2, 5))
    way = str(g.choice(("still", "still", "wave", "rise", "steps")))
    steps = g.integers(0, stages, 16).tolist()

    def tide(step: float) -> float:
        along = step % period / period
        match way:
            case "still":
                return 0.0
            case "wave":
                stage = round((0.5 - 0.5 * float(np.cos(2 * np.pi * along))) * (stages - 1))
            case "rise":
                stage = int(along * stages)
            case _:
                stage = steps[int(step // 16) % 16]
        return depth * (stage / (stages - 1) - 0.5)

    return tide


def stab(
    name: str, style: Style, harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources
) -> Part:
    """Chords in rhythm."""
    family, play = draw(STABS, identity, g, sources)
    shapes = voice([chord for chord, _ in harmony.loop], g.uniform(56, 68), int(g.integers(3, 6)), g, g.random() < 0.3)
    ends = np.cumsum([length for _, length in harmony.loop])
    lines = [rhythm.notes(rhythm.choose(rhythm.STABS, g, 0.2), g.uniform(0, 0.9), g) for _ in range(2)]
    turn = g.random() < 0.5

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for base in range(start - start % 32, start + steps, 32):
            for note in lines[(base // 32) % 2 if turn else 0]:
                if start <= (at := base + note.step) < start + steps:
                    shape = shapes[int(np.searchsorted(ends, at % harmony.steps, "right"))]
                    found.append(Event(at, Key(shape, min(note.length, 12)), note.strength))
        return found

    return melodic(name, family, play, step, g, score, wet=0.6, echo=0.9 if style.name == "dub techno" else 0.35)


def pad(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Every chord held as long as it lasts."""
    family, play = draw(PADS, identity, g, sources)
    shapes = voice([chord for chord, _ in harmony.loop], g.uniform(52, 70), int(g.integers(3, 6)), g, False)

    def score(start: int, steps: int) -> list[Event]:
        found, at = [], start - start % harmony.steps
        while at < start + steps:
            for shape, (_, length) in zip(shapes, harmony.loop, strict=True):
                first, last = max(at, start), min(at + length, start + steps)
                if first < last:
                    found.append(Event(first, Key(shape, last - first), 1.0))
                at += length
        return found

    return melodic("pad", family, play, step, g, score, wet=0.2)


def arp(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Chord tones one after the other."""
    family, play = draw(LEADS, identity, g, sources)
    shapes = voice([chord for chord, _ in harmony.loop], g.uniform(60, 76), int(g.integers(3, 5)), g, False)
    ends = np.cumsum([length for _, length in harmony.loop])
    rate, order = int(g.choice((1, 1, 2, 2, 3))), str(g.choice(("up", "down", "both", "random")))
    rests = g.random(16) < g.uniform(0, 0.4)
    rests[0] = False
    dice = g.integers(0, 1000, 64)
    octaves = int(g.integers(1, 3))

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for at in range(start, start + steps):
            if at % rate or rests[at % 16]:
                continue
            shape = shapes[int(np.searchsorted(ends, at % harmony.steps, "right"))]
            tones = [tone + 12 * octave for octave in range(octaves) for tone in shape]
            count = len(tones)
            place = at // rate
            circle = [*range(count), *range(count - 2, 0, -1)]
            number = {
                "up": place % count,
                "down": -1 - place % count,
                "both": circle[place % len(circle)],
                "random": int(dice[place % 16]) % count,
            }[order]
            found.append(Event(at, Key((tones[number],), rate), 1.0 if at % 4 == 0 else 0.75))
        return found

    return melodic("arp", family, play, step, g, score, wet=0.5, echo=0.6)


def lead(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A motif that comes again with another ending, on chord tones where the beat is strong."""
    family, play = draw(LEADS, identity, g, sources)
    pattern = rhythm.choose((*rhythm.STABS, *rhythm.CLAVES), g, 0.4)
    line = rhythm.notes(pattern, g.uniform(0.2, 1), g)
    walks = [np.cumsum(g.choice((-2, -1, -1, 0, 1, 1, 2, 3, -3), size=len(line))) for _ in range(2)]
    centre = g.uniform(64, 79)
    form = (0, 0, 0, 1) if g.random() < 0.5 else (0, 1, 0, 1)

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for base in range(start - start % 32, start + steps, 32):
            walk = walks[form[(base // 32) % 4]]
            for note, move in zip(line, walk, strict=True):
                if start <= (at := base + note.step) < start + steps:
                    chord = harmony.at(at)
                    strong = at % 4 == 0 or note.length >= 3
                    classes: Sequence[int] = (
                        [(chord.root + tone) % 12 for tone in chord.tones] if strong else harmony.scale
                    )
                    pitch = nearest(centre + 1.7 * float(np.clip(move, -6, 6)), classes)
                    found.append(Event(at, Key((pitch,), min(note.length, 8)), note.strength))
        return found

    return melodic("lead", family, play, step, g, score, wet=0.6, echo=0.5)


def air(step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Something far behind the music: a recorded atmosphere, or a mist of our own, every few bars."""
    names = sources.parts("air")
    family = pick(names, identity) if names else "mist"
    every = int(g.choice((32, 64, 128)))

    def make(_: Key) -> Floats:
        if names:
            return closed(highpassed(faster(sources.hit(family), 2 ** g.uniform(-1, 0.5)), 200), 0.5)
        tone = cloud(g.uniform(200, 4000, 5).tolist(), np.ones(1, np.float32), 60, g)
        return closed(tone[: seconds(min(5.0, every * step))], 1.0)

    def score(start: int, steps: int) -> list[Event]:
        return [Event(at, Key(), 1.0) for at in range(start, start + steps) if at % every == 0]

    return Part("air", family, "music", LEVEL["air"], score, make)
