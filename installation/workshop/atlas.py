"""`immersions atlas`: what an ear dreams of in every layer, as a page to look at and listen to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from PIL import Image

from installation.body import Body, body
from installation.control.parameters import defaults
from installation.data import RATE, Dream, Frame, Layer, Look, Region, Scalogram, Span, Target
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.optimize import Optimizer
from installation.errors import ContentError, StorageError, TargetError
from installation.listen import clips, ears
from installation.listen.hearer import Hearer
from installation.listen.liking import Liking, learnt, liked, ranked
from installation.listen.survey import asked
from installation.output import offscreen
from installation.render.renderer import Renderer
from installation.stage import toward
from installation.stage.places import Place, Places
from installation.target import check, parse, write
from installation.workshop.dreaming import SECONDS, heard, sounding
from installation.workshop.page import Loop, page
from installation.workshop.performing import THREADS

SIDE = 720  # pixels of a picture of the body
SHIFTS = 4  # random ones under which it is measured what of the gain is kept
BANDS = 6  # parts of the pitch axis, of which a layer without channels shows the most liked
NEAREST = 0.55  # of the body's radius is in sight at least
PLACES = 96  # of a loop, of which the picture shows the one where the ear answers most
MADE = ("loop.flac", "scalogram.png", "body.png")  # files of a loop, beside dream.json
Progress = Callable[[int, int], None]  # (loops done, loops in all)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made of one ear."""

    model: str
    out: Path
    targets: tuple[str, ...] = ()  # beside one of each layer
    steps: int = 200
    seed: int = 2019
    start: str = "low noise"


def atlas(order: Order, progress: Progress) -> Path:
    """Dream one loop for each layer and each target, and write the page; returns its path.

    Loops that are there already, made to the same order, are kept: it may be interrupted and started again.
    Raises ContentError and TargetError for a wrong order, StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    shown = body(order.model)
    for text in order.targets:
        check(parse(text), shown.anatomy)
    ear = ears.load(order.model)
    named = [(layer.name, telling(layer, asked(ear))) for layer in shown.anatomy]
    named += [("", parse(text)) for text in order.targets]
    gl = offscreen.context()
    try:
        with gl:
            drawing = Renderer(gl, shown.layout, shown.anatomy, (SIDE, SIDE))
            made: list[Loop] = []
            for number, (layer, target) in enumerate(named):
                folder = f"{number:02d}-{slug(layer or write(target))}"
                wanted = ordered(order, target)
                figures = known(order.out / folder, wanted)
                if figures is None:
                    figures = make(order, ear, shown, drawing, target, order.out / folder, wanted)
                made.append(Loop(folder, layer, write(target), figures))
                page(order.out, shown, made, len(named), order.start)
                progress(number + 1, len(named))
    except OSError as error:
        raise StorageError(
            f"The atlas cannot be written into {order.out}: {error.strerror}. Free some space."
        ) from None
    return order.out / "index.html"


def lines(path: Path) -> tuple[str, ...]:
    """The targets in a file, one a line; what follows a # and empty lines are left out.

    Raises ContentError for a file that cannot be read, TargetError with its line for a fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            f"The targets {path} cannot be read: {error}. Give a text file, one target a line."
        ) from None
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if said := line.partition("#")[0].strip():
            try:
                parse(said)
            except TargetError as error:
                raise TargetError(f"{path}:{number}: {error}") from None
            found.append(said)
    return tuple(found)


def telling(layer: Layer, liking: Liking) -> Target:
    """What of a layer answers music most rather than noise: its best channel, or of a single one its best pitches."""
    if layer.channels > 1:
        channel = ranked(liking, layer.name)[0]
        return Target((Region(layer.name, Span(channel, channel, whole=True)),))
    bands = [Span(part / BANDS, (part + 1) / BANDS) for part in range(BANDS if layer.bins >= BANDS else 1)]
    best = max(bands, key=lambda band: liked(liking, layer.name, Span(), band))
    return Target((Region(layer.name, pitch=Span(round(best.start, 3), round(best.end, 3))),))


def ordered(order: Order, target: Target) -> dict[str, Any]:
    """What a loop was made to: only if all of it is the same, it need not be made again."""
    return {
        "target": write(target), "model": order.model, "key": learnt(order.model),
        "steps": order.steps, "seed": order.seed, "from": order.start,
    }  # fmt: skip


def known(folder: Path, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The figures of a loop that was made to this order; None where there is none, or not all of it."""
    try:
        told = json.loads((folder / "dream.json").read_text(encoding="utf-8"))
        figures: dict[str, Any] = told["figures"]
        same = told["order"] == wanted and all((folder / name).is_file() for name in MADE)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return figures if same else None


def make(
    order: Order, ear: Hearer, shown: Body, drawing: Renderer, target: Target, folder: Path, wanted: dict[str, Any]
) -> dict[str, Any]:
    """Dream one loop and write all that is shown of it; returns its figures. Raises OSError."""
    clip = clips.clip(order.start, round(SECONDS * RATE), order.seed)
    optimizer = Optimizer(ear, clip, target, knobs(defaults()), torch.Generator().manual_seed(order.seed))
    before = optimizer.dream(0)
    for _ in range(order.steps):
        optimizer.step()
    after = judge(optimizer.dream(1))
    figures = {
        "score_start": round(before.score, 3),
        "score_end": round(after.score, 3),
        "kept": kept(optimizer, before, after, order.seed),
        **heard(after),
        "steps": order.steps,
        "cpu_seconds_per_step": round(after.seconds_per_step, 3),
        "lowest": shown.plan.front_end.lowest,
        "highest": pitch(after.scalogram, len(after.scalogram.level) - 1),
        "seconds": round(after.clip.seconds, 3),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dream.json").unlink(missing_ok=True)  # until all the rest is there
    soundfile.write(folder / "loop.flac", sounding(after).samples.T, RATE, subtype="PCM_16")
    coloured(after.scalogram, folder / "scalogram.png")
    drawing.draw(pictured(after, shown))
    offscreen.save(drawing.read(), folder / "body.png")
    (folder / "dream.json").write_text(json.dumps({"order": wanted, "figures": figures}, indent=2) + "\n")
    return figures


def kept(optimizer: Optimizer, before: Dream, after: Dream, seed: int) -> float | None:
    """The share of a dream's gain that is left when it is shifted at random; None where it gained nothing."""
    if after.score <= before.score:
        return None
    dice, loop = np.random.default_rng(seed), after.clip.mono
    shifted = np.stack([np.roll(loop, int(by)) for by in dice.integers(1, len(loop), SHIFTS)])
    scores = optimizer.scores(torch.from_numpy(shifted))
    return round((float(scores.mean()) - before.score) / (after.score - before.score), 3)


def pictured(dream: Dream, shown: Body) -> Frame:
    """The moment at which the ear answers most, with what is dreamt of near and the rest of the body around it."""
    places = Places(shown.anatomy, shown.layout)
    whole, there = places["body"], places.of(dream.target)
    radius = min(whole.radius, max(NEAREST * whole.radius, 1.4 * there.radius))
    nearness = (1 - radius / whole.radius) / (1 - NEAREST)  # 0 the whole body .. 1 as near as may be
    x, y, z = (a + nearness * (b - a) for a, b in zip(whole.centre, there.centre, strict=True))
    look = Look(toward(Place((x, y, z), radius), 0.94), haze=0.4, rest=0.03, bloom=0.2)
    return Frame(0, 0.0, look, dream, None, brightest(dream))


def brightest(dream: Dream) -> float:
    """The place 0..1 in a loop where most layers answer most."""
    at, total = (np.arange(PLACES) + 0.5) / PLACES, np.zeros(PLACES)
    for answer in dream.activations.layers.values():
        lit = np.maximum(answer.astype(np.float32), 0).mean((0, 1))  # [steps]
        steps = (np.arange(len(lit)) + 0.5) / len(lit)
        total += np.interp(at, steps, lit, period=1.0) / max(float(lit.max()), 1e-6)
    return float(at[total.argmax()])


def coloured(scalogram: Scalogram, path: Path) -> None:
    """The scalogram as a picture without axes, three pixels a frame and two a bin. Raises OSError."""
    from matplotlib import colormaps  # only where a picture of it is made

    level = np.clip(scalogram.level[::-1], 0, 1).repeat(2, 0).repeat(3, 1)
    Image.fromarray((colormaps["magma"](level)[..., :3] * 255).astype(np.uint8)).save(path, "PNG", optimize=True)


def pitch(scalogram: Scalogram, bin_: int) -> float:
    """The centre of a bin, Hz."""
    return round(scalogram.lowest * 2 ** (bin_ / scalogram.bins_per_octave), 1)


def slug(text: str) -> str:
    """A text as a folder's name."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:48] or "target"
