"""What hands ask for, whatever they hold: a touch of a parameter, or a cue to the show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from installation.data import Clip

Grip = Literal["jump", "pickup", "scaled"]
Name = Literal[
    "go", "panic", "scene", "target", "release", "learn", "compare", "again", "clip", "record", "card", "warp"
]  # fmt: skip

GRIPS: tuple[Grip, ...] = ("jump", "pickup", "scaled")

# What each cue does, in words, and what the text that comes with it means.
CUES: Mapping[Name, str] = MappingProxyType(
    {
        "go": "Go on to the next scene; after a panic the light comes back.",
        "panic": "Fade the picture to black.",
        "scene": "Start a scene of the show: its name, or its number in the running order.",
        "target": "What is dreamt of, as text, until hands let go; an empty text lets go.",
        "release": "Give a parameter back to the show: its name; an empty text gives back everything.",
        "learn": "Let the control that is moved next play this parameter, and keep that; an empty text learns nothing.",
        "compare": "Let the start clip be heard instead of the dream: on; an empty text lets the dream be heard again.",
        "again": "Begin again from the start clip.",
        "clip": "Begin again from another start clip: its name.",
        "record": "Begin a take of this performance with the next loop: on; an empty text ends it.",
        "card": "Show a test card on all outputs: its name; an empty text shows the picture again.",
        "warp": 'Bend an output, in JSON: {"output": "left", "act": "corner", "point": 0, "to": [0.1, 0.0]}.',
    }
)


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody asks for a value.

    grip   how the parameter follows: `jump` at once; `pickup` once the fader has passed where it stands; `scaled`
           always, by as much of the way that is left to it as the fader moves of its own
    hand   who asks: a device, an address; two hands on one parameter do not pull at each other
    """

    name: str
    value: float
    grip: Grip = "jump"
    hand: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Cue:
    """Somebody wants something of the show. See `CUES`."""

    name: Name
    text: str = ""
    hand: str = field(default="", compare=False)


@dataclass(frozen=True, eq=False, slots=True)
class Lent:
    """A visitor lends a sound of their own: the dream begins anew from it. It is kept in memory only."""

    clip: Clip
    hand: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """This hand plays something else from now on, or is no longer there: its faders have to be met anew."""

    hand: str


Act = Touch | Cue | Lent | Gone


@dataclass(frozen=True, slots=True)
class News:
    """Where things stand, for those who show it to hands: motor faders, lights, pages.

    stands   where every parameter is: going by hands, or shown by the show
    ghosts   shares 0..1 where faders stand that have not been picked up
    held     the names of parameters in hands
    facts    what else is worth telling, by name: the scene, the target, the loop
    cues     that the show can be called to
    holders  whose hand it is that holds a parameter
    rests    where the show wants every parameter
    """

    stands: Mapping[str, float]
    ghosts: Mapping[str, float]
    held: frozenset[str]
    facts: Mapping[str, str | float]
    cues: tuple[str, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict)
    rests: Mapping[str, float] = field(default_factory=dict)
