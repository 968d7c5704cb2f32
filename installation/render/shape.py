"""Where neurons stand at each place in the loop: the body may breathe."""

import moderngl
import numpy as np

from installation.data import Anatomy, Floats, Layout
from installation.render import shaders
from installation.render.passes import Value, give


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


class Shape:
    """Points of the body, drawn with one program: each knows where it stands now and where next.

    places   [places, points, 3]
    others   what else the vertex shader reads of each point, as moderngl takes it
    """

    def __init__(
        self, gl: moderngl.Context, vertex: str, fragment: str, places: Floats, others: np.typing.NDArray[np.void]
    ) -> None:
        self.program = shaders.program(gl, vertex, fragment)
        self._count = places.shape[1]
        stands = [gl.buffer(np.ascontiguousarray(place, np.float32).tobytes() or bytes(12)) for place in places]
        rest = gl.buffer(others.tobytes() or bytes(others.itemsize))
        form = " ".join(f"1{kind[0].kind}" for kind in (others.dtype.fields or {}).values())
        names = others.dtype.names or ()
        self._buffers = [*stands, rest]
        self._arrays = [
            gl.vertex_array(self.program, [(now, "3f", "room"), (later, "3f", "next"), (rest, form, *names)])
            for now, later in zip(stands, [*stands[1:], stands[0]], strict=True)
        ]

    def draw(self, mode: int, place: float, **inputs: moderngl.Texture | Value) -> None:
        """Draw all points as the body stands at this place of the loop."""
        if not self._count:
            return
        first, along = between(place, len(self._arrays))
        give(self.program, breath=along if len(self._arrays) > 1 else 0.0, **inputs)
        self._arrays[first].render(mode, vertices=self._count)

    def release(self) -> None:
        """Give the memory back."""
        for array in self._arrays:
            array.release()
        for buffer in self._buffers:
            buffer.release()
        self.program.release()
