"""`immersions train` and `immersions evaluate`: an ear learns from recordings, and is asked what it has learnt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from installation.content import find
from installation.errors import ContentError
from installation.listen import anatomy, checkpoint, ear, school
from installation.listen.course import Course
from installation.listen.dataset import Dataset

MODEL = "model.toml"


def train(
    model: str, data: Path, out: Path, hours: float, resume: bool, weights: Path | None, device: str
) -> dict[str, Any]:
    """Train a model for so many hours of time, and leave a folder that is a model: weights, statistics, model.toml.

    Raises ContentError, StorageError and TrainingError.
    """
    plan = anatomy.read(model)
    earlier = anatomy.read_file(out / MODEL, out.name) if (resume or weights) and (out / MODEL).exists() else plan
    training = school.train(plan, data, out, Course(minutes=60 * hours), device, resume, weights)
    told = {
        "trained_hours": round((0.0 if resume else earlier.trained_hours) + training.heard, 2),
        "steps": (0 if resume else earlier.steps) + training.step,
        "data": f"{training.dataset.hours:.1f} h of recordings in {data.name}",
    }
    text = (find("models", model) / MODEL).read_text(encoding="utf-8")
    (out / MODEL).write_text(rewritten(text, told), encoding="utf-8")
    network = training.network.cpu()
    checkpoint.save_measured(network, ear.measure(network, trained=True), out / checkpoint.STATISTICS)
    return {**told, "out": str(out)}


def rewritten(text: str, values: dict[str, Any]) -> str:
    """A model.toml with other values for these keys of its head, which end where its first table begins."""
    head, bracket, tables = text.partition("\n[")
    lines = [line for line in head.splitlines() if line.split("=")[0].strip() not in values]
    lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n" + bracket + tables


def evaluate(model: str, data: Path, seed: int) -> dict[str, Any]:
    """The listening test of an ear on recordings that it was not trained on, and the probes that their labels allow.

    Raises ContentError where model or recordings cannot be used.
    """
    torch.set_num_threads(1)
    listener = ear.load(model)
    if not data.is_dir():
        raise ContentError(f"{data} was asked for as a folder of recordings, but there is no such folder.")
    front = listener.plan.front_end
    folder = school.scalograms(data, front)
    skipped = school.fill(data, folder, front)
    recordings = Dataset(folder, front.bins).recordings
    labelled = [recording for recording in recordings if recording.labels]
    half = len(labelled) // 2
    if half < 2:  # too few labels for probes
        figures = school.examine(listener.network, recordings, [], seed=seed)
    else:
        figures = school.examine(listener.network, labelled[half:], labelled[:half], seed=seed)
    return {"model": model, "recordings": len(recordings), "skipped": skipped, **figures}
