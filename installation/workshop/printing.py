"""`immersions print`: one moment of a show or a take, as large as a wall, for paper."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import moderngl

from installation.body import Body
from installation.data import Camera, Frame
from installation.errors import ContentError
from installation.output import offscreen, still
from installation.render.mosaic import Mosaic, largest
from installation.settings import Settings
from installation.take import Take
from installation.workshop import recording
from installation.workshop.filming import Progress, opened

PAPERS = {"A0": (1189, 841), "A1": (841, 594), "A2": (594, 420), "A3": (420, 297), "A4": (297, 210), "A5": (210, 148)}
UNITS = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4}  # millimetres
FREE = re.compile(r"(\d+(?:\.\d+)?)\s*x\s*(\d+(?:\.\d+)?)\s*([a-z]+)")
INCH = 25.4  # millimetres
LEAST, MOST = 16, 1 << 18  # pixels along a side; the driver may allow less
FINEST = 2400  # dpi


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed; None leaves the choice to the take or the settings.

    moment   seconds since the beginning
    paper    width and height in millimetres
    """

    show: str | None
    out: Path
    moment: float
    paper: tuple[float, float]
    dpi: float = 300.0
    icc: bool = False
    take: Path | None = None
    model: str | None = None
    seed: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Pixels."""
        return round(self.paper[0] / INCH * self.dpi), round(self.paper[1] / INCH * self.dpi)


@dataclass(frozen=True, slots=True)
class Done:
    """What was made."""

    size: tuple[int, int]  # pixels
    take: Path


def print_still(order: Order, settings: Settings, dreaming: Progress, printing: Callable[[int, int], None]) -> Done:
    """Draw one moment in tiles and write it band by band; a show is dreamt up to that moment first.

    printing   is told how many rows are written, of how many

    Raises ContentError for a wrong order before anything is made, StorageError for a full disk.
    """
    still.check(order.out)
    if not (1 <= order.dpi <= FINEST and all(LEAST <= length <= MOST for length in order.size)):
        raise ContentError(
            f"{order.paper[0]:g} x {order.paper[1]:g} mm at {order.dpi:g} dpi are {order.size[0]} x {order.size[1]} "
            f"pixels. A print has {LEAST} pixels a side at least, and 1 to {FINEST} dpi."
        )
    if order.take is not None and (order.show or order.seed is not None or order.model):
        raise ContentError(
            "--take was given together with a show, --seed or --model, but a take knows its own. Leave them out."
        )
    take = Take.read(order.take) if order.take is not None else recording.performed(night(order), settings, dreaming)
    if not 0 <= order.moment < take.seconds:
        raise ContentError(
            f"--moment {order.moment:g} was asked for, but the take lasts {take.seconds:g} s. Choose a moment in it."
        )
    projection, body = opened(take, settings.show.language, domed=False)
    frame = upright(projection.moment(order.moment), order.size)
    with offscreen.context() as gl:
        mosaic = drawn(gl, body, order)
        profile = still.srgb() if order.icc else b""
        with still.still(order.out, order.size, order.dpi, profile) as rows:
            done = 0
            for band in mosaic.bands(frame):
                rows.add(band)
                done += len(band)
                printing(done, order.size[1])
        mosaic.release()
    return Done(order.size, take.folder)


def drawn(gl: moderngl.Context, body: Body, order: Order) -> Mosaic:
    """The tiles of a print. Raises ContentError, with what is possible, for one that the driver cannot draw."""
    try:
        return Mosaic(gl, body.layout, body.anatomy, order.size)
    except ContentError as error:
        possible = math.floor(order.dpi * 0.98 * largest(gl) / max(order.size))
        raise ContentError(f"{error} This paper could have {possible} dpi.") from None


def night(order: Order) -> recording.Order:
    """The performance up to the moment, and a little on, so that its loop is there."""
    seconds, rate = order.moment + 0.1, Fraction(30)
    film = order.out.with_suffix("")
    return recording.Order(order.show, film, seconds, order.size, rate, order.seed, None, None, order.model)


def upright(frame: Frame, size: tuple[int, int]) -> Frame:
    """A paper that is higher than wide holds in its width what a screen holds in its height: nothing is cut off."""
    if size[1] <= size[0]:
        return frame
    camera: Camera = frame.look.camera
    half = math.tan(math.radians(camera.angle) / 2) * size[1] / size[0]
    return replace(frame, look=replace(frame.look, camera=replace(camera, angle=math.degrees(2 * math.atan(half)))))


def paper(text: str, turned: bool = False) -> tuple[float, float]:
    """'A0' .. 'A5', '70x100cm' or '24x36in' as width and height in millimetres.

    turned   an A paper stands upright

    Raises ContentError.
    """
    if (name := text.strip().upper()) in PAPERS:
        wide, high = PAPERS[name]
        return (high, wide) if turned else (wide, high)
    found = FREE.fullmatch(text.strip().lower())
    if found is None or found[3] not in UNITS or not float(found[1]) or not float(found[2]):
        raise ContentError(
            f"--size {text} is no size of paper. Give {', '.join(PAPERS)}, or width x height with a unit, such as "
            f"70x100cm or 24x36in; units are {', '.join(UNITS)}."
        )
    if turned:
        raise ContentError(f"--upright turns A papers; {text} says itself which side is longer. Leave it out.")
    return float(found[1]) * UNITS[found[3]], float(found[2]) * UNITS[found[3]]
