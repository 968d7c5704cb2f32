"""Every picture of a show is looked at, by as many processes as there are processors, while the show is dreamt."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import moderngl
import numpy as np

from installation.data import RATE, Dome, Floats
from installation.errors import WorkerStuck
from installation.guard.flash import LUMINANCE, SATURATED, Fields, seen_from
from installation.output import offscreen
from installation.render.renderer import Renderer
from installation.take import Take
from installation.workshop.farm import ignore_ctrl_c
from installation.workshop.filming import Projection, opened
from installation.workshop.findings import Pixels

FPS = Fraction(30)
BEHIND = 10  # how much less urgent than dreaming looking is, as a niceness
PIECE = 480  # pictures that a process looks at in a row: neighbours share their loops
LINEAR = np.where(
    np.arange(256) <= 0.04045 * 255, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
).astype(np.float32)


class Seat(NamedTuple):
    """From where a take is looked at: all that a process needs to know."""

    take: Path  # its folder
    language: str  # of the words over the picture
    size: tuple[int, int]  # pixels
    dome: Dome | None
    viewing: float  # degrees that the picture's width fills

    @property
    def fields(self) -> Fields:
        """The fields of the picture that flashes are judged on."""
        return Fields.of(self.size, seen_from(self.size, self.viewing))


class Seen(NamedTuple):
    """What some pictures in a row are like.

    pictures   [pictures, height, width, 3] uint8
    light      relative luminance, red: saturated red, [pictures, fields]
    scenes     the name of each one's scene, or of the change from one to the next
    took       seconds that each took to draw
    """

    pictures: Pixels
    light: Floats
    red: Floats
    scenes: list[str]
    took: list[float]


class Looking:
    """Looks at a take that grows. Pieces come back in their order; both ways raise WorkerStuck where a process is gone.

    pool   of processes that look; without one this process looks itself, when the rest is asked for
    """

    def __init__(self, seat: Seat, pool: ProcessPoolExecutor | None) -> None:
        self._seat, self._pool = seat, pool
        self._asked = 0  # pictures
        self._under_way: deque[Future[Seen]] = deque()
        self._waiting: deque[range] = deque()

    def at(self, end: int, over: bool = False) -> None:
        """So many pictures are certain now; `over` where there will be no more."""
        while end - self._asked >= PIECE or (over and end > self._asked):
            numbers = range(self._asked, min(end, self._asked + PIECE))
            self._asked = numbers.stop
            if self._pool is None:
                self._waiting.append(numbers)
            else:
                self._under_way.append(self._pool.submit(look, self._seat, numbers))

    def ready(self) -> Iterator[Seen]:
        """The next pieces that nobody has to wait for."""
        while self._under_way and self._under_way[0].done():
            yield self._next()

    def rest(self) -> Iterator[Seen]:
        """All pieces that are left."""
        while self._under_way:
            yield self._next()
        while self._waiting:
            yield look(self._seat, self._waiting.popleft())

    def _next(self) -> Seen:
        try:
            return self._under_way.popleft().result()
        except BrokenProcessPool:
            raise WorkerStuck(
                "a process that looked at the pictures is gone, perhaps for want of memory. Try --seconds with less."
            ) from None


@contextmanager
def looking(seat: Seat, hands: int) -> Iterator[Looking]:
    """Whoever looks: so many processes, or this one where there is one only."""
    if hands <= 1:
        yield Looking(seat, None)
        return
    with ProcessPoolExecutor(hands, get_context("spawn"), initializer=_begin) as pool:
        try:
            yield Looking(seat, pool)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def hands(pictures: int) -> int:
    """How many processes are worth it for so many pictures on this machine."""
    return max(1, min(os.cpu_count() or 1, pictures // PIECE))


def look(seat: Seat, numbers: range) -> Seen:
    """Draw and measure these pictures of a take, which may have grown since the last time."""
    gl, renderer, projection = _studio(seat)
    if projection.take.places[-1] / RATE < float(numbers.stop / FPS):
        projection.take = Take.read(seat.take)
    fields, wide, high = seat.fields, *seat.size
    pictures = np.empty((len(numbers), high, wide, 3), np.uint8)
    light, red = (np.empty((len(numbers), fields.count), np.float32) for _ in range(2))
    scenes, took = [], []
    with gl:
        for place, number in enumerate(numbers):
            begun = time.perf_counter()
            renderer.draw(projection.frame(number, FPS))
            pictures[place] = renderer.read()
            took.append(time.perf_counter() - begun)
            light[place], red[place] = measured(pictures[place], fields)
            scenes.append(scene_at(projection, float(number / FPS)))
    return Seen(pictures, light, red, scenes, took)


def _begin() -> None:
    """A process that looks: Ctrl-C is for the one that asked and dreams, and so is the processor, where both want it.

    Drawing has no threads beside it.
    """
    ignore_ctrl_c()
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    os.environ.setdefault("LP_NUM_THREADS", "0")  # of Mesa's software driver; every processor has a process already


@lru_cache(maxsize=1)
def _studio(seat: Seat) -> tuple[moderngl.Context, Renderer, Projection]:
    """What draws the pictures of a take; the last one stays."""
    projection, body = opened(Take.read(seat.take), seat.language, seat.dome is not None)
    gl = offscreen.context()
    return gl, Renderer(gl, body.layout, body.anatomy, seat.size, seat.dome), projection


def measured(picture: Pixels, fields: Fields) -> tuple[Floats, Floats]:
    """Relative luminance and saturated red (R - G - B of what is saturated), means over the fields."""
    linear = LINEAR[picture]
    seen = linear @ np.asarray(LUMINANCE, np.float32)
    total = linear.sum(axis=2)
    red = np.where(linear[..., 0] >= SATURATED * np.maximum(total, 1e-6), 2 * linear[..., 0] - total, 0.0).clip(0)
    return _means(seen[::-1], fields), _means(red[::-1].astype(np.float32), fields)


def _means(grid: Floats, fields: Fields) -> Floats:
    """Means over the fields, from the lower left corner on, [fields]; a pixel belongs to where its middle lies."""
    rows = np.minimum(((np.arange(grid.shape[0]) + 0.5) / fields.high).astype(int), fields.rows - 1)
    columns = np.minimum(((np.arange(grid.shape[1]) + 0.5) / fields.wide).astype(int), fields.columns - 1)
    down = np.flatnonzero(np.diff(rows, prepend=-1))
    along = np.flatnonzero(np.diff(columns, prepend=-1))
    sums = np.add.reduceat(np.add.reduceat(grid, down, axis=0), along, axis=1)
    counts = np.outer(np.bincount(rows), np.bincount(columns))
    means: Floats = (sums / counts).astype(np.float32).ravel()
    return means


def scene_at(projection: Projection, seconds: float) -> str:
    """The scene at a second of the take, or the change from one to the next."""
    index, place = projection.take.at(seconds)
    shown = (projection.take.loops[index].loop + place) * projection.show.loop
    controls = projection.take.controls(seconds, projection.show.controls)
    moment = projection.show.at(shown, controls, projection.take.entrances, projection.take.tracks(seconds))
    return moment.scene
