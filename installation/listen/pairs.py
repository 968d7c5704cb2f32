"""Two ears at once, such as `house+piano`: one anatomy with the layers of both, called `house:ar5` and `piano:ar5`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from installation.data import Anatomy
from installation.errors import ContentError
from installation.listen.anatomy import FrontEnd, Part, Plan
from installation.listen.plans import ForeignPlan

JOIN, MARK = "+", ":"

T = TypeVar("T")


class PairPlan(Part):
    """What is known of two ears together; both hear the same scalogram."""

    name: str
    left: Plan
    right: Plan

    @property
    def description(self) -> str:
        return f"Two ears. Left: {self.left.description}. Right: {self.right.description}."

    @property
    def front_end(self) -> FrontEnd:
        return self.left.front_end

    @property
    def trained_hours(self) -> float:
        return self.left.trained_hours + self.right.trained_hours


def names(model: str) -> tuple[str, str] | None:
    """The two ears that a model's name joins, or None where it is one. Raises ContentError."""
    if JOIN not in model:
        return None
    both = [name.strip() for name in model.split(JOIN)]
    if len(both) != 2 or not all(both) or both[0] == both[1]:
        raise ContentError(f"the model {model!r} should join two different ears, such as house+piano.")
    return both[0], both[1]


def together(left: Plan | ForeignPlan, right: Plan | ForeignPlan) -> PairPlan:
    """The plan of two ears. Raises ContentError where they cannot hear the same scalogram."""
    name = f"{left.name}{JOIN}{right.name}"
    if not (isinstance(left, Plan) and isinstance(right, Plan)) or left.front_end != right.front_end:
        raise ContentError(
            f"the ears of {name!r} hear in different ways. Join two of our own whose [front_end] is alike: "
            "immersions models."
        )
    return PairPlan(name=name, left=left, right=right)


def joined(parts: Mapping[str, Anatomy]) -> Anatomy:
    """The anatomy of ears by name: all their layers, one ear after the other, and all their links."""
    layers = (replace(layer, name=called(ear, layer.name)) for ear, part in parts.items() for layer in part)
    links = (
        replace(link, source=called(ear, link.source), target=called(ear, link.target))
        for ear, part in parts.items()
        for link in part.links
    )
    return Anatomy(tuple(layers), tuple(links))


def merged(parts: Mapping[str, Mapping[str, T]]) -> dict[str, T]:
    """What is known of the layers of each ear, under the names that they have together."""
    return {called(ear, layer): value for ear, part in parts.items() for layer, value in part.items()}


def called(ear: str, layer: str) -> str:
    """A layer's name among those of two ears."""
    return f"{ear}{MARK}{layer}"
