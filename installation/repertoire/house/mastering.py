"""The last step of a track: equaliser, compression, saturation, loudness, and what copies and codecs leave of it."""

import numpy as np
from numpy.random import Generator
from scipy import fft, signal

from installation.data import RATE, Floats
from installation.repertoire.house.effects import compressed, crushed, highpassed, lowpassed, saturated
from installation.repertoire.house.waves import noise

FRAME = 2048  # samples a codec looks at together


def mastered(mix: Floats, g: Generator) -> tuple[Floats, dict[str, float]]:
    """Finish a mix: [samples] in, [samples] within +-1 and what was done out."""
    out = highpassed(mix, g.uniform(18, 35))
    out = balanced(out, g)
    out /= np.float32(np.sqrt(np.mean(out**2)) / 10 ** (-16 / 20) + 1e-9)
    if g.random() < 0.7:
        out = compressed(out, float(g.uniform(-24, -12)), float(g.uniform(1.5, 5)), float(g.uniform(0.05, 0.4)))
    loud = float(np.clip(g.normal(-12.5, 4), -28, -6))
    drive = float(g.uniform(0.3, 1.2))
    out *= np.float32(10 ** (loud / 20) / (np.sqrt(np.mean(out**2)) + 1e-9))
    out = saturated(out, max(drive, 1.0))
    worn = 0.0
    if g.random() < 0.12:
        worn = float(g.uniform(-66, -46))
        out = out + dusty(len(out), worn, g)
    if g.random() < 0.06:
        out = crushed(out, int(g.integers(8, 13)), 1)
    cut = 0.0
    if (way := g.random()) < 0.3:
        cut = float(g.choice((11_000, 13_000, 15_000, 16_000, 17_000, 19_000)))
        out = coded(out, cut, float(g.uniform(8, 26)))
    elif way < 0.4:
        cut = float(g.uniform(7000, 16_000))
        out = lowpassed(out, cut, 3)
    top = float(np.abs(out).max())
    out = out * np.float32(0.98 / top) if top > 0.98 else out
    return out.astype(np.float32), {"loudness": loud, "drive": drive, "cut": cut, "dust": worn}


def shelf(frequency: float, gain: float, high: bool) -> Floats:
    """One second-order section of a shelving filter; gain in dB."""
    a = 10 ** (gain / 40)
    w = 2 * np.pi * frequency / RATE
    c, alpha = np.cos(w), np.sin(w) / np.sqrt(2)
    s = -1 if high else 1
    root = 2 * np.sqrt(a) * alpha
    b = np.array(
        [
            a * ((a + 1) - s * (a - 1) * c + root),
            s * 2 * a * ((a - 1) - s * (a + 1) * c),
            a * ((a + 1) - s * (a - 1) * c - root),
        ]
    )
    d = np.array(
        [(a + 1) + s * (a - 1) * c + root, -s * 2 * ((a - 1) + s * (a + 1) * c), (a + 1) + s * (a - 1) * c - root]
    )
    return np.concatenate([b, d]).astype(np.float32) / np.float32(d[0])


def bump(frequency: float, gain: float, width: float) -> Floats:
    """One second-order section of a bell filter; gain in dB, width as quality."""
    a = 10 ** (gain / 40)
    w = 2 * np.pi * frequency / RATE
    c, alpha = np.cos(w), np.sin(w) / (2 * width)
    row = np.array([1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a])
    return np.asarray(row / row[3], np.float32)


def balance(sound: Floats) -> tuple[float, float]:
    """How much stronger the bottom (below 160 Hz) and the top (above 2.5 kHz) are than the middle, dB."""
    starts = np.linspace(0, len(sound) - FRAME, 400).astype(int)
    frames = sound[starts[:, None] + np.arange(FRAME)] * np.hanning(FRAME).astype(np.float32)
    power = np.mean(np.abs(fft.rfft(frames, axis=1)) ** 2, axis=0)
    low, middle, high = (10 * np.log10(band.sum() + 1e-9) for band in np.split(power, [7, 107]))
    return float(low - middle), float(high - middle)


def balanced(sound: Floats, g: Generator) -> Floats:
    """Shelves at both ends that bring a mix nearer to a balance that records have, and a bell in between."""
    low, high = balance(sound)
    rows = [
        shelf(float(g.uniform(120, 220)), float(np.clip(0.7 * (g.normal(3, 3) - low), -9, 9)), False),
        shelf(float(g.uniform(2000, 5000)), float(np.clip(0.7 * (g.normal(-7, 3.5) - high), -9, 12)), True),
        bump(float(np.exp(g.uniform(np.log(250), np.log(4000)))), float(g.normal(0, 2)), float(g.uniform(0.5, 2))),
    ]
    return np.asarray(signal.sosfilt(np.stack(rows), sound), np.float32)


def dusty(samples: int, level: float, g: Generator) -> Floats:
    """Hiss and the crackle of a record; level in dB."""
    out = noise(samples, g)
    out[g.integers(0, samples, samples // RATE * int(g.integers(1, 12)))] += 60 * g.random(dtype=np.float32)
    return lowpassed(out, 9000, 1) * np.float32(10 ** (level / 20))


def coded(sound: Floats, cut: float, below: float) -> Floats:
    """What a lossy codec would leave: nothing above `cut` Hz, holes where a line hides under its neighbours.

    below   dB under the smoothed spectrum at which a line is dropped
    """
    hop = FRAME // 2
    count = -(-len(sound) // hop) + 1
    padded = np.zeros((count + 1) * hop, np.float32)
    padded[hop : hop + len(sound)] = sound
    bell = np.sin(np.pi * (np.arange(FRAME, dtype=np.float32) + 0.5) / FRAME)
    out = np.zeros_like(padded)
    last = int(cut / RATE * FRAME)
    for start in range(0, count, 512):  # a few seconds at a time keep memory small
        stop = min(count, start + 512)
        frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[start * hop : (stop - 1) * hop + 1 : hop]
        lines = fft.rfft(frames * bell, axis=1)
        lines[:, last:] = 0
        size = np.abs(lines[:, :last])
        edges = np.unique(np.geomspace(1, last, 40).astype(int))
        bands = np.add.reduceat(size, edges[:-1], axis=1) / np.diff(edges)
        hides = np.repeat(bands, np.diff(edges), axis=1) * np.float32(10 ** (-below / 20))
        kept = lines[:, edges[0] : edges[-1]]
        kept[size[:, edges[0] : edges[-1]] < hides] = 0
        back = fft.irfft(lines, axis=1) * bell
        out[start * hop : stop * hop] += back[:, :hop].ravel()
        out[(start + 1) * hop : (stop + 1) * hop] += back[:, hop:].ravel()
    return out[hop : hop + len(sound)]
