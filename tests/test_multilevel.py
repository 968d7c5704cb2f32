"""The multilevel layout, judged by what comes out."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from installation.data import Anatomy, Layer, Link
from installation.errors import ContentError
from installation.layout.forces import EXACT, exact, repulsion
from installation.layout.graph import graph_of
from installation.layout.multilevel import Moment, Settings, lay_out, radii
from installation.layout.pose import pose
from installation.listen.anatomy import anatomy, read

QUICK = Settings(rounds=12, coarse_rounds=40, tries=2)
PAIR = Anatomy((Layer("one", 1, 1, 1), Layer("other", 1, 1, 1)), (Link("one", "other", 1),))


def chain(layers: int) -> Anatomy:
    """Layers of one neuron, each feeding the next."""
    parts = tuple(Layer(f"n{n}", 1, 1, 1) for n in range(layers))
    return Anatomy(parts, tuple(Link(a.name, b.name, 1) for a, b in pairwise(parts)))


def test_two_neurons_rest_where_the_forces_balance() -> None:
    positions = lay_out(graph_of(PAIR), replace(QUICK, centring=0.0, rounds=200, coarse_rounds=200, still=1e-7))
    assert float((positions[0] - positions[1]).norm()) == pytest.approx(1.0, rel=1e-3)  # w d = w / d


def test_a_chain_lies_stretched_out_in_order() -> None:
    positions = lay_out(graph_of(chain(5)), replace(QUICK, centring=0.0, rounds=200, coarse_rounds=200))
    along = (positions - positions[0]).norm(dim=1)
    assert along.tolist() == sorted(along.tolist())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_same_seed_gives_the_same_body(dimensions: int) -> None:
    graph, settings = graph_of(anatomy(read("tiny"))), replace(QUICK, dimensions=dimensions)
    first, second = lay_out(graph, settings), lay_out(graph, settings)
    assert first.shape == (len(graph), dimensions)
    assert torch.equal(first, second)
    assert not torch.allclose(first, lay_out(graph, replace(settings, seed=1)))


def test_neurons_of_one_cell_lie_together() -> None:
    network = anatomy(read("tiny"))
    positions = lay_out(graph_of(network), QUICK)
    layer = network["block0.conv1"]
    cells = positions[network.slice(layer.name)].view(layer.channels, layer.bins, 2)
    within = (cells - cells.mean(0)).norm(dim=-1).mean()
    assert within < 0.25 * (cells.mean(0) - positions.mean(0)).norm(dim=-1).mean()


@pytest.mark.parametrize(
    "network",
    [
        Anatomy((Layer("single", 1, 1, 1),)),
        Anatomy((Layer("loose", 5, 7, 1),)),
        Anatomy((*PAIR.layers, Layer("apart", 3, 2, 1)), PAIR.links),
        Anatomy(PAIR.layers, (Link("one", "one", 1), *PAIR.links, *PAIR.links)),
    ],
    ids=["one vertex", "no connections", "disconnected", "self-loop and double edges"],
)
@pytest.mark.parametrize("centring", [0.0, 0.4])
def test_odd_graphs_are_laid_out_without_impossible_numbers(network: Anatomy, centring: float) -> None:
    positions = lay_out(graph_of(network), replace(QUICK, centring=centring))
    assert positions.shape == (network.units, 2)
    assert torch.isfinite(positions).all()
    assert torch.isfinite(pose(positions, slice(0, 1))(positions)).all()


@pytest.mark.parametrize("exponent", [2.0, 2.5, 3.0])
def test_charges_that_differ_a_millionfold_give_no_impossible_numbers(exponent: float) -> None:
    network = anatomy(read("tiny"))
    charges = torch.logspace(-3, 3, network.units)
    assert torch.isfinite(lay_out(graph_of(network, charges), replace(QUICK, exponent=exponent))).all()


def test_a_larger_body_in_space_is_round_and_its_cells_lie_together() -> None:
    layers = (Layer("low", 16, 60, 1), Layer("middle", 32, 30, 1), Layer("high", 64, 7, 1))
    links = (Link("low", "middle", 3, 2, -1), Link("middle", "high", 5, 4, 0))
    network = Anatomy(layers, links)
    assert network.units > EXACT  # where the tree begins to be walked
    positions = lay_out(graph_of(network), replace(QUICK, dimensions=3))
    assert torch.isfinite(positions).all()
    spreads = torch.linalg.svdvals(positions - positions.mean(0)) / len(positions) ** 0.5
    assert spreads[2] > 0.3 * spreads[0]  # neither a line nor a plane
    for layer in network:
        cells = positions[network.slice(layer.name)].view(layer.channels, layer.bins, 3)
        within = (cells - cells.mean(0)).norm(dim=-1).mean()
        assert within < 0.6 * (cells.mean(0) - positions.mean(0)).norm(dim=-1).mean()


@pytest.mark.parametrize("wrong", [{"exponent": math.nan}, {"exponent": 0.0}, {"seed": -1}, {"seed": 2**63}])
def test_impossible_settings_are_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ContentError, match=next(iter(wrong))):
        replace(QUICK, **wrong)


def test_a_body_keeps_its_size_where_the_push_changes() -> None:
    network = anatomy(read("tiny"))
    settings = replace(QUICK, exponent=3.0, fine=2, rounds=60, still=0.0)
    sizes: dict[int, list[float]] = {}

    def watch(moment: Moment) -> None:
        sizes.setdefault(moment.level, []).append(float(moment.positions.std()))

    lay_out(graph_of(network), settings, watch)
    begun, ended = sizes[1][0], sizes[1][-1]
    assert begun == pytest.approx(ended, rel=0.3)


def test_where_long_connections_hold_more_a_body_hangs_together_more_evenly() -> None:
    """A neuron held by two, of which one weighs ten times as much, comes to stand between them."""
    layers = tuple(Layer(name, 1, 1, 1) for name in ("left", "middle", "right"))
    links = (Link("left", "middle", 1), *[Link("middle", "right", 1)] * 10)
    longest: list[float] = []
    for strain in (0.0, 1.0):
        settings = replace(QUICK, centring=0.0, strain=strain, rounds=300, coarse_rounds=300, still=1e-7)
        body = lay_out(graph_of(Anatomy(layers, links)), settings)
        near, far = (float((body[1] - body[n]).norm()) for n in (0, 2))
        longest.append(max(near, far) / min(near, far))
    assert longest[1] < 0.8 * longest[0]


def test_an_interruption_keeps_the_best_so_far() -> None:
    seen: list[Moment] = []

    def watch(moment: Moment) -> None:
        seen.append(moment)
        if moment.level == 2:
            raise KeyboardInterrupt

    graph = graph_of(anatomy(read("tiny")))
    positions = lay_out(graph, QUICK, watch)
    assert seen[-1].level == 2
    assert len(positions) == len(graph)
    assert torch.isfinite(positions).all()
    coarse = radii(seen[-1].graph)
    assert positions.std() == pytest.approx(float(seen[-1].positions.std()), abs=2 * float(coarse.max()))


def test_the_body_stands_on_its_first_layer_within_the_unit_ball() -> None:
    dice = torch.Generator().manual_seed(0)
    positions = torch.randn(200, 2, generator=dice) * 30 + 100
    foot = slice(0, 20)
    positions[foot] += torch.tensor([80.0, 20.0])
    body = pose(positions, foot)(positions)
    assert float(body.norm(dim=1).max()) == pytest.approx(1.0, abs=1e-4)
    middle = body.mean(0)
    assert body[foot].mean(0)[1] < middle[1]
    assert float(body[foot].mean(0)[0]) == pytest.approx(float(middle[0]), abs=1e-3)
    assert body[-21:, 0].mean() > middle[0]
    assert (body[:, 2] == 0).all()


def test_repulsion_on_the_papers_body_is_within_one_percent_of_exact() -> None:
    from installation.layout.store import layout_for

    network = anatomy(read("paper"))
    positions = torch.from_numpy(layout_for("paper", network).positions[:, :2].copy())
    charges = torch.ones(len(positions))
    found, _ = repulsion(positions, charges)
    some = torch.arange(0, len(positions), 101)
    apart = positions[some, None] - positions[None]
    squared = apart.square().sum(-1).clamp_min(1e-12)
    true = (apart / squared[..., None]).sum(1)
    assert float((found[some] - true).norm() / true.norm()) < 0.01
    few, alike = positions[:300], charges[:300]
    torch.testing.assert_close(exact(few, alike), repulsion(few, alike))
