"""What the browser draws: where all neurons stand, and how strongly each answers over a loop, in four bits."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.data import Activations, Anatomy, Floats

FAINT = 0.15  # spreads above rest: level 1; every level is half an octave more, so level 15 is 19 spreads
LEVELS = 15
WHOLE = 2**15 - 1  # a position of 1 in the quantised body
FEW = 6_000  # neurons at most in the coarse body, for phones
SLOW = 48  # steps at most in a loop of the coarse thought


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """Which neurons a browser gets: all of them, or few and seldom.

    units   [neurons] numbers in the anatomy, in its order
    steps   in a loop, at most; 0 for as many as a layer has
    """

    units: NDArray[np.int32]
    steps: int = 0


def whole(anatomy: Anatomy) -> Sample:
    """All neurons, each at its own pace."""
    return Sample(np.arange(anatomy.units, dtype=np.int32))


def coarse(anatomy: Anatomy) -> Sample:
    """Few neurons, evenly from all layers."""
    every = -(-anatomy.units // FEW)
    return Sample(np.arange(0, anatomy.units, every, dtype=np.int32), SLOW)


def packed_body(sample: Sample, anatomy: Anatomy, positions: Floats) -> bytes:
    """Where the neurons of a sample stand, [neurons, 3] int16, and to which layer they belong, as a parcel."""
    counts = [len(mine) for _, mine in _by_layer(sample, anatomy)]
    places = np.rint(np.clip(positions[sample.units], -1, 1) * WHOLE).astype("<i2")
    units = sample.units.astype("<i4")
    return parcel({"say": "body", "counts": counts}, units.tobytes() + places.tobytes())


def packed_thought(sample: Sample, anatomy: Anatomy, activations: Activations, name: str) -> bytes:
    """A dream's answers as a parcel: neuron after neuron all its steps, two to a byte, the first in the low half.

    name   by which the server says later that this dream is heard
    """
    steps, pieces = [], []
    for layer, mine in _by_layer(sample, anatomy):
        answers = activations.layers.get(layer.name)
        if answers is None or len(mine) == 0:
            steps.append(1)
            pieces.append(np.zeros(len(mine), np.uint8))
            continue
        fewer = slower(answers.reshape(layer.units, -1)[mine], sample.steps)
        steps.append(fewer.shape[1])
        pieces.append(levels(fewer).reshape(-1))
    values = np.concatenate(pieces)
    values = np.append(values, np.zeros(len(values) % 2, np.uint8))
    return parcel({"say": "dream", "dream": name, "steps": steps}, (values[0::2] | values[1::2] << 4).tobytes())


def levels(answers: NDArray[Any]) -> NDArray[np.uint8]:
    """Answers in spreads above rest -> levels 0..15, each half an octave stronger than the one below."""
    above = np.nan_to_num(answers.astype(np.float32), nan=0.0, posinf=1e4, neginf=0.0)
    steps = 2 * np.log2(np.maximum(above, FAINT / 4) / FAINT) + 1
    quantised: NDArray[np.uint8] = np.clip(np.rint(steps), 0, LEVELS).astype(np.uint8)
    return quantised


def slower(answers: NDArray[Any], steps: int) -> NDArray[Any]:
    """The strongest answer of each of so many even parts of the loop, where there are more: [neurons, steps]."""
    count = answers.shape[1]
    if not steps or count <= steps:
        return answers
    every = -(-count // steps)
    padded = np.pad(answers, ((0, 0), (0, -count % every)), mode="wrap")
    strongest: NDArray[Any] = padded.reshape(len(answers), -1, every).max(axis=2)
    return strongest


def parcel(head: dict[str, Any], body: bytes) -> bytes:
    """A head as JSON behind its length (uint32, little-endian), then the body, deflated."""
    words = json.dumps(head, separators=(",", ":")).encode()
    return len(words).to_bytes(4, "little") + words + zlib.compress(body, 6)


def opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and body of a parcel."""
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), zlib.decompress(data[4 + length :])


def _by_layer(sample: Sample, anatomy: Anatomy) -> Sequence[tuple[Any, NDArray[np.int32]]]:
    """Each layer with the numbers, counted within it, of its neurons in the sample."""
    parts = []
    for layer in anatomy:
        span = anatomy.slice(layer.name)
        first, last = np.searchsorted(sample.units, (span.start, span.stop))
        parts.append((layer, sample.units[first:last] - span.start))
    return parts
