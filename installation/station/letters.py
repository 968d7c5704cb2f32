"""What the show and the station's process tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.control.acts import Act
from installation.data import Activations, Anatomy, Floats
from installation.station.hears import Hears


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """Everything that a station's process begins with.

    hears      by layer
    sliders    the parameters that visitors reach
    words      language -> everything that the pages say, as `words.spoken` gives it
    language   that a station speaks until somebody chooses another
    phones     how many may play at once; 0 for none
    address    that phones are told; empty to find it out
    """

    host: str
    port: int
    anatomy: Anatomy
    positions: Floats
    hears: Mapping[str, Hears]
    sliders: tuple[str, ...]
    words: Mapping[str, Mapping[str, Any]]
    language: str
    patience: float
    lease: float
    phones: int
    address: str
    names: tuple[str, ...]
    screens: tuple[str, ...]
    pin: str

    @property
    def network(self) -> bool:
        """Whether other machines may come in."""
        return self.host != "127.0.0.1"


@dataclass(frozen=True, eq=False, slots=True)
class Thought:
    """A dream that may be heard soon: what the neurons answer, and its sound [channels, samples] at RATE."""

    name: str
    activations: Activations
    sound: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Now:
    """What is heard.

    began   time.monotonic() at which this loop began, so to say
    loop    seconds that it lasts at its present speed
    """

    name: str
    began: float
    loop: float
    stands: Mapping[str, float]  # the sliders' parameters, where they are going


@dataclass(frozen=True, slots=True)
class Open:
    """The station answers at this port; others find it at this address."""

    port: int
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What visitors ask of the show."""

    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What belongs into the picture: the address for phones, "" for none, and everybody's neuron, colour and weight."""

    address: str
    places: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True)
class Alive:
    """Told every second, so that silence means trouble."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why the process ends."""

    words: str
