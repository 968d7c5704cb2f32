"""`immersions verify`: a whole show is looked at and listened to, and what was found is told to those who answer."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Anatomy, Floats
from installation.dream.hall import Hall
from installation.guard.flash import (
    LUMINANCE,
    MOST,
    RED_MOST,
    RED_SWING,
    SATURATED,
    Fields,
    Flags,
    most_in_a_second,
    pooled,
    seen_from,
    transitions,
)
from installation.guard.loudness import loudness, true_peak
from installation.listen import ears
from installation.output import offscreen
from installation.render.renderer import Renderer
from installation.safety import Safety
from installation.settings import Settings
from installation.stage import Show
from installation.target import parse
from installation.workshop.filming import Projection
from installation.workshop.findings import Check, Pixels, Report, Scene
from installation.workshop.oracle import WORDS, oracle
from installation.workshop.performing import THREADS, perform
from installation.workshop.reporting import write

SIZE = (256, 144)  # pixels; flashes are judged on fields that are larger than a pixel of it
FPS = Fraction(30)
HIGHEST = -1.0  # dBTP
NEAR = 1.0  # LU from the wanted loudness
SEAM = 1.5  # times the largest step inside its two loops, that a seam may step

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be verified; None leaves the choice to the settings.

    seconds   of the show, by default its whole running order
    """

    show: str | None
    out: Path
    model: str | None = None
    seed: int | None = None
    seconds: float | None = None
    size: tuple[int, int] = SIZE


def verify(order: Order, settings: Settings, dreaming: Progress, looking: Progress) -> Report:
    """Perform a show, look at every picture of it, listen to every loop, and write the report as a page.

    Raises ContentError for a show that cannot be played, StorageError for a disk that refuses.
    """
    began = time.monotonic()
    name, model = order.show or settings.show.name, order.model or settings.show.model
    seed = settings.show.seed if order.seed is None else order.seed
    made_of = body(model)
    lens = settings.dome.lens if settings.dome.on else None
    known = (made_of.anatomy, made_of.layout, seed, made_of.liked, settings.show.language, lens is not None)
    show = Show.load(name, defaults(), *known)
    torch.set_num_threads(THREADS)
    ear = ears.load(model)
    hall = Hall(made_of.anatomy, made_of.layout, settings.sound, show.controls["sound.width"])
    safety = Safety(made_of.anatomy, made_of.layout, order.size, lens, show.loop, settings.guard)
    seconds = order.seconds or show.seconds
    with tempfile.TemporaryDirectory() as place:
        take = perform(show, ear, seed, seconds, Path(place) / "take", dreaming, hall, None, safety)
        projection = Projection(take, show, ear)
        report = Report(name, model, seed, take.seconds, order.size)
        gl = offscreen.context()
        with gl:
            renderer = Renderer(gl, made_of.layout, made_of.anatomy, order.size, lens)
            took = _look(
                report,
                projection,
                renderer,
                Fields.of(order.size, seen_from(order.size, settings.guard.viewing)),
                looking,
            )
        _pictures(report, took, settings.picture.frame_rate)
        _sound(report, projection, settings.sound.loudness)
        _coverage(report, projection, made_of.anatomy)
    report.took = time.monotonic() - began
    write(report, order.out)
    return report


def _look(
    report: Report, projection: Projection, renderer: Renderer, fields: Fields, progress: Progress
) -> list[float]:
    """See every picture; returns how long each took to draw, in seconds."""
    last = int(projection.take.seconds * FPS)
    took: list[float] = []
    ask = oracle(report.size, int(FPS))
    names: list[str] = []
    light = np.zeros((last, fields.count), np.float32)
    red = np.zeros((last, fields.count), np.float32)
    for number in range(last):
        begun = time.perf_counter()
        frame = projection.frame(number, FPS)
        renderer.draw(frame)
        picture = renderer.read()
        took.append(time.perf_counter() - begun)
        light[number], red[number] = _fields(picture, fields)
        names.append(_name(projection, float(number / FPS)))
        scene = _scene(report, names[-1])
        scene.seconds += float(1 / FPS)
        if ask is not None:
            scene.oracle = max(scene.oracle or 0, ask(picture))
        mean = float(light[number].mean())
        if scene.picture is None or mean > scene.brightest:
            scene.picture, scene.brightest = picture.copy(), mean
        progress(number + 1, last)
    report.light = [float(part.mean()) for part in np.array_split(light, max(1, round(last / float(FPS))))]
    for scene in report.scenes:
        _flashes(scene, np.array([name == scene.name for name in names]), light, red, fields)
    return took


def _flashes(scene: Scene, here: Flags, light: Floats, red: Floats, fields: Fields) -> None:
    """The most transitions in a second of a scene, from a second before it on: a change of scene belongs to both."""
    second = int(FPS)
    places = np.flatnonzero(here)
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        part = slice(max(0, run[0] - second), run[-1] + 1)
        most = most_in_a_second(transitions(pooled(light[part], fields)), second)
        reds = most_in_a_second(transitions(pooled(red[part], fields), RED_SWING, 1.0), second)
        scene.flashes = max(scene.flashes, int(most.max(initial=0)))
        scene.red = max(scene.red, int(reds.max(initial=0)))


def _fields(picture: Pixels, fields: Fields) -> tuple[Floats, Floats]:
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


LINEAR = np.where(
    np.arange(256) <= 0.04045 * 255, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
).astype(np.float32)


def _name(projection: Projection, seconds: float) -> str:
    """The scene at a second of the take, or the change from one to the next."""
    index, place = projection.take.at(seconds)
    shown = (projection.take.loops[index].loop + place) * projection.show.loop
    controls = projection.take.controls(seconds, projection.show.controls)
    moment = projection.show.at(shown, controls, projection.take.entrances, projection.take.tracks(seconds))
    return moment.scene


def _scene(report: Report, name: str) -> Scene:
    for scene in report.scenes:
        if scene.name == name:
            return scene
    report.scenes.append(Scene(name))
    return report.scenes[-1]


def _pictures(report: Report, took: list[float], rate: float) -> None:
    flashes, red = max(s.flashes for s in report.scenes), max(s.red for s in report.scenes)
    median, slow = 1000 * float(np.median(took)), 1000 * float(np.percentile(took, 99))
    report.checks += [
        Check("general flashes", f"{flashes} transitions in a second", f"at most {MOST}", flashes <= MOST),
        _asked([scene.oracle for scene in report.scenes if scene.oracle is not None]),
        Check("saturated red", f"{red} transitions in a second", f"at most {RED_MOST}", red <= RED_MOST),
        Check(
            "picture on this machine",
            f"{median:.0f} ms, 1 % over {slow:.0f} ms at {report.size[0]}x{report.size[1]}",
            f"told; {1000 / rate:.0f} ms wanted at full size",
        ),
    ]


def _asked(said: list[int]) -> Check:
    """What the public checker says of the whole film."""
    if not said:
        return Check("IRIS", "not asked: pip install 'immersions[verify]'", "passes")
    return Check("IRIS", WORDS[max(said)], "passes", max(said) <= 1)


def _sound(report: Report, projection: Projection, wanted: float) -> None:
    take = projection.take
    levels, peaks = [], []
    for loop in take.loops:
        played = take.clip(loop).samples * np.float32(loop.verdict.gain)
        levels.append(loudness(played))
        peaks.append(20 * math.log10(max(true_peak(played), 1e-9)))
    steps = list(_seams(projection))
    whole = loudness(projection.sound(0, int(take.seconds * RATE)))
    report.checks += [
        Check("loudness of the whole", f"{whole:.1f} LUFS", f"{wanted:g} +- {NEAR:g} LU", abs(whole - wanted) <= NEAR),
        Check("loudest loop", f"{max(levels):.1f} LUFS", f"at most {wanted + NEAR:g}", max(levels) <= wanted + NEAR),
        Check("true peak", f"{max(peaks):.2f} dBTP", f"at most {HIGHEST:g}", bool(max(peaks) <= HIGHEST + 0.01)),
        Check(
            "seams",
            f"{max(steps, default=0.0):.2f} of the largest step inside",
            f"at most {SEAM:g}",
            max(steps, default=0.0) <= SEAM,
        ),
    ]


def _seams(projection: Projection) -> Iterator[float]:
    """At every seam, the step from one sample to the next as a share of the largest one nearby."""
    for loop in projection.take.loops[1:]:
        at = round(loop.start * RATE)
        around = projection.sound(at - RATE // 2, at + RATE // 2)
        steps = np.abs(np.diff(around, axis=1)).max(axis=0)
        middle = RATE // 2 - 1
        inside = max(float(steps[: middle - 64].max()), float(steps[middle + 65 :].max()), 1e-6)
        yield float(steps[middle - 64 : middle + 65].max()) / inside


def _coverage(report: Report, projection: Projection, anatomy: Anatomy) -> None:
    """Which layers were ever dreamt of, and for how long."""
    heard: dict[str, float] = {}
    for loop in projection.take.loops:
        for layer in {where.layer for where in parse(loop.target).places}:
            heard[layer] = heard.get(layer, 0.0) + projection.show.loop
    report.layers = {layer.name: heard.get(layer.name, 0.0) for layer in anatomy}
    visited = sum(seconds > 0 for seconds in report.layers.values())
    report.checks.append(Check("layers dreamt of", f"{visited} of {len(report.layers)}", "told"))
