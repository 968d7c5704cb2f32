"""From an anatomy to a whole layout: positions, threads and haze."""

import numpy as np
import torch
from torch import Tensor

from installation.data import Anatomy, Floats, Layout, frozen
from installation.layout import edges
from installation.layout.graph import graph_of
from installation.layout.multilevel import Settings, Watcher, lay_out
from installation.layout.pose import pose


def make(
    anatomy: Anatomy,
    settings: Settings,
    charges: Floats | None = None,
    device: str = "cpu",
    watch: Watcher | None = None,
) -> Layout:
    """The layout of a network. The first layer is the foot on which the body stands.

    charges   [units] how strongly each neuron pushes the others away, > 0; drawn by chance when left out
    """
    drawn = varied(anatomy.units, settings) if charges is None else torch.from_numpy(charges.copy())
    graph = graph_of(anatomy, drawn, settings.balance, device)
    positions = lay_out(graph, settings, watch)
    stand = pose(positions, anatomy.slice(anatomy.layers[0].name))
    return dressed(anatomy, stand(positions), settings)


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
