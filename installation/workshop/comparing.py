"""`immersions compare`: what a trained ear dreams, beside the same network untrained or with shuffled weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from installation.data import RATE, Floats, Region, Scalogram, Span, Target
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.optimize import Optimizer
from installation.errors import ContentError, StorageError, one_of
from installation.listen import clips
from installation.listen.anatomy import frames_per_loop
from installation.listen.ear import Ear, load, measure
from installation.listen.liking import ranked
from installation.listen.network import Network
from installation.listen.survey import survey

SECONDS = 4.0  # of the loop
BASS = (40.0, 250.0)  # Hz
BEAT = (0.3, 1.0)  # seconds between beats: 60 to 200 a minute
SHIFTS = 6  # random ones that a dream's gain is measured under
HOW = Knobs(  # nothing is shifted or hidden: a jittered dream keeps its gain on any ear, and only jitter were measured
    batch=1, time_jitter=0, time_mask=0, pitch_mask=0, parametrisation=1, tilt=0.5, learning_rate=1e-2, noise_loss=0.05
)  # fmt: skip
Kind = Literal["trained", "untrained", "shuffled"]
KINDS: tuple[Kind, Kind] = ("trained", "untrained")
Progress = Callable[[int, int], None]  # (layers done, layers in all)


@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """One channel's dream: the pulse of its bass and of all pitches, the share of its gain that a random shift leaves,
    and its scalogram."""

    layer: str
    channel: int
    bass: float
    pulse: float
    kept: float
    scalogram: Scalogram


@dataclass(frozen=True, slots=True)
class Row:
    """A layer's medians over its channels, on both ears."""

    layer: str
    bass_trained: float
    bass_untrained: float
    pulse_trained: float
    pulse_untrained: float
    kept_trained: float
    kept_untrained: float


def pulse(scalogram: Scalogram, band: tuple[float, float] = (0.0, np.inf)) -> float:
    """How regularly sounds begin, 0..1: the largest autocorrelation of the onsets at the distance of a beat.

    Onsets are what the levels within the band (in Hz) rise from frame to frame, less their mean; the loop is a circle.
    """
    pitches = scalogram.lowest * 2 ** (np.arange(len(scalogram.level)) / scalogram.bins_per_octave)
    there = (pitches >= band[0]) & (pitches <= band[1])
    level = scalogram.level[there].astype(np.float64)
    onsets = np.maximum(level - np.roll(level, 1, 1), 0).sum(0)
    onsets -= onsets.mean()
    if not onsets.any():
        return 0.0
    power = np.abs(np.fft.rfft(onsets)) ** 2
    alike = np.fft.irfft(power, len(onsets)) / (onsets**2).sum()
    lags = np.arange(len(alike)) * scalogram.seconds_per_frame
    return float(max(0.0, alike[(lags >= BEAT[0]) & (lags <= BEAT[1])].max()))


@torch.no_grad()
def scores(ear: Ear, target: Target, loops: Floats) -> Floats:
    """How much of a target is in loops as they are, [loops, samples] -> [loops] spreads."""
    frames = frames_per_loop(SECONDS, ear.plan.stride)
    objective = Objective(target, ear.anatomy, frames)
    answers = ear.answers(ear.level(torch.from_numpy(loops).to(ear.device), frames), objective.layers)
    found: Floats = objective.score(answers, ear.normalised).cpu().numpy()
    return found


def kept(ear: Ear, target: Target, start: Floats, dreamt: Floats, random: np.random.Generator) -> float:
    """The share of a dream's gain over its start, [samples] each, that is left when it is shifted at random."""
    shifted = [np.roll(dreamt, int(shift)) for shift in random.integers(1, len(dreamt), SHIFTS)]
    before, after, *later = scores(ear, target, np.stack([start, dreamt, *shifted]))
    return float((np.mean(later) - before) / (after - before)) if after > before else 0.0


def shuffled(network: Network, seed: int) -> Network:
    """The same weights, in another order within every layer."""
    dice = torch.Generator().manual_seed(seed)
    other = Network(network.plan)
    for ours, theirs in zip(other.parameters(), network.parameters(), strict=True):
        order = torch.randperm(theirs.numel(), generator=dice)
        ours.data.copy_(theirs.data.flatten()[order].view_as(theirs))
    return other


def listener(model: str, kind: Kind, seed: int = 0) -> Ear:
    """A trained ear, or its network with other weights, measured anew."""
    ear = load(model)
    if kind == "trained":
        return ear
    network = Network(ear.plan) if kind == "untrained" else shuffled(ear.network, seed)
    return Ear(ear.plan, network, measure(network, trained=False), ear.device)


def dreams(ear: Ear, layer: str, steps: int, channels: Sequence[int], seed: int = 0) -> list[Finding]:
    """Dream of single channels of a layer from quiet noise."""
    start = clips.clip("low noise", round(SECONDS * RATE), seed)
    found = []
    for channel in channels:
        target = Target((Region(layer, channels=Span(channel, channel, whole=True)),))
        optimizer = Optimizer(ear, start, target, HOW, torch.Generator().manual_seed(seed + channel))
        before = optimizer.samples.cpu().numpy()
        for _ in range(steps):
            optimizer.step()
        dream = optimizer.dream(1)
        share = kept(ear, target, before, dream.clip.mono, np.random.default_rng(seed))
        heard = dream.scalogram
        found.append(Finding(layer, channel, pulse(heard, BASS), pulse(heard), share, heard))
    return found


def compare(
    model: str, steps: int, channels: int, picture: Path | None, progress: Progress, only: Sequence[str] = ()
) -> list[Row]:
    """Dream of every layer, or `only` of some, on the trained and on the untrained ear; medians over channels.

    The channels are those that the ear has most for music rather than for noise, each ear its own.

    Raises ContentError for a model that was never trained or lacks a layer, StorageError when the picture cannot be
    written.
    """
    asked = load(model)
    if not asked.trained_hours:
        raise ContentError(f"{model} was never trained, so there is nothing to compare. `immersions models` lists all.")
    layers = [layer.name for layer in asked.anatomy]
    if unknown := sorted(set(only) - set(layers)):
        raise ContentError(f"{model} has no layer {unknown[0]!r}. {one_of(unknown[0], layers)}")
    chosen = only or layers
    ears = {kind: listener(model, kind) for kind in KINDS}
    likings = {kind: survey(ear) for kind, ear in ears.items()}
    rows, shown = [], []
    for number, layer in enumerate(chosen):
        found = {
            kind: dreams(ear, layer, steps, sorted(ranked(likings[kind], layer)[:channels]))
            for kind, ear in ears.items()
        }
        medians = {
            f"{what} {kind}": float(np.median([getattr(finding, what) for finding in found[kind]]))
            for what in ("bass", "pulse", "kept")
            for kind in KINDS
        }
        rows.append(Row(layer, **{name.replace(" ", "_"): value for name, value in medians.items()}))
        shown.append([found[kind][0] for kind in KINDS])
        progress(number + 1, len(chosen))
    if picture:
        sheet(shown, picture)
    return rows


def sheet(shown: list[list[Finding]], path: Path) -> None:
    """The scalograms of one channel of every layer, trained above untrained. Raises StorageError."""
    from matplotlib.figure import Figure  # only where a picture of it is made

    across = -(-len(shown) // 2)
    figure = Figure(figsize=(1.5 * across, 7.2), layout="constrained")
    grid = figure.subplots(4, across, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for number, findings in enumerate(shown):
        for below, finding in enumerate(findings):
            axes = grid[2 * (number // across) + below, number % across]
            axes.imshow(finding.scalogram.level, origin="lower", aspect="auto", cmap="magma", vmin=0, vmax=0.9)
            if below == 0:
                axes.set_title(f"{finding.layer} {finding.channel}", fontsize=7)
    figure.suptitle(
        "One channel of every layer, dreamt of from quiet noise: trained above, untrained below", fontsize=9
    )
    try:
        figure.savefig(path, dpi=110)
    except OSError as error:
        raise StorageError(f"The picture {path} cannot be written: {error.strerror}. Choose another folder.") from None
