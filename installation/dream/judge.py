"""The judge listens to every dream before anybody hears it, mends it, and says how loud it may be played."""

import math
from dataclasses import replace

import numpy as np

from installation.data import Activations, Clip, Dream, Floats, Scalogram, Verdict
from installation.guard.loudness import RING, SILENCE, loudness, true_peak

WANTED = -23.0  # LUFS, unless a venue sets another
MOST = 12.0  # dB that a quiet loop is raised at most
HIGHEST = -1.0  # dBTP that the played loop may reach


def judge(dream: Dream, wanted: float = WANTED, ring: bool = False) -> Dream:
    """The dream with a verdict: all numbers finite, free of DC, and a gain that brings it towards the wanted LUFS.

    The gain never raises by more than 12 dB nor lets the true peak pass -1 dBTP; silence is not raised at all.

    ring   whether six channels are a ring of loudspeakers rather than 5.1
    """
    samples, repaired = _repair(dream.clip.samples)
    means = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    samples = (samples - means).astype(np.float32)
    heard, peak = loudness(samples, dream.clip.rate, RING if ring else None), true_peak(samples)
    gain = _gain(heard, peak, wanted)
    verdict = Verdict(
        gain=gain,
        peak=float(np.abs(samples).max()),
        true_peak=peak,
        dc=float(means[np.abs(means).argmax(), 0]),
        loudness=max(SILENCE, heard + 20 * math.log10(gain)),
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


def _gain(heard: float, peak: float, wanted: float) -> float:
    """Linear gain that brings a loop of this loudness in LUFS and this true peak to the wanted loudness."""
    raised = min(wanted - heard, MOST) if heard > SILENCE else 0.0
    allowed = HIGHEST - 20 * math.log10(peak) if peak > 0 else raised
    return float(10 ** (min(raised, allowed) / 20))


def _repair(samples: Floats) -> tuple[Floats, int]:
    """Samples that are no numbers are drawn as straight lines between their neighbours on the circle."""
    good = np.isfinite(samples)
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
    return Activations({**activations.layers, **still})


def _finite_scalogram(scalogram: Scalogram) -> Scalogram:
    if np.isfinite(scalogram.level).all():
        return scalogram
    return replace(scalogram, level=np.nan_to_num(scalogram.level, nan=0.0, posinf=0.0, neginf=0.0))
