"""Words laid over the finished picture: flat in front of the viewer, bent with a dome."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import moderngl
import numpy as np

from installation.data import Camera, Dome, Title
from installation.render import shaders, view
from installation.render.haze import grid
from installation.render.letters import MARGIN, SHADE, typeface, written
from installation.render.passes import BYTE, give, pair

EYE = Camera(eye=(0.0, 0.0, 1.0), angle=90.0)  # words lie on the plane z = 0; the picture's height there is -1..1
SPREAD = 70.0  # degrees of a dome that such a picture fills: words stay 10 to 60 degrees above the horizon
WIDEST = 1.3  # half the width that words may take there
EDGE = 0.84  # of the way from the middle to the picture's edge words may come
CELLS = 16  # across and along, in which a dome bends them
KEPT = 8  # textures
ALIGNED = {"left": "left", "right": "right"}  # all others: centred


@dataclass(frozen=True, slots=True)
class Box:
    """Where words lie on their plane."""

    left: float
    low: float
    width: float
    height: float


class Titles:
    """All words of one picture. Raises ContentError for a font that cannot be read, before anything is shown."""

    def __init__(self, gl: moderngl.Context) -> None:
        typeface()
        self._gl = gl
        self.program = shaders.program(gl, "title.vert", "title.frag")
        self._corners = gl.buffer((0.5 + 0.5 * grid(CELLS)).tobytes())
        self._plane = gl.vertex_array(self.program, [(self._corners, "2f", "corner")])
        self._written: dict[tuple[str, int, str], moderngl.Texture] = {}

    def draw(self, titles: Iterable[Title], fade: float, size: tuple[int, int], dome: Dome | None) -> None:
        """Lay words over the picture in the bound framebuffer, of this size in pixels."""
        lens = None if dome is None else replace(dome, spread=SPREAD)
        seen = view.projection(EYE, size, size, lens)
        for title in titles:
            light = title.light * fade
            if light <= 0.0 or not title.text.strip():
                continue
            texture, box = self._laid(title, *room(size, lens))
            self._gl.enable(moderngl.BLEND)
            self._gl.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
            give(
                self.program,
                words=texture,
                box=(box.left, box.low, box.width, box.height),
                light=light,
                size=pair(size),
                **seen,
            )
            self._plane.render(moderngl.TRIANGLES)

    def release(self) -> None:
        """Give the memory back."""
        for texture in self._written.values():
            texture.release()
        for part in (self._plane, self._corners, self.program):
            part.release()

    def _laid(self, title: Title, pixels: float, wide: float) -> tuple[moderngl.Texture, Box]:
        """A title's picture and its place, as large as asked for, or smaller so that its lines fit."""
        letters = max(4, round(2 * title.size * pixels))
        texture = self._texture(title.text, letters, title.place)
        edge = round(SHADE * MARGIN * letters)
        if (much := (texture.width - 2 * edge) / (2 * wide * EDGE * pixels)) > 1 and letters > 4:
            letters = max(4, int(letters / much))
            texture = self._texture(title.text, letters, title.place)
        return texture, placed(title.place, texture.size, round(SHADE * MARGIN * letters), pixels, wide)

    def _texture(self, text: str, letters: int, place: str) -> moderngl.Texture:
        key = text, letters, ALIGNED.get(place, "center")
        if key in self._written:
            self._written[key] = self._written.pop(key)  # now the newest
            return self._written[key]
        while len(self._written) >= KEPT:
            self._written.pop(next(iter(self._written))).release()
        pixels = written(*key)[::-1]  # row 0 of a texture is the lowest
        data = np.ascontiguousarray(pixels).tobytes()
        texture = self._gl.texture(pixels.shape[1::-1], 2, data, dtype=BYTE, alignment=1)
        texture.repeat_x = texture.repeat_y = False
        self._written[key] = texture
        return texture


def room(size: tuple[int, int], dome: Dome | None) -> tuple[float, float]:
    """Pixels that a unit of the words' plane covers, and half the width that there is on it."""
    if dome is None:
        return 0.5 * size[1], size[0] / size[1]
    radian = min(size) / 2 / (math.radians(dome.fov) / 2)  # pixels
    return radian * math.tan(math.radians(SPREAD) / 2), WIDEST


def placed(place: str, size: tuple[int, int], edge: int, pixels: float, wide: float) -> Box:
    """Where a picture of words lies on the plane; on a screen, at whole pixels.

    size     of that picture, edge: of the darkness around the words in it; pixels
    pixels   that a unit of the plane covers
    wide     half the picture's width
    """
    width, height = (length / pixels for length in size)
    rim = edge / pixels
    left, low = -width / 2, -height / 2
    if place in ALIGNED:
        left = -wide * EDGE - rim if place == "left" else wide * EDGE + rim - width
    if place in ("below", *ALIGNED):
        low = -EDGE - rim
    elif place == "above":
        low = EDGE + rim - height
    left, low = round((left + wide) * pixels) / pixels - wide, round((low + 1) * pixels) / pixels - 1
    return Box(left, low, width, height)
