"""A model's anatomy and the layout of its body, without loading torch."""

from dataclasses import dataclass

from installation.data import Anatomy, Layout
from installation.layout.store import layout_for
from installation.listen import plans
from installation.listen.anatomy import Plan


@dataclass(frozen=True, eq=False, slots=True)
class Body:
    """What can be drawn before anything is heard."""

    model: str
    plan: Plan | plans.ForeignPlan
    anatomy: Anatomy
    layout: Layout


def body(model: str) -> Body:
    """The body of a model. Raises ContentError where model or layout is missing or does not fit."""
    plan = plans.read(model)
    anatomy = plans.anatomy(plan)
    return Body(model, plan, anatomy, layout_for(model, anatomy))
