"""Neurons as luminous cells: one point each, from buffers that never change."""

import moderngl
import numpy as np

from installation.data import Anatomy, Layout
from installation.render.passes import Value
from installation.render.shape import Shape, depths, origins, shapes

REACH = 3.0  # radii of a neuron at rest that it reaches, fully answering and with its rim, at most
FACE = 0.42  # radius of a neuron at rest, in distances of neighbours: they do not touch until they answer


class Particles:
    """All neurons of one body; `face` is the radius of one at rest, in the room."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        others = np.empty(anatomy.units, [("depth", "f4")])
        others["depth"] = depths(anatomy)
        self._points = Shape(
            gl, "neuron.vert", "neuron.frag", shapes(layout), layout.positions, origins(layout, anatomy), others
        )
        self.face = FACE * spacing(layout)

    def draw(self, place: float, bigger: float, **inputs: moderngl.Texture | Value) -> None:
        """Add the neurons' light to the bound framebuffer; `bigger` times their natural size."""
        face = self.face * bigger
        self._points.draw_spots(place, REACH * face, face=face, **inputs)

    def release(self) -> None:
        """Give the memory back."""
        self._points.release()


def spacing(layout: Layout) -> float:
    """How far neighbours stand apart, were the tissue that they fill even: the root of its area for each."""
    fine = max(1, round(0.9 * len(layout.positions) ** 0.5))  # cells along the body: so many that each, if even, is met
    cells = np.floor((layout.positions[:, :2] + 1) * 0.5 * fine).astype(int)
    filled = len(np.unique(cells[:, 0] * fine + cells[:, 1])) * (2 / fine) ** 2
    return float(np.sqrt(filled / max(len(cells), 1)))
