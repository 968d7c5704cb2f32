"""The graph of a network, told by its structure: eighteen million connections as a few small matrices.

Attraction is linear in distance, so what a neuron feels from all channels of a layer is felt from their sum. A layer's
neurons form a grid [channels, bins]; merging pairs along either axis gives a grid again, so every level of the
multilevel layout has the same form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from installation.data import Anatomy, Link
from installation.layout.limits import checked_charges, checked_size

WHOLE = 1_500  # vertices up to which one matrix of all connections is faster than many small ones


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """One layer at some coarseness: vertices [channels, bins], numbered from `start`."""

    start: int
    members: Tensor  # [channels] how many channels each channel group holds
    bins: int

    @property
    def channels(self) -> int:
        return len(self.members)

    @property
    def size(self) -> int:
        return self.channels * self.bins

    def of(self, values: Tensor) -> Tensor:
        """This layer's part of values [vertices, ...], as [channels, bins, ...]."""
        return values[self.start : self.start + self.size].view(self.channels, self.bins, *values.shape[1:])


@dataclass(frozen=True, eq=False, slots=True)
class Tie:
    """All connections between two layers: weights [target bins, source bins] between any two of their channels."""

    source: int
    target: int
    weights: Tensor
    dense: bool


class LayeredGraph:
    """A network's graph at one coarseness.

    charges   [vertices] how strongly each vertex repels the others
    degree    [vertices] the sum of its connections' weights
    unit      weight of all connections per charge, at every coarseness the same
    """

    def __init__(
        self, grids: Sequence[Grid], ties: Sequence[Tie], charges: Tensor, whole: Tensor | None = None
    ) -> None:
        self.grids = grids
        self.ties = ties
        self.charges = charges
        self._whole = self._matrix() if whole is None and len(charges) <= WHOLE else whole  # [vertices, vertices]
        ones = torch.ones(len(charges), 1, device=charges.device)
        self.degree = self._summed(ones)[:, 0] if self._whole is None else self._whole.sum(1)
        self.unit = float(self.degree.sum() / charges.sum()) or 1.0

    def __len__(self) -> int:
        return len(self.charges)

    def attraction(self, positions: Tensor) -> Tensor:
        """The pull of all connections on every vertex: sum of w_ij (p_j - p_i), [vertices, dimensions]."""
        drawn = self._summed(positions) if self._whole is None else self._whole @ positions
        return drawn.sub_(self.degree[:, None] * positions)

    def strained(self, positions: Tensor, strain: float) -> LayeredGraph:
        """This graph at a moment when every connection weighs more the longer it is, all together as much as before.

        positions   [vertices, dimensions]
        strain      to this power of its length. All connections between two bins of two layers count as equally long,
                    their lengths' root mean square, which follows from sums over the bins
        """
        if self._whole is not None and all(grid.channels == 1 for grid in self.grids):  # every vertex is a bin
            whole = self._whole * torch.cdist(positions, positions).clamp_min(1e-6) ** strain
            whole *= self._whole.sum() / whole.sum().clamp_min(1e-30)
            return LayeredGraph(self.grids, self.ties, self.charges, whole)
        squares = torch.cat([positions, positions.square().sum(1, keepdim=True)], 1)
        means = [torch.einsum("c,cbn->bn", grid.members / grid.members.sum(), grid.of(squares)) for grid in self.grids]
        ties, before, after = [], 0.0, 0.0
        for tie in self.ties:
            near, far = means[tie.target], means[tie.source]
            apart = near[:, -1:] + far[:, -1] - 2 * near[:, :-1] @ far[:, :-1].T  # [target bins, source bins]
            weights = tie.weights * apart.clamp_min(1e-12) ** (strain / 2)
            many = float(self.grids[tie.source].members.sum()) if tie.dense else 1.0
            many *= float(self.grids[tie.target].members.sum())
            before, after = before + many * float(tie.weights.sum()), after + many * float(weights.sum())
            ties.append(replace(tie, weights=weights))
        share = before / after if after else 1.0
        ties = [replace(tie, weights=tie.weights * share) for tie in ties]
        return LayeredGraph(self.grids, ties, self.charges)

    def _summed(self, values: Tensor) -> Tensor:
        """The sum of w_ij v_j over all connections of every vertex, for values [vertices, n]."""
        total = torch.zeros_like(values)
        for tie in self.ties:
            for near, far, weights in (
                (self.grids[tie.target], self.grids[tie.source], tie.weights),
                (self.grids[tie.source], self.grids[tie.target], tie.weights.T),
            ):
                other = far.of(values)  # [channels, bins, n]
                if tie.dense:  # all channels as one
                    pull = (weights @ torch.einsum("c,cbn->bn", far.members, other)).expand(near.channels, -1, -1)
                else:
                    pull = torch.einsum("ts,csn->ctn", weights, other)
                near.of(total).addcmul_(near.members[:, None, None], pull)
        return total

    def _matrix(self) -> Tensor:
        """All connections one by one, [vertices, vertices]: for few vertices that is faster."""
        matrix = torch.zeros(len(self), len(self), device=self.charges.device)
        for tie in self.ties:
            near, far = self.grids[tie.target], self.grids[tie.source]
            pairs = torch.outer(near.members, far.members) if tie.dense else torch.diag(near.members)
            block = torch.einsum("cd,ts->ctds", pairs, tie.weights).reshape(near.size, far.size)
            matrix[near.start : near.start + near.size, far.start : far.start + far.size] += block
        return matrix + matrix.T

    def coarser(self) -> tuple[LayeredGraph, Tensor] | None:
        """The graph with pairs merged, and for every vertex its parent's number; None where nothing can merge.

        Pairs along channels come first, then pairs along pitch. Steps that shrink the graph by less than a quarter
        are joined with the next, so that levels fall roughly by half.
        """
        graph, parent = self, torch.arange(len(self), device=self.charges.device)
        while len(graph) > 0.75 * len(self):
            merged = graph._merge()
            if merged is None:
                break
            graph, step = merged
            parent = step[parent]
        return (graph, parent) if len(graph) < len(self) else None

    def _merge(self) -> tuple[LayeredGraph, Tensor] | None:
        along_channels = any(grid.channels > 1 for grid in self.grids)
        if not along_channels and all(grid.bins == 1 for grid in self.grids):
            return None
        device = self.charges.device
        grids: list[Grid] = []
        parents: list[Tensor] = []
        start = 0
        for grid in self.grids:
            channel = torch.arange(grid.channels, device=device) // (2 if along_channels else 1)
            pitch = torch.arange(grid.bins, device=device) // (1 if along_channels else 2)
            bins = int(pitch[-1]) + 1
            members = torch.zeros(int(channel[-1]) + 1, device=device).index_add(0, channel, grid.members)
            grids.append(Grid(start, members, bins))
            parents.append((start + channel[:, None] * bins + pitch[None, :]).flatten())
            start += grids[-1].size
        parent = torch.cat(parents)
        charges = torch.zeros(start, device=device).index_add(0, parent, self.charges)
        ties = self.ties if along_channels else [fold(tie) for tie in self.ties]
        return LayeredGraph(grids, ties, charges), parent


def fold(tie: Tie) -> Tie:
    """The tie between the same layers once neighbouring bins have merged: double connections add up."""
    weights = tie.weights
    for axis in (0, 1):
        if weights.shape[axis] % 2:
            padding = (0, 1, 0, 0) if axis else (0, 0, 0, 1)
            weights = torch.nn.functional.pad(weights, padding)
        halved = list(weights.shape)
        halved[axis : axis + 1] = [-1, 2]
        weights = weights.reshape(halved).sum(axis + 1)
    return Tie(tie.source, tie.target, weights, tie.dense)


def link_weights(link: Link, target_bins: int, source_bins: int) -> Tensor:
    """[target bins, source bins], 1 where a connection is."""
    seen = torch.arange(target_bins)[:, None] * link.stride + link.offset
    source = torch.arange(source_bins)[None, :]
    return ((source >= seen) & (source < seen + link.kernel)).float()


def graph_of(
    anatomy: Anatomy, charges: Tensor | None = None, balance: float = 0.0, skips: float = 1.0, device: str = "cpu"
) -> LayeredGraph:
    """The finest graph of a network.

    charges   [units] how strongly each neuron repels, > 0; all alike when left out
    balance   0: every connection weighs 1; 1: all that a neuron hears weighs 1 together. In between, the weight is
              the number of a neuron's inputs to the power of -balance
    skips     share of that which a connection weighs when it leaps over layers

    A neuron that gathers a whole channel, as the last pooling of many networks, is held as if it heard them all: else
    what follows drifts away from the body.

    Raises ContentError where there are no neurons, more than fit into memory, or impossible charges.
    """
    checked_size(anatomy.units)
    names = [layer.name for layer in anatomy]
    grids = [
        Grid(anatomy.start(layer.name), torch.ones(layer.channels, device=device), layer.bins) for layer in anatomy
    ]
    ties = []
    for link in anatomy.links:
        source = anatomy[link.source]
        weights = link_weights(link, anatomy[link.target].bins, source.bins)
        gathers = not link.dense and link.kernel >= source.bins > 1
        inputs = link.kernel * (source.channels if link.dense or gathers else 1)
        weights *= inputs**-balance * (source.channels if gathers else 1)
        if names.index(link.target) - names.index(link.source) > 1:
            weights *= skips
        ties.append(Tie(names.index(link.source), names.index(link.target), weights.to(device), link.dense))
    given = torch.ones(anatomy.units) if charges is None else checked_charges(charges, anatomy.units)
    return LayeredGraph(grids, ties, given.to(device))
