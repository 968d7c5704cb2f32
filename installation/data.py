"""What flows through the piece: sounds, scalograms, neurons, dreams and pictures-to-be. All of it frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.look import Camera as Camera
from installation.look import Dome as Dome
from installation.look import Look as Look
from installation.look import Vector as Vector
from installation.region import EVERYTHING as EVERYTHING
from installation.region import Region as Region
from installation.region import Span as Span
from installation.region import Target as Target
from installation.title import Title as Title

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

RATE = 48_000  # Hz; everything inside runs at this rate
CHANNELS = range(1, 7)  # a clip is mono to 5.1


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, read-only: what flows may be read by any thread."""
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False, slots=True)
class Clip:
    """A piece of sound, usually one loop.

    samples   [channels 1..6, samples], float32, within +-1
    rate      Hz
    """

    samples: Floats
    rate: int = RATE

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.shape[0] not in CHANNELS or self.samples.shape[1] == 0:
            raise ValueError(f"a clip is [channels 1..6, samples 1..], got {list(self.samples.shape)}")
        frozen(self.samples)

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[1] / self.rate)

    @property
    def mono(self) -> Floats:
        """The mean of all channels, [samples]: what the ear hears."""
        heard: Floats = self.samples.mean(axis=0, dtype=np.float32)
        return heard


@dataclass(frozen=True, eq=False, slots=True)
class Scalogram:
    """How loud each pitch is at each moment.

    level   [bins, frames], 0 (silence) to about 1 (a full-scale sine is 0.93)
    """

    level: Floats
    lowest: float  # Hz, the centre of bin 0
    bins_per_octave: int
    seconds_per_frame: float

    def __post_init__(self) -> None:
        frozen(self.level)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of neurons; each neuron is one (channel, pitch bin)."""

    name: str
    channels: int
    bins: int
    stride: int  # scalogram frames per step of this layer

    @property
    def units(self) -> int:
        return self.channels * self.bins


@dataclass(frozen=True, slots=True)
class Link:
    """How one layer feeds another: target bin b sees source bins offset + b * stride + (0 .. kernel - 1).

    Source bins outside the layer are padding. With `dense` every source channel meets every target channel,
    otherwise channel meets its equal (pooling, identity skips).
    """

    source: str
    target: str
    kernel: int
    stride: int = 1
    offset: int = 0
    dense: bool = True


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The single index of all neurons: layers in order, then channel, then pitch.

    The neuron (layer, channel, bin) is number `start(layer) + channel * bins + bin`.
    """

    layers: tuple[Layer, ...]
    links: tuple[Link, ...] = ()

    @cached_property
    def _starts(self) -> dict[str, int]:
        starts, at = {}, 0
        for layer in self.layers:
            starts[layer.name] = at
            at += layer.units
        return starts

    @cached_property
    def units(self) -> int:
        return sum(layer.units for layer in self.layers)

    @cached_property
    def fingerprint(self) -> str:
        """A short name that changes with any layer or link."""
        body = [*map(astuple, self.layers), *map(astuple, self.links)]
        return hashlib.sha256(json.dumps(body).encode()).hexdigest()[:16]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __contains__(self, name: str) -> bool:
        return name in self._starts

    def __getitem__(self, name: str) -> Layer:
        return self.layers[[layer.name for layer in self.layers].index(name)]

    def start(self, name: str) -> int:
        """The number of the layer's first neuron."""
        return self._starts[name]

    def slice(self, name: str) -> slice:
        """Where the layer's neurons stand in any array over all units."""
        return slice(self.start(name), self.start(name) + self[name].units)


@dataclass(frozen=True, eq=False, slots=True)
class Activations:
    """What every neuron answered over one loop.

    layers   name -> [channels, bins, steps] float16; the response before the rectifier, normalised per layer
             so that 0 is rest (the mean on near-silence) and 1 one spread on music; below 0 is inhibited
    expected what an ear that foresees had expected of a layer at each of its steps, in the same form
    """

    layers: Mapping[str, Halves]
    expected: Mapping[str, Halves] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for layer in (*self.layers.values(), *self.expected.values()):
            frozen(layer)


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Where every neuron stands. The body fits into the unit ball around the origin; flat ones have z = 0.

    positions     [units, 3]
    edges         [edges, 2] numbers of source and target neuron, the strongest connections
    strengths     [edges] 0..1
    fingerprint   of the anatomy that it was made for
    variants      [places, units, 3] the body at places spread evenly over the loop, or None
    haze          [size, size] 0..1 density of all connections over x, y in -1..1 (row 0 is y = -1), or None
    settings      what it was made with
    """

    positions: Floats
    edges: NDArray[np.int32]
    strengths: Floats
    fingerprint: str
    variants: Floats | None = None
    haze: Floats | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge measured on a dream, and the gain it set."""

    gain: float  # linear, what the player multiplies the clip by
    peak: float  # linear, largest absolute sample before the gain
    dc: float  # linear, mean of the samples before it was taken away
    loudness: float | None = None  # LUFS after the gain; None where it was not measured
    repaired: int = 0  # samples that were no sound, such as NaN
    true_peak: float | None = None  # linear, of the wave between the samples, before the gain; None where not measured
    calm: Mapping[str, float] = field(default_factory=dict)  # layer -> share 0..1 of its light that is held still
    even: float = 0.0  # share 0..1 of the look that is held even, where a scene moves faster than light may
    flashes: int | None = None  # most transitions of light in any second, as it will be seen; None where not forecast


@dataclass(frozen=True, eq=False, slots=True)
class Dream:
    """One published result of the optimiser: what is heard and what the neurons do while it is heard."""

    number: int
    clip: Clip
    activations: Activations
    scalogram: Scalogram
    target: Target
    score: float  # the objective, in spreads of the targeted neurons
    step: int  # optimisation steps since the start clip
    verdict: Verdict | None = None  # only a judged dream may be played
    seconds_per_step: float = 0.0  # CPU seconds that one optimisation step took
    lent: bool = False  # begun from a sound that a visitor lent: it is played, and never written down
    slope: Halves | None = None  # [bins, frames], how the score changes with each cell of the scalogram, if known


@dataclass(frozen=True, slots=True)
class Controls:
    """A snapshot of all hands: every parameter's value by its name in the one parameter table."""

    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What is heard now, as the player tells it."""

    dream: Dream
    previous: Dream | None
    place: float  # 0..1 in the loop
    loop: int  # loops begun since the start of the show, 0 is the first
    seconds: float  # of sound heard since the start of the show
    speed: float = 1.0  # at which the loop runs now; 1 as it was made


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """Everything that a picture depends on."""

    number: int
    seconds: float  # of show time
    look: Look
    dream: Dream
    previous: Dream | None
    place: float  # 0..1 in the loop
