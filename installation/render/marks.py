"""What visitors leave on the finished picture: a ring around each place, and the code that lets phones in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Camera, Dome, Layout
from installation.render import shaders, view
from installation.render.haze import grid
from installation.render.passes import BYTE, give
from installation.render.titles import CELLS, EDGE, EYE, SPREAD, room
from installation.title import Title

RADIUS = 0.034  # of a ring, in heights of the picture
SIDE = 0.19  # of the code, likewise
STAYS = 240.0  # seconds that the code stays in a lower corner before it goes to the other: no screen keeps its print
COMES = 3.0  # seconds in which it comes, and in which it goes
# In these colours, as the screen has them: white for stations, then one a phone (after Okabe and Ito 2008, which
# people tell apart who see no red or no green). The pages have the same.
COLOURS = ("ffffff", "e69f00", "56b4e9", "2fc99a", "f0e442", "ff7a3c", "e08cc0")


@dataclass(frozen=True, slots=True)
class Mark:
    """A visitor's neuron, the number of their colour, and how much of the ring is there, 0..1."""

    unit: int
    colour: int
    light: float


class Marks:
    """Draws over pictures of one body. It is for who is there: films are made without."""

    def __init__(self, gl: moderngl.Context, layout: Layout) -> None:
        self.gl = gl
        self._places = layout.positions
        self._ring = shaders.program(gl, "mark.vert", "mark.frag")
        self._point = gl.vertex_array(self._ring, [])
        self._code = shaders.program(gl, "title.vert", "code.frag")
        self._corners = gl.buffer((0.5 + 0.5 * grid(CELLS)).tobytes())
        self._plane = gl.vertex_array(self._code, [(self._corners, "2f", "corner")])
        self._squares: moderngl.Texture | None = None
        self._canvas: moderngl.Framebuffer | None = None
        self._picture: moderngl.Texture | None = None

    def show(self, squares: NDArray[np.bool_] | None) -> None:
        """Show this code from now on, [rows, columns] True where it is dark; None: no code."""
        if self._squares is not None:
            self._squares.release()
        self._squares = None
        if squares is not None:
            data = np.ascontiguousarray(255 * squares[::-1].astype(np.uint8))  # row 0 of a texture is the lowest
            self._squares = self.gl.texture(squares.shape[::-1], 1, data.tobytes(), alignment=1, dtype=BYTE)
            self._squares.filter = (moderngl.NEAREST, moderngl.NEAREST)

    def draw(
        self,
        picture: moderngl.Texture,
        marks: Iterable[Mark],
        camera: Camera,
        fade: float,
        dome: Dome | None,
        seconds: float = COMES,
        words: Sequence[Title] = (),
    ) -> None:
        """Draw everybody's ring and the code over a picture that was seen by this camera.

        seconds   on any clock; they tell in which corner the code stands, and how much of it is there
        words     over the picture: the code gives way to those in its corner
        """
        if picture is not self._picture:
            self._leave()
            self._picture, self._canvas = picture, self.gl.framebuffer(picture)
        assert self._canvas is not None
        self._canvas.use()
        self.gl.enable(moderngl.BLEND | moderngl.PROGRAM_POINT_SIZE)
        self.gl.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        size = picture.size
        seen = view.projection(camera, size, size, dome)
        for mark in marks:
            place = tuple(map(float, self._places[mark.unit]))
            tint = colour(mark.colour)
            give(self._ring, place=place, colour=tint, light=mark.light * fade, radius=RADIUS * size[1], **seen)
            self._point.render(moderngl.POINTS, vertices=1)
        if self._squares is not None:
            lens = None if dome is None else replace(dome, spread=SPREAD)
            flat = {"size": tuple(map(float, size)), **view.projection(EYE, size, size, lens)}
            right, there = standing(seconds)
            side = "right" if right else "left"
            there *= 1 - max((word.light for word in words if word.place == side), default=0.0)
            box = corner(size, lens, self._squares.width, right)
            give(self._code, squares=self._squares, box=box, light=there * fade, **flat)
            self._plane.render(moderngl.TRIANGLES)

    def release(self) -> None:
        """Give the memory back."""
        self._leave()
        self.show(None)
        for part in (self._point, self._ring, self._plane, self._corners, self._code):
            part.release()

    def _leave(self) -> None:
        if self._canvas is not None:
            self.gl.detect_framebuffer(0).use()  # or the driver would be asked for one that is gone
            self._canvas.release()
        self._canvas = self._picture = None


def colour(number: int) -> tuple[float, ...]:
    """The colour of this number, 0..1 as the screen has it."""
    return tuple(part / 255 for part in bytes.fromhex(COLOURS[number % len(COLOURS)]))


def standing(seconds: float) -> tuple[bool, float]:
    """Whether the code stands at the right at this second, and how much of it is there, 0..1."""
    since = seconds % STAYS
    return seconds // STAYS % 2 == 0, min(1.0, since / COMES, (STAYS - since) / COMES)


def corner(
    size: tuple[int, int], dome: Dome | None, squares: int, right: bool = True
) -> tuple[float, float, float, float]:
    """Where a code lies on the plane of the words: in a lower corner, each square at whole pixels."""
    pixels, wide = room(size, dome)
    side = squares * max(1, round(2 * SIDE * pixels / squares)) / pixels
    begin = wide * EDGE - side if right else -wide * EDGE
    left = round((begin + wide) * pixels) / pixels - wide
    low = round((1 - EDGE) * pixels) / pixels - 1
    return left, low, side, side
