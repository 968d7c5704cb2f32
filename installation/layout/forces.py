"""How vertices push each other apart: exactly for few, by a Barnes-Hut tree for many.

Source of the tree idea: Barnes and Hut, "A hierarchical O(N log N) force-calculation algorithm", Nature 324, 1986.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from installation.layout.tree import build, interactions

SOFTENING = 1e-12  # of squared distance: two vertices at one place do not push each other
EXACT = 1_500  # vertices up to which all pairs cost less than a tree
FAR, NEAR = 1 << 14, 1 << 11  # pairs of tree nodes worked on at a time: they stay in the cache


def decay(difference: Sequence[Tensor], exponent: float) -> Tensor:
    """1 / d^k for differences given as one tensor per dimension."""
    squared = torch.square(difference[0]).add_(SOFTENING)
    for axis in difference[1:]:
        squared.addcmul_(axis, axis)
    return squared.reciprocal_() if exponent == 2 else squared.pow_(-exponent / 2)


def exact(positions: Tensor, charges: Tensor, exponent: float = 2.0) -> tuple[Tensor, Tensor]:
    """As `repulsion`, over all pairs one by one."""
    force = torch.empty_like(positions)
    stiffness = torch.empty_like(charges)
    axes = positions.T.contiguous()  # [dimensions, vertices]
    rows = max(1, (1 << 18) // max(len(positions), 1))
    for start in range(0, len(positions), rows):
        difference = [axis[start : start + rows, None] - axis for axis in axes]
        falloff = decay(difference, exponent).mul_(charges)
        falloff.diagonal(start).zero_()  # nothing pushes itself
        stiffness[start : start + rows] = falloff.sum(1)
        for axis, apart in enumerate(difference):
            force[start : start + rows, axis] = apart.mul_(falloff).sum(1)
    return force * charges[:, None], stiffness * charges


def repulsion(positions: Tensor, charges: Tensor, exponent: float = 2.0, angle: float = 0.9) -> tuple[Tensor, Tensor]:
    """The sum of q_i q_j (p_i - p_j) / d^k over all j, far ones gathered.

    A node of the tree counts as one charge at its centre of charge when its size, seen from a group of vertices,
    is below `angle` (0 < angle; smaller is finer; at the default the force is within 1 % of exact).

    positions   [vertices, 2 or 3]
    charges     [vertices]
    returns     the force [vertices, 2 or 3], and how stiff it is: the sum of q_i q_j / d^k, [vertices]
    """
    if len(positions) <= EXACT:
        return exact(positions, charges, exponent)
    tree = build(positions, charges)
    far, near = interactions(tree, angle)
    dimensions = positions.shape[1]
    members = tree.members  # [groups, width] vertex numbers in tree order, repeated where a group is not full
    mine = tree.positions.T[:, members]  # [dimensions, groups, width]
    charge = tree.charges[members] * tree.present
    centre = tree.centre.T.contiguous()
    total = torch.zeros(dimensions + 1, len(tree.groups), tree.width, device=positions.device)
    for start in range(0, len(far), FAR):
        group, node = far[start : start + FAR].unbind(1)
        difference = [mine[axis][group] - centre[axis][node].unsqueeze(1) for axis in range(dimensions)]
        falloff = decay(difference, exponent).mul_(tree.charge[node].unsqueeze(1))
        total[dimensions].index_add_(0, group, falloff)
        for axis in range(dimensions):
            total[axis].index_add_(0, group, difference[axis].mul_(falloff))
    for start in range(0, len(near), NEAR):
        group, other = near[start : start + NEAR].unbind(1)
        difference = [mine[axis][group].unsqueeze(2) - mine[axis][other].unsqueeze(1) for axis in range(dimensions)]
        falloff = decay(difference, exponent).mul_(charge[other].unsqueeze(1))
        falloff[group == other] *= 1 - torch.eye(tree.width, device=positions.device)  # nothing pushes itself
        total[dimensions].index_add_(0, group, falloff.sum(2))
        for axis in range(dimensions):
            total[axis].index_add_(0, group, difference[axis].mul_(falloff).sum(2))
    sums = torch.empty(len(positions), dimensions + 1, device=positions.device)
    sums[tree.order[members[tree.present]]] = total.movedim(0, -1)[tree.present]
    sums *= charges[:, None]
    return sums[:, :dimensions], sums[:, dimensions]
