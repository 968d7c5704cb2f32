"""Full-screen passes: textures in, one texture out."""

import moderngl

from installation.render import shaders

HALF = "f2"  # light is linear and unbounded until the very last pass
BYTE = "f1"  # what a screen shows
Value = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


class Pass:
    """One full-screen draw. Keeps nothing between frames: same inputs, same pixels.

    >>> gather = Pass(gl, "post/gather.frag", size=(640, 360))
    >>> picture = gather(source=light)
    """

    def __init__(self, gl: moderngl.Context, fragment: str, size: tuple[int, int], dtype: str = HALF) -> None:
        self.program = shaders.program(gl, "fullscreen.vert", fragment)
        self.triangle = gl.vertex_array(self.program, [])
        self.picture = surface(gl, size, dtype)
        self.target = gl.framebuffer(self.picture)
        self._gl = gl

    def __call__(self, **inputs: moderngl.Texture | Value) -> moderngl.Texture:
        """Draw once. Textures and numbers go to the shader's uniforms of the same name."""
        give(self.program, **inputs)
        self._gl.disable(moderngl.BLEND)
        self.target.use()
        self.triangle.render(moderngl.TRIANGLES, vertices=3)
        return self.picture

    def release(self) -> None:
        """Give the memory back."""
        for part in (self.target, self.picture, self.triangle, self.program):
            part.release()


def surface(gl: moderngl.Context, size: tuple[int, int], dtype: str = HALF) -> moderngl.Texture:
    """A texture to draw into: linear filter, and beyond its edge the edge goes on."""
    texture = gl.texture(size, 4, dtype=dtype)
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return texture


def give(program: moderngl.Program, **inputs: moderngl.Texture | Value) -> None:
    """Set uniforms by name, textures too. A name that the shader does not use (any more) is no fault."""
    unit = 0
    for name, value in inputs.items():
        uniform = program.get(name, None)
        if not isinstance(uniform, moderngl.Uniform):
            continue
        if isinstance(value, moderngl.Texture):
            value.use(unit)
            uniform.value = unit
            unit += 1
        else:
            uniform.value = value


def pair(size: tuple[int, int]) -> tuple[float, float]:
    """A size as a shader takes it."""
    return float(size[0]), float(size[1])
