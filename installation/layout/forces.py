"""How vertices push each other apart: exactly for few, by a Barnes-Hut tree for many.

Source of the tree idea: Barnes and Hut, "A hierarchical O(N log N) force-calculation algorithm", Nature 324, 1986.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from installation.layout.tree import Tree, build, interactions, moved

SOFTENING = 1e-12  # of squared distance: two vertices at one place do not push each other
EXACT = 1_500  # vertices up to which all pairs cost less than a tree
KEPT = 4  # calls for which vertices keep their places in the tree
FAR, NEAR = 1 << 14, 1 << 11  # pairs of tree nodes worked on at a time: they stay in the cache


def decay(difference: Sequence[Tensor], exponent: float) -> Tensor:
    """1 / d^k for differences given as one tensor per dimension."""
    squared = torch.square(difference[0]).add_(SOFTENING)
    for axis in difference[1:]:
        squared.addcmul_(axis, axis)
    if exponent == 2:
        return squared.reciprocal_()
    if exponent in (2.5, 3):  # roots cost a fifth of a power
        root = squared.sqrt()
        return squared.mul_(root if exponent == 3 else root.sqrt_()).reciprocal_()
    return squared.pow_(-exponent / 2)


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
    return Repulsion(charges, exponent, angle)(positions)


class Repulsion:
    """As `repulsion`, for vertices that move a little from call to call: for some calls the tree stays as it is."""

    def __init__(self, charges: Tensor, exponent: float = 2.0, angle: float = 0.9) -> None:
        self.charges, self.exponent, self.angle = charges, exponent, angle
        self._calls = 0

    def __call__(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        if len(positions) <= EXACT:
            return exact(positions, self.charges, self.exponent)
        if self._calls % KEPT == 0:
            self._tree = build(positions, self.charges)
            self._far, self._near = interactions(self._tree, self.angle)
        else:
            self._tree = moved(self._tree, positions)
        self._calls += 1
        sums = self._walk(self._tree) * self.charges[:, None]
        return sums[:, :-1], sums[:, -1]

    def _walk(self, tree: Tree) -> Tensor:
        """Per unit of charge: force and stiffness, [vertices, dimensions + 1]."""
        dimensions = tree.positions.shape[1]
        device = tree.positions.device
        mine = tree.positions.T[:, tree.members].contiguous()  # [dimensions, groups, width]
        charge = tree.charges[tree.members] * tree.present
        centre = tree.centre.T.contiguous()
        total = torch.zeros(dimensions + 1, len(tree.groups), tree.width, device=device)
        for start in range(0, len(self._far), FAR):
            group, node = self._far[start : start + FAR].unbind(1)
            difference = [mine[axis][group] - centre[axis][node].unsqueeze(1) for axis in range(dimensions)]
            falloff = decay(difference, self.exponent).mul_(tree.charge[node].unsqueeze(1))
            total[dimensions].index_add_(0, group, falloff)
            for axis in range(dimensions):
                total[axis].index_add_(0, group, difference[axis].mul_(falloff))
        others = 1 - torch.eye(tree.width, device=device)  # nothing pushes itself
        for start in range(0, len(self._near), NEAR):
            group, other = self._near[start : start + NEAR].unbind(1)
            difference = [mine[axis][group].unsqueeze(2) - mine[axis][other].unsqueeze(1) for axis in range(dimensions)]
            falloff = decay(difference, self.exponent).mul_(charge[other].unsqueeze(1))
            falloff[group == other] *= others
            total[dimensions].index_add_(0, group, falloff.sum(2))
            for axis in range(dimensions):
                total[axis].index_add_(0, group, difference[axis].mul_(falloff).sum(2))
        sums = torch.empty(len(tree.order), dimensions + 1, device=device)
        sums[tree.order[tree.members[tree.present]]] = total.movedim(0, -1)[tree.present]
        return sums
