"""What the ear expects glows cool before it comes, and warm where it was wrong."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Dream, Floats, Halves, Layout
from installation.render.activity import ATTACK, RELEASE, follow
from installation.render.calm import calmed
from installation.render.passes import BYTE, Value
from installation.render.shape import Shape, depths, origins, shapes

AHEAD = 0.4  # seconds that an expectation is seen before it comes; the ear has had it longer
LEAST = 0.25  # of the layer's own liveliness: less is not shown
TURN = 0.4  # seconds in which the loop before gives way
COOL, WARM = (0.10, 0.42, 1.0), (1.0, 0.30, 0.04)  # linear light
HUSHED = 0.85  # of the light of a neuron gives way to its halo
HALO = 2.6  # times the radius of a neuron


class Foreseen:
    """The halos of those neurons of one body whose answers an ear foresees."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy, face: float) -> None:
        self._gl, self._layout, self._anatomy, self._face = gl, layout, anatomy, face
        self._halos: dict[str, Shape] = {}
        self._seen: dict[tuple[Dream, str], moderngl.Texture] = {}

    def draw(self, dream: Dream, previous: Dream, place: float, strength: float, **inputs: Value) -> None:
        """Add the halos' light to the bound framebuffer; nothing where the ear foresees nothing."""
        since = place * dream.clip.seconds
        for layer in dream.activations.expected:
            old = previous if layer in previous.activations.expected else dream
            self._halo(layer).draw_spots(
                place,
                reach=self._face * HALO,
                foreseen=self._texture(dream, layer),
                foreseen_before=self._texture(old, layer),
                columns=place,
                columns_before=since / old.clip.seconds,
                turned=min(1.0, since / TURN),
                face=self._face * HALO,
                strength=strength,
                cool=COOL,
                warm=WARM,
                **inputs,
            )

    def hushed(self, dream: Dream, strength: float) -> tuple[float, float, float]:
        """First and last of the neurons that have halos, and how much of their own light gives way to them, 0..1."""
        for layer in dream.activations.expected if strength > 0 else ():
            units = self._anatomy.slice(layer)
            return float(units.start), float(units.stop - 1), HUSHED * min(strength, 1.0)
        return 0.0, -1.0, 0.0

    def _halo(self, layer: str) -> Shape:
        """The points of a layer, made when it is first asked for."""
        if layer not in self._halos:
            units = self._anatomy.slice(layer)
            others = np.empty(self._anatomy[layer].units, [("depth", "f4")])
            others["depth"] = depths(self._anatomy)[units]
            places, still = shapes(self._layout)[:, units], self._layout.positions[units]
            sources = origins(self._layout, self._anatomy)[units]
            self._halos[layer] = Shape(self._gl, "awaited.vert", "awaited.frag", places, still, sources, others)
        return self._halos[layer]

    def _texture(self, dream: Dream, layer: str) -> moderngl.Texture:
        """What of a dream was foreseen, where the shader reads it; of the last few it is kept."""
        key = dream, layer
        if key in self._seen:
            self._seen[key] = self._seen.pop(key)  # now the newest
            return self._seen[key]
        bytes_ = light(dream, layer)
        texture = self._gl.texture(bytes_.shape[1::-1], 2, bytes_.tobytes(), alignment=1, dtype=BYTE)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x, texture.repeat_y = False, True  # time is a circle
        self._seen[key] = texture
        while len(self._seen) > 4:
            self._seen.pop(next(iter(self._seen))).release()
        return texture

    def release(self) -> None:
        """Give the memory back."""
        for halo in self._halos.values():
            halo.release()
        for texture in self._seen.values():
            texture.release()
        self._halos.clear()
        self._seen.clear()


def light(dream: Dream, layer: str) -> NDArray[np.uint8]:
    """How much is awaited and how wrong it was, [steps, units, 2] uint8, from rest 0 to 255 at the very most.

    Both count in the layer's own liveliness in this loop, so that an ear which foresees nothing but the mean of all
    moments awaits nothing. What is held calm of the layer is held of its halos, too.
    """
    came, expected = (flat(answers) for answers in (dream.activations.layers[layer], dream.activations.expected[layer]))
    usual = came.mean(axis=0)
    lively = float(np.sqrt(np.square(came - usual).mean())) + 0.1
    step = dream.clip.seconds / len(came)
    awaited = np.roll(bright((expected - usual) / lively), -round(AHEAD / step), axis=0)
    wrong = bright(np.abs(came - expected) / lively)
    parts = [follow(part, step, ATTACK, RELEASE) for part in (awaited, wrong)]
    calm = dream.verdict.calm.get(layer, 0.0) if dream.verdict is not None else 0.0
    for part in parts:
        calmed(part, np.full(part.shape[1], calm, np.float32), dream.clip.seconds)
    return np.rint(255 * np.stack(parts, axis=-1)).astype(np.uint8)


def flat(answers: Halves) -> Floats:
    """Answers [channels, bins, steps] as [steps, units], every one a number."""
    return np.nan_to_num(answers.reshape(-1, answers.shape[2]).T.astype(np.float32), posinf=0, neginf=0)


def bright(share: Floats) -> Floats:
    """How bright so much more than usual is, 0..1."""
    above = np.maximum(share - LEAST, 0)
    result: Floats = above / (above + 1)
    return result
