"""Neurons as luminous cells: one point each, from buffers that never change."""

import moderngl
import numpy as np

from installation.data import Anatomy, Layout
from installation.render.passes import Value
from installation.render.shape import Shape, depths, shapes

FACE = 0.72  # radius of a neuron at rest, in half the distance of neighbours were they spread evenly


class Particles:
    """All neurons of one body."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        others = np.empty(anatomy.units, [("depth", "f4")])
        others["depth"] = depths(anatomy)
        self._points = Shape(gl, "neuron.vert", "neuron.frag", shapes(layout), others)
        self._face = FACE / max(anatomy.units, 1) ** 0.5

    def draw(self, place: float, bigger: float, **inputs: moderngl.Texture | Value) -> None:
        """Add the neurons' light to the bound framebuffer; `bigger` times their natural size."""
        self._points.draw(moderngl.POINTS, place, face=self._face * bigger, **inputs)

    def release(self) -> None:
        """Give the memory back."""
        self._points.release()
