"""A picture drawn as squares, a point each; those that would be black are left out."""

import moderngl

from installation.render import shaders
from installation.render.passes import BYTE, Value, give, pair, surface


class Squares:
    """What every pixel of a picture becomes, wherever there is any light.

    fragment   the shader of a pixel
    size       pixels of the picture
    """

    def __init__(self, gl: moderngl.Context, fragment: str, size: tuple[int, int]) -> None:
        self.program = shaders.program(gl, "post/tiles.vert", fragment)
        self._points = gl.vertex_array(self.program, [])
        self.picture = surface(gl, size, BYTE)
        self.target = gl.framebuffer(self.picture)
        self._gl = gl

    def __call__(
        self, gathered: moderngl.Texture, whole: tuple[int, int], **inputs: moderngl.Texture | Value
    ) -> moderngl.Texture:
        """Draw once.

        gathered   the light in larger cells; two by two of them make a square. Dark cells have dark pixels only
        whole      pixels of the picture with all its margins, which `gathered` shows
        inputs     mist, corner and margin, as post/tiles.vert has them, and what the pixel's shader wants
        """
        size = self.picture.size
        side = 2 * (whole[0] // gathered.width)
        columns, rows = (-(-length // side) for length in size)
        give(self.program, gathered=gathered, whole=pair(whole), **inputs)
        give(self.program, picture=pair(size), side=float(side), columns=columns)
        self._gl.disable(moderngl.BLEND)
        self._gl.enable(moderngl.PROGRAM_POINT_SIZE)
        self.target.viewport = (0, 0, *size)
        self.target.use()
        self.target.clear(alpha=1.0)
        self._points.render(moderngl.POINTS, vertices=columns * rows)
        return self.picture

    def release(self) -> None:
        """Give the memory back."""
        for part in (self.target, self.picture, self._points, self.program):
            part.release()
