"""The strongest connections as faint threads, along which what a neuron answers travels to the next layers."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Floats, Layout
from installation.render.passes import Value
from installation.render.shape import Shape, depths, origins, shapes

MOST = 3_000  # threads; more of them become haze, which costs less
LONGEST = 300.0  # radii of the body, all threads together: a long thread is many pixels
LIGHT = 0.5  # of the strongest thread at full answer, in a picture of 1 000 pixels height
PIECES = 5  # straight pieces that a thread is drawn of
BOW = 0.14  # how far its middle stands aside, of its length
TRAVEL = 0.35  # seconds that a pulse takes from one end to the other


class Edges:
    """The threads of one body."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        strongest = chosen(layout)
        pairs, strengths = layout.edges[strongest], layout.strengths[strongest]
        along = np.linspace(0, 1, PIECES + 1, dtype=np.float32)
        points = np.empty(
            (len(pairs), len(along)), [("depth", "f4"), ("strength", "f4"), ("along", "f4"), ("unit", "i4")]
        )
        deep = depths(anatomy)[pairs]  # [threads, 2]
        points["depth"] = deep[:, :1] + (deep[:, 1:] - deep[:, :1]) * along
        points["strength"], points["along"], points["unit"] = strengths[:, None], along, pairs[:, :1]
        ends = origins(layout, anatomy)[pairs]  # [threads, 2, 3]
        sources = (ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * along[:, None]).reshape(-1, 3)
        places = bowed(shapes(layout), pairs, along)
        self._lines = Shape(gl, "edge.vert", "edge.frag", places, sources, points.ravel(), pieces(len(pairs)))

    def draw(self, place: float, height: int, glow: float, pulses: float, **inputs: moderngl.Texture | Value) -> None:
        """Add the threads' light to the bound framebuffer: their own, and what travels along them.

        A thread is one pixel thin at every resolution, so in a higher picture it must be brighter.
        """
        if glow > 0 or pulses > 0:
            thin = LIGHT * height / 1000
            self._lines.draw(moderngl.LINES, place, glow=glow * thin, pulses=pulses * thin, **inputs)

    def release(self) -> None:
        """Give the memory back."""
        self._lines.release()


def chosen(layout: Layout) -> NDArray[np.intp]:
    """The numbers of the strongest connections, as many as may be drawn."""
    strongest = np.argsort(-layout.strengths, kind="stable")[:MOST]
    apart = np.diff(layout.positions[layout.edges[strongest]], axis=1)[:, 0]  # [edges, 3]
    short_enough: NDArray[np.intp] = strongest[np.linalg.norm(apart, axis=1).cumsum() <= LONGEST]
    return short_enough


def pieces(threads: int) -> NDArray[np.uint32]:
    """Which points are the ends of each straight piece, [threads * PIECES * 2]: neighbours share one."""
    first = np.arange(threads, dtype=np.uint32)[:, None, None] * (PIECES + 1)
    steps = np.arange(PIECES, dtype=np.uint32)[:, None] + np.array([0, 1], np.uint32)
    return (first + steps).ravel()


def bowed(places: Floats, pairs: NDArray[np.int32], along: Floats) -> Floats:
    """Threads that bow a little to one side of the body, as the points of their pieces.

    places    [places, units, 3] where neurons stand;   pairs   [threads, 2] source and target;   along   [points] 0..1
    returns   [places, threads * points, 3]
    """
    first, last = places[:, pairs[:, 0], None], places[:, pairs[:, 1], None]  # [places, threads, 1, 3]
    way = last - first
    side = np.stack([-way[..., 1], way[..., 0], np.zeros_like(way[..., 0])], -1)
    hand = np.where((pairs[:, :1] + pairs[:, 1:]) % 2, 1.0, -1.0)[:, :, None]  # some to the left, some to the right
    share = along[:, None]
    points: Floats = first + way * share + side * (BOW * 4 * share * (1 - share)) * hand
    return points.astype(np.float32).reshape(len(places), -1, 3)
