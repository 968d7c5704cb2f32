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

from installation.layout.forces import Repulsion


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
    balance: float = 0.2  # a connection weighs its target's number of inputs to the power of -balance
    variety: float = 0.8  # how much charges differ where none are given; 0 makes all neurons alike
    centring: float = 0.38  # at the finest level, as a share of what connections pull; 1 packs the vertices into a disc
    growth: float = 0.85  # of the centring: at the next coarser level it is this share of it
    jitter: float = 0.5  # how far children start from their parent, in radii of the disc that they will fill
    rounds: int = 30  # steps at the finest level; each coarser one takes half as many more, they cost less
    coarse_rounds: int = 200  # at most
    still: float = 5e-4  # mean movement of a step, in mean distances from the middle, at which a level is done
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
    levels: list[Graph] = [graph]
    parents: list[Tensor] = []  # of every vertex of a level, its number in the next
    while (merged := levels[-1].coarser()) is not None:
        levels.append(merged[0])
        parents.append(merged[1])
    dice = torch.Generator().manual_seed(settings.seed)
    positions = scattered(levels[-1], settings.dimensions, dice) * radii(levels[-1])[:, None]
    interrupted = False
    for level in range(len(levels) - 1, -1, -1):
        if level < len(parents):
            apart = scattered(levels[level], settings.dimensions, dice)
            parent = parents[level]
            positions = positions[parent] + apart * settings.jitter * radii(levels[level + 1])[parent, None]
        if not interrupted:
            try:
                positions = relax(levels[level], positions, settings, level, watch)
            except KeyboardInterrupt:
                interrupted = True
    return positions


def scattered(graph: Graph, dimensions: int, dice: torch.Generator) -> Tensor:
    """A random place for every vertex, about 1 from the origin; the same on every device."""
    return torch.randn(len(graph), dimensions, generator=dice).to(graph.charges.device)


def unit(graph: Graph) -> float:
    """How strongly two charges of 1 push at distance 1: as much as connections pull per charge, at every level alike."""
    pull = float(graph.degree.sum() / graph.charges.sum())
    return pull if pull > 0 else 1.0  # without any connection there is only the pull to the middle


def radii(graph: Graph) -> Tensor:
    """Of the discs that the vertices' members fill where repulsion 1/d and connections balance, [vertices]."""
    return graph.charges * (unit(graph) / graph.degree.clamp_min(1e-6 * float(graph.degree.mean()) + 1e-30)).sqrt()


def relax(graph: Graph, positions: Tensor, settings: Settings, level: int, watch: Watcher | None) -> Tensor:
    """Steps at one level, until it hardly moves or its rounds are over."""
    charges, scale = graph.charges, unit(graph)
    hold = settings.centring * settings.growth**level * scale * charges
    rounds = min(settings.coarse_rounds, round(settings.rounds * (1 + level / 2)))
    push = Repulsion(charges, settings.exponent, settings.angle)
    step, before, velocity = 0.6, float("inf"), torch.zeros_like(positions)
    for number in range(rounds):
        pushed, stiffness = push(positions)
        middle = (positions * charges[:, None]).sum(0) / charges.sum()
        apart = positions - middle
        force = graph.attraction(positions) + scale * pushed - hold[:, None] * apart
        wanted = force / (graph.degree + scale * stiffness + hold).clamp_min(1e-30)[:, None]
        velocity = 0.5 * velocity + step * wanted
        positions = positions + velocity
        moved = float(velocity.norm(dim=1).mean() / apart.norm(dim=1).mean().clamp_min(1e-30))
        if watch is not None:
            watch(level, number, positions)
        if moved > before:
            step = max(0.9 * step, 0.1)
        before = moved
        if moved < settings.still:
            break
    return positions


def settled(positions: Tensor, foot: slice | None = None) -> Tensor:
    """The body moved, turned and scaled into the unit ball, [vertices, 3]; z = 0 when flat.

    foot   the vertices on which it stands: their middle comes to lie below the body's, and the last vertices right
    """
    body = positions - positions.mean(0)
    if foot is not None:
        down = body[foot].mean(0)[:2]
        x, y = (down / down.norm().clamp_min(1e-30)).tolist()
        turn = torch.tensor([[-y, x], [-x, -y]], dtype=body.dtype, device=body.device)
        body[:, :2] = body[:, :2] @ turn.T
        if body[-len(body) // 10 :, 0].mean() < 0:
            body[:, 0].neg_()
    body -= (body.amax(0) + body.amin(0)) / 2
    body /= body.norm(dim=1).amax().clamp_min(1e-30)
    return body if body.shape[1] == 3 else torch.cat([body, torch.zeros_like(body[:, :1])], 1)
