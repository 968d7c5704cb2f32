"""`immersions record`: a performance, then its film."""

import shutil
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import Dome
from installation.dream.hall import Hall
from installation.errors import ContentError, StorageError
from installation.listen import ears
from installation.settings import Settings
from installation.stage import Show
from installation.take import Take
from installation.workshop.domemaster import deliver
from installation.workshop.filming import Format, Progress, Projection, film
from installation.workshop.performing import THREADS, perform

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


@dataclass(frozen=True, slots=True)
class Done:
    """What was made."""

    pictures: int
    take: Path


def record(order: Order, settings: Settings, dreaming: Progress, filming: Progress) -> Done:
    """Make a new take beside the film, or read the given one, and render it.

    Raises ContentError for a wrong order or broken content before anything is made, StorageError for a full disk.
    """
    if order.take is not None and (order.show or order.seed is not None or order.model):
        raise ContentError(
            "--take was given together with a show, --seed or --model, but a take knows its own. Leave them out."
        )
    if order.resume and (order.take is None or order.out.suffix):
        raise ContentError(
            "--resume goes on with a folder of pictures of the same take. Give --take and a folder as --out."
        )
    take = Take.read(order.take) if order.take is not None else None
    name = take.header.show if take else order.show or settings.show.name
    model = take.header.model if take else order.model or settings.show.model
    seed = take.header.seed if take else settings.show.seed if order.seed is None else order.seed
    made_of = body(model)
    show = Show.load(name, defaults(), made_of.anatomy, made_of.layout, seed, made_of.liked)
    torch.set_num_threads(THREADS)
    listener = ears.load(model)
    if take is None:
        seconds = order.seconds or LENGTH
        hall = Hall(made_of.anatomy, made_of.layout, settings.sound, show.controls["sound.width"])
        take = perform(show, listener, seed, seconds, place_of_take(order.out), dreaming, hall)
        last = ceil(Fraction(seconds) * order.rate)
    else:
        last = ceil(Fraction(min(order.seconds or take.seconds, take.seconds)) * order.rate)
    part = range(*(order.frames or (0, last)))
    if part.stop > ceil(Fraction(take.seconds) * order.rate):
        raise ContentError(
            f"frames up to {part.stop} were asked for, but at {float(order.rate):g} a second the take ends after "
            f"{ceil(Fraction(take.seconds) * order.rate)}. Ask for fewer."
        )
    form = Format(order.size, order.rate, order.dome, order.resume)
    pictures = film(Projection(take, show, listener), made_of, order.out, form, part, filming)
    if form.dome is not None and not order.out.suffix:
        deliver(order.out, form.dome, order.size[0], order.rate, show.title)
    return Done(pictures, take.folder)


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
