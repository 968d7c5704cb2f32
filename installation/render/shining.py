"""What shines in a picture: neurons, threads, halos, the ring and the mist of one body, lit by what is dreamt."""

import moderngl

from installation.data import Anatomy, Frame, Layout
from installation.errors import ContentError
from installation.render import view
from installation.render.cloud import Cloud, in_space
from installation.render.dreams import Dreams
from installation.render.edges import Edges
from installation.render.foreseen import Foreseen
from installation.render.haze import Haze
from installation.render.palette import palette
from installation.render.particles import Particles
from installation.render.passes import Value, pair
from installation.render.ring import Ring
from installation.render.sheet import Sheet


class Shining:
    """All light of one body, on a sheet of any size or on a part of it.

    Raises ContentError for a broken shader and for a layout that was made for another anatomy.
    """

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        if layout.positions.shape != (anatomy.units, 3) or layout.fingerprint != anatomy.fingerprint:
            raise ContentError(
                f"the layout places {len(layout.positions):,} neurons (anatomy {layout.fingerprint}), but the network "
                f"has {anatomy.units:,} ({anatomy.fingerprint}). Make a layout for this model."
            )
        self.gl = gl
        self.dreams = Dreams(gl, anatomy)
        self._particles = Particles(gl, layout, anatomy)
        self._edges = Edges(gl, layout, anatomy)
        self._haze = Cloud(gl, layout) if in_space(layout) else Haze(gl, layout)
        self._foreseen = Foreseen(gl, layout, anatomy, self._particles.face)
        self._ring = Ring(gl, layout)

    def draw(self, frame: Frame, sheet: Sheet, corner: tuple[int, int] = (0, 0)) -> None:
        """Add a frame's light to the bound framebuffer, whose viewport is that of all the sheet's light.

        corner   where the framebuffer's lowest left pixel lies in that light: a part holds the whole's very pixels
        """
        look = frame.look
        stops = 2.0**look.exposure
        heard = self.dreams.heard(frame)
        previous = frame.previous or frame.dream
        shared: dict[str, Value] = {
            **seen(frame, sheet),
            "corner": pair(corner),
            "palette": tuple(map(tuple, palette(look.shallow, look.deep, look.sweep).tolist())),
        }
        self._add()
        self._edges.draw(frame.place, sheet.size[1], look.haze * stops, look.pulses * stops, **shared, **heard)
        self._particles.draw(
            frame.place,
            look.size,
            glow=look.glow * stops,
            rest=look.rest * stops,
            shine=look.shine,
            hushed=self._foreseen.hushed(frame.dream, look.foresight),
            **shared,
            **heard,
        )
        if look.foresight > 0:
            self._foreseen.draw(frame.dream, previous, frame.place, look.foresight * stops, **shared)
        if look.ring > 0:
            self._ring.draw(
                frame.dream, previous, place=frame.place, strength=look.ring * stops * look.formed, **shared
            )

    def mist(self, frame: Frame, sheet: Sheet) -> None:
        """Add the mist of all connections to the bound framebuffer, a quarter as large as all the sheet's light."""
        look = frame.look
        strength = look.haze * max(0.0, 2 * look.formed - 1) ** 2  # it lies where the whole body will be
        if strength > 0:
            self._add()
            self._haze.draw(**seen(frame, sheet), strength=strength * 2.0**look.exposure)

    def release(self) -> None:
        """Give all memory back."""
        for part in (self.dreams, self._particles, self._edges, self._haze, self._foreseen, self._ring):
            part.release()

    def _add(self) -> None:
        """Let what is drawn from now on add to what is there."""
        self.gl.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self.gl.enable(moderngl.BLEND | moderngl.PROGRAM_POINT_SIZE)
        self.gl.blend_func = moderngl.ONE, moderngl.ONE


def seen(frame: Frame, sheet: Sheet) -> dict[str, Value]:
    """From where the body is seen, how far it has formed, and how still it holds."""
    lens = view.projection(frame.look.camera, sheet.size, sheet.whole, sheet.dome)
    return {**lens, "size": pair(sheet.whole), "formed": frame.look.formed, "held": view.held(frame.look.camera)}
