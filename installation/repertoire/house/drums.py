"""Drums from nothing: families of kicks, claps, snares, hats and percussion, none twice the same."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house.effects import (
    bandpassed,
    crushed,
    highpassed,
    lowpassed,
    peak,
    reverberated,
    room,
    saturated,
    somewhere,
)
from installation.repertoire.house.waves import closed, decay, envelope, fm, noise, seconds, struck

Hit = Callable[[Generator], Floats]


def drop(samples: int, end: float, start: float, half: float, extra: float = 0.0) -> Floats:
    """A sine that falls from `start` to `end` Hz, halving the way every `half` seconds, and a faster one of `extra`."""
    f = end + (start - end) * decay(samples, half) + extra * decay(samples, half / 4)
    return np.sin(2 * np.pi * np.cumsum(f, dtype=np.float64) / RATE).astype(np.float32)


def kick(
    end: tuple[float, float],
    start: tuple[float, float],
    fall: tuple[float, float],
    half: tuple[float, float],
    drive: tuple[float, float],
    click: float,
) -> Hit:
    """A family of bass drums between these limits: Hz, Hz, seconds, seconds, drive, click."""

    def draw(g: Generator) -> Floats:
        length = seconds(0.55)
        body = drop(
            length, g.uniform(*end), somewhere(g, *start), somewhere(g, *fall), g.uniform(0, 1500) if click else 0.0
        )
        body *= decay(length, somewhere(g, *half)) * envelope(length, (0, 0), (0.001, 1), (0.4, 1), (0.55, 0))
        if click:
            snap = noise(seconds(0.012), g) * decay(seconds(0.012), 0.002)
            body[: len(snap)] += click * g.uniform(0.2, 1) * bandpassed(snap, somewhere(g, 1500, 7000), 2)
        return peak(closed(saturated(body, g.uniform(*drive))))

    return draw


def rumble(g: Generator) -> Floats:
    """A kick with a dark room after it, as in warehouses."""
    dry = KICKS["hard"](g)
    tail = saturated(lowpassed(reverberated(dry, room(int(g.integers(8)), 0.12, 400, 0.02), 1.2), 130, 4) * 3, 1.5)
    tail[: len(dry)] += dry
    return peak(closed(tail[: seconds(0.45)], 0.05))


def broken(g: Generator) -> Floats:
    """A kick from an old sampler."""
    return peak(crushed(KICKS["909"](g), int(g.integers(6, 10)), int(g.integers(2, 5))))


KICKS: dict[str, Hit] = {
    "808": kick((42, 60), (90, 180), (0.006, 0.02), (0.09, 0.18), (1.0, 1.6), 0.1),
    "909": kick((45, 62), (180, 420), (0.008, 0.02), (0.05, 0.09), (1.2, 2.2), 0.5),
    "606": kick((55, 75), (120, 220), (0.004, 0.012), (0.03, 0.06), (1.0, 1.4), 0.3),
    "deep": kick((40, 52), (80, 140), (0.015, 0.035), (0.06, 0.11), (1.0, 1.3), 0.05),
    "hard": kick((45, 60), (300, 900), (0.01, 0.025), (0.05, 0.12), (3.0, 9.0), 0.8),
    "tight": kick((50, 70), (200, 600), (0.006, 0.014), (0.025, 0.05), (1.2, 3.0), 0.7),
    "wood": kick((60, 95), (130, 260), (0.01, 0.03), (0.03, 0.07), (1.0, 1.5), 0.9),
    "zap": kick((38, 55), (1200, 4000), (0.008, 0.02), (0.05, 0.1), (1.0, 2.5), 0.0),
    "long": kick((40, 50), (140, 300), (0.01, 0.02), (0.14, 0.25), (1.2, 2.4), 0.3),
    "felt": kick((48, 66), (90, 150), (0.02, 0.05), (0.04, 0.08), (1.0, 1.2), 0.0),
    "rumble": rumble,
    "sampler": broken,
}


def clap(g: Generator) -> Floats:
    """A few hands, then the room."""
    length = seconds(0.4)
    out = np.zeros(length, np.float32)
    centre, width = somewhere(g, 800, 2200), g.uniform(0.8, 2.0)
    at = 0.0
    for _ in range(int(g.integers(2, 5))):
        burst = noise(seconds(0.012), g) * decay(seconds(0.012), 0.0025)
        out[seconds(at) : seconds(at) + len(burst)] += burst
        at += g.uniform(0.008, 0.016)
    rest = length - seconds(at)
    out[seconds(at) :] += noise(rest, g) * decay(rest, somewhere(g, 0.02, 0.07))
    return peak(closed(highpassed(bandpassed(out, centre, width), 400)))


def snare(
    tone: tuple[float, float],
    body: tuple[float, float],
    wires: tuple[float, float],
    half: tuple[float, float],
    bright: tuple[float, float],
) -> Hit:
    """A family of snares between these limits: Hz, level, level, seconds, Hz."""

    def draw(g: Generator) -> Floats:
        length = seconds(0.4)
        f = g.uniform(*tone)
        skin = drop(length, f, f * g.uniform(1.2, 2.2), 0.01) + 0.6 * drop(length, f * 1.58, f * 2.4, 0.008)
        skin *= decay(length, somewhere(g, 0.02, 0.05)) * g.uniform(*body)
        rattle = highpassed(noise(length, g), somewhere(g, *bright)) * decay(length, somewhere(g, *half))
        return peak(closed(saturated(skin + rattle * g.uniform(*wires), g.uniform(0.8, 2.0))))

    return draw


def snap(g: Generator) -> Floats:
    burst = noise(seconds(0.15), g) * decay(seconds(0.15), somewhere(g, 0.006, 0.02))
    return peak(bandpassed(burst, somewhere(g, 1500, 3500), g.uniform(0.3, 0.9)))


def rim(g: Generator) -> Floats:
    f = somewhere(g, 350, 900)
    return peak(struck(f, seconds(0.12), ((1, 1, 0.006), (2.71, 0.8, 0.004), (4.9, 0.5, 0.003), (7.3, 0.3, 0.002))))


def roomy(g: Generator) -> Floats:
    dry = (clap if g.random() < 0.5 else CLAPS["909"])(g)
    wet = reverberated(
        dry, room(int(g.integers(8)), somewhere(g, 0.05, 0.15), somewhere(g, 2500, 8000), 0.01), g.uniform(0.3, 0.9)
    )
    return peak(closed(wet[: seconds(0.7)], 0.1))


def layered(g: Generator) -> Floats:
    first, second = clap(g), CLAPS["909"](g)
    count = max(len(first), len(second))
    return peak(np.pad(first, (0, count - len(first))) + g.uniform(0.3, 0.9) * np.pad(second, (0, count - len(second))))


CLAPS: dict[str, Hit] = {
    "clap": clap,
    "808": snare((160, 200), (0.6, 1.0), (0.3, 0.6), (0.03, 0.05), (800, 2000)),
    "909": snare((170, 230), (0.5, 0.9), (0.5, 1.0), (0.035, 0.08), (1000, 3000)),
    "606": snare((190, 280), (0.2, 0.6), (0.5, 0.9), (0.02, 0.04), (2500, 5000)),
    "fat": snare((120, 180), (0.8, 1.2), (0.5, 0.9), (0.05, 0.1), (500, 1500)),
    "break": snare((180, 260), (0.7, 1.0), (0.6, 1.0), (0.04, 0.07), (700, 2000)),
    "brush": snare((200, 300), (0.0, 0.15), (0.8, 1.0), (0.03, 0.09), (1500, 4000)),
    "snap": snap,
    "rim": rim,
    "room": roomy,
    "layers": layered,
    "sampler": lambda g: peak(crushed(CLAPS["break"](g), int(g.integers(6, 10)), int(g.integers(2, 4)))),
}

METAL = np.array([1.0, 1.342, 1.2312, 1.6532, 1.9523, 2.1523])  # six clashing squares make a cymbal


def metal(length: int, f: float, g: Generator) -> Floats:
    """Clashing square waves, [samples]."""
    t = np.arange(length) / RATE
    tones = [np.sign(np.sin(2 * np.pi * (f * ratio * g.uniform(0.97, 1.03) * t + g.random()))) for ratio in METAL]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def hat(source: str, low: tuple[float, float], half: tuple[float, float]) -> Hit:
    """A family of cymbals: what rings, Hz below which nothing is left, seconds of half-life."""

    def draw(g: Generator) -> Floats:
        fade = somewhere(g, *half)
        length = seconds(min(1.2, 8 * fade))
        match source:
            case "metal":
                ring = metal(length, somewhere(g, 300, 900), g)
            case "noise":
                ring = noise(length, g)
            case "fm":
                ring = fm(
                    somewhere(g, 3000, 6000),
                    g.uniform(1.2, 1.9),
                    np.full(length, g.uniform(3, 12), np.float32),
                    g.uniform(0, 3),
                )
            case "ring":
                ring = metal(length, somewhere(g, 400, 800), g) * noise(length, g)
            case _:
                ring = crushed(metal(length, somewhere(g, 400, 800), g) + noise(length, g), 6, int(g.integers(2, 4)))
        return peak(closed(highpassed(ring, somewhere(g, *low), 4) * decay(length, fade)))

    return draw


HATS: dict[str, Hit] = {
    "808": hat("metal", (5500, 8000), (0.008, 0.02)),
    "909": hat("ring", (5000, 8000), (0.01, 0.025)),
    "606": hat("metal", (7000, 10000), (0.006, 0.015)),
    "noise": hat("noise", (6000, 10000), (0.005, 0.02)),
    "fm": hat("fm", (4000, 8000), (0.006, 0.02)),
    "sampler": hat("crushed", (4000, 7000), (0.008, 0.025)),
    "dark": hat("noise", (2500, 4500), (0.006, 0.015)),
    "tick": hat("noise", (9000, 12000), (0.002, 0.005)),
    "sizzle": hat("ring", (7000, 10000), (0.02, 0.04)),
    "tin": hat("metal", (2500, 4500), (0.006, 0.012)),
}
OPENS: dict[str, Hit] = {
    "808": hat("metal", (5500, 8000), (0.06, 0.15)),
    "909": hat("ring", (5000, 8000), (0.06, 0.14)),
    "606": hat("metal", (7000, 10000), (0.04, 0.1)),
    "noise": hat("noise", (5000, 9000), (0.03, 0.1)),
    "fm": hat("fm", (4000, 8000), (0.05, 0.12)),
    "sampler": hat("crushed", (4000, 7000), (0.05, 0.1)),
    "dark": hat("noise", (2500, 4500), (0.04, 0.08)),
    "ride": hat("metal", (3500, 6000), (0.12, 0.25)),
    "sizzle": hat("ring", (7000, 10000), (0.08, 0.2)),
    "crash": hat("ring", (2500, 5000), (0.15, 0.3)),
}
