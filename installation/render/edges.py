"""The strongest connections as faint threads, along which what a neuron answers travels to the next layers."""

from bisect import bisect_left

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Floats, Layout
from installation.render.passes import Value
from installation.render.shape import Shape, depths, origins, shapes

MOST = 3_000  # threads; more of them become haze, which costs less
LONGEST = 240.0  # radii of the body, all threads together: a long thread is many pixels
LIGHT = 0.5  # of the strongest thread at full answer, in a picture of 1 000 pixels height
MISSED = 0.01  # radii: so near to its bow a thread's pieces come where they are fewest
FINER = (480, 1440)  # pixels of height above which a thread has twice as many pieces, and twice as many again: wherever
# a body fills the picture its threads come nearer to their bows than two pixels, and mostly than one
BOW = 0.14  # how far its middle stands aside, of its length
TRAVEL = 0.35  # seconds that a pulse takes from one end to the other


class Edges:
    """The threads of one body."""

    def __init__(self, gl: moderngl.Context, layout: Layout, anatomy: Anatomy) -> None:
        strongest = chosen(layout)
        pairs, strengths = layout.edges[strongest], layout.strengths[strongest]
        counts = pieces(layout.positions[pairs]) << len(FINER)
        thread, along = beads(counts)
        points = np.empty(len(along), [("depth", "f4"), ("strength", "f4"), ("along", "f4"), ("unit", "i4")])
        deep, ends = depths(anatomy)[pairs], origins(layout, anatomy)[pairs]  # [threads, 2], [threads, 2, 3]
        points["depth"] = between(deep[thread, 0], deep[thread, 1], along)
        points["strength"], points["along"], points["unit"] = strengths[thread], along, pairs[thread, 0]
        sources = between(ends[thread, 0], ends[thread, 1], along[:, None])
        places = bowed(shapes(layout), pairs[thread], along)
        still = bowed(layout.positions[None], pairs[thread], along)[0]
        orders = [segments(counts, 1 << coarser) for coarser in reversed(range(len(FINER) + 1))]
        self._lines = Shape(gl, "edge.vert", "edge.frag", places, still, sources, points, orders)

    def draw(self, place: float, height: float, glow: float, pulses: float, **inputs: moderngl.Texture | Value) -> None:
        """Add the threads' light to the bound framebuffer: their own, and what travels along them.

        A thread is one pixel thin at every resolution, so in a higher picture it must be brighter.
        """
        if glow > 0 or pulses > 0:
            thin = LIGHT * height / 1000
            finer = bisect_left(FINER, height)
            self._lines.draw(moderngl.LINES, place, finer, glow=glow * thin, pulses=pulses * thin, **inputs)

    def release(self) -> None:
        """Give the memory back."""
        self._lines.release()


def chosen(layout: Layout) -> NDArray[np.intp]:
    """The numbers of the strongest connections, as many as may be drawn."""
    strongest = np.argsort(-layout.strengths, kind="stable")[:MOST]
    apart = np.diff(layout.positions[layout.edges[strongest]], axis=1)[:, 0]  # [edges, 3]
    short_enough: NDArray[np.intp] = strongest[np.linalg.norm(apart, axis=1).cumsum() <= LONGEST]
    return short_enough


def pieces(ends: Floats) -> NDArray[np.int64]:
    """Of how many straight pieces each thread is drawn at least, [threads], from its ends [threads, 2, 3].

    A bow of length l in n pieces is missed by no more than BOW l / n^2.
    """
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    counts: NDArray[np.int64] = np.ceil(np.sqrt(BOW * length / MISSED)).clip(1).astype(np.int64)
    return counts


def beads(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """The points of all pieces one after the other: each one's thread, and how far along it, 0..1."""
    thread = np.repeat(np.arange(len(counts)), counts + 1)
    first = np.cumsum(counts + 1) - counts - 1
    along = (np.arange(len(thread)) - first[thread]) / counts[thread]
    return thread, along.astype(np.float32)


def segments(counts: NDArray[np.int64], step: int) -> NDArray[np.uint32]:
    """Which points are the ends of each straight piece, [pieces * 2]: neighbours share one.

    step   how many of the counted pieces are drawn as one; every count can be divided by it
    """
    thread = np.repeat(np.arange(len(counts)), counts // step)
    starts = np.arange(len(thread)) * step + thread  # every thread before has one point more than pieces
    ends: NDArray[np.uint32] = (starts[:, None] + np.array([0, step])).astype(np.uint32).ravel()
    return ends


def between(first: Floats, last: Floats, along: Floats) -> Floats:
    """So far along from one to the other."""
    return first + (last - first) * along


def bowed(places: Floats, pairs: NDArray[np.int32], along: Floats) -> Floats:
    """Points of threads that bow a little to one side of the body.

    places    [places, units, 3] where neurons stand
    pairs     [points, 2] source and target of each point's thread;   along   [points] 0..1
    returns   [places, points, 3]
    """
    first, last = places[:, pairs[:, 0]], places[:, pairs[:, 1]]
    way = last - first
    side = np.stack([-way[..., 1], way[..., 0], np.zeros_like(way[..., 0])], -1)
    hand = np.where(pairs.sum(axis=1) % 2, 1.0, -1.0)  # some to the left, some to the right
    points: Floats = between(first, last, along[:, None]) + side * (BOW * 4 * along * (1 - along) * hand)[:, None]
    return points.astype(np.float32)
