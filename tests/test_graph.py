"""The graph of a network, told by its structure."""

from itertools import pairwise

import pytest
import torch

from installation.data import Anatomy, Layer, Link
from installation.errors import ContentError
from installation.layout import graph as graphs
from installation.layout.graph import LayeredGraph, graph_of
from installation.listen.anatomy import anatomy, read

SMALL = Anatomy(
    (Layer("low", 2, 9, 1), Layer("middle", 3, 4, 1), Layer("high", 3, 4, 1), Layer("top", 4, 1, 1)),
    (
        Link("low", "middle", kernel=4, stride=2, offset=-1),
        Link("middle", "high", kernel=3, offset=-1, dense=False),
        Link("high", "top", kernel=4),
        Link("top", "high", kernel=1, offset=0),
    ),
)


def matrix(network: Anatomy, balance: float = 0.0) -> torch.Tensor:
    """Every connection one by one, as data.Link says, [units, units]."""
    found = torch.zeros(network.units, network.units)
    for link in network.links:
        source, target = network[link.source], network[link.target]
        weight = (link.kernel * (source.channels if link.dense else 1)) ** -balance
        for b in range(target.bins):
            for at in range(link.offset + b * link.stride, link.offset + b * link.stride + link.kernel):
                if 0 <= at < source.bins:
                    for to in range(target.channels):
                        for of in range(source.channels) if link.dense else [to]:
                            one = network.start(target.name) + to * target.bins + b
                            other = network.start(source.name) + of * source.bins + at
                            found[one, other] += weight
                            found[other, one] += weight
    return found


@pytest.mark.parametrize("whole", [0, 10_000])
@pytest.mark.parametrize("balance", [0.0, 0.3])
def test_attraction_is_the_sum_over_every_single_connection(
    whole: int, balance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "WHOLE", whole)
    graph = graph_of(SMALL, balance=balance)
    edges = matrix(SMALL, balance)
    positions = torch.randn(SMALL.units, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(graph.degree, edges.sum(1))
    expected = edges @ positions - edges.sum(1, keepdim=True) * positions
    torch.testing.assert_close(graph.attraction(positions), expected, rtol=1e-4, atol=1e-4)


def test_a_neuron_that_gathers_a_whole_channel_is_held_as_if_it_heard_all_of_them() -> None:
    layers = (Layer("wide", 8, 7, 1), Layer("gathered", 8, 1, 1))
    alone, all_of_them = (Anatomy(layers, (Link("wide", "gathered", 7, dense=dense),)) for dense in (False, True))
    for balance in (0.0, 0.2):
        one, other = (graph_of(network, balance=balance).degree[-8:] for network in (alone, all_of_them))
        torch.testing.assert_close(one, other)


def test_connections_that_leap_over_layers_weigh_as_much_as_they_are_told() -> None:
    layers = tuple(Layer(name, 2, 3, 1) for name in ("low", "middle", "high"))
    links = (Link("low", "middle", 1), Link("middle", "high", 1), Link("low", "high", 1))
    degree = graph_of(Anatomy(layers, links), skips=0.25).degree
    torch.testing.assert_close(degree, torch.tensor([2.5] * 6 + [4.0] * 6 + [2.5] * 6))


@pytest.mark.parametrize("whole", [0, 10_000])
def test_a_strained_graph_weighs_as_much_as_before_and_its_long_connections_more(
    whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "WHOLE", whole)
    layers = tuple(Layer(name, 1, 1, 1) for name in ("low", "middle", "high"))
    graph = graph_of(Anatomy(layers, (Link("low", "middle", 1), Link("middle", "high", 1))))
    strained = graph.strained(torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]]), 0.5)
    torch.testing.assert_close(strained.degree, torch.tensor([2 / 3, 2.0, 4 / 3]))  # 4 ** 0.5 times as much
    assert strained.unit == pytest.approx(graph.unit)


def test_a_strained_graph_whose_neurons_stand_at_one_place_stays_possible() -> None:
    strained = graph_of(SMALL).strained(torch.zeros(SMALL.units, 2), 0.5)
    torch.testing.assert_close(strained.degree, graph_of(SMALL).degree)


def test_a_merged_graph_pulls_as_its_members_do_together() -> None:
    graph = graph_of(SMALL)
    merged = graph.coarser()
    assert merged is not None
    coarse, parent = merged
    places = torch.randn(len(coarse), 2, generator=torch.Generator().manual_seed(0))
    together = torch.zeros_like(places).index_add(0, parent, graph.attraction(places[parent]))
    torch.testing.assert_close(coarse.attraction(places), together, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(coarse.charges.sum(), graph.charges.sum())


def test_levels_fall_by_a_quarter_at_least_until_one_vertex_a_layer() -> None:
    network = anatomy(read("paper"))
    graph: LayeredGraph = graph_of(network)
    assert len(graph) == 34_392
    sizes = [len(graph)]
    while (merged := graph.coarser()) is not None:
        graph = merged[0]
        sizes.append(len(graph))
    assert sizes[-1] == len(network.layers)
    falls = [after / before for before, after in pairwise(sizes)]
    assert max(falls[:-1]) <= 0.75


@pytest.mark.parametrize("wrong", [float("nan"), 0.0, -1.0, float("inf")])
def test_impossible_charges_are_named(wrong: float) -> None:
    charges = torch.ones(SMALL.units)
    charges[7] = wrong
    with pytest.raises(ContentError, match="vertex 7 has"):
        graph_of(SMALL, charges)


def test_charges_for_other_neurons_are_refused() -> None:
    with pytest.raises(ContentError, match="Give one for each"):
        graph_of(SMALL, torch.ones(3))


def test_an_empty_network_is_refused() -> None:
    with pytest.raises(ContentError, match="no vertices"):
        graph_of(Anatomy(()))


def test_a_network_too_large_for_memory_is_refused_before_anything_is_made() -> None:
    with pytest.raises(ContentError, match=r"100,000,000,000 vertices needs about .* GiB"):
        graph_of(Anatomy((Layer("vast", 100_000, 1_000_000, 1),)))
