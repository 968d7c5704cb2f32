"""The renderer: a Frame becomes a picture, and nothing is remembered between two frames."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Dome, Dream, Floats, Frame, Layout
from installation.render.activity import Light
from installation.render.bloom import Bloom
from installation.render.develop import Develop, Enlarge
from installation.render.passes import surface
from installation.render.sheet import Sheet
from installation.render.shining import Shining
from installation.render.titles import Titles


class Renderer:
    """Programs, buffers and textures for one body at one size.

    >>> renderer = Renderer(gl, layout, anatomy, (1280, 720))
    >>> picture = renderer.draw(frame)

    A frame is a function of its Frame: same inputs, same pixels, whatever was drawn before.
    With a dome the picture is a fisheye in the largest circle that fits into its size. With `half` all but words is
    made at half the resolution and enlarged, which costs less. What is too large for this is made by a `Mosaic`.
    Raises ContentError for a broken shader, for a layout that was made for another anatomy, and for a picture that is
    larger than the driver's.
    """

    def __init__(
        self,
        gl: moderngl.Context,
        layout: Layout,
        anatomy: Anatomy,
        size: tuple[int, int],
        dome: Dome | None = None,
        half: bool = False,
    ) -> None:
        self.gl, self.layout, self.anatomy, self.dome, self._half = gl, layout, anatomy, dome, half
        self._shining = Shining(gl, layout, anatomy)
        self._titles = Titles(gl)
        self._open(size)

    def resize(self, size: tuple[int, int]) -> None:
        """Draw at another size from now on, in pixels."""
        if size != self.size:
            self._close()
            self._open(size)

    def prepare(self, dream: Dream, light: Light | None = None) -> None:
        """Upload a dream's light. `light` may have been made ahead, on another thread, by `activity.light`."""
        self._shining.dreams.prepare(dream, light)

    def inherit(self, other: "Renderer") -> None:
        """Take over the lights of all dreams that another renderer of this body has uploaded."""
        mine, its = self._shining, other._shining
        mine.dreams, its.dreams = its.dreams, mine.dreams

    def draw(self, frame: Frame) -> moderngl.Texture:
        """The picture of a frame: sRGB, eight bits, dithered; row 0 is the lowest."""
        look, sheet = frame.look, self._sheet
        self._canvas.use()
        self._canvas.clear()
        self._shining.draw(frame, sheet)
        mist = self._bloom(self.light, look.bloom)
        self._bloom.target.use()
        self._shining.mist(frame, sheet)
        picture = self._develop(
            self.light, mist, self._bloom.gathered, inset=sheet.margin, spread=look.bloom, fade=look.fade
        )
        if self._enlarge is not None:
            picture = self._enlarge(picture, mist, self._bloom.gathered)
        self._titles.draw(look.titles, look.fade, self.size, self.dome)
        return picture

    def picture(self, frame: Frame) -> NDArray[np.uint8]:
        """The picture of a frame, [height, width, 3] uint8, row 0 is the highest."""
        self.draw(frame)
        return self.read()

    def read(self) -> NDArray[np.uint8]:
        """The last picture, [height, width, 3] uint8, row 0 is the highest."""
        data = self._screen.read(components=3, alignment=1)
        return np.frombuffer(data, np.uint8).reshape(self.size[1], self.size[0], 3)[::-1]

    def radiance(self) -> Floats:
        """The last frame's linear light before bloom and film, [height, width, 3], row 0 is the highest.

        It is half as wide and high where light is made at half the resolution.
        """
        wide, high = self.light.size
        (left, low), size = self._sheet.margin, self._sheet.size
        light = np.frombuffer(self.light.read(), np.float16).reshape(high, wide, 4)
        cut: Floats = light[low : low + size[1], left : left + size[0], :3].astype(np.float32)
        return cut[::-1]

    def release(self) -> None:
        """Give all memory back."""
        self._close()
        for part in (self._shining, self._titles):
            part.release()

    def _open(self, size: tuple[int, int]) -> None:
        self.size = size
        made = ((size[0] + 1) // 2, (size[1] + 1) // 2) if self._half else size
        self._sheet = Sheet(made, self.dome)
        self._sheet.fit(self.gl.info["GL_MAX_TEXTURE_SIZE"], self.gl.info["GL_RENDERER"])
        self.light = surface(self.gl, self._sheet.whole)
        self._canvas = self.gl.framebuffer(self.light)
        self._bloom = Bloom(self.gl, self._sheet.whole)
        self._develop = Develop(self.gl, self._sheet, made)
        self._enlarge = Enlarge(self.gl, self._sheet, size) if self._half else None
        self._screen = self._develop.target if self._enlarge is None else self._enlarge.target

    def _close(self) -> None:
        self.gl.detect_framebuffer(0).use()  # or the driver would be asked for one that is gone
        for part in (self._canvas, self.light, self._bloom, self._develop):
            part.release()
        if self._enlarge is not None:
            self._enlarge.release()
