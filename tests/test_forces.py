"""How vertices push each other apart."""

import pytest
import torch

from installation.layout.forces import EXACT, KEPT, Repulsion, exact, repulsion


def cloud(count: int, dimensions: int = 2, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Clusters of different density, and charges that differ threefold."""
    dice = torch.Generator().manual_seed(seed)
    middles = 30 * torch.randn(20, dimensions, generator=dice)
    spread = 0.2 + 4 * torch.rand(20, 1, generator=dice)
    which = torch.randint(20, (count,), generator=dice)
    positions = middles[which] + spread[which] * torch.randn(count, dimensions, generator=dice)
    return positions, 0.5 + torch.rand(count, generator=dice)


def apart(found: torch.Tensor, true: torch.Tensor) -> float:
    """Relative L2 error."""
    return float((found - true).norm() / true.norm())


def test_two_charges_push_as_the_formula_says() -> None:
    positions, charges = torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([1.0, 3.0])
    for exponent in (2.0, 2.5, 3.0):
        force, stiffness = exact(positions, charges, exponent)
        expected = 1 * 3 / 2**exponent
        torch.testing.assert_close(force, torch.tensor([[-2.0, 0.0], [2.0, 0.0]]) * expected)
        torch.testing.assert_close(stiffness, torch.full((2,), expected))


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("exponent", [2.0, 2.5, 3.0])
def test_the_tree_is_within_one_percent_of_all_pairs(dimensions: int, exponent: float) -> None:
    positions, charges = cloud(2 * EXACT, dimensions)
    force, stiffness = repulsion(positions, charges, exponent)
    true_force, true_stiffness = exact(positions, charges, exponent)
    assert apart(force, true_force) < 0.01
    assert apart(stiffness, true_stiffness) < 0.01


def test_a_smaller_angle_is_finer() -> None:
    positions, charges = cloud(2 * EXACT)
    true, _ = exact(positions, charges)
    errors = [apart(repulsion(positions, charges, angle=angle)[0], true) for angle in (0.3, 0.6, 1.2)]
    assert errors == sorted(errors)
    assert errors[0] < 0.001


def test_vertices_that_move_a_little_keep_their_places_without_losing_precision() -> None:
    positions, charges = cloud(2 * EXACT)
    push, dice = Repulsion(charges), torch.Generator().manual_seed(1)
    for _ in range(KEPT + 1):
        force, _ = push(positions)
        assert apart(force, exact(positions, charges)[0]) < 0.012  # 0.01 where they stand still
        positions = positions + 0.05 * torch.randn(positions.shape, generator=dice)


@pytest.mark.parametrize("count", [2, 40, EXACT + 500])
def test_vertices_at_one_place_give_no_impossible_numbers(count: int) -> None:
    force, stiffness = repulsion(torch.ones(count, 2), torch.ones(count))
    assert torch.isfinite(force).all()
    assert torch.isfinite(stiffness).all()


def test_a_heap_beside_a_far_vertex_is_pushed_as_one_charge() -> None:
    heap = EXACT + 500
    positions = torch.cat([torch.zeros(heap, 2), torch.tensor([[1000.0, 0.0]])])
    force, _ = repulsion(positions, torch.ones(heap + 1))
    torch.testing.assert_close(force[-1], torch.tensor([heap / 1000.0, 0.0]), rtol=1e-4, atol=1e-4)
