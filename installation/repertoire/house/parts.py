"""The parts of a track: each knows what it plays at every sixteenth and how each of its sounds sounds."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from installation.data import Floats
from installation.repertoire.house import rhythm
from installation.repertoire.house.drums import CLAPS, HATS, KICKS, OPENS
from installation.repertoire.house.effects import loudness, lowpassed, peak, reverberated, room, somewhere
from installation.repertoire.house.harmony import Harmony, nearest, voice
from installation.repertoire.house.instruments import BASSES, LEADS, PADS, STABS
from installation.repertoire.house.patches import Instrument, draw
from installation.repertoire.house.percussion import PERCUSSION
from installation.repertoire.house.sources import Sources, pick
from installation.repertoire.house.styles import Style
from installation.repertoire.house.waves import closed, seconds


@dataclass(frozen=True, slots=True)
class Event:
    """A sound of a part: at which step, which of its sounds, how loud."""

    step: float
    key: Hashable
    gain: float


Score = Callable[[int, int], list[Event]]  # first step and number of steps -> what is played there
KIT = {"kick": KICKS, "clap": CLAPS, "hat": HATS, "open": OPENS, "perc": PERCUSSION}
LEVEL = {"kick": 0.75, "clap": 0.5, "hat": 0.33, "open": 0.3, "perc": 0.33, "bass": 0.4, "stab": 0.36, "pad": 0.2, "lead": 0.28, "arp": 0.23}


@dataclass(eq=False, slots=True)
class Part:
    """One voice of a track.

    bus      "drums" are never pumped, "music" is
    human    seconds by which its hits wander
    echo     (steps between echoes, how much of the sound each keeps), or none
    """

    name: str
    family: str
    bus: str
    gain: float
    score: Score
    make: Callable[[Hashable], Floats]
    human: float = 0.0
    echo: tuple[float, float] | None = None
    sounds: dict[Hashable, Floats] = field(default_factory=dict)
    dark: dict[Hashable, Floats] = field(default_factory=dict)
    trim: float = 0.0

    def sound(self, key: Hashable) -> Floats:
        """The sound of this key, made once; the first decides how loud the part is."""
        if key not in self.sounds:
            made = np.nan_to_num(self.make(key))
            if not self.trim:
                self.trim = self.gain / float(np.abs(made).max() + 1e-6)
                if self.bus == "music":
                    self.trim = 0.35 * self.gain / float(np.sort(loudness(np.pad(made, (0, 240))))[-12:].mean() + 1e-6)
            self.sounds[key] = np.clip(made * np.float32(self.trim), -1.2, 1.2).astype(np.float32)
        return self.sounds[key]

    def faded(self, key: Hashable) -> Floats:
        """The sound as its echo."""
        if key not in self.dark:
            self.dark[key] = lowpassed(self.sound(key), 2500, 1)
        return self.dark[key]


def family_of(name: str) -> str:
    """"perc2" is a "perc"."""
    return name.rstrip("23")


def drum(name: str, style: Style, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A part of the kit with its pattern."""
    kind = family_of(name)
    family = pick(list(KIT[kind]), identity)
    recorded = sources.parts(kind)
    hit: Floats
    if recorded and identity.random() < 0.4:
        family = pick(recorded, identity)
        hit = peak(closed(sources.hit(family)[: seconds(0.8)]))
        speed = 2 ** g.uniform(-0.25, 0.25)
        hit = np.interp(np.arange(int(len(hit) / speed)) * speed, np.arange(len(hit)), hit).astype(np.float32)
    else:
        hit = KIT[kind][family](g)
    if kind in ("clap", "perc") and g.random() < 0.35:
        wet = reverberated(hit, room(int(g.integers(8)), somewhere(g, 0.05, 0.2), somewhere(g, 2000, 9000), 0.01), g.uniform(0.15, 0.6))
        hit = peak(closed(wet[: len(hit) + seconds(0.5)], 0.2))
    patterns = pattern_for(kind, style, g), pattern_for(kind, style, g)
    same = kind == "kick" or g.random() < 0.5
    swell = g.uniform(0.6, 1, 32) if kind in ("hat", "perc") else np.ones(32)

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for step in range(start, start + steps):
            pattern = patterns[0 if same else (step // 64) % 2]
            if level := pattern[step % 32]:
                found.append(Event(step, 0, level * float(swell[step % 32])))
        return found

    echo = (float(g.choice((3, 3, 2, 6))), float(g.uniform(0.2, 0.5))) if kind == "perc" and g.random() < 0.2 else None
    gain = LEVEL[kind] * 10 ** (g.uniform(-3, 3) / 20)
    return Part(name, family, "drums", gain, score, lambda _: hit, 0.0 if kind == "kick" else float(g.uniform(0, 0.004)), echo)


def pattern_for(kind: str, style: Style, g: Generator) -> list[float]:
    match kind:
        case "kick":
            return rhythm.choose(rhythm.KICKS[weighted(style.kick, g)], g, 0.05)
        case "clap":
            return rhythm.choose(rhythm.CLAPS[weighted(style.clap, g)], g, 0.05)
        case "hat":
            return rhythm.choose(rhythm.HATS[weighted(style.hat, g)], g, 0.2)
        case "open":
            return rhythm.choose(rhythm.OPENS, g, 0.05)
    return rhythm.ticking(g)


def weighted(options: "dict[str, float] | object", g: Generator) -> str:
    table = dict(options)  # type: ignore[call-overload]
    weights = np.array(list(table.values()), float)
    return str(g.choice(list(table), p=weights / weights.sum()))


def bass(style: Style, harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A bass line on the chords' roots, with fifths, octaves and neighbours."""
    family, play = draw(BASSES, identity, sources)
    line = rhythm.notes(rhythm.choose(rhythm.BASSES[weighted(style.bass, g)], g, 0.3), g.uniform(0, 1), g)
    busy = len(line) >= 20
    moves = g.choice((0, 0, 0, 0, 12, 7, -5, 10, 3, -2), size=len(line)) if busy or g.random() < 0.6 else np.zeros(len(line), int)
    moves[0] = 0
    centre = int(g.integers(32, 42))

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for base in range(start - start % 32, start + steps, 32):
            for note, move in zip(line, moves, strict=True):
                if start <= (at := base + note.step) < start + steps:
                    root = nearest(centre, (harmony.at(at).root,))
                    pitch = root + int(move) if move in (0, 12) else nearest(root + int(move), harmony.scale)
                    found.append(Event(at, (pitch, note.length), note.strength))
        return found

    return melodic("bass", family, play, step, g, score, wet=0.05)


def melodic(name: str, family: str, play: Instrument, step: float, g: Generator, score: Score, wet: float, echo: float = 0.0) -> Part:
    """A part that plays pitches: room, echo and tuning around an instrument. Keys are (pitch or pitches, length in steps)."""
    response = room(int(g.integers(8)), somewhere(g, 0.06, 0.35), somewhere(g, 1500, 8000), float(g.uniform(0, 0.03))) if g.random() < wet else None
    amount = g.uniform(0.1, 0.7)

    def make(key: Hashable) -> Floats:
        pitches, length = key  # type: ignore[misc]
        made = play(pitches if isinstance(pitches, tuple) else (pitches,), length * step)
        if response is None:
            return made
        return closed(reverberated(made, response, amount)[: len(made) + seconds(0.9)], 0.3)

    repeats = (float(g.choice((3, 3, 3, 2, 4, 6, 1.5))), float(g.uniform(0.25, 0.65))) if g.random() < echo else None
    gain = LEVEL[family_of(name)] * 10 ** (g.uniform(-4, 3) / 20)
    return Part(name, family, "music", gain, score, make, float(g.choice((0, 0.002, 0.005))), repeats)


def stab(name: str, style: Style, harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Chords in rhythm."""
    family, play = draw(STABS, identity, sources)
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
                    found.append(Event(at, (shape, min(note.length, 12)), note.strength))
        return found

    return melodic(name, family, play, step, g, score, wet=0.6, echo=0.9 if style.name == "dub techno" else 0.35)


def pad(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Every chord held as long as it lasts."""
    family, play = draw(PADS, identity, sources)
    shapes = voice([chord for chord, _ in harmony.loop], g.uniform(52, 70), int(g.integers(3, 6)), g, False)

    def score(start: int, steps: int) -> list[Event]:
        found, at = [], start - start % harmony.steps
        while at < start + steps:
            for shape, (_, length) in zip(shapes, harmony.loop, strict=True):
                first, last = max(at, start), min(at + length, start + steps)
                if first < last:
                    found.append(Event(first, (shape, last - first), 1.0))
                at += length
        return found

    return melodic("pad", family, play, step, g, score, wet=0.2)


def arp(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """Chord tones one after the other."""
    family, play = draw(LEADS, identity, sources)
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
            number = {"up": place % count, "down": -1 - place % count, "both": circle[place % len(circle)], "random": int(dice[place % 16]) % count}[order]
            found.append(Event(at, (tones[number], rate), 1.0 if at % 4 == 0 else 0.75))
        return found

    return melodic("arp", family, play, step, g, score, wet=0.5, echo=0.6)


def lead(harmony: Harmony, step: float, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A motif that comes again with another ending, on chord tones where the beat is strong."""
    family, play = draw(LEADS, identity, sources)
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
                    classes: Sequence[int] = [(chord.root + tone) % 12 for tone in chord.tones] if strong else harmony.scale
                    found.append(Event(at, (nearest(centre + 1.7 * float(np.clip(move, -6, 6)), classes), min(note.length, 8)), note.strength))
        return found

    return melodic("lead", family, play, step, g, score, wet=0.6, echo=0.5)
