"""The drums of a track: a sound from one of the sources, and the pattern it plays."""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house import rhythm
from installation.repertoire.house.drums import CLAPS, HATS, KICKS, OPENS
from installation.repertoire.house.effects import highpassed, lowpassed, peak, reverberated, room, somewhere
from installation.repertoire.house.part import LEVEL, Event, Key, Part, Score, family_of
from installation.repertoire.house.percussion import PERCUSSION
from installation.repertoire.house.sources import Sources, pick
from installation.repertoire.house.styles import Style
from installation.repertoire.house.waves import between, closed, seconds

KIT = {"kick": KICKS, "clap": CLAPS, "hat": HATS, "open": OPENS, "perc": PERCUSSION}
RECORDED = 0.4  # how often a drum is a recording where there are any
BEND = 1.3  # how much faster or slower a recorded loop may run


def weighted(options: Mapping[str, float], g: Generator) -> str:
    weights = np.array(list(options.values()))
    return str(g.choice(list(options), p=weights / weights.sum()))


def faster(sound: Floats, speed: float) -> Floats:
    """As a record would run, pitch and all."""
    return between(sound, speed, int((len(sound) - 1) / speed))


def drum(name: str, style: Style, identity: Generator, g: Generator, sources: Sources) -> Part:
    """A part of the kit; `identity` draws where its sound comes from, `g` all else."""
    kind = family_of(name)
    family, recorded = pick(list(KIT[kind]), identity), sources.parts(kind)
    if recorded and identity.random() < RECORDED:
        family = pick(recorded, identity)
        hit = faster(peak(closed(sources.hit(family)[: seconds(0.8)])), 2 ** g.uniform(-0.25, 0.25))
    else:
        hit = KIT[kind][family](g)
    if kind in ("clap", "perc") and g.random() < 0.35:
        hall = room(int(g.integers(8)), somewhere(g, 0.05, 0.2), somewhere(g, 2000, 9000), 0.01)
        hit = peak(closed(reverberated(hit, hall, g.uniform(0.15, 0.6))[: len(hit) + seconds(0.5)], 0.2))

    def make(key: Key) -> Floats:
        tuned = faster(hit, 2 ** (key.pitches[0] / 12)) if key.pitches else hit
        return lowpassed(tuned, 7000 * 2**key.bright, 1) if key.bright else tuned

    tunes = g.choice((0, 0, 0, 2, 3, -3, 5, -5), 32) if kind == "perc" and g.random() < 0.4 else np.zeros(32)
    echo = (float(g.choice((3, 3, 2, 6))), float(g.uniform(0.2, 0.5))) if kind == "perc" and g.random() < 0.2 else None
    gain = LEVEL[kind] * 10 ** (g.uniform(-3, 3) / 20)
    human = 0.0 if kind == "kick" else float(g.uniform(0, 0.004))
    return Part(name, family, "drums", gain, beating(kind, style, tunes.tolist(), g), make, human, echo)


def beating(kind: str, style: Style, tunes: list[float], g: Generator) -> Score:
    """What a drum plays: two patterns that may take turns; weak hits are duller, some are tuned."""
    patterns = pattern(kind, style, g), pattern(kind, style, g)
    turns = kind != "kick" and g.random() < 0.5
    swell = g.uniform(0.6, 1, 32).tolist() if kind in ("hat", "perc") else [1.0] * 32

    def score(start: int, steps: int) -> list[Event]:
        found = []
        for step in range(start, start + steps):
            place = step % 32
            if level := patterns[(step // 64) % 2 if turns else 0][place]:
                tune = (tunes[place],) if tunes[place] else ()
                found.append(Event(step, Key(tune, 0, -1.0 if level < 0.7 else 0.0), level * swell[place]))
        return found

    return score


def pattern(kind: str, style: Style, g: Generator) -> list[float]:
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


def loop(bpm: float, identity: Generator, g: Generator, sources: Sources) -> Part | None:
    """A recorded loop brought to the tempo, cut into eighths and perhaps put together anew; none where none fits."""
    fitting = []
    for name in sources.parts("loop"):
        beats = int(name.split("/")[1])
        speed = len(sources.oneshots[name]) / RATE / (beats * 60 / bpm)
        fitting += [(name, speed * fold) for fold in (0.5, 1, 2) if 1 / BEND < speed * fold < BEND]
    if not fitting:
        return None
    name, speed = fitting[int(identity.integers(len(fitting)))]
    whole = highpassed(faster(sources.hit(name), speed), g.uniform(60, 400))
    eighth = 30 * RATE / bpm
    cuts = max(1, round(len(whole) / eighth))
    order = np.arange(32) % cuts
    moved = g.random(32) < g.choice((0.0, 0.0, 0.15, 0.4))
    order[moved] = g.integers(0, cuts, int(moved.sum()))

    def make(key: Key) -> Floats:
        first = round(key.pitches[0] * eighth)
        return closed(np.array(whole[first : first + round(eighth)]), 0.003)

    def score(start: int, steps: int) -> list[Event]:
        return [
            Event(step, Key((float(order[step // 2 % 32]),)), 1.0)
            for step in range(start, start + steps)
            if step % 2 == 0
        ]

    return Part("loop", name, "drums", LEVEL["loop"] * 10 ** (g.uniform(-4, 3) / 20), score, make)
