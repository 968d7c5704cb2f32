"""What there is to play and to listen with."""

import ast
import tomllib
from collections.abc import Iterator
from typing import Any

from installation.content import every
from installation.listen import anatomy


def ears() -> Iterator[dict[str, Any]]:
    """Every model: name, neurons, parameters, trained hours, steps and scores."""
    from installation.listen.network import Network  # only here: it brings torch

    for path in every("models", "*/model.toml"):
        plan = anatomy.read(path.parent.name)
        network = Network(plan)
        yield {
            "name": plan.name,
            "neurons": network.anatomy.units,
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            "trained_hours": plan.trained_hours,
            "steps": plan.steps,
            "licence": plan.licence,
            "scores": dict(plan.scores),
        }


def stage() -> Iterator[tuple[str, str, str, str]]:
    """Every show and scene: name, kind, what it is, and the folder that it comes from."""
    for path in every("scenes", "*.toml"):
        try:
            about = str(tomllib.loads(path.read_text(encoding="utf-8")).get("title", ""))
        except (OSError, tomllib.TOMLDecodeError) as error:
            about = f"cannot be read: {error}"
        yield path.stem, "show", about, str(path.parent)
    for path in every("scenes", "*.py"):
        try:
            about = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
        except (OSError, SyntaxError) as error:
            about = f"cannot be read: {error}"
        yield path.stem, "scene", about, str(path.parent)
