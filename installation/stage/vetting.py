"""What a show asks of its scenes and of the network, looked at before anybody watches; every fault with its line."""

from collections.abc import Iterator
from pathlib import Path

from installation.data import Anatomy
from installation.errors import ContentError, one_of
from installation.stage.fitting import fit, fitted
from installation.stage.importing import path_of, scene_names
from installation.stage.lines import Place
from installation.stage.program import Program
from installation.stage.turns import Turns
from installation.target import check, parse

GLIMPSES = 64  # wandering targets that are tried


def files(program: Program) -> dict[str, Path]:
    """Where each scene of a show stands. Raises ContentError for one that nobody has."""
    found: dict[str, Path] = {}
    for name, place in _named(program):
        if (path := path_of(f"{name}.py")) is None:
            hint = one_of(name, scene_names())
            raise program.lines.fault(f"the show asks for the scene {name!r}. {hint}", *place)
        found[name] = path
    return found


def vet(program: Program, turns: Turns, anatomy: Anatomy, place: Place = ()) -> None:
    """Try every target and layer that a show, or the part of the day at a place in it, names. Raises ContentError."""
    for part in program.parts:
        _try(program, anatomy, part.targets, ("scene", part.number, "targets"))
    _try(program, anatomy, program.wander.targets, (*place, "wander", "targets"))
    for layer in program.wander.layers:
        if fitted(layer, anatomy) not in anatomy:
            hint = one_of(layer, [known.name for known in anatomy])
            raise program.lines.fault(f"the show wanders to the layer {layer!r}. {hint}", *place, "wander", "layers")
    for number in range(GLIMPSES):
        check(fit(turns.wandering_box(number), anatomy), anatomy)


def _try(program: Program, anatomy: Anatomy, targets: tuple[str, ...], place: Place) -> None:
    for text in targets:
        try:
            check(fit(parse(text), anatomy), anatomy)
        except ContentError as error:
            raise program.lines.fault(str(error), *place) from None


def _named(program: Program) -> Iterator[tuple[str, Place]]:
    """Every scene that a show names, and where."""
    for number, part in enumerate(program.parts):
        yield part.name, ("scene", number, "name")
        for at, over in enumerate(part.over):
            yield over.scene, ("scene", number, "over", at, "scene")
    for scene in program.wander.scenes:
        yield scene, ("wander", "scenes")
    for number, day in enumerate(program.days):
        for scene in day.program.wander.scenes:
            yield scene, ("day", number, "wander", "scenes")
