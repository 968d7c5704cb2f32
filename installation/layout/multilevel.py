"""From one point to the whole body: the coarsest graph is laid out first, then vertices part, level by level.

The forces are those of the paper's appendix: connections pull like rubber bands, all vertices push each other away,
and a weak pull towards the middle keeps parts together. After Walshaw, "A multilevel algorithm for force-directed
graph drawing", Journal of Graph Algorithms and Applications 7(3), 2003.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from installation.errors import ContentError
from installation.layout.forces import Repulsion


class Graph(Protocol):
    """What can be laid out."""

    charges: Tensor  # [vertices]
    degree: Tensor  # [vertices]
    unit: float  # how strongly two charges of 1 push at distance 1: as much as all connections pull per charge

    def __len__(self) -> int: ...
    def attraction(self, positions: Tensor) -> Tensor: ...
    def coarser(self) -> tuple[Graph, Tensor] | None: ...
    def strained(self, positions: Tensor, strain: float) -> Graph: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How a body is made."""

    exponent: float = 2.0  # k of the repulsion q_i q_j (p_i - p_j) / d^k; 2 gives cells, 3 an even tissue
    fine: int = 100  # levels that it shapes; at coarser ones the push is that of 2, which reaches far and unfolds
    angle: float = 0.9  # opening angle of the tree
    balance: float = 0.2  # a connection weighs its target's number of inputs to the power of -balance
    skips: float = 1.0  # a connection that leaps over layers weighs this much of another
    strain: float = 0.0  # a connection pulls with its length to the power of 1 + strain; more makes bends rounder
    variety: float = 0.8  # how much charges differ where none are given; 0 makes all neurons alike
    centring: float = 0.38  # at the finest level, as a share of what connections pull; 1 packs the vertices into a disc
    growth: float = 0.85  # of the centring: at the next coarser level it is this share of it
    jitter: float = 0.5  # how far children start from their parent, in radii of the disc that they will fill
    rounds: int = 30  # steps at the finest level; each coarser one takes half as many more, they cost less
    coarse_rounds: int = 200  # at most
    still: float = 5e-4  # mean movement of a step, in mean distances from the middle, at which a level is done
    tries: int = 5  # at the coarsest levels
    dimensions: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.exponent) and self.exponent > 0):
            raise ContentError(f"The exponent of a layout is a number above 0, not {self.exponent:g}. Try 2.")
        if not 0 <= self.seed < 2**63:
            raise ContentError(f"The seed of a layout is 0 to 2^63 - 1, not {self.seed}. Choose a smaller one.")

    def reach(self, level: int) -> float:
        """The exponent at a level."""
        return self.exponent if level < self.fine else min(self.exponent, 2.0)

    def told(self) -> dict[str, Any]:
        """As a plain table, for the layout's file."""
        return asdict(self)


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """How far a layout is: what a progress bar and a film need."""

    graph: Graph  # at this coarseness
    positions: Tensor  # [vertices of it, dimensions]
    level: int  # 0 is the finest
    levels: int
    done: float  # 0..1 of this level's steps


TENSE = 4  # steps for which connections keep the strength that their length gave them
FEW = 150  # vertices of a level at which the best of several tries is chosen

Watcher = Callable[[Moment], None]


def lay_out(graph: Graph, settings: Settings, watch: Watcher | None = None) -> Tensor:
    """Positions [vertices, dimensions] for every vertex, on the graph's device.

    watch   is called after every step. KeyboardInterrupt from within keeps the best so far: the levels not yet
            reached are opened without steps
    """
    run = Run(graph, settings)
    interrupted = False
    try:
        level, positions, moments = run.beginning()
        if watch is not None:
            for moment in moments:
                watch(moment)
    except KeyboardInterrupt:
        interrupted = True
        level, positions = run.scattered()
    while True:
        try:
            for moment in () if interrupted else run.relaxed(positions, level):
                positions = moment.positions
                if watch is not None:
                    watch(moment)
        except KeyboardInterrupt:
            interrupted = True
        if level == 0:
            return positions
        level -= 1
        positions = run.opened(positions, level)


class Run:
    """The levels of one graph, and the dice of one seed."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self.settings = settings
        self.dice = torch.Generator().manual_seed(settings.seed)
        self.levels: list[Graph] = [graph]
        self.parents: list[Tensor] = []  # of every vertex of a level, its number in the next
        while (merged := self.levels[-1].coarser()) is not None:
            self.levels.append(merged[0])
            self.parents.append(merged[1])

    def scattered(self) -> tuple[int, Tensor]:
        """The coarsest level, its vertices strewn by chance."""
        coarsest = self.levels[-1]
        strewn = scattered(coarsest, self.settings.dimensions, self.dice)
        return len(self.levels) - 1, strewn * radii(coarsest)[:, None]

    def opened(self, positions: Tensor, level: int) -> Tensor:
        """Where a level's vertices begin: around their parents' positions."""
        parent = self.parents[level]
        apart = scattered(self.levels[level], self.settings.dimensions, self.dice)
        opened = positions[parent] + apart * self.settings.jitter * radii(self.levels[level + 1])[parent, None]
        if self.settings.reach(level) == self.settings.reach(level + 1):
            return opened
        return sized(self.levels[level], opened, self.settings, level)

    def relaxed(self, positions: Tensor, level: int) -> Iterator[Moment]:
        """All steps at one level."""
        for now, done in relax(self.levels[level], positions, self.settings, level):
            yield Moment(self.levels[level], now, level, len(self.levels), done)

    def beginning(self) -> tuple[int, Tensor, list[Moment]]:
        """A coarse level, the best of several bodies there, and how that one came about.

        Whether layers are twisted is decided among few vertices, so it costs little to try there.
        """
        target = next((n for n, graph in enumerate(self.levels) if len(graph) <= FEW), len(self.levels) - 1)
        bodies = [self._tried(target) for _ in range(self.settings.tries)]
        energies = [energy(self.levels[target], body[-1].positions, self.settings, target) for body in bodies]
        best = bodies[energies.index(min(energies))]
        return target, best[-1].positions, best

    def _tried(self, target: int) -> list[Moment]:
        """One body at a coarse level, from the beginning."""
        level, positions = self.scattered()
        moments = list(self.relaxed(positions, level))
        while level > target:
            level -= 1
            moments += self.relaxed(self.opened(moments[-1].positions, level), level)
        return moments


def energy(graph: Graph, positions: Tensor, settings: Settings, level: int) -> float:
    """What the forces add up to: a body with less has fewer folds. For small levels, all pairs are looked at."""
    scale = graph.unit
    apart = positions - (positions * graph.charges[:, None]).sum(0) / graph.charges.sum()
    hold = settings.centring * settings.growth**level * scale * graph.charges
    held = (hold * apart.square().sum(1)).sum() - (apart * graph.attraction(apart)).sum()
    distance = torch.pdist(apart).clamp_min(1e-6)
    first, second = torch.triu_indices(len(apart), len(apart), 1, device=apart.device)
    power = 2 - settings.reach(level)
    pushing = -distance.log() if power == 0 else -(distance**power) / power
    return float(held / 2 + scale * (graph.charges[first] * graph.charges[second] * pushing).sum())


def sized(graph: Graph, positions: Tensor, settings: Settings, level: int) -> Tensor:
    """The same body, as large as the forces of this level hold it: where they change, no cell bursts or collapses."""
    apart = positions - (positions * graph.charges[:, None]).sum(0) / graph.charges.sum()
    pushed, _ = Repulsion(graph.charges, settings.reach(level), settings.angle)(apart)
    hold = settings.centring * settings.growth**level * graph.unit * graph.charges
    outwards = graph.unit * float((apart * pushed).sum())
    inwards = float((hold * apart.square().sum(1)).sum() - (apart * graph.attraction(apart)).sum())
    if outwards <= 0 or inwards <= 0:
        return apart
    grown: float = (outwards / inwards) ** (1 / settings.reach(level))
    return apart * grown


def scattered(graph: Graph, dimensions: int, dice: torch.Generator) -> Tensor:
    """A random place for every vertex, about 1 from the origin; the same on every device."""
    return torch.randn(len(graph), dimensions, generator=dice).to(graph.charges.device)


def radii(graph: Graph) -> Tensor:
    """Of the discs that the vertices' members fill where repulsion 1/d and connections balance, [vertices]."""
    return graph.charges * (graph.unit / graph.degree.clamp_min(0.01 * float(graph.degree.mean()) + 1e-30)).sqrt()


def relax(graph: Graph, positions: Tensor, settings: Settings, level: int = 0) -> Iterator[tuple[Tensor, float]]:
    """The positions after every step at one level, and how much of it is done, until they hardly move."""
    charges, scale = graph.charges, graph.unit
    hold = settings.centring * settings.growth**level * scale * charges
    rounds = min(settings.coarse_rounds, round(settings.rounds * (1 + level / 2)))
    push = Repulsion(charges, settings.reach(level), settings.angle)
    step, before, velocity = 0.6, float("inf"), torch.zeros_like(positions)
    tense = graph
    for number in range(rounds):
        if settings.strain and number % TENSE == 0:
            tense = graph.strained(positions, settings.strain)
        pushed, stiffness = push(positions)
        apart = positions - (positions * charges[:, None]).sum(0) / charges.sum()
        force = tense.attraction(positions) + scale * pushed - hold[:, None] * apart
        wanted = force / (tense.degree + scale * stiffness + hold).clamp_min(1e-30)[:, None]
        velocity = 0.5 * velocity + step * wanted
        positions = positions + velocity
        moved = float(velocity.norm(dim=1).mean() / apart.norm(dim=1).mean().clamp_min(1e-30))
        yield positions, (number + 1) / rounds
        if moved > before:
            step = max(0.9 * step, 0.1)
        before = moved
        if moved < settings.still:
            break
