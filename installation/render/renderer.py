"""The renderer: a Frame becomes a picture, and nothing is remembered between two frames."""

import moderngl
import numpy as np

from installation.data import Anatomy, Dome, Dream, Floats, Frame, Layout
from installation.errors import ContentError
from installation.render import activity, view
from installation.render.bloom import Bloom, padded
from installation.render.cloud import Cloud, in_space
from installation.render.develop import Develop
from installation.render.edges import TRAVEL, Edges
from installation.render.haze import Haze
from installation.render.palette import palette
from installation.render.particles import Particles
from installation.render.passes import BYTE, Value, surface

SEAM = 0.4  # seconds in which the light of the old loop is gone
DAWN = 0.02  # seconds in which the light of the new loop is wholly there
KEPT = 3  # dreams whose textures stay: the one heard, the one before, the next


class Renderer:
    """Programs, buffers and textures for one body at one size.

    >>> renderer = Renderer(gl, layout, anatomy, (1280, 720))
    >>> picture = renderer.draw(frame)

    A frame is a function of its Frame: same inputs, same pixels, whatever was drawn before.
    With a dome the picture is a fisheye in the largest circle that fits into its size.
    Raises ContentError for a broken shader and for a layout that was made for another anatomy.
    """

    def __init__(
        self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy, size: tuple[int, int], dome: Dome | None = None
    ) -> None:
        if layout.positions.shape != (anatomy.units, 3) or layout.fingerprint != anatomy.fingerprint:
            raise ContentError(
                f"the layout places {len(layout.positions):,} neurons (anatomy {layout.fingerprint}), but the network "
                f"has {anatomy.units:,} ({anatomy.fingerprint}). Make a layout for this model."
            )
        self.gl, self.layout, self.anatomy, self.dome = gl, layout, anatomy, dome
        self._particles = Particles(gl, layout, anatomy)
        self._edges = Edges(gl, layout, anatomy)
        self._haze = Cloud(gl, layout) if in_space(layout) else Haze(gl, layout)
        self._dreams: dict[Dream, tuple[activity.Light, moderngl.Texture]] = {}
        self._open(size)

    def resize(self, size: tuple[int, int]) -> None:
        """Draw at another size from now on, in pixels."""
        if size != self.size:
            self._close()
            self._open(size)

    def prepare(self, dream: Dream, light: activity.Light | None = None) -> None:
        """Upload a dream's light. `light` may have been made ahead, on another thread, by `activity.light`."""
        if dream in self._dreams:
            self._dreams[dream] = self._dreams.pop(dream)  # now the newest
            return
        light = light or activity.light(dream, self.anatomy)
        texture = self.gl.texture(light.answers.shape[::-1], 1, light.answers, dtype=BYTE)
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._dreams[dream] = light, texture
        while len(self._dreams) > KEPT:
            self._dreams.pop(next(iter(self._dreams)))[1].release()

    def draw(self, frame: Frame) -> moderngl.Texture:
        """The picture of a frame: sRGB, eight bits, dithered; row 0 is the lowest."""
        look = frame.look
        heard = self._heard(frame)
        shared: dict[str, Value] = {
            **view.projection(look.camera, self.size, self.light.size, self.dome),
            "size": tuple(map(float, self.light.size)),
            "formed": look.formed,
        }
        stops = 2.0**look.exposure
        colours: dict[str, Value] = {
            "palette": tuple(map(tuple, palette(look.shallow, look.deep, look.sweep).tolist()))
        }
        self._canvas.use()
        self._canvas.clear()
        self._add_light()
        self._edges.draw(
            frame.place, self.size[1], look.haze * stops, look.pulses * stops, **shared, **colours, **heard
        )
        self._particles.draw(
            frame.place,
            look.size,
            glow=look.glow * stops,
            rest=look.rest * stops,
            shine=look.shine,
            **shared,
            **colours,
            **heard,
        )
        mist = self._bloom(self.light, look.bloom)
        mist_of_all = look.haze * max(0.0, 2 * look.formed - 1) ** 2  # it lies where the whole body will be
        if mist_of_all > 0:
            self._bloom.target.use()
            self._add_light()
            self._haze.draw(**shared, strength=mist_of_all * stops)
        gathered = self._bloom.gathered
        film: dict[str, Value] = {"spread": look.bloom, "fade": look.fade, "margin": self._margin}
        return self._develop(self.light, mist, gathered, disc=view.disc(self.size, self.dome), **film)

    def _add_light(self) -> None:
        """Let what is drawn from now on add to what is there."""
        self.gl.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self.gl.enable(moderngl.BLEND | moderngl.PROGRAM_POINT_SIZE)
        self.gl.blend_func = moderngl.ONE, moderngl.ONE

    def read(self) -> np.typing.NDArray[np.uint8]:
        """The last picture, [height, width, 3] uint8, row 0 is the highest."""
        data = self._develop.target.read(components=3, alignment=1)
        return np.frombuffer(data, np.uint8).reshape(self.size[1], self.size[0], 3)[::-1]

    def radiance(self) -> Floats:
        """The last frame's linear light before bloom and film, [height, width, 3], row 0 is the highest."""
        wide, high = self.light.size
        left, low = map(int, self._margin)
        light = np.frombuffer(self.light.read(), np.float16).reshape(high, wide, 4)
        cut: Floats = light[low : low + self.size[1], left : left + self.size[0], :3].astype(np.float32)
        return cut[::-1]

    def release(self) -> None:
        """Give all memory back."""
        self._close()
        for _, texture in self._dreams.values():
            texture.release()
        self._dreams.clear()
        for part in (self._particles, self._edges, self._haze):
            part.release()

    def _heard(self, frame: Frame) -> dict[str, moderngl.Texture | Value]:
        """What the shaders need to know of the dreams at this moment."""
        previous = frame.previous or frame.dream
        self.prepare(previous)
        self.prepare(frame.dream)
        light, texture = self._dreams[frame.dream]
        old, old_texture = self._dreams[previous]
        since = frame.place * light.seconds  # seconds since the seam
        alone = previous is frame.dream
        return {
            "dream": texture,
            "before": old_texture,
            "moment": light.moment(frame.place),
            "moment_before": old.moment(since / old.seconds),
            "meanings": (float(light.columns * light.rows), float(old.columns * old.rows)),
            "clock": (frame.place * light.columns - 0.5, float(light.columns), float(old.columns), float(light.rows)),
            "travel": TRAVEL * light.columns / light.seconds,
            "fading": int(not alone and since < SEAM),
            "rise": 1.0 if alone else min(1.0, since / DAWN),
            "fall": 0.0 if alone else max(0.0, 1.0 - since / SEAM) ** 3,
        }

    def _open(self, size: tuple[int, int]) -> None:
        self.size = size
        whole = padded(size)
        self._margin = (float((whole[0] - size[0]) // 2), float((whole[1] - size[1]) // 2))
        self.light = surface(self.gl, whole)
        self._canvas = self.gl.framebuffer(self.light)
        self._bloom = Bloom(self.gl, whole)
        self._develop = Develop(self.gl, size, whole)

    def _close(self) -> None:
        self.gl.detect_framebuffer(0).use()  # or the driver would be asked for one that is gone
        for part in (self._canvas, self.light, self._bloom, self._develop):
            part.release()
