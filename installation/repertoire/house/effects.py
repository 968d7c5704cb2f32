"""What is done to sounds after they are made: filters, saturation, rooms, moving filters, pumping."""

from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import fft, signal

from installation.data import RATE, Floats
from installation.repertoire.house.waves import decay, lowpass, noise, seconds

WINDOW = 4096  # samples of one spectrum where filters move; hop is half
BLOCK = 240  # samples, 5 ms, between two values of a loudness curve


@lru_cache(maxsize=1024)
def sections(kind: str, low: float, high: float, order: int) -> NDArray[np.float32]:
    """Second-order sections of a Butterworth filter, kept because designing costs more than filtering."""
    edges = (low, high) if kind == "bandpass" else low
    return np.asarray(signal.butter(order, edges, kind, fs=RATE, output="sos"), np.float32)


def rounded(frequency: float) -> float:
    """A frequency on a grid of quarter tones, so that filters are found again."""
    return float(min(22_000.0, max(16.0, 440 * 2 ** (round(24 * np.log2(frequency / 440)) / 24))))


def highpassed(sound: Floats, frequency: float, order: int = 2) -> Floats:
    return np.asarray(signal.sosfilt(sections("highpass", rounded(frequency), 0.0, order), sound), np.float32)


def lowpassed(sound: Floats, frequency: float, order: int = 2) -> Floats:
    return np.asarray(signal.sosfilt(sections("lowpass", rounded(frequency), 0.0, order), sound), np.float32)


def bandpassed(sound: Floats, frequency: float, octaves: float, order: int = 1) -> Floats:
    low, high = rounded(frequency * 2 ** (-octaves / 2)), rounded(frequency * 2 ** (octaves / 2))
    return np.asarray(signal.sosfilt(sections("bandpass", low, max(high, low * 1.05), order), sound), np.float32)


def saturated(sound: Floats, drive: float) -> Floats:
    """Soft clipping; small sounds keep their level, drive 0 changes nothing."""
    return np.tanh(sound * np.float32(drive)) / np.float32(drive) if drive > 0 else sound


def limited(sound: Floats, knee: float = 0.8) -> Floats:
    """Untouched below the knee, bent above so that it never passes 1."""
    over = np.maximum(np.abs(sound) - knee, 0)
    bent = np.minimum(np.abs(sound), knee) + (1 - knee) * np.tanh(over / (1 - knee))
    return np.asarray(np.copysign(bent, sound), np.float32)


def crushed(sound: Floats, bits: int, hold: int) -> Floats:
    """As an old sampler would: few bits, every sample held `hold` times."""
    held = np.repeat(sound[::hold], hold)[: len(sound)]
    scale = np.float32(2 ** (bits - 1))
    return np.asarray(np.round(held * scale) / scale, np.float32)


def peak(sound: Floats, level: float = 1.0) -> Floats:
    """The same sound with this largest value."""
    top = float(np.abs(sound).max())
    return sound * np.float32(level / top) if top > 1e-9 else sound


@lru_cache(maxsize=64)
def room(seed: int, half: float, dark: float, predelay: float) -> Floats:
    """The impulse response of a room, [samples]: noise that falls by half every `half` seconds."""
    generator = np.random.default_rng(seed)
    length = seconds(min(3.0, 9 * half))
    tail = lowpassed(noise(length, generator) * decay(length, half), dark, 1)
    tail[: seconds(0.004)] *= 0.3
    response = np.concatenate([np.zeros(seconds(predelay), np.float32), highpassed(tail, 180)])
    response /= np.sqrt(np.sum(response**2))
    response.setflags(write=False)
    return response


def reverberated(sound: Floats, response: Floats, wet: float) -> Floats:
    """A sound with the room's answer after it; longer than it was."""
    out = np.asarray(signal.fftconvolve(sound, response * np.float32(wet)), np.float32)
    out[: len(sound)] += sound
    return out


def swept(sound: Floats, gains: Floats) -> Floats:
    """Move a filter over a sound.

    sound   [samples]
    gains   [spectra, WINDOW // 2 + 1], one for every half window, `spectra(len(sound))` of them
    """
    hop = WINDOW // 2
    count = spectra(len(sound))
    padded = np.zeros((count + 1) * hop, np.float32)
    padded[hop : hop + len(sound)] = sound
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop]  # [spectra, window]
    bell = np.sqrt(signal.windows.hann(WINDOW, sym=False)).astype(np.float32)
    back = fft.irfft(fft.rfft(frames * bell, axis=1) * gains, axis=1) * bell
    out = np.zeros_like(padded)
    out[: count * hop] += back[:, :hop].ravel()
    out[hop:] += back[:, hop:].ravel()
    return out[hop : hop + len(sound)]


def spectra(samples: int) -> int:
    """How many spectra `swept` takes for so many samples."""
    return -(-samples // (WINDOW // 2)) + 1


def moving(kind: str, cutoff: Floats, resonance: float = 1.0) -> Floats:
    """Gains of a moving filter for `swept`, [spectra, bins]; cutoff [spectra] in Hz."""
    f = np.fft.rfftfreq(WINDOW, 1 / RATE).astype(np.float32)
    ratio = f / np.asarray(cutoff, np.float32)[:, None]
    match kind:
        case "low":
            return lowpass(ratio, resonance)
        case "high":
            return lowpass(1 / np.maximum(ratio, 1e-3), resonance)
        case "band":
            return lowpass(ratio, resonance, 2) * lowpass(1 / np.maximum(ratio, 1e-3), resonance, 2)
        case "comb":  # a flanger: teeth that wander
            return np.asarray(np.abs(np.cos(np.pi / 2 * ratio)) * 0.9 + 0.1, np.float32)
    raise ValueError(f"no filter is called {kind!r}")


def pumped(samples: int, hits: list[int], depth: float, release: float) -> Floats:
    """The gain curve of a side-chain, [samples]: falls at every hit and climbs back.

    depth     0..1, how much is taken away
    release   seconds until all is back
    """
    length = seconds(release)
    dip = 1 - np.float32(depth) * (1 - np.linspace(0, 1, length, dtype=np.float32) ** 1.5) ** 2
    fall = seconds(0.003)
    dip[:fall] = np.linspace(1, dip[fall], fall)
    gain = np.ones(samples + length, np.float32)
    for start, following in zip(hits, [*hits[1:], samples], strict=True):
        count = min(length, following - start)
        if count > 0:
            gain[start : start + count] = dip[:count]
    return gain[:samples]


def loudness(sound: Floats) -> Floats:
    """The RMS of every BLOCK of samples, [blocks]."""
    whole = len(sound) // BLOCK * BLOCK
    return np.asarray(np.sqrt(np.mean(sound[:whole].reshape(-1, BLOCK) ** 2, axis=1) + 1e-12), np.float32)


def compressed(sound: Floats, threshold: float, ratio: float, release: float) -> Floats:
    """Turn down what is louder than the threshold (dB): quickly down, slowly back."""
    level = 20 * np.log10(loudness(sound))
    over = np.maximum(level - threshold, 0) * (1 - 1 / ratio)
    fade = np.exp(-BLOCK / (release * RATE))
    smooth = signal.lfilter([1 - fade], [1, -fade], over)
    gain = np.append(1.0, 10 ** (-np.maximum(over * 0.6, smooth) / 20)).astype(np.float32)
    ramp = np.arange(BLOCK, dtype=np.float32) / BLOCK
    curve = (gain[:-1, None] + np.diff(gain)[:, None] * ramp).ravel()
    return np.asarray(sound * np.append(curve, np.full(len(sound) - len(curve), gain[-1])), np.float32)


def somewhere(generator: Generator, low: float, high: float) -> float:
    """A number drawn evenly on a logarithmic scale."""
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))
