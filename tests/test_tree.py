"""The tree over points."""

import pytest
import torch

from installation.layout.tree import WIDTH, build, interactions, moved


def points(count: int, dimensions: int) -> tuple[torch.Tensor, torch.Tensor]:
    dice = torch.Generator().manual_seed(3)
    return torch.randn(count, dimensions, generator=dice) ** 3, 0.1 + torch.rand(count, generator=dice)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_every_point_lies_in_one_leaf_and_no_leaf_is_too_full(dimensions: int) -> None:
    tree = build(*points(3_000, dimensions))
    assert sorted(tree.order[tree.members[tree.present]].tolist()) == list(range(3_000))
    assert int(tree.present.sum(1).max()) <= WIDTH


def test_a_node_weighs_what_its_children_weigh() -> None:
    positions, charges = points(3_000, 2)
    tree = build(positions, charges)
    torch.testing.assert_close(tree.charge[0], charges.sum())
    torch.testing.assert_close(
        tree.centre[0], (positions * charges[:, None]).sum(0) / charges.sum(), rtol=1e-4, atol=1e-5
    )
    for node in (tree.first >= 0).nonzero()[:50, 0].tolist():
        below = slice(int(tree.first[node]), int(tree.first[node] + tree.children[node]))
        torch.testing.assert_close(tree.charge[below].sum(), tree.charge[node])


@pytest.mark.parametrize("angle", [0.9])
def test_every_pair_of_vertices_meets_once(angle: float) -> None:
    tree = build(*points(2_000, 2))
    far, near = interactions(tree, angle)
    met = torch.zeros(len(tree.groups), len(tree.order), dtype=torch.int64)
    for pairs, nodes in ((far, far[:, 1]), (near, tree.groups[near[:, 1]])):
        for group, node in zip(pairs[:, 0].tolist(), nodes.tolist(), strict=True):
            met[group, int(tree.start[node]) : int(tree.end[node])] += 1
    assert (met == 1).all()


def test_points_at_one_place_are_cut_into_leaves_all_the_same() -> None:
    tree = build(torch.zeros(1_000, 2), torch.ones(1_000))
    assert int(tree.present.sum()) == 1_000
    assert torch.isfinite(tree.centre).all()


def test_centres_follow_points_that_move() -> None:
    positions, charges = points(2_000, 2)
    tree = moved(build(positions, charges), positions + 1)
    torch.testing.assert_close(tree.centre, build(positions, charges).centre + 1, rtol=1e-4, atol=1e-4)
