"""From an anatomy to a whole layout: positions, threads and haze."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from installation.data import Anatomy, Floats, Layout, frozen
from installation.layout import edges
from installation.layout.graph import LayeredGraph, graph_of
from installation.layout.multilevel import Settings, Watcher, lay_out, relax
from installation.layout.pose import pose

BREATH = 5  # steps from the body at rest to each place of the loop


def make(
    anatomy: Anatomy,
    settings: Settings,
    charges: Floats | None = None,
    device: str = "cpu",
    watch: Watcher | None = None,
    breath: Floats | None = None,
) -> Layout:
    """The layout of a network. The first layer is the foot on which the body stands.

    charges   [units] how strongly each neuron pushes the others away, > 0; drawn by chance when left out
    breath    [places, units] how much more it pushes at places spread evenly over the loop, > 0; 1 is as always
    """
    given = varied(anatomy.units, settings) if charges is None else torch.from_numpy(charges.copy())
    positions = lay_out(graph_of(anatomy, given, settings.balance, device), settings, watch)
    places = []
    for now in torch.from_numpy(breath.copy()) if breath is not None else ():
        graph = graph_of(anatomy, given * now * (given.sum() / (given * now).sum()), settings.balance, device)
        places.append(breathed(graph, positions, settings))
    stand = pose(positions, anatomy.slice(anatomy.layers[0].name))
    stand = replace(
        stand, size=stand.size * max(float(stand(body).norm(dim=1).amax()) for body in (positions, *places))
    )
    layout = dressed(anatomy, stand(positions), settings)
    if not places:
        return layout
    return replace(layout, variants=frozen(torch.stack([stand(body) for body in places]).cpu().float().numpy()))


def breathed(graph: LayeredGraph, positions: Tensor, settings: Settings) -> Tensor:
    """Where a finished body moves to when its charges have changed, in a few steps."""
    for now, _ in relax(graph, positions, replace(settings, rounds=BREATH, still=0.0)):
        positions = now
    return positions


def varied(count: int, settings: Settings) -> Tensor:
    """Charges that differ by chance, [count], their mean 1: a cell then has a dense heart and a loose rim."""
    dice = torch.Generator().manual_seed(settings.seed)
    charges = 1 + settings.variety * torch.randn(count, generator=dice).abs()
    return charges / charges.mean()


def dressed(anatomy: Anatomy, body: Tensor, settings: Settings) -> Layout:
    """A body [units, 3] with the connections that are seen."""
    dice = np.random.default_rng(settings.seed)
    positions = body.cpu().float().numpy()
    seen, strengths = edges.threads(anatomy, dice)
    mist = edges.haze(anatomy, positions, dice)
    return Layout(
        frozen(positions),
        frozen(seen),
        frozen(strengths),
        anatomy.fingerprint,
        haze=frozen(mist),
        settings=settings.told(),
    )
