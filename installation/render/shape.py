"""Where neurons stand at each place in the loop: the body may breathe."""

from collections.abc import Sequence
from itertools import chain

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Floats, Layout
from installation.render import shaders
from installation.render.passes import Value, give
from installation.render.view import closest


def depths(anatomy: Anatomy) -> Floats:
    """Every neuron's depth in the network, [units]: 0 first layer .. 1 last layer."""
    last = max(len(anatomy.layers) - 1, 1)
    return np.repeat(np.arange(len(anatomy.layers), dtype=np.float32) / last, [layer.units for layer in anatomy])


def shapes(layout: Layout) -> Floats:
    """The body at evenly spread places of the loop, [places 1.., units, 3]."""
    return layout.positions[None] if layout.variants is None else layout.variants


def between(place: float, places: int) -> tuple[int, float]:
    """The shape before a place 0..1 in the loop, and how far along to the next one."""
    at = (place % 1.0) * places
    first = int(at) % places
    return first, at - int(at)


def origins(layout: Layout, anatomy: Anatomy) -> Floats:
    """The middle of every neuron's layer, [units, 3]: where it comes from while the body takes shape."""
    middles = [layout.positions[anatomy.slice(layer.name)].mean(axis=0) for layer in anatomy]
    return np.repeat(np.stack(middles), [layer.units for layer in anatomy], axis=0).astype(np.float32)


class Shape:
    """Points of the body, drawn with one program: each knows where it stands now and where next.

    places   [places, points, 3]
    still    [points, 3] where they stand when the body does not breathe
    origins  [points, 3] where they come from
    others   what else the vertex shader reads of each point, as moderngl takes it
    orders   numbers of the points as they may be drawn, one way or another; without any each once
    """

    def __init__(
        self,
        gl: moderngl.Context,
        vertex: str,
        fragment: str,
        places: Floats,
        still: Floats,
        origins: Floats,
        others: NDArray[np.void],
        orders: Sequence[NDArray[np.uint32]] = (),
    ) -> None:
        self.program = shaders.program(gl, vertex, fragment)
        self._counts = [len(order) for order in orders] or [places.shape[1]]
        stands = [gl.buffer(np.ascontiguousarray(place, np.float32).tobytes() or bytes(12)) for place in places]
        calm = gl.buffer(np.ascontiguousarray(still, np.float32).tobytes() or bytes(12))
        source = gl.buffer(np.ascontiguousarray(origins, np.float32).tobytes() or bytes(12))
        rest = gl.buffer(others.tobytes() or bytes(others.itemsize))
        indices = [gl.buffer(order.tobytes() or bytes(4)) for order in orders]
        self._buffers = [*stands, calm, source, rest, *indices]
        ways: list[moderngl.Buffer | None] = [*indices] or [None]
        always = [*self._read(calm, "still"), *self._read(source, "origin"), *self._others(rest, others)]
        self._gl, self._places = gl, places[0]
        self._largest = float(gl.info["GL_POINT_SIZE_RANGE"][1])  # pixels
        self._read_at = [
            [*self._read(now, "room"), *self._read(later, "next"), *always]
            for now, later in zip(stands, [*stands[1:], stands[0]], strict=True)
        ]
        self._arrays = [[gl.vertex_array(self.program, read, index) for index in ways] for read in self._read_at]
        self._squares: list[moderngl.VertexArray] = []

    def _read(self, buffer: moderngl.Buffer, name: str) -> list[tuple[moderngl.Buffer, str, str]]:
        """A place per point, where the shader reads it: one in the making need not."""
        return [(buffer, "3f", name)] if name in self.program else []

    def _others(self, buffer: moderngl.Buffer, others: NDArray[np.void]) -> list[tuple[moderngl.Buffer | str, ...]]:
        """The other numbers of each point, four bytes each, as far as the shader reads them."""
        kinds = {name: kind[0].kind for name, kind in (others.dtype.fields or {}).items()}
        read = [name for name in kinds if name in self.program]
        form = " ".join(f"1{kind}" if name in read else "4x" for name, kind in kinds.items())
        return [(buffer, form, *read)] if read else []

    def draw(self, mode: int, place: float, order: int = 0, /, **inputs: moderngl.Texture | Value) -> None:
        """Draw all points, in one of their orders, as the body stands at this place of the loop."""
        if not self._counts[order]:
            return
        first = self._breathe(place, **inputs)
        self._arrays[first][order].render(mode, vertices=self._counts[order])

    def draw_spots(self, place: float, reach: float, **inputs: moderngl.Texture | Value) -> None:
        """Draw each point once as lib/spot.glsl has it: as a point, or as a square where one may be too large for that.

        reach   of a spot from its middle, in the room, at most
        """
        if 2 * reach * closest(inputs, self._places) <= self._largest:
            return self.draw(moderngl.POINTS, place, square=0, **inputs)
        if not self._squares:
            self._squares = [
                self._gl.vertex_array(self.program, [(buffer, f"{form}/i", *names) for buffer, form, *names in read])
                for read in self._read_at
            ]
        first = self._breathe(place, square=1, **inputs)
        self._squares[first].render(moderngl.TRIANGLE_STRIP, vertices=4, instances=self._counts[0])

    def _breathe(self, place: float, **inputs: moderngl.Texture | Value) -> int:
        """Set what the shaders ask for; returns which place of the body comes before this one of the loop."""
        first, along = between(place, len(self._arrays))
        give(self.program, breath=along if len(self._arrays) > 1 else 0.0, **inputs)
        return first

    def release(self) -> None:
        """Give the memory back."""
        for array in (*chain.from_iterable(self._arrays), *self._squares):
            array.release()
        for buffer in self._buffers:
            buffer.release()
        self.program.release()
