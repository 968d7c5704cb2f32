"""From a take to a film: frame N depends on the take and N alone, so frames may be made in any order and any part."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from installation.body import Body
from installation.control.parameters import defaults
from installation.data import RATE, Controls, Dream, Floats, Frame
from installation.errors import ContentError
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer
from installation.output import offscreen
from installation.output.recorder import record
from installation.render.renderer import Renderer
from installation.sound.mixing import passage, prepared
from installation.stage import Show
from installation.take import Loop, Take
from installation.target import parse

SPEAKERS = 2
Progress = Callable[[int, int], None]  # (pictures done, pictures in all)


@dataclass(frozen=True, slots=True)
class Format:
    """How a film is to be."""

    size: tuple[int, int] = (1280, 720)  # pixels
    rate: Fraction = Fraction(30)  # pictures a second


class Projection:
    """A take, ready to be looked at and listened to at any moment."""

    def __init__(self, take: Take, show: Show, ear: Hearer) -> None:
        """Raises ContentError where the take was made with another network."""
        if take.header.fingerprint != ear.anatomy.fingerprint:
            raise ContentError(
                f"The take {take.folder} was made with the network {take.header.fingerprint}, but the model "
                f"{ear.name!r} is now {ear.anatomy.fingerprint}. Render it with the model that it was made with."
            )
        self.take, self.show, self._ear = take, show, ear
        self._rest: Controls = Controls({**defaults().values, **show.controls.values})
        self._dream = lru_cache(maxsize=4)(self._again)

    def frame(self, number: int, rate: Fraction) -> Frame:
        """The frame of this number."""
        seconds = float(number / rate)
        index, place = self.take.at(seconds)
        controls = self.take.controls(seconds, self._rest)
        look = self.show.at(seconds, controls).look
        previous = self._dream(index - 1) if index else None
        return Frame(number, seconds, look, self._dream(index), previous, place)

    def sound(self, start: int, end: int) -> Floats:
        """What is heard from sample `start` to sample `end`, [speakers, samples]; silence after the last loop."""
        heard = np.zeros((SPEAKERS, max(0, end - start)), np.float32)
        for index, loop in enumerate(self.take.loops):
            begin = loop.start * RATE
            if begin >= end or (index + 1 < len(self.take.loops) and self.take.loops[index + 1].start * RATE < start):
                continue
            following = min(index + 1, len(self.take.loops) - 1)
            _, piece = passage(self._loop(index), begin, self._loop(following))
            first = round(begin)
            low, high = max(start, first), min(end, first + len(piece))
            if low < high:
                heard[:, low - start : high - start] = piece[low - first : high - first].T
        return heard

    def _loop(self, index: int):  # type: ignore[no-untyped-def]
        return prepared(self._dream(index), SPEAKERS)

    def _again(self, index: int) -> Dream:
        """The dream of a loop, heard once more."""
        loop: Loop = self.take.loops[index]
        clip = self.take.clip(loop)
        scalogram, activations = self._ear.hear(clip, frames_per_loop(clip.seconds, self._ear.stride))
        number = int(Path(loop.clip).stem)
        return Dream(number, clip, activations, scalogram, parse(loop.target), loop.score, loop.step, loop.verdict)


def film(
    projection: Projection, body: Body, out: Path, format: Format, part: range, progress: Progress | None = None
) -> int:
    """Render the frames of `part` and their sound into a film or a folder; returns how many pictures were made.

    Raises StorageError when the disk refuses; what was written until then, or until Ctrl-C, can be played.
    """
    gl = offscreen.context()
    with gl, record(out, format.size, format.rate, SPEAKERS, first=part.start + 1) as recorder:
        renderer = Renderer(gl, body.layout, body.anatomy, format.size)
        for done, number in enumerate(part):
            renderer.draw(projection.frame(number, format.rate))
            recorder.picture(renderer.read())
            start, end = (round(Fraction(n) * RATE / format.rate) for n in (number, number + 1))
            recorder.sound(projection.sound(start, end))
            if progress is not None:
                progress(done + 1, len(part))
        return recorder.pictures
