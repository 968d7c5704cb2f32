"""Percussion from nothing: congas, toms, bells, shakers, blips and what machines add."""

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house.drums import Hit, drop, metal, rim, snap
from installation.repertoire.house.effects import bandpassed, highpassed, peak, reverberated, room, somewhere
from installation.repertoire.house.waves import closed, decay, envelope, fm, noise, seconds, struck


def skin(low: float, high: float, half: tuple[float, float]) -> Hit:
    """Hand drums and toms between two frequencies."""

    def draw(g: Generator) -> Floats:
        length = seconds(0.4)
        f = somewhere(g, low, high)
        body = drop(length, f, f * g.uniform(1.05, 1.6), somewhere(g, 0.01, 0.04)) * decay(length, somewhere(g, *half))
        slap = bandpassed(noise(length, g) * decay(length, 0.004), f * 6, 2)
        return peak(closed(body + g.uniform(0, 1.2) * slap))

    return draw


def cowbell(g: Generator) -> Floats:
    length, f = seconds(0.35), somewhere(g, 480, 620)
    t = np.arange(length) / RATE
    two = np.sign(np.sin(2 * np.pi * f * t)) + np.sign(np.sin(2 * np.pi * f * 1.48 * t))
    return peak(closed(bandpassed(two.astype(np.float32), f * 1.6, 1.5) * decay(length, somewhere(g, 0.02, 0.06))))


def shaker(g: Generator) -> Floats:
    length = seconds(g.uniform(0.06, 0.13))
    rise = g.uniform(0.01, 0.04)
    shape = envelope(length, (0, 0), (rise, 1), (length / RATE, 0)) ** 1.5
    return peak(closed(bandpassed(noise(length, g), somewhere(g, 4500, 10000), 1.2) * shape))


def tambourine(g: Generator) -> Floats:
    length = seconds(0.25)
    jingle = metal(length, somewhere(g, 1500, 2600), g) + noise(length, g)
    return peak(closed(highpassed(jingle, 6000) * decay(length, somewhere(g, 0.015, 0.04))))


def wood(g: Generator) -> Floats:
    return peak(struck(somewhere(g, 600, 2500), seconds(0.15), ((1, 1, 0.01), (2.6, 0.4, 0.005), (4.1, 0.2, 0.003))))


def bell(g: Generator) -> Floats:
    length = seconds(0.6)
    return peak(closed(fm(somewhere(g, 400, 1600), g.uniform(1.3, 3.7), 3 * decay(length, 0.06)) * decay(length, 0.09)))


def zap(g: Generator) -> Floats:
    length = seconds(0.2)
    return peak(
        closed(
            drop(length, somewhere(g, 80, 400), somewhere(g, 1500, 7000), somewhere(g, 0.005, 0.03))
            * decay(length, 0.03)
        )
    )


def blip(g: Generator) -> Floats:
    length = seconds(g.uniform(0.03, 0.12))
    return peak(
        closed(
            fm(somewhere(g, 300, 3000), g.uniform(0.5, 5), np.full(length, g.uniform(0, 4), np.float32))
            * decay(length, 0.02)
        )
    )


def guiro(g: Generator) -> Floats:
    length = seconds(0.2)
    teeth = np.zeros(length, np.float32)
    teeth[:: int(RATE / g.uniform(60, 140))] = 1
    return peak(
        closed(
            bandpassed(teeth + 0.02 * noise(length, g), somewhere(g, 1500, 4000), 0.6)
            * envelope(length, (0, 0.2), (0.15, 1), (0.2, 0))
        )
    )


def drip(g: Generator) -> Floats:
    length, f = seconds(0.15), somewhere(g, 400, 1400)
    return peak(closed(drop(length, f * g.uniform(1.3, 2.2), f, 0.02) * decay(length, somewhere(g, 0.015, 0.04))))


def far(g: Generator) -> Floats:
    """Any of the others, across a hall."""
    dry = PERCUSSION[str(g.choice([name for name in PERCUSSION if name != "far"]))](g)
    wet = reverberated(
        dry, room(int(g.integers(8)), somewhere(g, 0.08, 0.25), somewhere(g, 2000, 7000), 0.02), g.uniform(0.4, 1.2)
    )
    return peak(closed(wet[: seconds(0.9)], 0.2))


PERCUSSION: dict[str, Hit] = {
    "conga": skin(160, 420, (0.03, 0.08)),
    "tom": skin(70, 220, (0.06, 0.14)),
    "bongo": skin(320, 700, (0.015, 0.05)),
    "cowbell": cowbell,
    "shaker": shaker,
    "tambourine": tambourine,
    "wood": wood,
    "rim": rim,
    "snap": snap,
    "bell": bell,
    "zap": zap,
    "blip": blip,
    "guiro": guiro,
    "drip": drip,
    "far": far,
}
