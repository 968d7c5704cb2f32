"""The last pass: a part of the picture bent, blended and shown on one output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import moderngl
import numpy as np

from installation.output.maps import Maps, Singles, prolonged
from installation.output.mesh import Mesh, quad
from installation.output.warp import Warp, bend, homography, straight
from installation.render import shaders
from installation.render.grain import grain
from installation.render.passes import Value, give

FINE = 64  # cells each way of a surface that is bent: its cubic is then true to a fortieth of a pixel
Part = tuple[float, float, float, float]
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
ELSEWHERE = (-2e6, 0.0)  # the shift of a picture whose pixels are not the output's


@dataclass(frozen=True, slots=True)
class Blend:
    """How an output meets its neighbours.

    edges   shares of its part of the picture over which it fades, at left, right, low and high
    gamma   of the projector
    black   light of its black, as a share of its white: 0.001 at a contrast of 1000 : 1
    """

    edges: Part = (0.0, 0.0, 0.0, 0.0)
    gamma: float = 2.2
    black: float = 0.0


class Projector:
    """Draws one output. Keeps its surface and maps, and nothing between pictures.

    >>> projector = Projector(gl)
    >>> projector.draw(picture, gl.screen, (1920, 1080))

    mesh     the surface for an output's width over its height; without one the picture is as large as it fits
    maps     what a calibration has measured
    degrees  by which the picture is turned clockwise: 0, 90, 180 or 270
    mirror   left and right swapped before that

    A mesh that changes nothing gives the picture's very numbers.
    """

    def __init__(
        self,
        gl: moderngl.Context,
        mesh: Callable[[float], Mesh] | None = None,
        maps: Maps | None = None,
        blend: Blend | None = None,
        degrees: int = 0,
        mirror: bool = False,
    ) -> None:
        self._gl, self._mesh, self._maps, self._turn = gl, mesh, maps, (degrees, mirror)
        self._blend, self._warp = blend or Blend(), straight()
        if maps is not None:
            self._blend = replace(self._blend, gamma=maps.gamma)
        alone = maps is None and not any(self._blend.edges)
        self._bent = shaders.program(gl, "post/output.vert", f"post/{'bent' if alone else 'output'}.frag")
        self._plain = shaders.program(gl, "fullscreen.vert", "post/show.frag")
        self._triangle = gl.vertex_array(self._plain, [])
        self._noise = self._texture(grain()[..., None])
        self._look = self._alpha = self._beta = self._noise
        if maps is not None:
            self._look, self._alpha, self._beta = map(self._texture, (prolonged(maps.look), maps.alpha, maps.beta))
        self._surface: list[moderngl.Buffer | moderngl.VertexArray] = []  # what is drawn comes last
        self._fits: tuple[float, ...] = ()  # the shapes that it was made for

    @property
    def warp(self) -> Warp:
        """How it is bent by hand."""
        return self._warp

    @warp.setter
    def warp(self, warp: Warp) -> None:
        self._warp, self._fits = warp, ()

    @property
    def untouched(self) -> bool:
        """Whether the picture is shown as it is."""
        made = self._mesh is None and self._maps is None and self._turn == (0, False)
        return made and self._warp.straight and not any(self._blend.edges)

    def draw(
        self, picture: moderngl.Texture, target: moderngl.Framebuffer, size: tuple[int, int], part: Part = WHOLE
    ) -> None:
        """Show a part (left, low, width, height, 0..1) of a picture on a target of this size, black around it."""
        self._gl.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        if self._maps is not None:
            part = inner(part, self._maps.part)
        if self.untouched:
            self._copy(picture, target, size, part)
        else:
            self._project(picture, target, size, part)

    def release(self) -> None:
        """Give the memory back."""
        textures = {self._noise, self._look, self._alpha, self._beta}
        for part in (*self._surface, *textures, self._triangle, self._plain, self._bent):
            part.release()
        self._surface = []

    def _copy(self, picture: moderngl.Texture, target: moderngl.Framebuffer, size: tuple[int, int], part: Part) -> None:
        wide, high = picture.width * part[2], picture.height * part[3]
        left, low, *shown = rectangle = fitted((wide, high), size)
        shift = (picture.width * part[0] - left, picture.height * part[1] - low)
        exact = tuple(shown) == (wide, high) and all(value == int(value) for value in shift)
        if exact and size == picture.size and part == WHOLE:
            source = self._gl.framebuffer(picture)
            self._gl.copy_framebuffer(target, source)
            source.release()
            return
        target.use()
        self._gl.viewport = (0, 0, *size)
        self._gl.clear()
        self._gl.viewport = rectangle
        give(self._plain, picture=picture, part=part, shift=shift if exact else ELSEWHERE)
        self._triangle.render(moderngl.TRIANGLES, vertices=3)

    def _project(
        self, picture: moderngl.Texture, target: moderngl.Framebuffer, size: tuple[int, int], part: Part
    ) -> None:
        shape = (picture.width * part[2], picture.height * part[3], *size)
        if shape != self._fits:
            self._fits = shape
            self._lay(self._net(shape[:2], size))
        light: dict[str, Value] = {name: getattr(self._blend, name) for name in ("edges", "gamma", "black")}
        target.use()
        self._gl.viewport = (0, 0, *size)
        self._gl.clear()
        give(self._bent, picture=picture, look=self._look, alpha=self._alpha, beta=self._beta, noise=self._noise)
        give(self._bent, part=part, mapped=float(self._maps is not None), **light)
        if self._surface:
            surface = self._surface[-1]
            assert isinstance(surface, moderngl.VertexArray)
            surface.render(moderngl.TRIANGLES)

    def _net(self, shown: tuple[float, float], size: tuple[int, int]) -> Mesh:
        """The surface for a part of so many pixels on an output of this size."""
        aside = self._turn[0] % 180 == 90
        wide, high = size[::-1] if aside else size
        if self._mesh is not None:
            mesh = self._mesh(wide / high)
        elif self._maps is not None:
            mesh = quad()  # what was measured is the whole output
        else:
            left, low, across, up = fitted(shown, (wide, high))
            mesh = quad((left / wide, low / high, across / wide, up / high))
        mesh = mesh.turned(*self._turn)
        if self._warp.flat:
            return mesh
        mesh = mesh.finer(FINE)
        return replace(mesh, places=bend(mesh.places, self._warp.net))

    def _lay(self, mesh: Mesh) -> None:
        """Hand the surface, seen in the corners' perspective, to the GPU."""
        for part in reversed(self._surface):
            part.release()
        self._surface = []
        flat = mesh.places.reshape(-1, 2)
        seen = np.append(flat, np.ones((len(flat), 1)), axis=1) @ homography(self._warp.corners).T  # x, y and depth
        vertices = np.concatenate([seen, mesh.points.reshape(-1, 2), mesh.light.reshape(-1, 1)], axis=1)
        if len(cells := mesh.cells()):
            points, order = self._gl.buffer(vertices.astype(np.float32).tobytes()), self._gl.buffer(cells.tobytes())
            content = [(points, "3f 2f 1f", "place", "point", "light")]
            self._surface = [points, order, self._gl.vertex_array(self._bent, content, order)]

    def _texture(self, values: Singles) -> moderngl.Texture:
        rows, columns, channels = values.shape
        texture = self._gl.texture((columns, rows), channels, np.ascontiguousarray(values).tobytes(), dtype="f4")
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return texture


def inner(part: Part, of: Part) -> Part:
    """A part of a part, as a part of the whole."""
    left, low, wide, high = part
    return left + of[0] * wide, low + of[1] * high, of[2] * wide, of[3] * high


def fitted(picture: tuple[float, float], window: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest rectangle (left, low, width, height) of a picture's shape, in the middle of a window."""
    scale = min(window[0] / picture[0], window[1] / picture[1])
    wide, high = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    return (window[0] - wide) // 2, (window[1] - high) // 2, wide, high
