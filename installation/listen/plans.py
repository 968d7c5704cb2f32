"""What a model.toml may be: the plan of an ear of our own, or the account of one that others made."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from installation.content import find
from installation.data import Anatomy, Layer, Link
from installation.errors import ContentError, PackageError, one_of
from installation.listen import anatomy as ours
from installation.listen.anatomy import Count, FrontEnd, Part, Plan


class LayerTable(Part):
    """A layer of neurons, as `data.Layer` says."""

    name: str
    channels: Count
    bins: Count
    stride: Count = 1


class LinkTable(Part):
    """How one layer feeds another, as `data.Link` says; with a stride of 0 every bin sees the same."""

    source: str
    target: str
    kernel: Count
    stride: Annotated[int, Field(ge=0)] = 1
    offset: int = 0
    dense: bool = True


class ForeignPlan(Part):
    """Everything that the model.toml of an ear says that others made.

    kind            who brings it to life: a part of this package, or with "own" the class `Ear` in ear.py beside it
    package         the Python package that it needs, "" for none
    trained_hours   left out where nobody has published them
    parameters      numbers that it has learnt
    front_end       of the scalogram that is shown beside it
    """

    example: ClassVar[str] = "crepe"

    name: str
    kind: Literal["crepe", "pesto", "own"]
    package: str = ""
    description: str
    data: str
    licence: str
    steps: Annotated[int, Field(ge=0)] = 0
    trained_hours: Annotated[float, Field(ge=0)] | None = None
    parameters: Annotated[int, Field(ge=0)]
    front_end: FrontEnd = FrontEnd()
    layers: Annotated[tuple[LayerTable, ...], Field(min_length=1)]
    links: tuple[LinkTable, ...] = ()
    scores: Mapping[str, float] = {}


def read(name: str) -> Plan | ForeignPlan:
    """The plan of a model in the content folders. Raises ContentError."""
    path = find("models", f"{name}/model.toml")
    table = ours.table_in(path)
    if "kind" not in table:
        return ours.read_file(path, name)
    plan = ours.understood(ForeignPlan, table, path, name)
    names = [layer.name for layer in plan.layers]
    for named in (end for link in plan.links for end in (link.source, link.target)):
        if named not in names:
            raise ContentError(f"{path}: a link names the layer {named!r}. {one_of(named, names)}")
    if len(set(names)) < len(names):
        raise ContentError(f"{path}: two layers have one name. Give every layer a name of its own.")
    return plan


def anatomy(plan: Plan | ForeignPlan) -> Anatomy:
    """The single index of a plan's neurons, with all links between layers."""
    if isinstance(plan, Plan):
        return ours.anatomy(plan)
    layers = (Layer(**layer.model_dump()) for layer in plan.layers)
    return Anatomy(tuple(layers), tuple(Link(**link.model_dump()) for link in plan.links))


def provided(plan: Part) -> None:
    """Raises PackageError where the package is not installed that an ear needs."""
    if isinstance(plan, ForeignPlan) and plan.package and find_spec(plan.package) is None:
        wanted = plan.package if plan.kind == "own" else "'immersions[ears]'"
        raise PackageError(
            f"The ear {plan.name!r} needs the Python package {plan.package!r}, which is not installed. "
            f"Install it with: pip install {wanted}"
        )
