"""`immersions dream`: one loop that excites a target, with what can be said about it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from installation.control.parameters import parameter
from installation.data import RATE, Clip, Dream, Scalogram
from installation.dream.judge import judge
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer, dream_once
from installation.errors import ContentError, StorageError, one_of
from installation.listen import clips, ears
from installation.sound.mixing import prepared
from installation.target import parse, write
from installation.workshop.performing import THREADS

SECONDS = 4.0  # of the loop


@dataclass(frozen=True, slots=True)
class Order:
    """What to dream, and how.

    start   a start clip by name, or the path of a sound file
    """

    target: str
    out: Path
    model: str
    start: str
    steps: int
    seed: int
    knobs: Knobs


def turned(values: Sequence[str]) -> Knobs:
    """Knobs of which some were set, as `noise_loss=0.1`, `parametrisation=waves` or `adam=on`.

    Raises ContentError for an unknown name or a value out of its range.
    """
    names = [field.name for field in fields(Knobs)]
    found = {}
    for value in values:
        name, equals, text = value.partition("=")
        name = name.strip().removeprefix("dream.")
        if not equals or name not in names:
            raise ContentError(f"--set {value!r} sets nothing. Give NAME=VALUE. {one_of(name, names)}")
        found[name] = parameter(f"dream.{name}").read(text.strip())
    return Knobs(**found)  # type: ignore[arg-type]


def dream(order: Order, progress: Callable[[int, int, float], None]) -> dict[str, Any]:
    """Dream, and write loop.wav, scalogram.png and dream.json into the folder; returns what dream.json holds.

    progress   hears of each step: (done, total, score before it)

    Raises TargetError, ContentError or SoundFileError for a wrong order, StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    wanted, out = parse(order.target), order.out
    clip = clips.clip(order.start, round(SECONDS * RATE), order.seed)
    dice = torch.Generator().manual_seed(order.seed)
    optimizer = Optimizer(ears.load(order.model), clip, wanted, order.knobs, dice)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {out} cannot be made: {error.strerror}. Choose another.") from None
    once = dream_once(optimizer, order.steps, lambda step, score: progress(step + 1, order.steps, score))
    after = judge(once.last)
    told = {
        "target": write(wanted),
        "model": order.model,
        "from": order.start,
        "seed": order.seed,
        "steps": order.steps,
        "controls": {name: value for name, value in asdict(order.knobs).items() if value != getattr(Knobs(), name)},
        "score_start": once.first.score,
        "score_end": after.score,
        **heard(after),
        "cpu_seconds_per_step": after.seconds_per_step,
        "resets": optimizer.resets,
    }
    try:
        soundfile.write(out / "loop.wav", sounding(after).samples.T, RATE, subtype="FLOAT")
        picture(after.scalogram, out / "scalogram.png", f"{write(wanted)}, {order.model}, {order.steps} steps")
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
