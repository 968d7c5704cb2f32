"""Any graph, given as a list of edges."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from installation.errors import ContentError
from installation.layout.edge_graph import EdgeGraph, graph_from
from installation.layout.multilevel import Settings, lay_out

QUICK = Settings(rounds=20, coarse_rounds=80, tries=2)


def grid(side: int) -> torch.Tensor:
    """The edges of a square lattice."""
    number = torch.arange(side * side).view(side, side)
    across = torch.stack([number[:, :-1].flatten(), number[:, 1:].flatten()], 1)
    down = torch.stack([number[:-1].flatten(), number[1:].flatten()], 1)
    return torch.cat([across, down])


def star(leaves: int) -> torch.Tensor:
    return torch.stack([torch.zeros(leaves, dtype=torch.int64), torch.arange(1, leaves + 1)], 1)


def levels(graph: EdgeGraph) -> list[EdgeGraph]:
    found = [graph]
    while (merged := found[-1].coarser()) is not None:
        found.append(merged[0])
    return found


def test_attraction_is_the_sum_over_all_edges() -> None:
    edges = torch.tensor([[0, 1], [1, 2], [3, 1]])
    weights = torch.tensor([1.0, 2.0, 3.0])
    positions = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    expected = torch.zeros(4, 2)
    for (one, other), weight in zip(edges.tolist(), weights.tolist(), strict=True):
        expected[one] += weight * (positions[other] - positions[one])
        expected[other] += weight * (positions[one] - positions[other])
    torch.testing.assert_close(graph_from(edges, 4, weights).attraction(positions), expected)


def test_self_loops_fall_away_and_double_edges_add_up() -> None:
    plain = graph_from(torch.tensor([[0, 1]]), 2, torch.tensor([3.0]))
    odd = graph_from(torch.tensor([[0, 1], [1, 0], [0, 0], [0, 1]]), 2)
    assert torch.equal(plain.ends, odd.ends)
    assert torch.equal(plain.weights, odd.weights)


def test_a_strained_graph_weighs_as_much_as_before_and_its_long_edges_more() -> None:
    graph = graph_from(torch.tensor([[0, 1], [1, 2], [1, 3]]), 4)
    strained = graph.strained(torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [1.0, 0.0]]), 0.5)
    assert float(strained.degree.sum()) == pytest.approx(6)
    assert float(strained.degree[2] / strained.degree[0]) == pytest.approx(2)  # 4 ** 0.5
    assert strained.unit == graph.unit


@pytest.mark.parametrize(("edges", "count"), [(grid(40), 1_600), (star(1_000), 1_001)], ids=["lattice", "star"])
def test_levels_shrink_by_a_quarter_at_least_and_lose_nothing(edges: torch.Tensor, count: int) -> None:
    found = levels(graph_from(edges, count))
    sizes = [len(graph) for graph in found]
    assert all(after <= 0.75 * before for before, after in pairwise(sizes))
    assert sizes[-1] <= 20
    for graph in found:
        assert float(graph.charges.sum()) == count
        assert graph.unit == found[0].unit


def test_a_merged_graph_pulls_as_its_members_do_together() -> None:
    graph = graph_from(grid(20), 400)
    merged = graph.coarser()
    assert merged is not None
    coarse, parent = merged
    places = torch.randn(len(coarse), 2, generator=torch.Generator().manual_seed(0))
    together = torch.zeros_like(places).index_add(0, parent, graph.attraction(places[parent]))
    torch.testing.assert_close(coarse.attraction(places), together, rtol=1e-4, atol=1e-4)


def test_the_heaviest_edges_are_joined_first() -> None:
    edges = torch.tensor([[n, n + 1] for n in range(99)])
    weights = torch.where(torch.arange(99) % 2 == 0, 10.0, 1.0)
    merged = graph_from(edges, 100, weights).coarser()
    assert merged is not None
    parent = merged[1].view(-1, 2)
    assert (parent[:, 0] == parent[:, 1]).all()


def test_a_lattice_unfolds() -> None:
    side = 16
    positions = lay_out(graph_from(grid(side), side * side), replace(QUICK, centring=0.0)).view(side, side, 2)
    diagonals = [
        float((positions[0, 0] - positions[-1, -1]).norm()),
        float((positions[0, -1] - positions[-1, 0]).norm()),
    ]
    steps = (positions[1:] - positions[:-1]).norm(dim=-1)
    assert min(diagonals) > 0.7 * max(diagonals)
    assert min(diagonals) > 8 * float(steps.mean())


@pytest.mark.parametrize(
    ("edges", "count"),
    [
        (torch.zeros(0, 2, dtype=torch.int64), 1),
        (torch.zeros(0, 2, dtype=torch.int64), 70),
        (torch.tensor([[5, 5]]), 30),
        (torch.cat([grid(5), grid(5) + 25]), 60),
        (star(200), 201),
    ],
    ids=["one vertex", "no edges", "only a self-loop", "disconnected", "star"],
)
@pytest.mark.parametrize("centring", [0.0, 0.4])
def test_odd_graphs_are_laid_out_without_impossible_numbers(edges: torch.Tensor, count: int, centring: float) -> None:
    positions = lay_out(graph_from(edges, count), replace(QUICK, centring=centring))
    assert positions.shape == (count, 2)
    assert torch.isfinite(positions).all()


def test_impossible_lists_are_refused() -> None:
    pair = torch.tensor([[0, 1]])
    with pytest.raises(ContentError, match="no vertices"):
        graph_from(torch.zeros(0, 2, dtype=torch.int64), 0)
    with pytest.raises(ContentError, match="go from 0 to 1"):
        graph_from(pair, 1)
    with pytest.raises(ContentError, match="whole numbers"):
        graph_from(torch.rand(3, 2), 3)
    with pytest.raises(ContentError, match="Weights"):
        graph_from(pair, 2, torch.tensor([float("nan")]))
    with pytest.raises(ContentError, match="vertex 1 has nan"):
        graph_from(pair, 2, charges=torch.tensor([1.0, float("nan")]))
    with pytest.raises(ContentError, match="GiB"):
        graph_from(pair, 10**10)
