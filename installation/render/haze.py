"""The mist of all connections: a coloured picture on the body's plane."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Floats, Layout
from installation.render import shaders
from installation.render.passes import give

Picture = NDArray[np.float64]  # [rows, columns]

RAMP = ("000000", "3f34a0", "334f9a", "337294", "338e8c")  # from no connection to many
EXPONENT = 0.25  # of the density: a few connections are seen beside very many
DEEPER = 0.5  # of a colour's grey is taken out: on a dark ground mist needs none
RIM = 0.06  # of the plane's side
SIZE = 512  # pixels of a haze made here
GRID = 24  # cells along each side of the plane: a dome bends it
BEADS = 48  # points along each connection of a layout without a haze


class Haze:
    """The haze of one layout, ready to be drawn."""

    def __init__(self, gl: moderngl.Context, layout: Layout) -> None:
        density = layout.haze if layout.haze is not None else density_of(layout)
        colours = coloured(density)
        self.mist = gl.texture(colours.shape[1::-1], 3, colours.tobytes(), dtype="f2")
        self.mist.build_mipmaps()
        self.mist.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        self.mist.repeat_x = self.mist.repeat_y = False
        self.program = shaders.program(gl, "haze.vert", "haze.frag")
        self._corners = gl.buffer(grid(GRID).tobytes())
        self._plane = gl.vertex_array(self.program, [(self._corners, "2f", "room")])

    def draw(self, **inputs: object) -> None:
        """Add the haze's light to the bound framebuffer."""
        give(self.program, mist=self.mist, **inputs)  # type: ignore[arg-type]
        self._plane.render(moderngl.TRIANGLES)

    def release(self) -> None:
        """Give the memory back."""
        for part in (self._plane, self._corners, self.program, self.mist):
            part.release()


def grid(cells: int) -> Floats:
    """The plane x, y in -1..1 as triangles, [corners, 2]."""
    line = np.linspace(-1, 1, cells + 1, dtype=np.float32)
    left, low = (side.ravel() for side in np.meshgrid(line[:-1], line[:-1]))
    step = np.float32(2 / cells)
    corners = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32) * step
    return (np.stack([left, low], 1)[:, None] + corners).reshape(-1, 2)


def coloured(density: Floats) -> NDArray[np.float16]:
    """Density [size, size] 0..1 through the colour ramp, [size, size, 3] linear light, dark at the very edge."""
    return ramped(density, border(len(density))).astype(np.float16)


def ramped(density: Floats, share: Floats | float = 1.0) -> Picture:
    """Density [...] 0..1, seen by its fourth root times a share, through the colour ramp, [..., 3] linear light."""
    ramp = np.array([[int(colour[at : at + 2], 16) for at in (0, 2, 4)] for colour in RAMP]) / 255
    linear = np.where(ramp <= 0.04045, ramp / 12.92, ((ramp + 0.055) / 1.055) ** 2.4)  # [colours, 3]
    linear -= DEEPER * linear.min(axis=1, keepdims=True)
    along = np.clip(density, 0, 1) ** EXPONENT * share
    stops = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(along, stops, linear[:, c]) for c in range(3)], axis=-1)


def border(size: int) -> Floats:
    """1 on the plane, falling to 0 at its very edge, [size, size], so that the mist never ends in a straight line."""
    middle = (np.arange(size) + 0.5) / size
    edge = np.clip(np.minimum(middle, 1 - middle) / RIM, 0, 1)
    soft_edge = (edge * edge * (3 - 2 * edge)).astype(np.float32)
    return np.outer(soft_edge, soft_edge)


def density_of(layout: Layout) -> Floats:
    """How dense the connections lie, [SIZE, SIZE] 0..1, from the layout's edges, or else from its neurons."""
    flat = layout.positions[:, :2]
    if len(layout.edges):
        ends = flat[layout.edges]  # [edges, 2, 2]
        along = np.linspace(0, 1, BEADS, dtype=np.float32)[:, None, None]
        beads = (ends[:, 0] + along * (ends[:, 1] - ends[:, 0])).reshape(-1, 2)
        weights = np.tile(layout.strengths, BEADS)
    else:
        beads, weights = flat, np.ones(len(flat), np.float32)
    at = np.clip(((beads + 1) * 0.5 * SIZE).astype(int), 0, SIZE - 1)
    counted = np.bincount(at[:, 1] * SIZE + at[:, 0], weights, SIZE * SIZE)
    total = soft(counted.astype(np.float64).reshape(SIZE, SIZE))
    shown = (total / max(float(total.max()), 1e-9)) ** EXPONENT
    return (soft(shown) ** (1 / EXPONENT)).astype(np.float32)  # soft as it is shown, or the mist has a border


def soft(picture: Picture) -> Picture:
    """Blurred over a few pixels; three box blurs are nearly a Gaussian."""
    for _ in range(3):
        picture = blurred(blurred(picture).T).T
    return picture


def blurred(picture: Picture, reach: int = 3) -> Picture:
    """Each row's mean over `reach` neighbours before and after."""
    padded = np.pad(picture, ((0, 0), (reach + 1, reach)))
    running = padded.cumsum(axis=1)
    mean: Picture = (running[:, 2 * reach + 1 :] - running[:, : -2 * reach - 1]) / (2 * reach + 1)
    return mean
