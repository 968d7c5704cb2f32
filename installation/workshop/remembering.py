"""`immersions remember`: a short film of the most novel loops of a day, made from its takes while nobody is there."""

import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from installation.content import cache
from installation.data import Activations, Clip, Dream, Floats, Scalogram
from installation.errors import ContentError, ImmersionsError
from installation.listen import ears
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer
from installation.take import Header, Loop, Take, TakeWriter
from installation.target import parse

log = logging.getLogger(__name__)

DAY = 24 * 3600.0  # seconds back that are looked through
TWICE = 2  # times that each loop is heard: once is too short to meet it
FEWEST = 3  # loops that are worth a film

Progress = Callable[[int, int], None]


class Memory(NamedTuple):
    """One loop of the day.

    gist   [units] the mean answers of the last layer
    """

    take: Take
    loop: Loop
    gist: Floats


def remember(
    out: Path, minutes: float = 3.0, runs: Path | None = None, progress: Progress = lambda done, all_: None
) -> Take:
    """Write a take of the most novel loops of the last day into the new folder `out`, in the order of the day.

    runs   the folder of run folders, by default the one that live shows write

    Raises ContentError where there is not enough to remember, StorageError for a full disk.
    """
    takes = [take for take in _takes(runs or cache() / "runs") if take.loops]
    if not takes:
        raise ContentError("there is nothing to remember: no take of the last day. Run a show first.")
    newest = takes[-1].header
    ear = ears.load(newest.model)
    takes = [take for take in takes if take.header.fingerprint == ear.anatomy.fingerprint]
    torch.set_num_threads(1)
    found = _memories(takes, ear, progress)
    if len(found) < FEWEST:
        raise ContentError(
            f"there is nothing to remember: {len(found)} loops of the last day can be heard. Run a show first."
        )
    length = found[0].take.clip(found[0].loop).seconds
    found = [memory for memory in found if abs(memory.take.clip(memory.loop).seconds - length) < 0.02 * length]
    chosen = novel(np.stack([memory.gist for memory in found]), max(FEWEST, round(60 * minutes / length / TWICE)))
    return _written(out, [found[number] for number in sorted(chosen)], newest)


def novel(gists: Floats, count: int) -> list[int]:
    """Which of the loops are furthest from each other: [loops, units] -> at most `count` numbers, the boldest first.

    The first is the one furthest from the mean; each further one is the one whose nearest chosen loop is furthest
    away (farthest-point sampling).
    """
    nearest = np.square(gists - gists.mean(axis=0)).sum(axis=1)
    chosen: list[int] = []
    for _ in range(min(count, len(gists))):
        best = int(np.argmax(nearest))
        if chosen and nearest[best] <= 0.0:
            break  # all others are there already
        chosen.append(best)
        apart = np.square(gists - gists[best]).sum(axis=1)
        nearest = apart if len(chosen) == 1 else np.minimum(nearest, apart)
    return chosen


def _takes(runs: Path) -> list[Take]:
    """All takes of the last day that can be read, the oldest first."""
    found: list[tuple[float, Take]] = []
    for path in runs.glob("*/take-*/loops.jsonl"):
        try:
            written = path.stat().st_mtime
            if time.time() - written < DAY:
                found.append((written, Take.read(path.parent)))
        except (ImmersionsError, OSError) as error:
            log.info("%s is left out: %s", path.parent, error)
    return [take for _, take in sorted(found, key=lambda pair: pair[0])]


def _memories(takes: list[Take], ear: Hearer, progress: Progress) -> list[Memory]:
    """Every loop of the takes once, heard again; the start clip is no dream."""
    dreams = ((take, loop) for take in takes for loop in take.loops if loop.step and not loop.lent)
    loops = list({(id(take), loop.clip): (take, loop) for take, loop in dreams}.values())
    found = []
    for number, (take, loop) in enumerate(loops):
        try:
            clip = Clip(take.clip(loop).mono[None].copy())
        except ImmersionsError as error:
            log.info("a loop is left out: %s", error)
            continue
        _, activations = ear.hear(clip, frames_per_loop(clip.seconds, ear.stride))
        last = activations.layers[ear.anatomy.layers[-1].name]
        found.append(Memory(take, loop, last.mean(axis=2, dtype=np.float32).ravel()))
        progress(number + 1, len(loops))
    return found


def _written(out: Path, memories: list[Memory], newest: Header) -> Take:
    header = Header(newest.show, newest.model, newest.fingerprint, newest.seed, 0.0, newest.settings)
    writer = TakeWriter(out, header)
    begin = 0.0
    for number, memory in enumerate(memories):
        clip, loop = memory.take.clip(memory.loop), memory.loop
        nothing = Scalogram(np.zeros((1, 1), np.float32), 1.0, 1, clip.seconds)
        dream = Dream(
            number, clip, Activations({}), nothing, parse(loop.target), loop.score, loop.step, verdict=loop.verdict
        )
        for again in range(TWICE):
            writer.loop(TWICE * number + again, begin, dream)
            begin += clip.seconds
    (out / "memories.json").write_text(
        json.dumps([{"take": str(memory.take.folder), **asdict(memory.loop)} for memory in memories], indent=2) + "\n"
    )
    return Take.read(out)


def kept(folder: Path, most: int = 30) -> None:
    """Let the oldest films and their takes go, so that only so many days are remembered."""
    for old in sorted(folder.glob("memory-*.take"))[:-most]:
        shutil.rmtree(old, ignore_errors=True)
        old.with_suffix(".mp4").unlink(missing_ok=True)
