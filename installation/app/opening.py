"""The first dream: what is seen and heard while the network is still being loaded."""

import hashlib
import json
import logging
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from installation.body import Body
from installation.content import cache, find
from installation.data import Activations, Clip, Dream, Halves, Scalogram, Target
from installation.dream.judge import judge
from installation.errors import ContentError
from installation.take import on_grid

log = logging.getLogger(__name__)

FILE = "opening.npz"


def opening(
    body: Body, start: Clip, target: Target, at_rest: bool = False, judge: Callable[[Dream], Dream] = judge
) -> Dream:
    """The start clip, with what the network thought of it where that is known, judged and ready to be played.

    at_rest   no neuron answers
    """
    layers: dict[str, Halves] = {}
    level = np.zeros((body.plan.front_end.bins, 16), np.float32)
    for path in (_shipped(body), _kept(body)):
        if not at_rest and path is not None and path.is_file() and (known := _read(path, body, start)) is not None:
            layers, level = known
            break
    front = body.plan.front_end
    scalogram = Scalogram(level, front.lowest, front.bins_per_octave, start.seconds / level.shape[1])
    judged = judge(Dream(0, start, Activations(layers), scalogram, target, 0.0, 0))
    return replace(judged, clip=on_grid(judged.clip))  # what is played is what a take gives back


def keep(body: Body, dream: Dream) -> None:
    """Keep what the network thought of the start clip for the next opening; a full disk only costs that."""
    try:
        write(_kept(body), body, dream)
    except OSError as error:
        log.warning("the opening could not be kept in %s: %s", cache(), error.strerror)


def write(path: Path, body: Body, dream: Dream) -> None:
    """Write a dream as an opening of this body, in 8 bits a neuron. Raises OSError."""
    arrays = {f"layer {name}": np.clip(np.round(layer.astype(np.float32) * 16), -128, 127).astype(np.int8)
              for name, layer in dream.activations.layers.items()}  # fmt: skip
    about = identity(body, dream.clip)
    part = path.with_suffix(".part.npz")
    np.savez_compressed(
        part,
        allow_pickle=False,
        about=np.array(json.dumps(about)),
        level=dream.scalogram.level.astype(np.float16),
        **arrays,
    )
    part.replace(path)


def _read(path: Path, body: Body, start: Clip) -> tuple[dict[str, np.ndarray], np.ndarray] | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            if about != identity(body, start):
                return None
            layers = {name.removeprefix("layer "): (arrays[name] / np.float32(16)).astype(np.float16)
                      for name in arrays.files if name.startswith("layer ")}  # fmt: skip
            return layers, arrays["level"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # it will be made again


def identity(body: Body, clip: Clip) -> dict[str, str]:
    """What an opening is of: this body, this sound, and the network as its model file describes it."""
    sound = hashlib.sha256(on_grid(clip).samples.tobytes()).hexdigest()[:16]
    return {"fingerprint": body.anatomy.fingerprint, "clip": sound, "model": body.plan.model_dump_json()}


def _shipped(body: Body) -> Path | None:
    try:
        return find("models", f"{body.model}/{FILE}")
    except ContentError:
        return None


def _kept(body: Body) -> Path:
    return cache() / f"opening-{body.model}-{body.anatomy.fingerprint}.npz"
