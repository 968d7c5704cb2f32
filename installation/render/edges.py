"""The strongest connections as faint threads of light."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Layout
from installation.render.passes import Value
from installation.render.shape import Shape, depths, shapes

MOST = 3_000  # threads; more of them become haze, which costs less
LONGEST = 300.0  # radii of the body, all threads together: a long thread is many pixels
LIGHT = 0.5  # of the strongest thread at full answer, in a picture of 1 000 pixels height


class Edges:
    """The threads of one body."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        strongest = chosen(layout)
        units = layout.edges[strongest].reshape(-1)  # [ends]
        ends = np.empty(len(units), [("depth", "f4"), ("strength", "f4"), ("unit", "i4")])
        ends["depth"], ends["unit"] = depths(anatomy)[units], units
        ends["strength"] = np.repeat(layout.strengths[strongest], 2)
        self._lines = Shape(gl, "edge.vert", "edge.frag", shapes(layout)[:, units], ends)

    def draw(self, place: float, height: int, glow: float, **inputs: moderngl.Texture | Value) -> None:
        """Add the threads' light to the bound framebuffer.

        A thread is one pixel thin at every resolution, so in a higher picture it must be brighter.
        """
        if glow > 0:
            self._lines.draw(moderngl.LINES, place, glow=glow * LIGHT * height / 1000, **inputs)

    def release(self) -> None:
        """Give the memory back."""
        self._lines.release()


def chosen(layout: Layout) -> NDArray[np.intp]:
    """The numbers of the strongest connections, as many as may be drawn."""
    strongest = np.argsort(-layout.strengths, kind="stable")[:MOST]
    apart = np.diff(layout.positions[layout.edges[strongest]], axis=1)[:, 0]  # [edges, 3]
    short_enough: NDArray[np.intp] = strongest[np.linalg.norm(apart, axis=1).cumsum() <= LONGEST]
    return short_enough
