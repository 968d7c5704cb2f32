"""`immersions evaluate`: an ear is asked what it has learnt, beside the same ear untrained and the plain scalogram."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from installation.content import find
from installation.errors import ContentError, StorageError
from installation.listen import anatomy, ear, school
from installation.listen.dataset import Dataset, Recording
from installation.listen.evaluation import untrained
from installation.listen.settle import settle
from installation.listen.tracks import taught, tell_tracks

MODEL = "model.toml"
TRACK = 100.0  # seconds; of shorter tracks too little is left to ask about


@dataclass(frozen=True, slots=True)
class Question:
    """What an ear is asked.

    data    recordings that it was not trained on
    fit     labelled recordings that probes are fitted on; without them half of `data`
    twins   tracks to tell apart, see `installation.workshop.music.twins`
    keep    write the figures into the ear's model.toml
    lessons steps of a network that is taught the answers from its first weights on; 0: none is
    """

    model: str
    data: Path
    seed: int = 0
    fit: Path | None = None
    twins: Path | None = None
    keep: bool = False
    lessons: int = 150


def evaluate(question: Question) -> dict[str, Any]:
    """The listening test, the probes that the labels allow, and the telling of tracks.

    Raises ContentError where model or recordings cannot be used, StorageError where figures cannot be kept.
    """
    torch.set_num_threads(1)
    listener = ear.load(question.model)
    recordings, skipped = heard(question.data, listener)
    labelled = [recording for recording in recordings if recording.labels]
    fit = heard(question.fit, listener)[0] if question.fit else labelled[: len(labelled) // 2]
    if question.fit and len(fit) < 2:
        raise ContentError(f"{question.fit} holds {len(fit)} recordings; probes are fitted on 2 or more.")
    test = recordings if question.fit or len(fit) < 2 else labelled[len(fit) :]
    figures = school.examine(listener.network, test, fit if len(fit) > 1 else [], question.lessons, question.seed)
    if question.twins:
        figures.setdefault("probes", {})["track"] = told_apart(heard(question.twins, listener)[0], listener, question)
    if question.keep:
        keep(question.model, scores(figures))
    return {"model": question.model, "recordings": len(recordings), "skipped": skipped, **figures}


def heard(folder: Path, listener: ear.Ear) -> tuple[list[Recording], dict[str, str]]:
    """All recordings of a folder as the ear hears them, and those that cannot be read, with the reason."""
    if not folder.is_dir():
        raise ContentError(f"{folder} was asked for as a folder of recordings, but there is no such folder.")
    front = listener.plan.front_end
    kept = school.scalograms(folder, front)
    skipped = school.fill(folder, kept, front)
    return Dataset(kept, front.bins).recordings, skipped


def told_apart(tracks: list[Recording], listener: ear.Ear, question: Question) -> dict[str, Any]:
    """Which track is this? Asked of the ear, of itself untrained, and of a network that learns nothing but that."""
    if len(tracks) < 2:
        raise ContentError(f"{question.twins} holds {len(tracks)} tracks; to tell them apart there must be 2 or more.")
    if (shortest := min(track.seconds for track in tracks)) < TRACK:
        raise ContentError(f"{question.twins} holds a track of {shortest:.0f} s; each must last {TRACK:.0f} s or more.")
    fresh = untrained(listener.network)
    settle(fresh, tracks, 640, np.random.default_rng(question.seed), recordings=4, batches=8)
    listeners = {"ear": listener.network, "untrained": fresh}
    if question.lessons:
        listeners["supervised"] = taught(tracks, untrained(listener.network), question.lessons, question.seed)
    return tell_tracks(tracks, listeners, question.seed)


def rows(figures: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every figure with its interval: question, listener, figure, low, high, chance."""
    test = figures["listening"]
    for name, of in (("nearest", ""), ("farthest", ""), ("same_nearest", "same_"), ("same_farthest", "same_")):
        chance = 1 / test[f"{of}candidates"]
        yield f"{name}, right of {test[f'{of}candidates']:.0f}", "ear", {
            "figure": test[name], "low": test[f"{name}_low"], "high": test[f"{name}_high"], "chance": chance
        }  # fmt: skip
    for probe, table in figures.get("probes", {}).items():
        for listener, result in table.items():
            yield probe, listener, result


def scores(figures: dict[str, Any]) -> dict[str, float]:
    """The figures of a model card: the listening test, and for each probe the ear and its best rival."""
    test = figures["listening"]
    kept = {"loss": test["loss"], "chance_loss": test["chance_loss"]}
    kept |= {name: test[name] for name in ("nearest", "farthest", "same_nearest", "same_farthest")}
    for probe, table in figures.get("probes", {}).items():
        name = probe.replace(" ", "_")
        rivals = [result["figure"] for listener, result in table.items() if listener != "ear"]
        kept[name] = table["ear"]["figure"]
        if rivals:
            kept[f"{name}_best_rival"] = max(rivals)
    return {name: round(float(value), 4) for name, value in kept.items()}


def keep(model: str, found: dict[str, float]) -> None:
    """Write scores into the model's file, in place of those that are there. Raises StorageError."""
    path = find("models", model) / MODEL
    head, _, _ = path.read_text(encoding="utf-8").partition("\n[scores]")
    lines = [f"{name} = {json.dumps(value)}" for name, value in found.items()]
    part = path.with_suffix(".part")
    try:
        part.write_text("\n".join([head.rstrip(), "", "[scores]", *lines, ""]), encoding="utf-8")
        anatomy.read_file(part, model)
        part.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}. The figures were only printed.") from None
