"""What a desk may say over its websocket; whatever is not exactly one of these is not heard."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from installation.station.messages import Said, Text, exactly

LONGEST = 16_000  # characters of one message: a lasso around half of a large body
TARGET = 12_000  # characters of a target

Name = Annotated[str, Field(max_length=40)]
Share = Annotated[float, Field(ge=-2.0, le=3.0)]


class Hello(Said):
    """The first message: who comes.

    key    what this server gave when the connection was there before
    read   whether looking is enough
    """

    do: Literal["hello"]
    pin: Annotated[str, Field(max_length=64)] = ""
    key: Annotated[str, Field(max_length=64)] = ""
    read: bool = False


class Set(Said):
    """A parameter is to stand here, in its own unit."""

    do: Literal["set"]
    name: Text
    value: float


class Release(Said):
    """A parameter is the show's again; without a name all are."""

    do: Literal["release"]
    name: Text


class Call(Said):
    """A cue to the show."""

    do: Literal["cue"]
    name: Literal["go", "panic", "scene", "again", "compare", "learn", "hold", "drop"]
    text: Text = ""


class Aim(Said):
    """What is dreamt of, as text; none lets go."""

    do: Literal["target"]
    text: Annotated[str, Field(max_length=TARGET)]


class Lasso(Said):
    """Neurons that a line was drawn around: bit n % 8 of byte n // 8 stands for neuron n, all in base64."""

    do: Literal["lasso"]
    units: Annotated[str, Field(max_length=LONGEST)]
    mode: Literal["only", "add", "less"] = "only"


class Start(Said):
    """Dream anew from this start clip."""

    do: Literal["clip"]
    name: Text


class Unclip(Said):
    """Remove a start clip of one's own."""

    do: Literal["unclip"]
    name: Text


class Step(Said):
    """Take the last change back, or do it once more."""

    do: Literal["undo", "redo"]


class Preset(Said):
    """Save how all stands under a name, bring it back, or remove it."""

    do: Literal["preset"]
    act: Literal["save", "recall", "remove"]
    name: Name


class Record(Said):
    """Begin or end a take of this performance."""

    do: Literal["record"]
    on: bool


class Bend(Said):
    """Bend an output.

    corner, point    of the net bring point number `point` to a place; finer and coarser give the net more points or
                     fewer; straight undoes all bending; keep writes it down; leave takes what was written down
    """

    do: Literal["warp"]
    output: Text
    act: Literal["corner", "point", "finer", "coarser", "straight", "keep", "leave"]
    point: Annotated[int, Field(ge=0, lt=10_000)] = 0
    to: Annotated[list[Share], Field(min_length=2, max_length=2)] | None = None


class ShowCard(Said):
    """A test card on all outputs; without a name the picture."""

    do: Literal["card"]
    name: Text


class Listen(Said):
    """Send the sound of a dream to this desk, to be heard there in advance."""

    do: Literal["listen"]
    dream: Text


Wish = (
    Set | Release | Call | Aim | Lasso | Start | Unclip | Step | Preset | Record | Bend | ShowCard | Listen
)  # fmt: skip
_READ: TypeAdapter[Hello | Wish] = TypeAdapter(Annotated[Hello | Wish, Field(discriminator="do")])


def read(text: str) -> Hello | Wish | None:
    """The message that a text holds, or None where it is none."""
    return exactly(_READ, text, LONGEST)
