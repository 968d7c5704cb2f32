"""What the show and the station's process tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.control.acts import Act
from installation.data import Activations, Anatomy, Floats, Halves
from installation.station.hears import Hears


@dataclass(frozen=True, eq=False, slots=True)
class Office:
    """What the operator's desk begins with.

    table     all that its pages are told once, ready for JSON
    reader    the argon2 hash of the PIN that only lets look, "" for none
    target    LUFS that loops are played at
    ceiling   dBA that nothing passes, and those of 0 LUFS; None where nobody has read a meter
    ring      whether six channels are a ring of loudspeakers rather than 5.1
    """

    table: Mapping[str, Any]
    reader: str = ""
    target: float = -23.0
    ceiling: tuple[float, float] | None = None
    ring: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """Everything that a station's process begins with.

    hears      by layer
    sliders    the parameters that visitors reach
    words      language -> everything that the pages say, as `words.spoken` gives it
    language   that a station speaks until somebody chooses another
    phones     how many may play at once; 0 for none
    microphone whether visitors may lend a sound
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
    office: Office
    microphone: bool = False

    @property
    def network(self) -> bool:
        """Whether other machines may come in."""
        return self.host != "127.0.0.1"


@dataclass(frozen=True, eq=False, slots=True)
class Thought:
    """A dream that may be heard soon: what the neurons answer, and its sound [channels, samples] at RATE.

    gain     linear, that the sound has been given
    level    [bins, frames] of its scalogram, half precision
    slope    [bins, frames], how its score changes with each cell of the scalogram; None where nobody knows
    score    how well it excites its target, which is here as text; `step` of the optimiser
    """

    name: str
    activations: Activations
    sound: NDArray[np.int16]
    gain: float
    level: Halves
    slope: Halves | None
    score: float
    step: int
    target: str


@dataclass(frozen=True, slots=True)
class Now:
    """What is heard.

    began   time.monotonic() at which this loop began, so to say
    loop    seconds that it lasts at its present speed
    gain    linear, at which it is played
    """

    name: str
    began: float
    loop: float
    stands: Mapping[str, float]  # the sliders' parameters, where they are going
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Stands:
    """Where all parameters stand, whose hands hold them, where faders stand beside them, where the show wants them."""

    values: Mapping[str, float]
    holders: Mapping[str, str]
    ghosts: Mapping[str, float]
    rests: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Told:
    """What desks are told of one kind of thing, ready for JSON; it replaces what they knew of it."""

    kind: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the optimiser's last steps scored, beginning with step `first` of its run; None for a step that was lost."""

    run: int
    first: int
    scores: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """What the show has written into its log, ready for JSON."""

    lines: tuple[Mapping[str, Any], ...]


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
class Attended:
    """How many desks there are."""

    desks: int


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
