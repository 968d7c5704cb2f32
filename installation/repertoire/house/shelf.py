"""Recordings for training: a set and its labels as two files, and tracks that only their notes tell apart."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from installation.data import RATE, Floats
from installation.errors import StorageError
from installation.repertoire.house.harmony import MODES
from installation.repertoire.house.labels import TrackLabels
from installation.repertoire.house.mix import render_set
from installation.repertoire.house.render import track
from installation.repertoire.house.sources import Sources

Table = dict[str, Any]


def store(folder: Path, seed: int, minutes: float, sources: Sources | None = None, codecs: bool = False) -> Path:
    """Render a set into `folder` as house-SEED.npy (int16, mono, 48 kHz) and house-SEED.json; returns the sound's path.

    The labels are written first and the sound is moved into place whole, so a sound that is there is complete.
    codecs   whether a real codec drawn by the seed may wear it down (needs soundfile; a third slower)

    What is there already is kept. Raises StorageError where the folder cannot be written.
    """
    name = f"house-{seed:07d}"
    path = folder / f"{name}.npy"
    if path.exists():
        return path
    samples, tracks = render_set(seed, minutes, sources)
    sound, codec = samples[0], "none"
    if codecs:
        from installation.repertoire.house.codecs import worn  # only here is soundfile needed

        sound, codec = worn(sound, np.random.default_rng([seed, 4]))
    about = table(name, seed, len(sound) / RATE, tracks) | {"codec": codec}
    write(folder, sound, about)
    return path


def write(folder: Path, sound: Floats, about: Table) -> None:
    """Labels first, then 16-bit samples [samples] under their final name at once. Raises StorageError."""
    path, part = folder / f"{about['name']}.npy", folder / f".{about['name']}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(about))
        with part.open("wb") as file:
            np.save(file, np.round(np.clip(sound, -1, 1) * 32_767).astype(np.int16))
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StorageError(
            f"{path} could not be written: {error.strerror}; make room or choose another folder"
        ) from None


def table(name: str, seed: int, seconds: float, tracks: list[TrackLabels]) -> Table:
    """Labels of a whole recording; lists hold [start in seconds, value...], each lasting until the next."""
    turns = [0.0, *((old.end + new.start) / 2 for old, new in pairwise(tracks)), seconds]  # who is louder
    rows: Table = {
        key: [] for key in ("beats", "downbeats", "bpm", "key", "chords", "sections", "tracks", "families", "styles")
    }
    for labels, (start, end) in zip(tracks, pairwise(turns), strict=True):
        beat = 60 / labels.bpm
        first = int(np.ceil((start - labels.first_beat) / beat - 1e-6))
        for number in range(first, int(np.ceil((min(end, labels.end) - labels.first_beat) / beat - 1e-6))):
            when = round(labels.first_beat + number * beat, 5)
            rows["beats"].append(when)
            if number % 4 == 0:
                rows["downbeats"].append(when)
        minor = MODES[labels.mode][2] == 3
        rows["bpm"].append([start, labels.bpm])
        rows["key"].append([start, labels.tonic, "minor" if minor else "major"])
        rows["tracks"].append([start, f"house-{labels.track}"])
        rows["styles"].append([start, labels.style])
        rows["families"].append([start, "/".join(labels.patches.values())])
        rows["chords"] += [
            [time, None if root < 0 else root, quality or "none"]
            for time, root, quality in within(labels.chords, start, end)
        ]
        rows["sections"] += [list(entry) for entry in within(labels.sections, start, end)]
    return {
        "name": name,
        "generator": "house",
        "seed": seed,
        "seconds": seconds,
        "group": name,
        "style": tracks[0].style,
        **rows,
    }


def within(entries: tuple[Any, ...], start: float, end: float) -> list[Any]:
    """The entries that hold between two moments; the one that holds at `start` is moved there."""
    kept = [entry for entry in entries if start < entry[0] < end]
    before = [entry for entry in entries if entry[0] <= start]
    return [(start, *before[-1][1:]), *kept] if before else kept


def twins(
    seed: int, tracks: int = 15, seconds: float = 200.0, sources: Sources | None = None
) -> Iterator[tuple[Floats, Table]]:
    """Tracks of the same style, tempo, key and patch families, each alone and at least so long: ([samples], labels)."""
    for number in range(tracks):
        one = track(seed * 1000 + number, sources, "house", like=seed, seconds=seconds)
        samples = one.samples[0]
        labels = replace(one.labels, end=len(samples) / RATE)
        yield samples, table(f"twin-{seed}-{number}", labels.track, len(samples) / RATE, [labels])
