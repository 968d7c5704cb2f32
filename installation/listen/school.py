"""Everything a training needs, put together: from a plan and folders of recordings to an ear."""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import torch

from installation.content import cache
from installation.errors import ContentError
from installation.listen.anatomy import FrontEnd, Plan
from installation.listen.archive import Archive
from installation.listen.augment import FINE_RATE, fine_frames
from installation.listen.beginning import begin
from installation.listen.checkpoint import load_weights
from installation.listen.contrast import reach
from installation.listen.course import Course
from installation.listen.cqt import ConstantQ
from installation.listen.dataset import Dataset, Recording
from installation.listen.evaluation import probe, questions, untrained
from installation.listen.network import Network
from installation.listen.settle import settle
from installation.listen.taught import teach
from installation.listen.together import place
from installation.listen.training import Training
from installation.listen.trial import listen_test

log = logging.getLogger(__name__)

ENOUGH = 24  # recordings to begin with, while others are still being heard
PATIENCE = 0.5  # seconds between two looks for them


def open_fabric(device: str = "auto", processes: int | str = "auto") -> Any:
    """Lightning's Fabric, launched: one device, or all that torchrun gives. Raises ContentError where it is missing.

    device     "auto", "cpu" or "cuda"; half precision (bfloat16) where the device gains by it
    processes  on this machine; "auto": as many as torchrun has begun, else one, or one for each GPU
    """
    try:
        from lightning_fabric import Fabric
    except ImportError:
        try:
            from lightning.fabric import Fabric  # the same under its other name
        except ImportError:
            raise ContentError("Training needs lightning-fabric. Install it: pip install 'immersions[train]'") from None
    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    fabric = Fabric(
        accelerator="cuda" if cuda else "cpu",
        devices=int(os.environ.get("LOCAL_WORLD_SIZE", 1)) if processes == "auto" and not cuda else processes,
        precision="bf16-mixed" if cuda else "32-true",
    )
    fabric.launch()
    return fabric


def scalograms(source: Path, front: FrontEnd) -> Path:
    """The folder in the cache for the scalograms of a folder of recordings, made by this front end."""
    words = json.dumps([str(source.resolve()), front.model_dump()])
    return cache() / "scalograms" / f"{source.name}-{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def front_end(front: FrontEnd) -> ConstantQ:
    return ConstantQ(front.rate, front.lowest, front.bins, front.bins_per_octave, front.filter_scale)


def fill(source: Path, folder: Path, front: FrontEnd, device: str = "cpu") -> dict[str, str]:
    """Make all scalograms of a folder that are missing; returns the recordings that were skipped, and why."""
    archive = Archive(source, folder, front_end(front), device)
    archive.fill()
    return archive.skipped


def _fill_beside(source: Path, folder: Path, front: FrontEnd) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    torch.set_num_threads(1)
    fill(source, folder, front)


def gather(source: Path, plan: Plan, course: Course, sleep: Callable[[float], None] = time.sleep) -> Dataset:
    """A dataset of a folder's recordings; a process beside goes on filling it while training runs.

    Returns as soon as there is enough to begin with. Raises ContentError where nothing in the folder can be used.
    """
    folder, seconds = scalograms(source, plan.front_end), course.variation.frame[1]
    if not source.is_dir():
        raise ContentError(f"{source} was asked for as a folder of recordings, but there is no such folder.")
    beside: BaseProcess | None = None
    if place() == 0:
        beside = multiprocessing.get_context("spawn").Process(
            target=_fill_beside, args=(source, folder, plan.front_end), name="scalograms", daemon=True
        )
        beside.start()
    folder.mkdir(parents=True, exist_ok=True)
    shortest = fine_frames(course.frames, seconds) / FINE_RATE
    dataset = Dataset(folder, plan.front_end.bins, shortest)
    while len(dataset.recordings) < ENOUGH and (beside is None or beside.is_alive()):
        sleep(PATIENCE)
        dataset.refresh()
        if beside is None and dataset.recordings:
            break
    dataset.refresh()
    if not dataset.recordings:
        raise ContentError(
            f"{source} holds no recording that can be heard for {shortest:.0f} s. "
            "Give a folder of flac, wav, ogg, mp3 or npy files; those that cannot be read are named above."
        )
    return dataset


def train(
    plan: Plan,
    source: Path,
    out: Path,
    course: Course,
    device: str = "auto",
    resume: bool = False,
    weights: Path | None = None,
) -> Training:
    """Train a plan's network on a folder of recordings, and leave weights, state, diary and curves in `out`.

    resume    go on from the state in `out`
    weights   begin with these, with a fresh warm-up

    Raises ContentError, StorageError and TrainingError.
    """
    fabric = open_fabric(device)
    network = begin(Network(plan))
    if weights is not None:
        load_weights(network, weights)
        course = replace(course, approach=0.0)  # it knows already what it hears
    training = Training(network, gather(source, plan, course), course, out, fabric)
    if resume:
        training.resume()
    training.run()
    return training


def examine(
    network: Network,
    test: Sequence[Recording],
    fit: Sequence[Recording],
    lessons: int = 0,
    seed: int = 0,
    frames: int = 640,
) -> dict[str, Any]:
    """All figures of an ear: the listening test, and every probe that the labels allow, beside the same ear untrained.

    test      recordings that it never heard
    fit       others that probes are fitted on; those without labels are left out
    lessons   steps in which a network of the same form is taught just these answers on `fit`; 0: none is
    """
    ears = reach(network, network.plan.front_end.bins)
    trial = listen_test(network, test, ears, frames, ears.first, seed)
    figures: dict[str, Any] = {
        "shared_frames": list(ears.shared),
        "first_step": ears.first,
        "listening": trial.summary(),
    }
    known, asked = ([one for one in some if one.labels] for some in (fit, test))
    if fit:
        figures["probes"] = {}
    if known and asked:
        listeners = {"ear": network, "untrained": untrained(network)}
        settle(listeners["untrained"], known, frames, np.random.default_rng(seed), recordings=4, batches=8)
        if lessons:
            try:
                listeners["supervised"] = teach(untrained(network), known, questions([*known, *asked]), lessons, seed)
            except ValueError as error:  # there is nothing to teach
                log.info("no network is taught the answers: %s", error)
        figures["probes"] = probe(known, asked, listeners)
    return figures
