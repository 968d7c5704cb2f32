"""`immersions dream`: one loop that excites a target, with what can be said about it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from installation.control.parameters import defaults
from installation.data import RATE, Clip, Dream, Scalogram
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.optimize import Optimizer
from installation.errors import StorageError
from installation.listen import clips, ears
from installation.sound.mixing import prepared
from installation.target import parse, write
from installation.workshop.performing import THREADS

SECONDS = 4.0  # of the loop


def dream(
    target: str, out: Path, model: str, start: str, steps: int, seed: int, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Dream, and write loop.wav, scalogram.png and dream.json into the folder; returns what dream.json holds.

    Raises TargetError, ContentError or SoundFileError for a wrong order, StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    wanted = parse(target)
    listener = ears.load(model)
    clip = clips.clip(start, round(SECONDS * RATE), seed)
    dice = torch.Generator().manual_seed(seed)
    optimizer = Optimizer(listener, clip, wanted, knobs(defaults()), dice)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {out} cannot be made: {error.strerror}. Choose another.") from None
    before = optimizer.dream(0)
    for step in range(steps):
        optimizer.step()
        progress(step + 1, steps)
    after = judge(optimizer.dream(1))
    told = {
        "target": write(wanted),
        "model": model,
        "from": start,
        "seed": seed,
        "steps": steps,
        "score_start": before.score,
        "score_end": after.score,
        **heard(after),
        "cpu_seconds_per_step": after.seconds_per_step,
        "resets": optimizer.resets,
    }
    try:
        soundfile.write(out / "loop.wav", sounding(after).samples.T, RATE, subtype="FLOAT")
        picture(after.scalogram, out / "scalogram.png", f"{write(wanted)}, {model}, {steps} steps")
        (out / "dream.json").write_text(json.dumps(told, indent=2) + "\n")
    except (OSError, soundfile.SoundFileError) as error:
        raise StorageError(f"The dream cannot be written into {out}: {error}. Free some space.") from None
    return told


def sounding(dream: Dream) -> Clip:
    """The loop as it is played: with the judge's gain, within full scale."""
    return Clip(np.ascontiguousarray(prepared(dream, dream.clip.samples.shape[0]).samples.T))


def heard(dream: Dream) -> dict[str, float | None]:
    """What the judge measured, as a sound engineer would write it."""
    assert dream.verdict is not None
    peak = (dream.verdict.true_peak or 0.0) * dream.verdict.gain
    return {
        "lufs": dream.verdict.loudness,
        "true_peak_db": round(float(20 * np.log10(peak)), 2) if peak > 0 else None,
    }


def picture(scalogram: Scalogram, path: Path, title: str) -> None:
    """The scalogram as a picture with its axes: seconds and Hz."""
    from matplotlib.figure import Figure  # only where a picture of it is made

    bins, frames = scalogram.level.shape
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    seconds = frames * scalogram.seconds_per_frame
    axes.imshow(
        scalogram.level, origin="lower", aspect="auto", cmap="magma", vmin=0, vmax=1, extent=(0, seconds, 0, bins)
    )
    octaves = np.arange(0, bins, scalogram.bins_per_octave)
    axes.set_yticks(octaves, [f"{scalogram.lowest * 2 ** (o / scalogram.bins_per_octave):.0f}" for o in octaves])
    axes.set(xlabel="seconds", ylabel="Hz", title=title)
    figure.savefig(path, dpi=120)
