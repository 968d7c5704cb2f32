"""The judge listens to every dream before anybody hears it, mends it, and says how loud it may be played."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from installation.data import Activations, Clip, Dream, Floats, Scalogram, Verdict
from installation.guard.limiter import heights, limited
from installation.guard.loudness import RING, SILENCE, loudness, true_peak

WANTED = -23.0  # LUFS, unless a venue sets another
MOST = 12.0  # dB that a quiet loop is raised at most
HIGHEST = -1.0  # dBTP that the played loop may reach
LOUDEST = 1e6  # times full scale; what is beyond, or no number, was never a sound
NEAR, TRIES = 0.05, 5  # LU from the wanted loudness that is near enough where peaks are tamed, and tries to get there


def judge(dream: Dream, wanted: float = WANTED, ring: bool = False) -> Dream:
    """The dream with a verdict: all numbers finite, free of DC, and a gain that brings it to the wanted LUFS.

    The gain never raises by more than 12 dB; silence is not raised at all. Where single peaks would pass -1 dBTP,
    they alone are made quieter, in the clip itself: times the gain it is what may be played.

    ring   whether six channels are a ring of loudspeakers rather than 5.1
    """
    samples, repaired = _repair(dream.clip.samples)
    means = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    samples = (samples - means).astype(np.float32)
    peak = float(np.abs(samples).max())
    samples, gain, heard, highest = _levelled(samples, dream.clip.rate, wanted, RING if ring else None)
    verdict = Verdict(
        gain=gain,
        peak=peak,
        true_peak=highest,
        dc=float(means[np.abs(means).argmax(), 0]),
        loudness=heard,
        repaired=repaired,
    )
    return replace(
        dream,
        clip=Clip(samples, dream.clip.rate),
        activations=_finite_activations(dream.activations),
        scalogram=_finite_scalogram(dream.scalogram),
        score=dream.score if math.isfinite(dream.score) else 0.0,
        verdict=verdict,
    )


def _levelled(
    samples: Floats, rate: int, wanted: float, weights: Sequence[float] | None
) -> tuple[Floats, float, float, float]:
    """Samples whose peaks are tamed, the linear gain for them, LUFS after it, and their true peak before it."""
    heard, reaching = loudness(samples, rate, weights), heights(samples)
    peak = float(reaching.max())
    allowed = HIGHEST - 20 * math.log10(peak) if peak > 0 else MOST
    raised = min(wanted - heard, MOST) if heard > SILENCE else min(0.0, allowed)
    if raised <= allowed:
        return samples, 10 ** (raised / 20), max(SILENCE, heard + raised), peak
    gain, reached = allowed, heard + allowed  # up to here nothing is lost
    for _ in range(TRIES):
        before = gain, reached
        gain = raised
        tamed = limited(samples, 10 ** ((HIGHEST - gain) / 20), reaching)
        reached = loudness(tamed, rate, weights) + gain
        if abs(reached - wanted) <= NEAR or gain >= MOST or heard <= SILENCE:
            break
        won = (reached - before[1]) / (gain - before[0]) if gain != before[0] else 1.0  # LU for a dB
        raised = min(gain + (wanted - reached) / min(max(won, 0.1), 1.0), MOST)
    return tamed, 10 ** (gain / 20), max(SILENCE, reached), true_peak(tamed)


def _repair(samples: Floats) -> tuple[Floats, int]:
    """Samples that are no sound are drawn as straight lines between their neighbours on the circle."""
    good = np.abs(samples) <= LOUDEST  # NaN compares as False
    if good.all():
        return samples, 0
    mended = samples.copy()
    places = np.arange(samples.shape[1])
    for channel, fine in zip(mended, good, strict=True):
        known = places[fine]
        channel[~fine] = np.interp(places[~fine], known, channel[fine], period=len(places)) if len(known) else 0.0
    return mended, int((~good).sum())


def _finite_activations(activations: Activations) -> Activations:
    layers = {name: layer for name, layer in activations.layers.items() if not np.isfinite(layer).all()}
    if not layers:
        return activations
    still = {name: np.nan_to_num(layer, nan=0.0, posinf=0.0, neginf=0.0) for name, layer in layers.items()}
    return Activations({**activations.layers, **still}, activations.expected)


def _finite_scalogram(scalogram: Scalogram) -> Scalogram:
    if np.isfinite(scalogram.level).all():
        return scalogram
    return replace(scalogram, level=np.nan_to_num(scalogram.level, nan=0.0, posinf=0.0, neginf=0.0))
