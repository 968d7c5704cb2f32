"""The light of dreams where shaders can read it, and what they need to know of a moment."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Dream, Frame
from installation.render import activity
from installation.render.crossing import LEAD, Crossing, crossing
from installation.render.edges import TRAVEL
from installation.render.passes import BYTE, Value

TURN = 0.6  # seconds in which the light of the old target becomes that of the new one
KEPT = 3  # dreams whose textures stay: the one heard, the one before, the next


class Dreams:
    """The last dreams of one body as textures."""

    def __init__(self, gl: moderngl.Context, anatomy: Anatomy) -> None:
        self._gl, self._anatomy = gl, anatomy
        self._known: dict[Dream, tuple[activity.Light, moderngl.Texture]] = {}
        self._pair: tuple[tuple[Dream, Dream], Crossing, moderngl.Texture] | None = None

    def __len__(self) -> int:
        return len(self._known)

    def prepare(self, dream: Dream, light: activity.Light | None = None) -> None:
        """Upload a dream's light. `light` may have been made ahead, on another thread, by `activity.light`."""
        if dream in self._known:
            self._known[dream] = self._known.pop(dream)  # now the newest
            return
        light = light or activity.light(dream, self._anatomy)
        self._known[dream] = light, self._texture(light.answers)
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))[1].release()

    def heard(self, frame: Frame) -> dict[str, moderngl.Texture | Value]:
        """What the shaders need to know of the dreams at this moment, as lib/now.glsl and lib/then.glsl name it."""
        previous = frame.previous or frame.dream
        self.prepare(previous)
        self.prepare(frame.dream)
        light, texture = self._known[frame.dream]
        old, old_texture = self._known[previous]
        since = frame.place * light.seconds  # seconds since the seam
        moment, columns, lead = light.moment(frame.place), light.columns, 0
        if previous is not frame.dream and since < activity.ONSET:
            across, across_texture = self._crossing(previous, frame.dream)
            if not across.over(since):
                texture, moment, columns, lead = across_texture, across.moment(since), across.columns, LEAD
        return {
            "dream": texture,
            "before": old_texture,
            "moment": moment,
            "meanings": (float((lead + columns) * light.rows), float(old.columns * old.rows)),
            "clock": (frame.place * light.columns - 0.5, float(columns), float(old.columns), float(light.rows)),
            "lead": float(lead),
            "travel": TRAVEL * light.columns / light.seconds,
            "turned": min(1.0, since / TURN),
        }

    def _crossing(self, previous: Dream, dream: Dream) -> tuple[Crossing, moderngl.Texture]:
        """The light between two dreams that are prepared; of the last pair it is kept."""
        if self._pair is None or self._pair[0] != (previous, dream):
            self._forget()
            across = crossing(self._known[previous][0], self._known[dream][0])
            self._pair = (previous, dream), across, self._texture(across.answers)
        return self._pair[1:]

    def _texture(self, bytes_: NDArray[np.uint8]) -> moderngl.Texture:
        texture = self._gl.texture(bytes_.shape[::-1], 1, bytes_, dtype=BYTE)
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return texture

    def _forget(self) -> None:
        if self._pair is not None:
            self._pair[2].release()
            self._pair = None

    def release(self) -> None:
        """Give the memory back."""
        self._forget()
        for _, texture in self._known.values():
            texture.release()
        self._known.clear()
