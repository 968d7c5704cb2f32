"""A model's anatomy and the layout of its body, without loading torch."""

from dataclasses import dataclass, field

from installation.data import Anatomy, Layout, Region
from installation.layout.beside import beside
from installation.layout.store import layout_for
from installation.listen import pairs, plans
from installation.listen.anatomy import Plan
from installation.listen.liking import Liking, liked, shipped


@dataclass(frozen=True, eq=False, slots=True)
class Body:
    """What can be drawn before anything is heard."""

    model: str
    plan: Plan | plans.ForeignPlan | pairs.PairPlan
    anatomy: Anatomy
    layout: Layout
    liking: Liking = field(default_factory=dict)  # what it has for music rather than noise, where that is known

    def liked(self, region: Region) -> float:
        """How much more a box of neurons answers music than noise, in spreads; 0 where that is not known."""
        return liked(self.liking, region.layer, region.channels, region.pitch)


def body(model: str) -> Body:
    """The body of a model, or of two such as house+piano. Raises ContentError where one is missing or does not fit."""
    if both := pairs.names(model):
        return _two(*map(body, both))
    plan = plans.read(model)
    anatomy = plans.anatomy(plan)
    return Body(model, plan, anatomy, layout_for(model, anatomy), shipped(model, anatomy))


def _two(left: Body, right: Body) -> Body:
    """Two bodies as one."""
    parts = {part.model: part for part in (left, right)}
    assert not isinstance(left.plan, pairs.PairPlan)
    assert not isinstance(right.plan, pairs.PairPlan)
    plan = pairs.together(left.plan, right.plan)
    anatomy = pairs.joined({name: part.anatomy for name, part in parts.items()})
    layout = beside(left.layout, right.layout, anatomy)
    return Body(plan.name, plan, anatomy, layout, pairs.merged({name: part.liking for name, part in parts.items()}))
