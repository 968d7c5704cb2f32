"""Instruments: families of basses, stabs, pads and leads; drawing one gives a function from pitches to sound."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house.effects import (
    bandpassed,
    highpassed,
    lowpassed,
    moving,
    peak,
    saturated,
    somewhere,
    spectra,
    swept,
)
from installation.repertoire.house.sources import Sources, pick
from installation.repertoire.house.waves import (
    closed,
    cloud,
    decay,
    envelope,
    fm,
    hertz,
    noise,
    partials,
    pluck,
    seconds,
    struck,
    vowel,
    wavetable,
)

Instrument = Callable[[Sequence[float], float, float], Floats]  # pitches, seconds, octaves brighter -> [samples]
Family = Callable[[Generator, Sources], Instrument]


def shaped(sound: Floats, length: float, attack: float, half: float, hold: float) -> Floats:
    """A played note: rises in `attack`, decays to `hold`, ends with the key."""
    count = len(sound)
    curve = hold + (1 - hold) * decay(count, half)
    curve *= envelope(count, (0, 0), (attack, 1), (max(attack, length), 1), (count / RATE, 0))
    return closed(sound * curve)


def analogue(
    tone: str, cutoff: tuple[float, float], amount: tuple[float, float], half: tuple[float, float],
    resonance: tuple[float, float],
    *, unison: int = 1, spread: float = 8.0, drive: float = 0.0, hold: tuple[float, float] = (0.0, 0.7),
    attack: float = 0.003, glide: float = 0.0, mouth: bool = False,
) -> Family:  # fmt: skip
    """Oscillators, a low-pass with an envelope, an amplifier with another, between these limits.

    cutoff   Hz at rest; amount   octaves the envelope opens it; half   seconds in which it closes
    """

    def draw(g: Generator, _: Sources) -> Instrument:
        amplitudes = partials(tone, 1000, g)
        rest, octaves, fall, q = (
            somewhere(g, *cutoff),
            g.uniform(*amount),
            somewhere(g, *half),
            somewhere(g, *resonance),
        )
        sustain, release = g.uniform(*hold), somewhere(g, 0.02, 0.15)
        cents = g.uniform(-spread, spread, unison) if unison > 1 else np.zeros(1)
        sub, noisy = g.uniform(0, 0.6) * (g.random() < 0.3), g.uniform(0, 0.1) * (g.random() < 0.3)
        letter = str(g.choice(list("aeiou")))
        seed = int(g.integers(2**31))

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            own = np.random.default_rng(seed)
            count = seconds(length + release)
            opening = rest * np.exp2(bright + octaves * decay(count, fall))
            out = np.zeros(count, np.float32)
            for pitch in pitches:
                f = hertz(pitch)
                harmonics = vowel(amplitudes, f, letter) if mouth else amplitudes
                bend = glide * decay(count, 0.03) if glide else None
                out += wavetable(
                    f,
                    harmonics,
                    np.clip(opening * (f / 220) ** 0.3, 30, 18_000).astype(np.float32),
                    q,
                    cents,
                    own,
                    bend,
                )
                if sub:
                    out += sub * wavetable(f / 2, np.ones(1, np.float32), opening.astype(np.float32))
            if noisy:
                out += noisy * noise(count, own)
            out /= np.sqrt(len(pitches))
            return shaped(saturated(out, drive), length, attack, fall * 1.5, sustain)

        return play

    return draw


def fm_family(
    ratios: Sequence[float],
    depth: tuple[float, float],
    half: tuple[float, float],
    hold: tuple[float, float],
    feedback: float = 0.0,
) -> Family:
    """Two sines, one bending the other, as on the keyboards of 1983."""

    def draw(g: Generator, _: Sources) -> Instrument:
        ratio, most, fall, sustain = (
            float(g.choice(ratios)),
            somewhere(g, *depth),
            somewhere(g, *half),
            g.uniform(*hold),
        )
        tine = g.uniform(0, 0.25) * (g.random() < 0.5)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            count = seconds(length + 0.08)
            bend = most * 2**bright * (0.25 + 0.75 * decay(count, fall * 0.6))
            out = np.zeros(count, np.float32)
            for pitch in pitches:
                f = hertz(pitch)
                out += fm(f, ratio, bend * np.float32(min(1.0, 900 / f)), feedback)
                if tine:
                    out += tine * fm(f, 14, bend) * decay(count, 0.03)
            return shaped(out / np.sqrt(len(pitches)), length, 0.002, fall * 2, sustain)

        return play

    return draw


def string_family(clarity: tuple[float, float], half: tuple[float, float], mute: float = 0.0) -> Family:
    """Plucked strings, muted or ringing."""

    def draw(g: Generator, _: Sources) -> Instrument:
        clear, ring, seed = g.uniform(*clarity), somewhere(g, *half), int(g.integers(2**31))
        strum = g.uniform(0, 0.02)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            count = seconds(length + 0.2)
            out = np.zeros(count, np.float32)
            for number, pitch in enumerate(sorted(pitches)):
                own = np.random.default_rng(seed + number)
                late = min(count - 1, int(number * strum * RATE))
                out[late:] += pluck(hertz(pitch), count - late, min(1.0, clear + 0.2 * bright), ring, own)
            out = lowpassed(out, 1800) if mute else out
            return shaped(peak(out), length, 0.001, mute or 10.0, 0.0 if mute else 1.0)

        return play

    return draw


def mallet_family(modes: Sequence[tuple[float, float, float]], shine: tuple[float, float]) -> Family:
    """Bars and bells: decaying modes."""

    def draw(g: Generator, _: Sources) -> Instrument:
        scale = somewhere(g, *shine)
        own = tuple((ratio * g.uniform(0.995, 1.005), strength, half * scale) for ratio, strength, half in modes)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            count = seconds(min(length + 0.5, 1.6))
            modes = [(ratio, strength * 2 ** (0.5 * bright * (ratio > 1)), half) for ratio, strength, half in own]
            bars = [struck(hertz(pitch), count, modes) for pitch in pitches]
            return closed(peak(np.asarray(np.sum(bars, axis=0), np.float32)), 0.05)

        return play

    return draw


def cloud_family(
    tone: str,
    spread: tuple[float, float],
    cutoff: tuple[float, float],
    attack: tuple[float, float],
    *,
    mouth: bool = False,
    movement: str = "",
) -> Family:
    """Pads: many voices a little out of tune, perhaps through a slowly moving filter."""

    def draw(g: Generator, _: Sources) -> Instrument:
        amplitudes = partials(tone, 48, g)
        cents, colour, rise = somewhere(g, *spread), somewhere(g, *cutoff), somewhere(g, *attack)
        letter, seed = str(g.choice(list("aou"))), int(g.integers(2**31))
        rate, depth = somewhere(g, 0.05, 0.5), g.uniform(0.5, 2.0)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            own = np.random.default_rng(seed + round(sum(pitches)))
            harmonics = vowel(amplitudes, hertz(pitches[0]), letter) if mouth else amplitudes
            loop = cloud([hertz(pitch) for pitch in pitches], harmonics, cents, own, colour * 2**bright)
            count = seconds(length + 0.3)
            out = np.resize(loop, count)
            if movement:
                times = np.arange(spectra(count), dtype=np.float32) * 2048 / RATE
                centre = colour * np.exp2(depth * np.sin(2 * np.pi * rate * times) - depth / 2)
                out = swept(out, moving(movement, centre.astype(np.float32), 2.0))
            return shaped(peak(out, 0.9), length, min(rise, length / 2), 10.0, 1.0)

        return play

    return draw


def recorded(*families: str) -> Family:
    """A General MIDI instrument of one of these families; our own electric piano where there is none."""

    def draw(g: Generator, sources: Sources) -> Instrument:
        programs = [program for family in families for program in sources.programs(family)]
        if not programs:
            return fm_family((1, 14), (0.6, 2.5), (0.1, 0.4), (0.0, 0.3))(g, sources)
        program = pick(programs, g)
        colour = somewhere(g, 1500, 16_000)
        short = somewhere(g, 0.15, 1.5)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            count = seconds(length + 0.1)
            out = np.zeros(count, np.float32)
            for pitch in pitches:
                note = sources.note(program, pitch)[:count]
                out[: len(note)] += note
            out = lowpassed(out, colour * 2**bright) if colour < 12_000 else out
            return shaped(out / np.sqrt(len(pitches)), length, 0.001, short * 4, 0.2)

        return play

    return draw


def doubled(first: Family, second: Family, interval: int = 12) -> Family:
    """Two instruments as one, the second an interval higher."""

    def draw(g: Generator, sources: Sources) -> Instrument:
        one, two, balance = first(g, sources), second(g, sources), g.uniform(0.2, 0.6)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            low, high = one(pitches, length, bright), two([pitch + interval for pitch in pitches], length, bright)
            count = max(len(low), len(high))
            return np.pad(low, (0, count - len(low))) + balance * np.pad(high, (0, count - len(high)))

        return play

    return draw


def coloured(family: Family, kind: str) -> Family:
    """An instrument through a telephone, a small speaker, or with its bottom taken away."""

    def draw(g: Generator, sources: Sources) -> Instrument:
        inner, centre = family(g, sources), somewhere(g, 500, 2500)

        def play(pitches: Sequence[float], length: float, bright: float) -> Floats:
            out = inner(pitches, length, bright)
            return peak(bandpassed(out, centre, 2.0)) if kind == "band" else highpassed(out, centre / 2)

        return play

    return draw


def draw(
    families: dict[str, Family], identity: Generator, generator: Generator, sources: Sources
) -> tuple[str, Instrument]:
    """Draw a family by `identity`, then an instrument of it: its name and how to play it."""
    name = pick(list(families), identity)
    return name, families[name](generator, sources)
