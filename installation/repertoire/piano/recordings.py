"""Recordings without end: piece after piece, each by another pianist in another room, written with labels."""

from __future__ import annotations

import json
import logging
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from installation.data import RATE, Floats
from installation.errors import ContentError, StorageError
from installation.repertoire.piano.performance import INTERPRETATIONS, TRANSPOSITIONS, Performance, perform
from installation.repertoire.piano.room import render, room
from installation.repertoire.piano.scores import Piece, Score, excerpt, pieces, read, repeated

log = logging.getLogger(__name__)

TRAINED_ON = "MuseScore_General_Full.sf2"  # the soundfont for training: Splendid Grand
TESTED_ON = "FluidR3_GM.sf2"  # another piano, for evaluation only: a Yamaha grand
SECONDS = (75.0, 300.0)  # shortest and longest recording; shorter pieces are repeated, longer ones cut
COMMON = 40  # pieces; of composers with more only a part is played each time round


@dataclass(frozen=True, slots=True)
class Plan:
    """One recording to be made. Its name tells it from all others; the same name is the same sound."""

    piece: Piece
    interpretation: int
    transposed: int

    @property
    def name(self) -> str:
        return f"piano-{self.piece.name}-i{self.interpretation:02}-t{self.transposed:+d}"

    @property
    def seed(self) -> int:
        return zlib.crc32(self.name.encode())


def plans(catalogue: list[Piece], seed: int) -> Iterator[Plan]:
    """Twelve times through the catalogue, each time in another order and with other interpretations."""
    random = np.random.default_rng(seed)
    counts = Counter(piece.composer for piece in catalogue)
    first = {piece.name: random.permutation(INTERPRETATIONS) for piece in catalogue}
    for turn in range(INTERPRETATIONS):
        for at in random.permutation(len(catalogue)):
            piece = catalogue[at]
            transposed = int(random.choice(TRANSPOSITIONS))
            if random.random() < np.sqrt(COMMON / counts[piece.composer]):
                yield Plan(piece, int(first[piece.name][turn]), transposed)


def record(score: Score, plan: Plan, soundfont: Path, mono: bool = True) -> tuple[Floats, dict[str, Any]]:
    """Samples [1 or 2, samples] at 48 kHz and the labels of one recording."""
    random = np.random.default_rng(plan.seed)
    performance = _fitting(score, plan, random)
    samples = render(performance, soundfont, room(random), plan.seed, mono)
    about = {
        "name": plan.name,
        "generator": "piano",
        "seed": plan.seed,
        "group": plan.piece.work,
        "soundfont": soundfont.stem,
    }
    return samples, about | {"seconds": round(samples.shape[1] / RATE, 6)} | performance.labels


def write(folder: Path, samples: Floats, labels: dict[str, Any]) -> Path:
    """Labels first, then 16-bit samples under their final name at once; raises StorageError where the disk refuses."""
    path, part = folder / f"{labels['name']}.npy", folder / f".{labels['name']}.part"
    whole = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(labels, ensure_ascii=False), encoding="utf-8")
        with part.open("wb") as file:
            np.save(file, whole[0] if len(whole) == 1 else whole)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StorageError(f"cannot write {path}: {error.strerror}; make room or choose another folder") from None
    return path


def work(
    scores: Path, soundfont: Path, folder: Path, share: tuple[int, int], seed: int, going: Callable[[float], bool]
) -> float:
    """Record until told to stop; returns the seconds of music written. What is there already is not made again,
    scores that cannot be read are named and left out.

    share   (worker, workers): every worker takes its own part of the plans
    going   asked before every recording with the seconds written so far
    """
    written = 0.0
    for number, plan in enumerate(plans(pieces(scores), seed)):
        if number % share[1] != share[0] or (folder / f"{plan.name}.npy").exists():
            continue
        if not going(written):
            break
        try:
            score = read(plan.piece)
        except ContentError as error:
            log.warning("%s; it is left out", error)
            continue
        samples, labels = record(score, plan, soundfont)
        write(folder, samples, labels)
        written += labels["seconds"]
    return written


def _fitting(score: Score, plan: Plan, random: np.random.Generator) -> Performance:
    """The performance, of a part of the score where it is long, of several rounds where it is short."""
    whole = perform(score, plan.interpretation, plan.transposed)
    shortest, longest = SECONDS
    if whole.seconds < shortest:
        rounds = int(np.ceil(shortest / whole.seconds))
        return perform(repeated(score, rounds), plan.interpretation, plan.transposed)
    if whole.seconds > longest:
        bars = score.beats[score.downbeat]
        span = (score.end - score.start[0]) * longest / whole.seconds * 0.95
        begin = random.choice([bar for bar in bars if bar <= score.end - span] or [score.start[0]])
        return perform(excerpt(score, begin, begin + span), plan.interpretation, plan.transposed)
    return whole
