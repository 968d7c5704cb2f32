"""Raw tones: each a pure function of pitch, length and a few numbers, which patches shape and combine."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import fft

from installation.data import RATE, Floats

TABLE_BITS = 12
TABLE = 1 << TABLE_BITS  # samples of one period; the nearest one is taken, 72 dB below is its error
STAGES = 12  # static filters between which a moving cutoff cross-fades
CEILING = 20_000.0  # Hz; no partial lies above, so nothing aliases

VOWELS = {
    "a": (800, 1150, 2900),
    "e": (400, 1700, 2600),
    "i": (300, 2200, 3000),
    "o": (450, 800, 2830),
    "u": (325, 700, 2700),
}


def hertz(pitch: float) -> float:
    """The frequency of a MIDI pitch; fractions are cents."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def seconds(count: float) -> int:
    """How many samples last so many seconds, at least one."""
    return max(1, round(count * RATE))


def decay(samples: int, half: float) -> Floats:
    """Falls from 1 to a half every `half` seconds, [samples]."""
    return np.asarray(np.exp2(np.arange(samples, dtype=np.float32) * np.float32(-1.0 / (half * RATE))), np.float32)


def envelope(samples: int, *keys: tuple[float, float]) -> Floats:
    """Straight lines through (seconds, value), held before and after, [samples]."""
    times, values = zip(*keys, strict=True)
    return np.asarray(np.interp(np.arange(samples) / RATE, times, values), np.float32)


def noise(samples: int, generator: Generator) -> Floats:
    """White noise of variance 1, [samples]."""
    return generator.standard_normal(samples, dtype=np.float32)


def partials(kind: str, count: int, generator: Generator) -> Floats:
    """How strong each harmonic of a named tone is, [count]; some names draw at random."""
    k = np.arange(1, count + 1, dtype=np.float32)
    odd = k % 2
    found: NDArray[Any]
    match kind:
        case "saw":
            found = 1 / k
        case "square":
            found = odd / k
        case "pulse":
            found = np.abs(np.sin(np.pi * k * generator.uniform(0.08, 0.4))) / k
        case "triangle":
            found = odd / k**2
        case "sine":
            found = (k == 1) + 0.08 * (k == 2) + 0.05 * (k == 3)
        case "organ":
            found = np.zeros(count)
            for number in (1, 2, 3, 4, 5, 6, 8):
                found[min(number, count) - 1] += generator.uniform(0, 1) ** 1.5
            found[0] += 0.6
        case "hollow":
            found = odd * generator.uniform(0, 1, count) / k**0.9
        case "digital":
            found = generator.uniform(0, 1, count) ** 2 / k ** generator.uniform(0.5, 1.1)
        case "reed":
            found = np.exp(-np.abs(k - generator.uniform(2, 6)) / generator.uniform(1.5, 4)) + 0.3 / k
        case "double":
            found = 1 / k + (k % 2 == 0) * 1.4 / k
        case _:
            raise ValueError(f"no tone is called {kind!r}")
    return np.asarray(found, np.float32)


def vowel(amplitudes: Floats, frequency: float, letter: str) -> Floats:
    """The same harmonics as a mouth would shape them, [count]."""
    f = frequency * np.arange(1, len(amplitudes) + 1)
    mouth = sum(
        weight * np.exp(-(((f - centre) / (0.12 * centre + 60)) ** 2))
        for centre, weight in zip(VOWELS[letter], (1, 0.6, 0.3), strict=True)
    )
    return np.asarray(amplitudes * (mouth + 0.02) * np.sqrt(np.arange(1, len(amplitudes) + 1)), np.float32)


def lowpass(ratio: NDArray[Any] | float, resonance: float, poles: int = 4) -> Floats:
    """How much a resonant low-pass leaves of a partial at `ratio` times its cutoff."""
    two = 1 / np.sqrt((1 - ratio**2) ** 2 + (ratio / resonance) ** 2)
    return np.asarray(two if poles == 2 else two / np.sqrt(1 + ratio**4), np.float32)


def wavetable(
    frequency: float,
    amplitudes: Floats,
    cutoff: Floats,
    resonance: float = 1.0,
    detune: Iterable[float] = (0.0,),
    generator: Generator | None = None,
    bend: Floats | None = None,
) -> Floats:
    """A periodic tone through a moving low-pass, [samples].

    frequency    Hz
    amplitudes   [harmonics]
    cutoff       [samples], Hz
    detune       cents, one for each voice of a unison
    generator    draws the phases at which the voices begin; without one all begin at zero
    bend         [samples], semitones by which the pitch moves
    """
    count = max(1, min(len(amplitudes), int(CEILING / frequency), TABLE // 2 - 1))
    f = frequency * np.arange(1, count + 1, dtype=np.float32)
    log = np.log2(np.maximum(cutoff, 20.0))
    low, high = float(log.min()), float(log.max()) + 1e-3
    stages = np.exp2(np.linspace(low, high, STAGES, dtype=np.float32))
    spectrum = np.zeros((STAGES, TABLE // 2 + 1), np.complex64)
    spectrum[:, 1 : count + 1] = -0.5j * TABLE * amplitudes[:count] * lowpass(f / stages[:, None], resonance)
    table: Floats = fft.irfft(spectrum, axis=1).astype(np.float32).ravel()  # [stages * table]
    place = (log - low) * ((STAGES - 1) / (high - low))
    stage = np.minimum(place.astype(np.int32), STAGES - 2)
    mix = (place - stage).astype(np.float32)
    base = stage << TABLE_BITS
    out = np.zeros(len(cutoff), np.float32)
    voices = list(detune)
    for cents in voices:
        phase = 0.0 if generator is None else generator.random()
        steps = frequency * 2 ** (cents / 1200) / RATE
        if bend is None:
            turns = phase + steps * np.arange(len(cutoff))
        else:
            turns = phase + np.cumsum(steps * np.exp2(bend.astype(np.float64) / 12))
        at = base + ((turns * TABLE).astype(np.int64) & (TABLE - 1))
        first = table[at]
        out += first + mix * (table[at + TABLE] - first)
    return out * np.float32(1 / np.sqrt(len(voices)))


def cloud(
    frequencies: Sequence[float], amplitudes: Floats, spread: float, generator: Generator, cutoff: float = 6000.0
) -> Floats:
    """A tone that is everywhere a little out of tune and repeats without a seam, [2**18], peak 1.

    spread   cents by which every partial is smeared: 3 is a choir of careful singers, 40 a large loose one
    """
    size = 1 << 18
    spectrum = np.zeros(size // 2 + 1, np.float32)
    for frequency in frequencies:
        for k, amplitude in enumerate(amplitudes, 1):
            centre = k * frequency
            if centre > CEILING or amplitude < 1e-3:
                continue
            width = max(0.7, centre * (2 ** (spread / 1200) - 1) * size / RATE)
            middle = centre * size / RATE
            first, last = max(1, int(middle - 3 * width)), min(len(spectrum) - 1, int(middle + 3 * width) + 2)
            bins = np.arange(first, last, dtype=np.float32)
            bell = np.exp(-0.5 * ((bins - middle) / width) ** 2) / np.sqrt(width)
            spectrum[first:last] += bell * (amplitude * lowpass(centre / cutoff, 0.8, 2))
    turn = np.exp(2j * np.pi * generator.random(len(spectrum), dtype=np.float32)).astype(np.complex64)
    out: Floats = fft.irfft(spectrum * turn).astype(np.float32)
    return np.asarray(out / np.abs(out).max(), np.float32)


def fm(frequency: float, ratio: float, depth: Floats, feedback: float = 0.0) -> Floats:
    """A sine whose phase another sine moves by `depth` [samples] radians."""
    t = np.arange(len(depth), dtype=np.float64) * (2 * np.pi * frequency / RATE)
    modulator = np.sin(ratio * t).astype(np.float32)
    if feedback:
        modulator = np.sin(ratio * t + feedback * modulator).astype(np.float32)
    return np.asarray(np.sin(t + depth * modulator), np.float32)


def pluck(frequency: float, samples: int, bright: float, half: float, generator: Generator) -> Floats:
    """A plucked string: noise that runs in a circle and is smoothed at every turn, [samples]."""
    period = max(2, int(RATE / frequency - 0.5))
    string = noise(period, generator)
    for _ in range(round(4 * (1 - bright))):
        string = 0.5 * (string + np.roll(string, 1))
    loss = np.float32(0.5 * 0.5 ** (1 / (half * frequency)))
    turns = np.empty((samples // period + 2, period), np.float32)
    turns[0] = string
    for before, after in pairwise(turns):
        np.add(before[1:], before[:-1], out=after[1:])
        after[0] = before[0] + before[-1]
        after *= loss
    return between(turns.ravel(), frequency * (period + 0.5) / RATE, samples)


def between(sound: Floats, speed: float, samples: int) -> Floats:
    """Read a sound at another speed, [samples]; from its end on the last value is held."""
    at = np.arange(samples) * speed
    whole = np.minimum(at.astype(np.int64), len(sound) - 2)
    first = sound[whole]
    return np.asarray(first + np.minimum(at - whole, 1) * (sound[whole + 1] - first), np.float32)


def struck(frequency: float, samples: int, modes: Sequence[tuple[float, float, float]]) -> Floats:
    """Something hit: decaying sines of (ratio, strength, half-life in seconds), [samples]."""
    t = np.arange(samples, dtype=np.float32) / RATE
    out = np.zeros(samples, np.float32)
    for ratio, strength, half in modes:
        if ratio * frequency < CEILING:
            out += strength * np.sin(np.float32(2 * np.pi * ratio * frequency) * t) * decay(samples, half)
    return out


@lru_cache(maxsize=256)
def ramp(samples: int) -> Floats:
    """From 0 to 1 with soft ends, [samples]; for fades."""
    curve = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, samples))).astype(np.float32)
    curve.setflags(write=False)
    return curve


def closed(sound: Floats, fade: float = 0.004) -> Floats:
    """The same sound with an end that does not click."""
    count = min(len(sound) // 2, seconds(fade))
    if count:
        sound[-count:] *= ramp(count)[::-1]
    return sound
