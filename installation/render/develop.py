"""The last pass: light becomes the picture on a screen, wherever there is any."""

import moderngl

from installation.render import shaders
from installation.render.passes import BYTE, Value, give, surface


class Develop:
    """Film and screen. The picture is drawn as squares, a point each; those that would be black are left out."""

    def __init__(self, gl: moderngl.Context, size: tuple[int, int], whole: tuple[int, int]) -> None:
        """size, whole   pixels of the picture, and of the light with its margin all around"""
        self.program = shaders.program(gl, "post/tiles.vert", "post/develop.frag")
        self.squares = gl.vertex_array(self.program, [])
        self.picture = surface(gl, size, BYTE)
        self.target = gl.framebuffer(self.picture)
        self._gl, self._size, self._whole = gl, size, whole

    def __call__(
        self, light: moderngl.Texture, mist: moderngl.Texture, gathered: moderngl.Texture, **film: Value
    ) -> moderngl.Texture:
        """Draw once.

        mist       what is added to the light
        gathered   the light in larger cells; two by two of them make a square. Dark cells have dark pixels only
        film       spread, fade and margin, as develop.frag has them
        """
        side = 2 * (self._whole[0] // gathered.width)
        columns, rows = (-(-length // side) for length in self._size)
        give(self.program, light=light, mist=mist, gathered=gathered, **film)
        give(self.program, picture=pair(self._size), whole=pair(self._whole), side=float(side), columns=columns)
        self._gl.disable(moderngl.BLEND)
        self._gl.enable(moderngl.PROGRAM_POINT_SIZE)
        self.target.use()
        self.target.clear(alpha=1.0)
        self.squares.render(moderngl.POINTS, vertices=columns * rows)
        return self.picture

    def release(self) -> None:
        """Give the memory back."""
        for part in (self.target, self.picture, self.squares, self.program):
            part.release()


def pair(size: tuple[int, int]) -> tuple[float, float]:
    """A size as a shader takes it."""
    return float(size[0]), float(size[1])
