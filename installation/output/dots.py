"""The points of a warp, drawn over the picture while it is bent."""

import moderngl
import numpy as np

from installation.output.mesh import Doubles
from installation.render import shaders

ACROSS = 15.0  # pixels

Marks = tuple[Doubles, int]  # points [points, 2], 0..1 of the output from its lower left; and the chosen one


class Dots:
    """A ring for each point; the chosen one is filled."""

    def __init__(self, gl: moderngl.Context) -> None:
        self._gl = gl
        self._program = shaders.program(gl, "post/dots.vert", "post/dots.frag")

    def draw(self, points: Doubles, chosen: int) -> None:
        """Draw into what is being drawn into."""
        places = self._gl.buffer(points.astype(np.float32).tobytes())
        dots = self._gl.vertex_array(self._program, [(places, "2f", "place")])
        self._program["chosen"], self._program["across"] = chosen, ACROSS
        self._gl.enable(moderngl.PROGRAM_POINT_SIZE)
        dots.render(moderngl.POINTS)
        dots.release()
        places.release()
