"""A picture of any size, made tile by tile: the very picture that the renderer makes in one, in little memory."""

from collections.abc import Iterator

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Dome, Frame, Layout
from installation.render.bloom import Bloom
from installation.render.develop import Develop
from installation.render.passes import surface
from installation.render.renderer import Renderer
from installation.render.sheet import Sheet
from installation.render.shining import Shining
from installation.render.titles import Titles

Pixels = NDArray[np.uint8]
SIDE = 3072  # pixels, at most: 113 MB for the light of a tile and its picture
AT_ONCE = 4096 * 4096  # pixels of a picture that is no mosaic
WHOLE_CELL = 64  # pixels of which a tile has whole numbers, so that it is gathered exactly


class Mosaic:
    """Draws frames of one body in tiles. What it takes and raises: see `Renderer`.

    Every tile has the viewport of the whole picture, moved: the driver places each point and thread by the same
    numbers as in the whole, so nothing ends at a tile's edge and no guard band is needed. Light is drawn twice, first
    gathered into the one small picture that all bloom spreads from, then developed.

    side   pixels of a tile, at most

    Raises ContentError, too, where the driver cannot place points in so large a picture.
    """

    def __init__(
        self,
        gl: moderngl.Context,
        layout: Layout,
        anatomy: Anatomy,
        size: tuple[int, int],
        dome: Dome | None = None,
        side: int = SIDE,
    ) -> None:
        self.gl, self.size, self._sheet = gl, size, Sheet(size, dome)
        self._sheet.fit(largest(gl), gl.info["GL_RENDERER"])
        whole = self._sheet.whole
        self._shining, self._titles = Shining(gl, layout, anatomy), Titles(gl)
        self._columns, self._rows = (starts(length, side) for length in whole)
        tile = self._columns.step, self._rows.step
        self._light = surface(gl, tile)
        self._canvas = gl.framebuffer(self._light)
        self._bloom = Bloom(gl, whole)
        self._develop = Develop(gl, self._sheet, tile)

    def picture(self, frame: Frame) -> Pixels:
        """The picture of a frame, [height, width, 3] uint8, row 0 is the highest."""
        picture = np.empty((self.size[1], self.size[0], 3), np.uint8)
        at = 0
        for band in self.bands(frame):
            picture[at : at + len(band)] = band
            at += len(band)
        return picture

    def bands(self, frame: Frame) -> Iterator[Pixels]:
        """The picture of a frame from above, in bands [rows, width, 3] uint8."""
        for low in self._rows:
            for left in self._columns:
                self._shine(frame, left, low)
                self._bloom.gather(self._light, (left, low))
        mist = self._bloom.spread(frame.look.bloom)
        self._bloom.target.use()
        self._shining.mist(frame, self._sheet)
        for low in reversed(self._rows):
            first, last = self._within(1, low)
            if first < last:
                yield self._band(frame, mist, low)

    def release(self) -> None:
        """Give all memory back."""
        self.gl.detect_framebuffer(0).use()
        for part in (self._canvas, self._light, self._bloom, self._develop, self._shining, self._titles):
            part.release()

    def _band(self, frame: Frame, mist: moderngl.Texture, low: int) -> Pixels:
        first, last = self._within(1, low)
        band = np.empty((last - first, self.size[0], 3), np.uint8)
        for left in self._columns:
            begin, end = self._within(0, left)
            if begin < end:
                self._shine(frame, left, low)
                tile = self._developed(frame, mist, left, low)
                x, y = (at - self._corner(axis, start) for axis, at, start in ((0, begin, left), (1, first, low)))
                data = tile.read((x, y, end - begin, last - first), components=3, alignment=1)
                band[:, begin:end] = np.frombuffer(data, np.uint8).reshape(last - first, end - begin, 3)[::-1]
        return band

    def _shine(self, frame: Frame, left: int, low: int) -> None:
        """Draw the light of the tile that begins here in the whole light."""
        self._canvas.viewport = (-left, -low, *self._sheet.whole)
        self._canvas.use()
        self._canvas.clear()
        self._shining.draw(frame, self._sheet, (left, low))

    def _developed(self, frame: Frame, mist: moderngl.Texture, left: int, low: int) -> moderngl.Framebuffer:
        """That tile as the screen has it, words and all."""
        look, corner = frame.look, (self._corner(0, left), self._corner(1, low))
        self._develop(self._light, mist, self._bloom.gathered, corner, (0, 0), spread=look.bloom, fade=look.fade)
        target = self._develop.target
        target.viewport = (-corner[0], -corner[1], *self.size)
        target.use()
        self._titles.draw(look.titles, look.fade, self.size, self._sheet.dome)
        return target

    def _corner(self, axis: int, start: int) -> int:
        """Where a tile that starts here in the light begins in the picture."""
        return start - self._sheet.margin[axis]

    def _within(self, axis: int, start: int) -> tuple[int, int]:
        """The first of a tile's pixels in the picture, and one past the last."""
        corner = self._corner(axis, start)
        step = (self._columns, self._rows)[axis].step
        return max(corner, 0), min(corner + step, self.size[axis])


def starts(length: int, side: int) -> range:
    """Where tiles start along a length, each as long as the step: as few as may be, as even as may be."""
    count = -(-length // side)
    step = -(-length // (count * WHOLE_CELL)) * WHOLE_CELL
    return range(0, length, step)


def largest(gl: moderngl.Context) -> int:
    """Pixels along each side of the largest picture that the driver can place points in."""
    return int(min(*gl.info["GL_MAX_VIEWPORT_DIMS"], 4 * gl.info["GL_MAX_TEXTURE_SIZE"]))


def painter(
    gl: moderngl.Context, layout: Layout, anatomy: Anatomy, size: tuple[int, int], dome: Dome | None = None
) -> Renderer | Mosaic:
    """What makes pictures of this size: the renderer, or for large ones a mosaic. Both have `picture` and `release`."""
    if size[0] * size[1] <= AT_ONCE and max(Sheet(size).whole) <= int(gl.info["GL_MAX_TEXTURE_SIZE"]):
        return Renderer(gl, layout, anatomy, size, dome)
    return Mosaic(gl, layout, anatomy, size, dome)
