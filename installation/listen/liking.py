"""Which neurons an ear has for music rather than for noise, so that those are offered first.

Many channels answer noise more than any music: dreams of them are hiss. Nothing here needs torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from installation.content import cache, find
from installation.data import Anatomy, Floats, frozen
from installation.errors import StorageError
from installation.listen import pairs
from installation.region import EVERYTHING, Span

FILE = "liking.npz"
LEARNT = ("weights.safetensors", "statistics.safetensors", "model.toml")  # the first that a model has tells what it is

Liking = Mapping[str, Floats]  # layer -> [channels, bins] mean answer to music less that to noise, in spreads


def shipped(model: str, anatomy: Anatomy) -> Liking:
    """The liking that lies beside a model's other files; empty where none does, or it has learnt more since."""
    folder = find("models", model)
    return _read(folder / FILE, anatomy, key(folder)) or {}


def known(model: str, anatomy: Anatomy) -> Liking:
    """The liking that was shipped with a model, or found earlier; empty where nothing is known."""
    return shipped(model, anatomy) or _read(place(model), anatomy, key(find("models", model))) or {}


def keep(liking: Liking, path: Path, learnt: str) -> None:
    """Write what was found about a model with this key. Raises StorageError."""
    part = path.with_suffix(f".{os.getpid()}.npz")
    arrays = {f"layer {name}": values.astype(np.float16) for name, values in liking.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(part, allow_pickle=False, about=np.array(json.dumps({"key": learnt})), **arrays)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}. Make room, or allow writing there.") from None


def place(model: str) -> Path:
    """Where what was found about a model is kept. Raises StorageError."""
    return cache() / f"liking-{model}.npz"


def key(folder: Path) -> str:
    """Changes whenever the model in a folder learns something else."""
    told = next((path for name in LEARNT if (path := folder / name).is_file()), None)
    return hashlib.sha256(told.read_bytes() if told else b"").hexdigest()[:16]


def learnt(model: str) -> str:
    """The key of a model; of two ears together the keys of both. Raises ContentError."""
    return "-".join(key(find("models", name)) for name in pairs.names(model) or (model,))


def ranked(liking: Liking, layer: str, pitch: Span = EVERYTHING) -> list[int]:
    """A layer's channels, those first that answer music more than noise, within a part of its pitches."""
    values = liking[layer]
    bins = pitch.indices(values.shape[1])
    return [int(channel) for channel in np.argsort(-values[:, bins.start : bins.stop].mean(1), kind="stable")]


def liked(liking: Liking, layer: str, channels: Span, pitch: Span = EVERYTHING) -> float:
    """How much more a box answers music than noise, in spreads; 0 where nothing is known."""
    if layer not in liking:
        return 0.0
    values = liking[layer]
    there = (span.indices(size) for span, size in zip((channels, pitch), values.shape, strict=True))
    across, along = there
    return float(values[across.start : across.stop, along.start : along.stop].mean(dtype=np.float64))


def _read(path: Path, anatomy: Anatomy, wanted: str) -> Liking | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if json.loads(str(arrays["about"]))["key"] != wanted:
                return None
            found = {layer.name: frozen(arrays[f"layer {layer.name}"].astype(np.float32)) for layer in anatomy}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None  # it will be found again
    fits = all(found[layer.name].shape == (layer.channels, layer.bins) for layer in anatomy)
    return found if fits and all(np.isfinite(values).all() for values in found.values()) else None
