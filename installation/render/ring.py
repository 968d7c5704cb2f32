"""The loop's scalogram as a ring around the body, and a play-head that goes round."""

import moderngl
import numpy as np

from installation.data import Dream, Floats, Layout, Scalogram
from installation.render import shaders
from installation.render.passes import BYTE, Value, give

STEPS = 256  # around the ring; a dome bends it
ROWS = 4  # across it
INNER, OUTER = 1.045, 1.24  # its rims, in radii of the body
PITCHES = 54  # bins that are told apart across the ring; more would be finer than a pixel


class Ring:
    """The ring around one body, ready to be drawn."""

    def __init__(self, gl: moderngl.Context, layout: Layout) -> None:
        low, high = layout.positions.min(axis=0), layout.positions.max(axis=0)
        middle = (low + high) / 2
        reach = float(np.linalg.norm(layout.positions - middle, axis=1).max())
        self._place: dict[str, Value] = {
            "middle": tuple(middle.tolist()),
            "radii": (INNER * reach, OUTER * reach),
        }
        self.program = shaders.program(gl, "ring.vert", "ring.frag")
        self._corners = gl.buffer(strip().tobytes())
        self._band = gl.vertex_array(self.program, [(self._corners, "1f 1f", "along", "across")])
        self._levels: dict[Dream, moderngl.Texture] = {}
        self._gl = gl

    def draw(self, dream: Dream, previous: Dream, **inputs: moderngl.Texture | Value) -> None:
        """Add the ring's light to the bound framebuffer."""
        old, new = self._level(previous), self._level(dream)
        give(self.program, level=new, level_before=old, **self._place, **inputs)
        self._band.render(moderngl.TRIANGLES)

    def _level(self, dream: Dream) -> moderngl.Texture:
        """A dream's levels where the shader reads them; of the last two they are kept."""
        if dream in self._levels:
            self._levels[dream] = self._levels.pop(dream)  # now the newest
            return self._levels[dream]
        bytes_ = np.rint(255 * coarse(dream.scalogram)).astype(np.uint8)
        texture = self._gl.texture(bytes_.shape[::-1], 1, bytes_.tobytes(), alignment=1, dtype=BYTE)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x, texture.repeat_y = True, False  # time is a circle, pitch is not
        self._levels[dream] = texture
        while len(self._levels) > 2:
            self._levels.pop(next(iter(self._levels))).release()
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for texture in self._levels.values():
            texture.release()
        self._levels.clear()
        for part in (self._band, self._corners, self.program):
            part.release()


def coarse(scalogram: Scalogram) -> Floats:
    """The levels as they are shown, [pitches, frames] 0..1: neighbouring bins together."""
    level = np.nan_to_num(scalogram.level).clip(0, 1)
    rows = min(PITCHES, len(level))
    borders = np.arange(rows) * len(level) // rows
    sums = np.add.reduceat(level, borders, axis=0)
    result: Floats = (sums / np.diff(borders, append=len(level))[:, None]).astype(np.float32)
    return result


def strip() -> Floats:
    """The band as triangles, [corners, 2]: place along it and across it, each 0..1."""
    along, across = (side.ravel() for side in np.meshgrid(np.arange(STEPS), np.arange(ROWS)))
    corners = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]])
    cells = np.stack([along, across], 1)[:, None] + corners
    result: Floats = (cells / (STEPS, ROWS)).astype(np.float32).reshape(-1, 2)
    return result
