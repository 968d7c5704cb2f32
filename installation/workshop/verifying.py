"""`immersions verify`: a whole show is looked at and listened to, and what was found is told to those who answer."""

from __future__ import annotations

import math
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Anatomy, Floats
from installation.dream.hall import Hall
from installation.guard.flash import (
    MOST,
    RED_MOST,
    RED_SWING,
    Fields,
    Flags,
    most_in_a_second,
    pooled,
    transitions,
)
from installation.guard.loudness import loudness, true_peak
from installation.listen import ears
from installation.safety import Safety
from installation.settings import Settings
from installation.stage import Show
from installation.target import parse
from installation.workshop.filming import Projection
from installation.workshop.findings import Check, Report, Scene
from installation.workshop.looking import FPS, Seat, Seen, hands, looking
from installation.workshop.oracle import WORDS, oracle
from installation.workshop.performing import THREADS, perform
from installation.workshop.reporting import write

SIZE = (256, 144)  # pixels; flashes are judged on fields that are larger than a pixel of it
HIGHEST = -1.0  # dBTP
NEAR = 1.0  # LU from the wanted loudness
SEAM = 1.5  # times the largest step inside its two loops, that a seam may step
WAITING = 4  # pieces that are seen and not yet taken in

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be verified; None leaves the choice to the settings.

    seconds   of the show, by default its whole running order
    hands     processes that look at its pictures; 0 for as many as the machine has processors and it is worth
    """

    show: str | None
    out: Path
    model: str | None = None
    seed: int | None = None
    seconds: float | None = None
    size: tuple[int, int] = SIZE
    hands: int = 0


def verify(order: Order, settings: Settings, dreaming: Progress, looked: Progress) -> Report:
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
        seat = Seat(Path(place) / "take", settings.show.language, order.size, lens, settings.guard.viewing)
        report = Report(name, model, seed, 0.0, order.size)
        with Findings(report) as findings, looking(seat, order.hands or hands(int(seconds * FPS))) as lookout:

            def dreamt(done: int, total: int) -> None:
                dreaming(done, total)
                lookout.at(int((done - 1) * show.loop * FPS))  # the end of a loop is certain with the next one
                for seen in lookout.ready():
                    findings.add(seen)

            take = perform(show, ear, seed, seconds, seat.take, dreamt, hall, None, safety)
            last = int(take.seconds * FPS)
            lookout.at(last, over=True)
            projection = Projection(take, show, ear)
            sound = _sound(projection, settings.sound.loudness)  # while others look at what is left
            for seen in lookout.rest():
                findings.add(seen)
                looked(findings.pictures, last)
            findings.settle(seat.fields)
            looked(findings.pictures, last)
        report.seconds = take.seconds
        _pictures(report, findings.took, settings.picture.frame_rate)
        report.checks += sound
        _coverage(report, projection, made_of.anatomy)
    report.took = time.monotonic() - began
    write(report, order.out)
    return report


class Findings:
    """What was seen so far, piece by piece, inside a `with` block.

    A thread of its own takes it in: the oracle needs every picture in order, and dreaming shall not wait for it.
    """

    def __init__(self, report: Report) -> None:
        self.report, self.took = report, list[float]()
        self._thread = ThreadPoolExecutor(1, "findings")
        self._under_way: deque[Future[None]] = deque()
        self._ask = oracle(report.size, int(FPS))
        self._light, self._red = list[Floats](), list[Floats]()
        self._names: list[str] = []

    @property
    def pictures(self) -> int:
        """How many were seen."""
        return len(self._names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def add(self, seen: Seen) -> None:
        """The next pictures. Where too many wait already, it waits, too; raises what taking them in has raised."""
        self._under_way.append(self._thread.submit(self._take_in, seen))
        self._wait(WAITING)

    def _wait(self, most: int) -> None:
        while len(self._under_way) > most:
            self._under_way.popleft().result()

    def _take_in(self, seen: Seen) -> None:
        self.took += seen.took
        self._light.append(seen.light)
        self._red.append(seen.red)
        self._names += seen.scenes
        for picture, name, light in zip(seen.pictures, seen.scenes, seen.light, strict=True):
            scene = _scene(self.report, name)
            scene.seconds += float(1 / FPS)
            if self._ask is not None:
                scene.oracle = max(scene.oracle or 0, self._ask(picture))
            mean = float(light.mean())
            if scene.picture is None or mean > scene.brightest:
                scene.picture, scene.brightest = picture.copy(), mean

    def settle(self, fields: Fields) -> None:
        """Count what comes and goes, once all was seen."""
        self._wait(0)
        light, red, names = np.concatenate(self._light), np.concatenate(self._red), np.array(self._names)
        parts = np.array_split(light, max(1, round(len(light) / float(FPS))))
        self.report.light = [float(part.mean()) for part in parts]
        for scene in self.report.scenes:
            _flashes(scene, names == scene.name, light, red, fields)


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


def _sound(projection: Projection, wanted: float) -> list[Check]:
    take = projection.take
    levels, peaks = [], []
    for loop in take.loops:
        played = take.clip(loop).samples * np.float32(loop.verdict.gain)
        levels.append(loudness(played))
        peaks.append(20 * math.log10(max(true_peak(played), 1e-9)))
    steps = list(_seams(projection))
    whole = loudness(projection.sound(0, int(take.seconds * RATE)))
    return [
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
