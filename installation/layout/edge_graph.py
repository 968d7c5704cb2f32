"""Any graph, given as a list of edges; made coarser by joining every vertex with its heaviest neighbour.

After Karypis and Kumar, "A fast and high quality multilevel scheme for partitioning irregular graphs", SIAM Journal on
Scientific Computing 20(1), 1998.
"""

from __future__ import annotations

import torch
from torch import Tensor

from installation.errors import ContentError
from installation.layout.limits import checked_charges, checked_size

COARSEST = 20  # vertices
COURTSHIPS = 6  # rounds in which vertices look for a partner
SPREAD = 0x9E3779B1  # a large odd number: times an edge's number it looks like chance, alike from both ends


class EdgeGraph:
    """A graph at one coarseness. Edges are kept from both ends, in the order of their first.

    charges   [vertices] how strongly each vertex repels the others
    degree    [vertices] the sum of its edges' weights
    unit      weight of all edges per charge at the finest level
    """

    def __init__(self, ends: Tensor, weights: Tensor, charges: Tensor, unit: float | None = None) -> None:
        count = len(charges)
        self.charges = charges
        self.ends, self.weights = ends, weights  # [2, edges from both ends], [edges from both ends]
        self.degree = torch.zeros(count, device=charges.device).index_add(0, ends[0], weights)
        pull = float(self.degree.sum() / charges.sum())
        self.unit = unit if unit is not None else pull or 1.0
        self._matrix = torch.sparse_coo_tensor(ends, weights, (count, count), is_coalesced=True, check_invariants=False)

    def __len__(self) -> int:
        return len(self.charges)

    def attraction(self, positions: Tensor) -> Tensor:
        """The pull of all edges on every vertex: sum of w_ij (p_j - p_i), [vertices, dimensions]."""
        pull: Tensor = torch.sparse.mm(self._matrix, positions)
        return pull.sub_(self.degree[:, None] * positions)

    def strained(self, positions: Tensor, strain: float) -> EdgeGraph:
        """This graph at a moment when every edge weighs more the longer it is, all together as much as before.

        positions   [vertices, dimensions]
        strain      to this power of its length
        """
        if not len(self.weights):
            return self
        length = (positions[self.ends[0]] - positions[self.ends[1]]).norm(dim=1)
        weights = self.weights * length.clamp_min(1e-6) ** strain
        return EdgeGraph(self.ends, weights * (self.weights.sum() / weights.sum()), self.charges, self.unit)

    def coarser(self) -> tuple[EdgeGraph, Tensor] | None:
        """The graph with pairs joined, and for every vertex its parent's number; None where it is coarse enough."""
        graph, parent = self, torch.arange(len(self), device=self.charges.device)
        while len(graph) > max(0.75 * len(self), COARSEST):
            step = graph._pairs()
            graph = graph._joined(step)
            parent = step[parent]
        return (graph, parent) if len(graph) < len(self) else None

    def _pairs(self) -> Tensor:
        """For every vertex the number of the pair that it belongs to, [vertices]."""
        count, device = len(self), self.charges.device
        own = torch.arange(count, device=device)
        row, column = self.ends
        low, high = torch.minimum(row, column), torch.maximum(row, column)
        chance = ((low * count + high) * SPREAD % 1_000_003).double() / 1_000_003
        key = self.weights.double() / torch.maximum(self.charges[row], self.charges[column]) * (1 + 0.01 * chance)
        partner = own.clone()
        wanted = self._heaviest(own, row, column, key)
        for _ in range(COURTSHIPS):
            free = (partner[row] == row) & (partner[column] == column)
            row, column, key = row[free], column[free], key[free]
            if not len(row):
                break
            best = self._heaviest(own, row, column, key)
            mutual = best[best] == own
            partner = torch.where(mutual, best, partner)
        alone = (partner == own).nonzero()[:, 0]  # leaves around one hub, and vertices without edges: two and two
        alone = alone[wanted[alone].sort(stable=True).indices]
        first, second = alone[: len(alone) // 2 * 2].view(-1, 2).T
        together = wanted[first] == wanted[second]
        single = (wanted[first] == first) & (wanted[second] == second)
        together |= single
        first, second = first[together], second[together]
        partner[first], partner[second] = second, first
        pair: Tensor = torch.unique(torch.minimum(own, partner), return_inverse=True)[1]
        return pair

    @staticmethod
    def _heaviest(own: Tensor, row: Tensor, column: Tensor, key: Tensor) -> Tensor:
        """The other end of each vertex's heaviest edge; itself where it has none, [vertices]."""
        most = torch.zeros(len(own), dtype=key.dtype, device=own.device).scatter_reduce(0, row, key, "amax")
        is_best = key == most[row]
        return own.clone().scatter_(0, row[is_best], column[is_best])

    def _joined(self, parent: Tensor) -> EdgeGraph:
        count = int(parent.max()) + 1
        charges = torch.zeros(count, device=self.charges.device).index_add(0, parent, self.charges)
        ends, weights = added_up(parent[self.ends], self.weights, count)
        return EdgeGraph(ends, weights, charges, self.unit)


def added_up(ends: Tensor, weights: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Edges [2, edges] without self-loops, double ones added up, in order."""
    apart = ends[0] != ends[1]
    code, place = torch.unique(ends[0, apart] * count + ends[1, apart], return_inverse=True)
    total = torch.zeros(len(code), device=weights.device).index_add(0, place, weights[apart])
    return torch.stack([code // count, code % count]), total


def graph_from(
    edges: Tensor, vertices: int, weights: Tensor | None = None, charges: Tensor | None = None, device: str = "cpu"
) -> EdgeGraph:
    """The finest graph of a list of edges. Self-loops fall away, double edges add up, direction does not matter.

    edges     [edges, 2] numbers of vertices
    weights   [edges] > 0; 1 when left out
    charges   [vertices] > 0; 1 when left out

    Raises ContentError for edges, weights or charges that are impossible, and for a graph too large for memory.
    """
    checked_size(vertices, len(edges))
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype not in (torch.int32, torch.int64):
        raise ContentError(f"Edges are whole numbers [edges, 2], but these are {edges.dtype} {list(edges.shape)}.")
    if len(edges) and not 0 <= int(edges.min()) <= int(edges.max()) < vertices:
        raise ContentError(
            f"Edges join vertices 0 to {vertices - 1:,}, but these go from {edges.min()} to {edges.max()}."
        )
    heavy = torch.ones(len(edges)) if weights is None else weights.float()
    if heavy.shape != (len(edges),) or not bool((torch.isfinite(heavy) & (heavy > 0)).all()):
        raise ContentError("Weights of edges must be positive numbers, one for each. Leave them out, or mend them.")
    given = torch.ones(vertices) if charges is None else checked_charges(charges, vertices)
    ends = edges.long().T
    ends, heavy = added_up(torch.cat([ends, ends.flip(0)], 1), torch.cat([heavy, heavy]), vertices)
    return EdgeGraph(ends.to(device), heavy.to(device), given.to(device))
