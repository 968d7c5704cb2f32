"""What a browser may say over its websocket; whatever is not exactly one of these is not heard."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

LONGEST = 2_000  # characters of one message

Text = Annotated[str, Field(max_length=200)]
_Message = TypeVar("_Message")


class Said(BaseModel):
    """One message. Nothing is converted and nothing may be added."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Hello(Said):
    """The first message: who comes.

    key    a code from the picture, or what this server gave when the connection was there before
    few    whether few neurons are enough, as on a phone
    """

    do: Literal["hello"]
    role: Literal["visitor", "watch"] = "visitor"
    key: Annotated[str, Field(max_length=64)] = ""
    few: bool = False


class TouchBody(Said):
    """A visitor touches a neuron."""

    do: Literal["touch"]
    unit: Annotated[int, Field(ge=0, lt=10_000_000)]


class Slide(Said):
    """A visitor moves a slider: 0..1 of what visitors may reach."""

    do: Literal["slide"]
    name: Text
    share: Annotated[float, Field(ge=0.0, le=1.0)]


class Compare(Said):
    """A visitor holds the button that lets the start clip be heard, or lets it go."""

    do: Literal["compare"]
    on: bool


class Plain(Said):
    """A wish without more to it.

    again   start again; a sound of one's own is forgotten
    stay    the visitor is still there
    keep    this loop is to be taken home
    join    wait for a seat once more
    """

    do: Literal["again", "stay", "keep", "join"]


Wish = TouchBody | Slide | Compare | Plain
_READ: TypeAdapter[Hello | Wish] = TypeAdapter(Annotated[Hello | Wish, Field(discriminator="do")])


def read(text: str) -> Hello | Wish | None:
    """The message that a text holds, or None where it is none."""
    return exactly(_READ, text, LONGEST)


def exactly(adapter: TypeAdapter[_Message], text: str, longest: int) -> _Message | None:
    """What a text of at most `longest` characters says, or None where it is too long or anything else."""
    if len(text) > longest:
        return None
    try:
        return adapter.validate_json(text)
    except (ValidationError, RecursionError):
        return None
