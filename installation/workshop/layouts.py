"""`immersions layout`: where every neuron of a network stands, as a file, a picture and a film."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from installation.content import every, find
from installation.data import Anatomy, Layout
from installation.errors import ContentError, StorageError, one_of
from installation.layout import store
from installation.layout.cuts import CUTS, cut
from installation.layout.graph import LayeredGraph
from installation.layout.making import NOTHING, Learnt, make
from installation.layout.multilevel import Moment, Settings, radii
from installation.layout.pose import pose
from installation.listen import plans
from installation.listen.checkpoint import WEIGHTS
from installation.output.recorder import record
from installation.workshop.portraits import Discs, portrait

STEPS = 4  # of the forming body in a picture
SIDE = 900  # pixels of each
FILM_SIDE = 1080  # pixels
RATE = Fraction(30)  # pictures a second
PER_LEVEL = 24  # pictures of a level in the film
AT_THE_END = 75  # pictures of the finished body
SILENT = 1  # a channel without sound
BOWL = Settings(skips=0.3, strain=0.5, rounds=26)  # an ear: cells in layers that bend without a corner
RING = Settings(
    exponent=2.5, fine=2, centring=0.4, growth=0.65, variety=0.3, rounds=16
)  # the layers of a plain chain close around its end
FAN = Settings(exponent=3.0, balance=0.3, centring=0.1, growth=0.65, variety=0.3, rounds=18)  # a shell of round cells
BALL = Settings()  # in space cells hold together only where the push reaches far


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    model: str  # a shipped ear, or one of `CUTS`
    out: Path
    exponent: float | None = None  # None: what suits the network
    seed: int = 0
    device: str = "cpu"
    dimensions: int = 2
    film: Path | None = None
    picture: Path | None = None
    breathing: bool = False


def lay_out(order: Order, progress: Callable[[int, int], None]) -> Layout:
    """Make a layout and write what is asked for. Ctrl-C ends the work early and keeps the best so far.

    Raises ContentError for an unknown model or device, StorageError when the disk refuses.
    """
    network = anatomy_of(order.model)
    if order.device.startswith("cuda") and not torch.cuda.is_available():
        raise ContentError(f"--device {order.device}: this machine has no CUDA that torch can use. Leave it out.")
    learnt = taught(order.model, order.breathing)
    look = look_of(order.model, order.dimensions)
    exponent = look.exponent if order.exponent is None else order.exponent
    settings = replace(look, exponent=exponent, seed=order.seed, dimensions=order.dimensions)
    diary = Diary(network) if order.film or order.picture else None

    def watch(moment: Moment) -> None:
        at = moment.levels - moment.level - 1 + moment.done
        progress(round(1000 * 2 ** (at - moment.levels)), 1000)  # every level takes about twice as long
        if diary is not None:
            diary.keep(moment)

    layout = make(network, settings, learnt, order.device, watch)
    progress(1000, 1000)
    store.save(layout, order.out)
    if diary is not None and order.picture:
        save(np.concatenate([diary.drawn(at, SIDE, layout) for at in diary.steps()], 1), order.picture)
    if diary is not None and order.film:
        diary.film(order.film, layout, progress)
    return layout


def look_of(model: str, dimensions: int = 2) -> Settings:
    """The forces under which a network's body is seen best."""
    return BALL if dimensions == 3 else {"vgg16": RING, "resnet18": FAN}.get(model, BOWL)


def taught(model: str, breathing: bool) -> Learnt:
    """What a shipped ear says about its body. Raises ContentError where a network without ears is to breathe."""
    if model in CUTS:
        if breathing:
            raise ContentError(f"{model} hears nothing, so it cannot breathe. Leave out --breathing.")
        return NOTHING
    trained = isinstance(plans.read(model), plans.ForeignPlan) or (find("models", model) / WEIGHTS).exists()
    if not (trained or breathing):
        return NOTHING
    from installation.listen.ears import load  # only here: it hears and measures
    from installation.workshop import learnt

    return learnt.said(load(model), trained, breathing)


def remake(folder: Path, out: Path) -> Layout:
    """The layout of the trained model in a folder as it is now, breathing, written to `out`: for the end of a training.

    Raises ContentError where the folder holds no whole model, StorageError when the disk refuses.
    """
    from installation.workshop import learnt  # only here: it hears and measures

    ear = learnt.listener(folder)
    layout = make(ear.anatomy, BOWL, learnt.said(ear, trained=True, breathing=True))
    store.save(layout, out)
    return layout


def anatomy_of(name: str) -> Anatomy:
    """The anatomy of a shipped ear or a cut. Raises ContentError."""
    if name in CUTS:
        return cut(name)
    known = [path.parent.name for path in every("models", "*/model.toml")]
    if name not in known:
        raise ContentError(f"There is no model {name!r} to lay out. {one_of(name, [*known, *CUTS])}")
    return plans.anatomy(plans.read(name))


@dataclass(eq=False)
class Diary:
    """What a body looked like while it formed."""

    network: Anatomy
    moments: list[list[Moment]] = field(default_factory=list)  # of every level, the coarsest first

    def keep(self, moment: Moment) -> None:
        """Remember a moment. Beyond twice `PER_LEVEL` a level keeps only every other one."""
        if len(self.moments) < moment.levels - moment.level:
            self.moments.append([])
        level = self.moments[-1]
        level.append(moment)
        if len(level) > 2 * PER_LEVEL:
            del level[1:-1:2]

    def steps(self) -> list[Moment]:
        """The ends of four levels from one disc per layer to the whole body."""
        last = len(self.moments) - 1
        chosen = sorted({round(last * share) for share in np.linspace(0.25, 1, STEPS)})
        return [self.moments[level][-1] for level in chosen]

    def drawn(self, moment: Moment, side: int, layout: Layout) -> NDArray[np.uint8]:
        """The picture of a moment; with the haze at the very end."""
        final = self.moments[-1][-1]
        stand = pose(final.positions, self.network.slice(self.network.layers[0].name))
        room = float(np.linalg.norm(layout.positions, axis=1).max())  # a body that breathes leaves some to breathe in
        stand = replace(stand, size=stand.size / room)
        body = stand(moment.positions)
        wide = max(1.0, float(body[:, :2].norm(dim=1).amax()))  # coarse bodies are held together less
        discs = Discs(
            (body[:, :2] / wide).cpu().numpy(),
            (radii(moment.graph) / (stand.size * wide)).cpu().numpy(),
            layers(moment.graph),
        )
        return portrait(discs, side, layout.haze if moment is final else None)

    def film(self, path: Path, layout: Layout, progress: Callable[[int, int], None]) -> None:
        """The body forming, then standing still."""
        order = [moment for level in self.moments for moment in level[:: max(1, len(level) // PER_LEVEL)]]
        with record(path, (FILM_SIDE, FILM_SIDE), RATE, SILENT) as film:
            for number, moment in enumerate([*order, self.moments[-1][-1]]):
                pixels = self.drawn(moment, FILM_SIDE, layout)
                progress(number, len(order))
                film.picture(pixels)
            for _ in range(AT_THE_END):
                film.picture(pixels)


def layers(graph: object) -> NDArray[np.int64]:
    """The number of each vertex's layer."""
    assert isinstance(graph, LayeredGraph)
    return np.repeat(np.arange(len(graph.grids)), [grid.size for grid in graph.grids])


def save(pixels: NDArray[np.uint8], path: Path) -> None:
    """Write a picture. Raises StorageError when the disk refuses, ContentError for an unknown ending."""
    try:
        Image.fromarray(pixels).save(path)
    except ValueError:
        raise ContentError(f"{path} is no picture that can be written. End its name in .png.") from None
    except OSError as error:
        raise StorageError(f"The picture {path} cannot be written: {error.strerror}. Choose another folder.") from None
