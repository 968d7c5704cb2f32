"""A tree over points in the plane or in space, built and walked a whole level at a time."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

WIDTH = 16  # points a leaf may hold
BITS = {2: 15, 3: 10}  # of each coordinate along the curve that orders the points


@dataclass(frozen=True, eq=False, slots=True)
class Tree:
    """Points in the order of a space-filling curve, and the nodes over them; leaves are the groups."""

    order: Tensor  # [points] number of the original point
    positions: Tensor  # [points, dimensions], in tree order
    charges: Tensor  # [points], in tree order
    start: Tensor  # [nodes] the first of its points, in tree order
    end: Tensor  # [nodes] one after the last
    centre: Tensor  # [nodes, dimensions] centre of charge
    charge: Tensor  # [nodes]
    size: Tensor  # [nodes] the diameter of what it holds, about its centre
    first: Tensor  # [nodes] its first child; -1 for a leaf
    children: Tensor  # [nodes] how many
    groups: Tensor  # [groups] the nodes that are leaves
    group_of: Tensor  # [nodes] number of the group of a leaf, else -1
    members: Tensor  # [groups, width] points in tree order, the last repeated where there are fewer
    present: Tensor  # [groups, width] whether a member is one, not a repetition
    width: int


def curve(positions: Tensor) -> Tensor:
    """Each point's place along the Z-order curve through the points' bounding cube, int64."""
    dimensions = positions.shape[1]
    bits = BITS[dimensions]
    low = positions.amin(0)
    extent = (positions.amax(0) - low).amax().clamp_min(1e-30)
    cell = ((positions - low) / extent * (2**bits - 1)).long()  # [points, dimensions]
    code = torch.zeros(len(positions), dtype=torch.int64, device=positions.device)
    for bit in range(bits):
        for axis in range(dimensions):
            code |= ((cell[:, axis] >> bit) & 1) << (bit * dimensions + axis)
    return code


def build(positions: Tensor, charges: Tensor, width: int = WIDTH) -> Tree:
    """The tree over points [points, 2 or 3]. Points in one smallest cell are split into leaves all the same."""
    dimensions = positions.shape[1]
    device = positions.device
    code, order = curve(positions).sort()
    points, charge = positions[order], charges[order]
    starts = [torch.zeros(1, dtype=torch.int64, device=device)]
    counts = [torch.full((1,), len(points), device=device)]
    first: list[Tensor] = []
    children: list[Tensor] = []
    nodes = 1
    for level in range(BITS[dimensions] + 1):
        start, count = starts[-1], counts[-1]
        split = count > width
        if not split.any():
            break
        if level == BITS[dimensions]:  # one cell of the curve holds more than a leaf may: cut it into equal parts
            pieces = torch.where(split, (count + width - 1) // width, 0)
            parent = torch.repeat_interleave(torch.arange(len(start), device=device), pieces)
            piece = torch.arange(len(parent), device=device) - (pieces.cumsum(0) - pieces)[parent]
            child_start = start[parent] + piece * width
            child_count = torch.minimum(count[parent] - piece * width, torch.tensor(width, device=device))
        else:
            cells = code >> (dimensions * (BITS[dimensions] - level - 1))
            inside = torch.zeros(len(points) + 1, dtype=torch.int64, device=device)
            inside.index_add_(0, start[split], torch.ones_like(start[split]))
            inside.index_add_(0, (start + count)[split], -torch.ones_like(start[split]))
            begins = torch.ones(len(points), dtype=torch.bool, device=device)
            begins[1:] = cells[1:] != cells[:-1]
            begins[start] = True
            child_start = (begins & (inside.cumsum(0)[:-1] > 0)).nonzero()[:, 0]
            parent = torch.searchsorted(start, child_start, right=True) - 1
            pieces = torch.bincount(parent, minlength=len(start))
            ends = torch.cat([child_start[1:], child_start.new_tensor([len(points)])])
            child_count = torch.minimum(ends, (start + count)[parent]) - child_start
        before = pieces.cumsum(0) - pieces
        first.append(torch.where(split, nodes + before, -1))
        children.append(pieces)
        nodes += len(child_start)
        starts.append(child_start)
        counts.append(child_count)
    first.append(torch.full_like(starts[-1], -1))
    children.append(torch.zeros_like(starts[-1]))
    start, count = torch.cat(starts), torch.cat(counts)
    return finish(order, points, charge, start, count, torch.cat(first), torch.cat(children), width)


def finish(
    order: Tensor,
    points: Tensor,
    charge: Tensor,
    start: Tensor,
    count: Tensor,
    first: Tensor,
    children: Tensor,
    width: int,
) -> Tree:
    """Centres, sizes and groups of the nodes whose points stand at start .. start + count."""
    end = start + count
    leaf = first < 0
    groups = leaf.nonzero()[:, 0]
    group_of = torch.full_like(first, -1)
    group_of[groups] = torch.arange(len(groups), device=first.device)
    place = torch.arange(width, device=first.device)
    present = place < count[groups][:, None]
    members = torch.minimum(start[groups][:, None] + place, end[groups][:, None] - 1)
    weight = over(charge.double(), start, end)
    centre, size = gathered(points, charge, weight, start, end)
    return Tree(
        order, points, charge, start, end, centre, weight.to(charge.dtype), size, first, children, groups, group_of,
        members, present, width,
    )  # fmt: skip


def over(values: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Sums of values [points, ...] from start to end."""
    sums = torch.cat([torch.zeros_like(values[:1]), values.cumsum(0)])
    return sums[end] - sums[start]


def gathered(points: Tensor, charge: Tensor, weight: Tensor, start: Tensor, end: Tensor) -> tuple[Tensor, Tensor]:
    """Centre of charge and size of the points from start to end, [nodes, dimensions] and [nodes]."""
    heavy, middle = charge.double()[:, None], points.double().mean(0)
    apart = points.double() - middle
    sums = over(torch.cat([apart, apart.square().sum(1, keepdim=True)], 1) * heavy, start, end) / weight[:, None]
    spread = sums[:, -1] - sums[:, :-1].square().sum(1)
    size = 3.46 * spread.clamp_min(0).sqrt()  # a filled square's side is 2.45, a line's length 3.46 spreads
    return (sums[:, :-1] + middle).to(points.dtype), size.to(points.dtype)


def moved(tree: Tree, positions: Tensor) -> Tree:
    """The same tree over points that have moved a little: who belongs together stays, centres follow."""
    points = positions[tree.order]
    centre, size = gathered(points, tree.charges, tree.charge.double(), tree.start, tree.end)
    return replace(tree, positions=points, centre=centre, size=size)


def interactions(tree: Tree, angle: float) -> tuple[Tensor, Tensor]:
    """Who meets whom: [pairs, 2] of (group, far node), and [pairs, 2] of (group, near group)."""
    spots = tree.centre[tree.groups]  # [groups, dimensions]
    radius = (tree.positions[tree.members] - spots[:, None]).norm(dim=-1).amax(1)  # [groups]
    begins = tree.start[tree.groups]
    group = torch.arange(len(tree.groups), device=spots.device)
    node = torch.zeros_like(group)
    far, near = [], []
    while len(group):
        distance = (spots[group] - tree.centre[node]).norm(dim=1) - radius[group]
        around = (tree.start[node] <= begins[group]) & (begins[group] < tree.end[node])  # nothing is far from itself
        apart = (tree.size[node] < angle * distance) & ~around
        leaf = tree.first[node] < 0
        far.append(torch.stack([group[apart], node[apart]], 1))
        close = leaf & ~apart
        near.append(torch.stack([group[close], tree.group_of[node[close]]], 1))
        open_ = ~leaf & ~apart
        group, node = group[open_], node[open_]
        pieces = tree.children[node]
        which = torch.repeat_interleave(torch.arange(len(node), device=node.device), pieces)
        piece = torch.arange(len(which), device=node.device) - (pieces.cumsum(0) - pieces)[which]
        group, node = group[which], tree.first[node[which]] + piece
    return torch.cat(far), torch.cat(near)
