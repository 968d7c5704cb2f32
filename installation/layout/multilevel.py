"""From one point to the whole body: the coarsest graph is laid out first, then vertices part, level by level.

The forces are those of the paper's appendix: connections pull like rubber bands, all vertices push each other away,
and a weak pull towards the middle keeps parts together. After Walshaw, "A multilevel algorithm for force-directed
graph drawing", Journal of Graph Algorithms and Applications 7(3), 2003.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from installation.layout.forces import repulsion


class Graph(Protocol):
    """What can be laid out."""

    charges: Tensor  # [vertices]
    degree: Tensor  # [vertices]

    def __len__(self) -> int: ...
    def attraction(self, positions: Tensor) -> Tensor: ...
    def coarser(self) -> tuple[Graph, Tensor] | None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How a body is made."""

    exponent: float = 2.0  # k of the repulsion q_i q_j (p_i - p_j) / d^k; 2 gives cells, 3 an even tissue
    angle: float = 0.9  # opening angle of the tree
    centring: float = 0.002  # of a vertex's charge, at the finest level; half as much with every coarser one
    spread: float = 1.0  # strength of the repulsion
    jitter: float = 0.3  # how far children start from their parent, in distances between vertices
    rounds: int = 60  # steps at the finest level; coarser ones take more, they cost less
    coarse_rounds: int = 250
    still: float = 2e-4  # mean movement of a step, in body radii, at which a level is done
    dimensions: int = 2
    seed: int = 0

    def told(self) -> dict[str, Any]:
        """As a plain table, for the layout's file."""
        return asdict(self)


Watcher = Callable[[int, int, Tensor], None]


def lay_out(graph: Graph, settings: Settings, watch: Watcher | None = None) -> Tensor:
    """Positions [vertices, dimensions] for every vertex, on the graph's device.

    watch(level, round, positions) is called after every step; level 0 is the finest. KeyboardInterrupt from within
    keeps the best so far: the levels not yet reached are opened without steps.
    """
    levels: list[tuple[Graph, Tensor | None]] = [(graph, None)]
    while (merged := levels[-1][0].coarser()) is not None:
        coarse, parent = merged
        levels.append((coarse, parent))
    dice = torch.Generator().manual_seed(settings.seed)
    device = graph.charges.device
    coarsest = levels[-1][0]
    positions = torch.randn(len(coarsest), settings.dimensions, generator=dice).to(device)
    interrupted = False
    for level in range(len(levels) - 1, -1, -1):
        if not interrupted:
            try:
                positions = relax(levels[level][0], positions, settings, level, watch)
            except KeyboardInterrupt:
                interrupted = True
        if level:
            parent = levels[level][1]
            assert parent is not None
            extent = positions.std(0).norm().clamp_min(1e-6)
            noise = torch.randn(len(parent), settings.dimensions, generator=dice).to(device)
            positions = positions[parent] + noise * extent * settings.jitter / len(parent) ** (1 / settings.dimensions)
    return positions


def relax(graph: Graph, positions: Tensor, settings: Settings, level: int, watch: Watcher | None) -> Tensor:
    """Steps at one level, until it hardly moves or its rounds are over."""
    centring = settings.centring * 0.5**level
    share = graph.charges / graph.charges.mean()
    scale = settings.spread / graph.charges.mean() ** 2 * graph.degree.mean()
    rounds = min(settings.coarse_rounds, settings.rounds * (1 + level))
    step, before, velocity = 0.6, float("inf"), torch.zeros_like(positions)
    for number in range(rounds):
        push, stiffness = repulsion(positions, graph.charges, settings.exponent, settings.angle)
        middle = (positions * share[:, None]).mean(0)
        hold = centring * share * graph.degree.mean()
        force = graph.attraction(positions) + scale * push - hold[:, None] * (positions - middle)
        wanted = force / (graph.degree + scale * stiffness + hold)[:, None]
        velocity = 0.5 * velocity + step * wanted
        positions = positions + velocity
        extent = float((positions - middle).norm(dim=1).mean()) + 1e-9
        moved = float(velocity.norm(dim=1).mean()) / extent
        if watch is not None:
            watch(level, number, positions)
        if moved > before:
            step = max(0.9 * step, 0.1)
        before = moved
        if moved < settings.still:
            break
    return positions


def settled(positions: Tensor) -> Tensor:
    """The body moved and scaled into the unit ball, [vertices, 3], its longest axis lying level, z = 0 when flat."""
    centred = positions - (positions.amax(0) + positions.amin(0)) / 2
    size = centred.norm(dim=1).amax().clamp_min(1e-30)
    body = centred / size
    if body.shape[1] == 2:
        body = torch.cat([body, torch.zeros_like(body[:, :1])], 1)
    return body
