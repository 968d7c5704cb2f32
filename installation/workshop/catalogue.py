"""What there is to play and to listen with."""

import ast
import tomllib
from collections.abc import Iterator
from typing import Any

from installation.content import every
from installation.listen import plans
from installation.listen.anatomy import Plan
from installation.listen.plans import ForeignPlan


def ears() -> Iterator[dict[str, Any]]:
    """Every model: name, neurons, parameters, trained hours (None: not told), steps and scores."""
    for path in every("models", "*/model.toml"):
        plan = plans.read(path.parent.name)
        yield {
            "name": plan.name,
            "neurons": plans.anatomy(plan).units,
            "parameters": parameters(plan),
            "trained_hours": plan.trained_hours,
            "steps": plan.steps,
            "licence": plan.licence,
            "scores": dict(plan.scores),
        }


def parameters(plan: Plan | ForeignPlan) -> int:
    """How many numbers an ear has learnt, or would."""
    if isinstance(plan, ForeignPlan):
        return plan.parameters
    from installation.listen.network import Network  # only here: it brings torch

    return sum(parameter.numel() for parameter in Network(plan).parameters())


def stage() -> Iterator[tuple[str, str, str, str]]:
    """Every show, scene, and palette of an artist's own: name, kind, what it is, and the folder that it comes from."""
    for path in every("scenes", "*.toml"):
        try:
            about = str(tomllib.loads(path.read_text(encoding="utf-8")).get("title", ""))
        except (OSError, tomllib.TOMLDecodeError) as error:
            about = f"cannot be read: {error}"
        yield path.stem, "show", about, str(path.parent)
    for path in every("scenes", "palettes/*.toml"):
        yield path.stem, "palette", "", str(path.parent)
    for path in every("scenes", "*.py"):
        try:
            about = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
        except (OSError, SyntaxError) as error:
            about = f"cannot be read: {error}"
        yield path.stem, "scene", about, str(path.parent)
