"""The mist of all connections of a body in space: soft balls of light, one for each place where threads are dense."""

import moderngl
import numpy as np

from installation.data import Floats, Layout
from installation.render import shaders
from installation.render.haze import BEADS, ramped
from installation.render.passes import give

CELLS = 22  # along each side of the ball that the mist is gathered in
WIDE = 1.3  # radius of a ball of mist, in cells: neighbours melt into each other


class Cloud:
    """The mist of one layout in space, ready to be drawn."""

    def __init__(self, gl: moderngl.Context, layout: Layout) -> None:
        places, densities = gathered(layout)
        self._count = len(places)
        points = np.concatenate([places, ramped(densities)], axis=1).astype(np.float32)
        self.program = shaders.program(gl, "cloud.vert", "cloud.frag")
        self._points = gl.buffer(points.tobytes() or bytes(24))
        self._array = gl.vertex_array(self.program, [(self._points, "3f 3f", "room", "colour")])

    def draw(self, **inputs: object) -> None:
        """Add the mist's light to the bound framebuffer, which is a quarter as large as the picture."""
        if self._count:
            give(self.program, wide=WIDE * 2 / CELLS, **inputs)  # type: ignore[arg-type]
            self._array.render(moderngl.POINTS, vertices=self._count)

    def release(self) -> None:
        """Give the memory back."""
        for part in (self._array, self._points, self.program):
            part.release()


def gathered(layout: Layout) -> tuple[Floats, Floats]:
    """Where connections lie in the ball, [places, 3], and how densely, [places] 0..1."""
    ends = layout.positions[layout.edges]  # [edges, 2, 3]
    along = np.linspace(0, 1, BEADS, dtype=np.float32)[:, None, None]
    beads = (ends[:, 0] + along * (ends[:, 1] - ends[:, 0])).reshape(-1, 3)
    weights = np.tile(layout.strengths, BEADS).astype(np.float64)
    at = np.clip(((beads + 1) * 0.5 * CELLS).astype(int), 0, CELLS - 1)
    cells, which = np.unique((at[:, 0] * CELLS + at[:, 1]) * CELLS + at[:, 2], return_inverse=True)
    total = np.bincount(which, weights, len(cells))
    middle = [np.bincount(which, weights * beads[:, axis], len(cells)) for axis in range(3)]
    there = total > 0
    places = np.stack(middle, axis=1)[there] / total[there, None]
    return places.astype(np.float32), (total[there] / max(total.max(initial=0), 1e-9)).astype(np.float32)


def in_space(layout: Layout) -> bool:
    """Whether a body is no flat one."""
    return bool(np.abs(layout.positions[:, 2]).max(initial=0) > 1e-3)
