"""`immersions data`: music to train an ear on, rendered once into a folder."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from installation.data import RATE
from installation.errors import ContentError, StorageError
from installation.repertoire.fluid import find
from installation.repertoire.house import bank, shelf
from installation.repertoire.piano import recordings

SPAWN = multiprocessing.get_context("spawn")  # a process with threads must not be forked
SET = 6.0  # minutes of one set of club music
TWINS, TWIN = 15, 200.0  # tracks that share tempo, key and sounds, and seconds of each
Progress = Callable[[int, int], None]  # (recordings done, recordings in all)


def size(hours: float) -> int:
    """Bytes that so many hours take on disk, as int16 mono."""
    return round(hours * 3600 * RATE * 2)


def room_for(hours: float, out: Path) -> None:
    """Raises StorageError when the disk has less room than the recordings take, ContentError for no length at all."""
    if not 0 < hours <= 10_000:
        raise ContentError(f"{hours:g} hours of music cannot be rendered. Give more than 0 and at most 10 000.")
    place = out if out.exists() else out.absolute().parent
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < 1.05 * size(hours):
        raise StorageError(
            f"{hours:g} h take {size(hours) / 1e9:.1f} GB, but {place} has {free / 1e9:.1f} GB left. "
            "Ask for fewer hours or give another folder."
        )


def house(hours: float, seed: int, out: Path, workers: int, progress: Progress) -> int:
    """Render sets of club music with their labels; what is there already is kept. Returns how many there are."""
    room_for(hours, out)
    count = max(1, round(hours * 60 / SET))
    bank.available()  # before the workers ask for it at once
    with ProcessPoolExecutor(workers, mp_context=SPAWN) as pool:
        for done, _ in enumerate(pool.map(one_set, [out] * count, range(seed, seed + count))):
            progress(done + 1, count)
    return count


def one_set(out: Path, seed: int) -> Path:
    """One set, with all recorded sounds that this machine has."""
    return shelf.store(out, seed, SET, bank.available(), codecs=True)


def twins(seed: int, out: Path, progress: Progress) -> int:
    """Render tracks that only their notes tell apart, for `evaluate --twins`. Returns how many there are."""
    room_for(TWINS * TWIN / 3600, out)
    for done, (sound, about) in enumerate(shelf.twins(seed, TWINS, TWIN, bank.available())):
        shelf.write(out, sound, about)
        progress(done + 1, TWINS)
    return TWINS


def piano(scores: Path, hours: float, seed: int, out: Path, workers: int, progress: Progress) -> int:
    """Play scores with expression, one recording after another; returns how many were made.

    Raises ContentError where scores or soundfont are missing.
    """
    room_for(hours, out)
    if not scores.is_dir():
        raise ContentError(f"{scores} was asked for as a folder of scores, but there is no such folder.")
    soundfont = find(recordings.TRAINED_ON)
    with ProcessPoolExecutor(workers, mp_context=SPAWN) as pool:
        shares = [pool.submit(one_pianist, scores, soundfont, out, (n, workers), seed, hours) for n in range(workers)]
        for done, share in enumerate(shares):
            share.result()
            progress(done + 1, workers)
    return len(list(out.glob("*.npy")))


def one_pianist(scores: Path, soundfont: Path, out: Path, share: tuple[int, int], seed: int, hours: float) -> None:
    """A worker's share of the recordings."""
    wanted = hours * 3600 / share[1]
    recordings.work(scores, soundfont, out, share, seed, lambda seconds: seconds < wanted)
