"""How a finished body is held: within the unit ball, its first layer below."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """How a body is moved, turned and scaled into the unit ball."""

    turn: Tensor  # [dimensions, dimensions]
    middle: Tensor  # [dimensions], after the turn
    size: float

    def __call__(self, positions: Tensor) -> Tensor:
        """The positions in this pose, [vertices, 3]; z = 0 when flat."""
        body = (positions @ self.turn.T - self.middle) / self.size
        return body if body.shape[1] == 3 else torch.cat([body, torch.zeros_like(body[:, :1])], 1)


def pose(positions: Tensor, foot: slice | None = None) -> Pose:
    """The pose in which positions fill the unit ball.

    foot   the vertices on which the body stands: their middle comes to lie below, and the last vertices to the right
    """
    turn = torch.eye(positions.shape[1], device=positions.device)
    if foot is not None:
        down = (positions[foot].mean(0) - positions.mean(0))[:2]
        x, y = (down / down.norm().clamp_min(1e-30)).tolist()
        if x or y:
            turn[:2, :2] = turn.new_tensor([[-y, x], [-x, -y]])
        body = positions @ turn.T
        if body[-(len(body) // 10 + 1) :, 0].mean() < body[:, 0].mean():
            turn[0].neg_()
    body = positions @ turn.T
    middle = (body.amax(0) + body.amin(0)) / 2
    return Pose(turn, middle, max(float((body - middle).norm(dim=1).amax()), 1e-30))
