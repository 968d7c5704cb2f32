"""The gallery: every scene and every palette as a picture and some seconds of film, on one page."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import moderngl
import numpy as np
import torch

from installation import texts
from installation.body import body
from installation.content import every
from installation.control.parameters import defaults
from installation.data import RATE, Dream, Frame
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.optimize import Optimizer
from installation.errors import ContentError, StorageError, one_of
from installation.listen import ears
from installation.output import offscreen
from installation.output.recorder import SMALL, Pixels, record
from installation.render.renderer import Renderer
from installation.sound.mixing import prepared
from installation.stage import PALETTES, Show, coloured
from installation.stage.importing import ear_of
from installation.starting import start_clip
from installation.workshop.atlas import brightest
from installation.workshop.catalogue import stage
from installation.workshop.performing import THREADS
from installation.workshop.trailer import trailer

USUAL = "house"  # the ear that a scene is shown with, where no show names another for it
SHOWN_IN = "immersions"  # the show whose controls all dreams are made with
PLAIN = "card"  # a scene that is for setting delays, not for looking at
WEARS = "listening"  # the scene in which palettes are shown
MIDDLE = 0.5  # of a scene is where its film begins
SPEAKERS = 2
PAGE = "README.md"

Progress = Callable[[int, int], None]  # (entries done, entries in all)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    out: Path
    picture: tuple[int, int] = (960, 540)  # pixels
    film: tuple[int, int] = (480, 270)
    rate: Fraction = Fraction(24)  # pictures a second
    seconds: float = 10.0
    steps: int = 40  # of the optimiser for each loop that is heard
    only: tuple[str, ...] = ()  # names; none: all
    take: Path | None = None  # of a piece that is told in short, beside all that


class Entry(NamedTuple):
    """One scene, or one palette."""

    model: str
    kind: str
    name: str
    title: str
    about: str

    @property
    def scene(self) -> str:
        return self.name if self.kind == "scenes" else WEARS


def entries() -> list[Entry]:
    """All that there is to show, ear by ear, the usual one first."""
    said, ear = texts.load(), made_for()
    scenes = [
        Entry(ear.get(name, USUAL), "scenes", name, said.scene(name), about)
        for name, kind, about, _ in stage()
        if kind == "scene" and name != PLAIN
    ]
    colours = [Entry(USUAL, "palettes", name, name.capitalize(), "") for name in PALETTES]
    return sorted((*scenes, *colours), key=lambda entry: (entry.model != USUAL, entry.model))


def made_for() -> dict[str, str]:
    """Scene -> the ear of a show that plays it and is made for an ear of its own."""
    found = {}
    for path in every("scenes", "*.toml"):
        if model := ear_of(path.stem):
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            found.update({str(scene.get("name")): model for scene in tables.get("scene", [])})
    return found


def make(order: Order, progress: Progress) -> Path:
    """Make pictures, films and the page; returns the page's path.

    Raises ContentError for a name that there is not, StorageError when the disk refuses.
    """
    everything = entries()
    names = [entry.name for entry in everything]
    if wrong := next((name for name in order.only if name not in names), None):
        raise ContentError(f"the gallery has no {wrong!r}. {one_of(wrong, names)}")
    chosen = [entry for entry in everything if not order.only or entry.name in order.only]
    torch.set_num_threads(THREADS)
    gl = offscreen.context()
    done = 0
    with gl:
        for model, group in groupby(chosen, key=lambda entry: entry.model):
            studio = Studio(gl, order, model)
            for entry in group:
                studio.show(entry)
                progress(done := done + 1, len(chosen))
            studio.renderer.release()
    if order.take is not None:
        trailer(order.take, order.out, order.film, order.rate)
    return page(order.out, everything)


class Studio:
    """One ear and its body, ready to hear and to be looked at."""

    def __init__(self, gl: moderngl.Context, order: Order, model: str) -> None:
        self.order, self.body, self.ear = order, body(model), ears.load(model)
        self.renderer = Renderer(gl, self.body.layout, self.body.anatomy, order.picture)
        self._knobs = knobs(Show.load(SHOWN_IN, defaults()).controls)
        self._shows: dict[str, tuple[Show, Dream]] = {}  # by scene: all palettes are shown in one

    def show(self, entry: Entry) -> None:
        """Make the picture and the film of an entry. Raises StorageError."""
        order, (show, dream) = self.order, self.dreaming(entry.scene)
        begin = MIDDLE * show.seconds
        place = order.out / entry.kind / entry.name
        palette = PALETTES[entry.name] if entry.kind == "palettes" else None

        def seen(seconds: float) -> Pixels:
            loops = seconds / dream.clip.seconds
            look = show.at(begin + seconds, show.controls).look
            look = coloured(look, palette) if palette else look
            self.renderer.draw(Frame(0, seconds, look, dream, dream if loops >= 1 else None, loops % 1.0))
            return self.renderer.read()

        made_folder(place.parent)
        self.renderer.resize(order.picture)
        offscreen.save(seen(brightest(dream) * dream.clip.seconds), place.with_suffix(".jpg"))
        self.renderer.resize(order.film)
        pictures = round(order.seconds * order.rate)
        with record(place.with_suffix(".mp4"), order.film, order.rate, SPEAKERS, crf=SMALL) as film:
            for number in range(pictures):
                film.picture(seen(float(number / order.rate)))
            loop = prepared(dream, SPEAKERS).samples.T  # [speakers, samples]
            film.sound(np.take(loop, range(round(pictures / order.rate * RATE)), axis=1, mode="wrap"))

    def dreaming(self, scene: str) -> tuple[Show, Dream]:
        """A scene as a show of its own, and a loop that it dreams of in its middle, judged."""
        if scene not in self._shows:
            show = Show.load(scene, defaults(), self.body.anatomy, self.body.layout)
            target = show.at(MIDDLE * show.seconds, show.controls).target
            dice = torch.Generator().manual_seed(show.program.seed)
            optimizer = Optimizer(self.ear, start_clip(show.program), target, self._knobs, dice)
            for _ in range(self.order.steps):
                optimizer.step()
            self._shows[scene] = show, judge(optimizer.dream(0))
        return self._shows[scene]


def made_folder(folder: Path) -> None:
    """Make a folder. Raises StorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made: {error.strerror}. Choose another.") from None


def page(out: Path, everything: Iterable[Entry]) -> Path:
    """Write the page; it shows what lies in the folder. Raises StorageError."""
    lines = ["# What there is to see", "", "Made by `immersions gallery`. A click on a picture leads to its film.", ""]
    for piece in sorted(out.glob("*.jpg")):
        lines += [f"## {piece.stem.capitalize()}", "", f"[![{piece.stem}]({piece.name})]({piece.stem}.mp4)", ""]
    for kind, title in (("scenes", "Scenes"), ("palettes", "Palettes")):
        lines += [f"## {title}", ""]
        for entry in everything:
            at = f"{kind}/{entry.name}"
            if entry.kind == kind and (out / f"{at}.jpg").is_file():
                lines += [f"### {entry.title}", "", *([entry.about, ""] if entry.about else [])]
                lines += [f"[![{entry.title}]({at}.jpg)]({at}.mp4)", ""]
    path = out / PAGE
    try:
        path.write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. Make room, or choose another folder."
        ) from None
    return path
