"""From a take to a film: frame N depends on the take and N alone, so frames may be made in any order and any part."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from installation.body import Body
from installation.control.parameters import defaults
from installation.data import RATE, Controls, Dome, Dream, Floats, Frame
from installation.errors import ContentError
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer
from installation.output import offscreen
from installation.output.recorder import record
from installation.render.renderer import Renderer
from installation.sound.mixing import Loop as SoundingLoop
from installation.sound.mixing import Seam, prepared
from installation.sound.reel import Reel
from installation.stage import Show
from installation.take import Loop, Take
from installation.target import parse

Progress = Callable[[int, int], None]  # (pictures done, pictures in all)


@dataclass(frozen=True, slots=True)
class Format:
    """How a film is to be."""

    size: tuple[int, int] = (1280, 720)  # pixels
    rate: Fraction = Fraction(30)  # pictures a second
    dome: Dome | None = None  # a fisheye instead of a flat picture
    resume: bool = False  # keep the pictures of a folder that are there already


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
        self.speakers = max(2, take.clip(take.loops[0]).samples.shape[0])
        self._reel = Reel(self._seams(), take.paces, self._loop, self.speakers)
        self._rest: Controls = Controls({**defaults().values, **show.controls.values})
        self._dream = lru_cache(maxsize=4)(self._again)

    def frame(self, number: int, rate: Fraction) -> Frame:
        """The frame of this number."""
        seconds = float(number / rate)
        index, place = self.take.at(seconds)
        controls = self.take.controls(seconds, self._rest)
        look = self.show.at(self.take.shown(index, place) * self.show.loop, controls).look
        previous = self._dream(index - 1) if index else None
        return Frame(number, seconds, look, self._dream(index), previous, place)

    def sound(self, start: int, end: int) -> Floats:
        """What is heard from sample `start` to sample `end`, [speakers, samples]; silence after the last loop."""
        return np.ascontiguousarray(self._reel.read(start, end).T)

    def _seams(self) -> list[Seam]:
        """Where the loops begin. One that was never heard to its end still has its whole length."""
        seams = []
        ends = [*self.take.places[1:], float("inf")]
        for index, (loop, start, end) in enumerate(zip(self.take.loops, self.take.places, ends, strict=True)):
            length = self.take.clip(loop).samples.shape[1]
            exact = end - start if abs(end - start - length) < 1 else length
            seams.append(Seam(index, start, exact, index, loop.turn))
        return seams

    def _loop(self, index: int) -> SoundingLoop:
        return prepared(self._dream(index), self.speakers)

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
    with gl, record(out, format.size, format.rate, projection.speakers, first=part.start + 1) as recorder:
        renderer = Renderer(gl, body.layout, body.anatomy, format.size, format.dome)
        for done, number in enumerate(part):
            if not (format.resume and recorder.skip()):
                renderer.draw(projection.frame(number, format.rate))
                recorder.picture(renderer.read())
            start, end = (round(Fraction(n) * RATE / format.rate) for n in (number, number + 1))
            recorder.sound(projection.sound(start, end))
            if progress is not None:
                progress(done + 1, len(part))
        return recorder.pictures
