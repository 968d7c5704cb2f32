"""`immersions train`: an ear learns from recordings, and becomes a model that can be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from installation.content import find
from installation.listen import anatomy, checkpoint, ear, liking, school
from installation.listen.course import Course
from installation.listen.survey import survey
from installation.listen.together import place
from installation.workshop.layouts import remake

MODEL = "model.toml"


def train(
    model: str, data: Path, out: Path, hours: float, resume: bool, weights: Path | None, device: str
) -> dict[str, Any]:
    """Train a model for so many hours of time, and leave a folder that is a model, with all that is known of it.

    Its body is laid out anew, in `layouts` beside a folder `models`, otherwise in the model's own folder.

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
    if place() != 0:
        return told
    text = (find("models", model) / MODEL).read_text(encoding="utf-8")
    (out / MODEL).write_text(rewritten(text, told), encoding="utf-8")
    network = training.network.cpu()
    measured = ear.measure(network, trained=True)
    checkpoint.save_measured(network, measured, out / checkpoint.STATISTICS)
    liking.keep(survey(ear.Ear(plan, network, measured, "cpu")), out / liking.FILE, liking.key(out))
    body = layout_of(out)
    remake(out, body)
    return {**told, "out": str(out), "layout": str(body)}


def layout_of(folder: Path) -> Path:
    """Where the layout of a model's folder belongs."""
    beside = folder.absolute().parent
    return (beside.parent / "layouts" if beside.name == "models" else folder) / f"{folder.name}.npz"


def rewritten(text: str, values: dict[str, Any]) -> str:
    """A model.toml with other values for these keys of its head, which end where its first table begins.

    Scores are left out: they were those of other weights.
    """
    head, bracket, tables = text.partition("\n[scores]")[0].partition("\n[")
    lines = [line for line in head.splitlines() if line.split("=")[0].strip() not in values]
    lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n" + bracket + tables.rstrip() + "\n"
