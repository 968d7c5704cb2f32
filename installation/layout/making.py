"""From an anatomy to a whole layout: positions, threads and haze."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from installation.data import Anatomy, Floats, Layout, Link, frozen
from installation.layout import edges
from installation.layout.charges import by_chance
from installation.layout.graph import LayeredGraph, graph_of
from installation.layout.multilevel import Settings, Watcher, lay_out, relax
from installation.layout.pose import pose

BREATH = 5  # steps from the body at rest to each place of the loop


@dataclass(frozen=True, eq=False, slots=True)
class Learnt:
    """What a trained network says about its body. Whatever is missing is left to chance.

    charges   [units] how strongly each neuron pushes the others away, > 0
    weights   link -> [target channels, source channels, kernel] >= 0, how strong its connections are
    breath    [places, units] how much more each pushes at places spread evenly over the loop, > 0; 1 is as always
    """

    charges: Floats | None = None
    weights: Mapping[Link, Floats] | None = None
    breath: Floats | None = None


NOTHING = Learnt()


def make(
    anatomy: Anatomy,
    settings: Settings,
    learnt: Learnt = NOTHING,
    device: str = "cpu",
    watch: Watcher | None = None,
) -> Layout:
    """The layout of a network. The first layer is the foot on which the body stands."""
    if learnt.charges is None:
        given = torch.from_numpy(by_chance(anatomy.units, settings.variety, settings.seed))
    else:
        given = torch.from_numpy(learnt.charges.copy())
    positions = lay_out(graph_of(anatomy, given, settings.balance, settings.skips, device), settings, watch)
    places = []
    for now in torch.from_numpy(learnt.breath.copy()) if learnt.breath is not None else ():
        graph = graph_of(
            anatomy, given * now * (given.sum() / (given * now).sum()), settings.balance, settings.skips, device
        )
        places.append(breathed(graph, positions, settings))
    stand = pose(positions, anatomy.slice(anatomy.layers[0].name))
    stand = replace(
        stand, size=stand.size * max(float(stand(body).norm(dim=1).amax()) for body in (positions, *places))
    )
    layout = dressed(anatomy, stand(positions), settings, learnt)
    if not places:
        return layout
    return replace(layout, variants=frozen(torch.stack([stand(body) for body in places]).cpu().float().numpy()))


def breathed(graph: LayeredGraph, positions: Tensor, settings: Settings) -> Tensor:
    """Where a finished body moves to when its charges have changed, in a few steps."""
    for now, _ in relax(graph, positions, replace(settings, rounds=BREATH, still=0.0)):
        positions = now
    return positions


def dressed(anatomy: Anatomy, body: Tensor, settings: Settings, learnt: Learnt) -> Layout:
    """A body [units, 3] with the connections that are seen."""
    dice = np.random.default_rng(settings.seed)
    positions = body.cpu().float().numpy()
    seen, strengths = edges.threads(anatomy, dice, weights=learnt.weights)
    flat = not bool(body[:, 2].any())
    mist = edges.haze(anatomy, positions, dice) if flat else np.zeros((2, 2), np.float32)  # space has no plane for it
    return Layout(
        frozen(positions),
        frozen(seen),
        frozen(strengths),
        anatomy.fingerprint,
        haze=frozen(mist),
        settings=settings.told() | {"charges": "chance" if learnt.charges is None else "variance"},
    )
