"""`immersions record`: a performance, then its film."""

import logging
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from math import ceil
from pathlib import Path

import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import Dome
from installation.dream.hall import Hall
from installation.errors import ContentError, StorageError
from installation.guard.tally import Tally
from installation.listen import ears
from installation.output import recorder
from installation.safety import Safety, fields
from installation.settings import Settings
from installation.stage import Show
from installation.stage.importing import ear_of
from installation.take import Take
from installation.workshop import farm
from installation.workshop.domemaster import deliver
from installation.workshop.filming import Format, Paint, Progress, Sent, film, opened, painted
from installation.workshop.performing import THREADS, perform

log = logging.getLogger(__name__)

LENGTH = 60.0  # seconds of a performance that goes on for ever, if nobody says how long


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be filmed; None leaves the choice to the show, the take or the settings."""

    show: str | None
    out: Path
    seconds: float | None
    size: tuple[int, int]
    rate: Fraction
    seed: int | None
    take: Path | None
    frames: tuple[int, int] | None  # first, and one past the last
    model: str | None
    dome: Dome | None = None
    resume: bool = False  # a folder of pictures goes on where it was interrupted
    codec: str = ""  # of a mov: prores, hap or hap_q
    workers: str = ""  # processes that make pictures, or a Dask cluster's address
    when: datetime | None = None  # the hour at which it begins; without one the parts of the day do not count


@dataclass(frozen=True, slots=True)
class Done:
    """What was made."""

    pictures: int
    take: Path
    unsafe: int  # pictures that a live show would have held light back in


def record(order: Order, settings: Settings, dreaming: Progress, filming: Progress) -> Done:
    """Make a new take beside the film, or read the given one, and render it.

    Raises ContentError for a wrong order or broken content before anything is made, StorageError for a full disk.
    """
    if order.take is not None and (order.show or order.seed is not None or order.model or order.when):
        raise ContentError(
            "--take was given together with a show, --seed, --model or --at, but a take knows its own. Leave them out."
        )
    if order.resume and (order.take is None or order.out.suffix):
        raise ContentError(
            "--resume goes on with a folder of pictures of the same take. Give --take and a folder as --out."
        )
    recorder.check(order.out, order.size, order.codec)
    if order.workers:
        farm.check(order.workers)
    given = None if order.take is None else Take.read(order.take)
    take = given or performed(order, settings, dreaming)
    language = settings.show.language
    projection, made_of = opened(take, language, order.dome is not None)
    seconds = order.seconds or (take.seconds if given else LENGTH)
    last = ceil(Fraction(min(seconds, take.seconds)) * order.rate)
    part = range(*(order.frames or (0, last)))
    if part.stop > (end := ceil(Fraction(take.seconds) * order.rate)):
        raise ContentError(
            f"frames up to {part.stop} were asked for, but at {float(order.rate):g} a second the take ends after "
            f"{end}. Ask for fewer."
        )
    form = Format(order.size, order.rate, order.dome, order.resume, order.codec)
    whole, folder = part == range(last), not order.out.suffix
    tally = Tally(fields(order.size, order.dome, settings.guard).squares)
    if order.workers:
        sent = Sent(take.folder.resolve(), language, form, folder, tally.fields)
        paint: Paint = partial(farm.painted, order.workers, sent)
    else:
        paint = partial(painted, projection, made_of, form, tally.fields)
    pictures = film(projection, order.out, form, part, paint, tally, whole, filming)
    if tally.unsafe:
        log.warning(
            "%d of %d pictures may flash, the first at %.2f s: a live show would have held light back there",
            len(tally.unsafe), pictures, tally.unsafe[0] / order.rate,
        )  # fmt: skip
    if form.dome is not None and folder and whole:
        deliver(order.out, form.dome, order.size[0], order.rate, projection.show.title)
    return Done(pictures, take.folder, len(tally.unsafe))


def performed(order: Order, settings: Settings, dreaming: Progress) -> Take:
    """A new take of the show that is asked for, beside the film."""
    name = order.show or settings.show.name
    model = order.model or ear_of(name) or settings.show.model
    seed = settings.show.seed if order.seed is None else order.seed
    made_of = body(model)
    known = (made_of.anatomy, made_of.layout, seed, made_of.liked, settings.show.language, order.dome is not None)
    show = Show.load(name, defaults(), *known)
    torch.set_num_threads(THREADS)
    hall = Hall(made_of.anatomy, made_of.layout, settings.sound, show.controls["sound.width"])
    safety = Safety(made_of.anatomy, made_of.layout, order.size, order.dome, show.loop, settings.guard)
    place, seconds = place_of_take(order.out), order.seconds or LENGTH
    return perform(show, ears.load(model), seed, seconds, place, dreaming, hall, order.when, safety)


def place_of_take(out: Path) -> Path:
    """Beside the film, with its name; an older take there makes room."""
    place = out.with_name(f"{out.stem or out.name}.take")
    try:
        if place.exists():
            if not (place / "take.json").is_file():
                raise StorageError(f"{place} is in the way of the take and is none itself. Move it.")
            older = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
            place.rename(older / place.name)
            shutil.rmtree(older)
    except OSError as error:
        raise StorageError(f"The older take {place} cannot be replaced: {error.strerror}. Remove it.") from None
    return place
