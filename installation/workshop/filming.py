"""From a take to a film: frame N depends on the take and N alone, so frames may be made in any order and any part."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from installation.body import Body, body
from installation.control.parameters import defaults
from installation.data import RATE, Controls, Dome, Dream, Floats, Frame
from installation.errors import ContentError
from installation.guard.tally import Tally, measured
from installation.listen import ears
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer
from installation.output import offscreen
from installation.output.recorder import Pixels, record
from installation.render.mosaic import painter
from installation.sound.mixing import Loop as SoundingLoop
from installation.sound.mixing import Seam, prepared
from installation.sound.reel import Reel
from installation.stage import Show, even
from installation.take import Loop, Take
from installation.target import parse
from installation.workshop.performing import THREADS

Progress = Callable[[int, int], None]  # (pictures done, pictures in all)


@dataclass(frozen=True, slots=True)
class Format:
    """How a film is to be."""

    size: tuple[int, int] = (1280, 720)  # pixels
    rate: Fraction = Fraction(30)  # pictures a second
    dome: Dome | None = None  # a fisheye instead of a flat picture
    resume: bool = False  # keep the pictures of a folder that are there already
    codec: str = ""  # of a mov, as `recorder.record` has them


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
        return self.moment(float(number / rate), number)

    def moment(self, seconds: float, number: int = 0) -> Frame:
        """What is seen at this second, as the frame of a number."""
        index, place = self.take.at(seconds)
        controls = self.take.controls(seconds, self._rest)
        shown = (self.take.loops[index].loop + place) * self.show.loop
        entrances, tracks = self.take.entrances, self.take.tracks(seconds)
        previous, dream = self._dream(index - 1) if index else None, self._dream(index)
        look = even.evened(
            lambda when: self.show.at(when, controls, entrances, tracks).look, shown, even.share(dream, previous, place)
        )
        return Frame(number, seconds, look, dream, previous, place)

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


class Sent(NamedTuple):
    """All that a process needs to know to make pictures of a take, here or on another machine."""

    take: Path  # its folder
    language: str  # of the words over the picture
    format: Format
    folder: bool  # PNGs are wanted rather than pixels
    fields: tuple[int, int]  # in which the tally looks at a picture


class Made(NamedTuple):
    """A picture, and the light of its fields for the tally."""

    picture: Pixels | bytes
    light: Floats


Paint = Callable[[Sequence[int]], Generator[Made]]  # from numbers of frames to their pictures, in order


def opened(take: Take, language: str, domed: bool) -> tuple[Projection, Body]:
    """A take with the show and the ear that it was made with. Raises ContentError where one of them is gone."""
    made_of = body(take.header.model)
    known = (made_of.anatomy, made_of.layout, take.header.seed, made_of.liked, language, domed)
    show = Show.load(take.header.show, defaults(), *known)
    torch.set_num_threads(THREADS)
    return Projection(take, show, ears.load(take.header.model)), made_of


def painted(
    projection: Projection, body: Body, format: Format, fields: tuple[int, int], numbers: Iterable[int]
) -> Generator[Made]:
    """The pictures of these frames, one after the other, made by this process."""
    with offscreen.context() as gl:
        maker = painter(gl, body.layout, body.anatomy, format.size, format.dome)
        try:
            for number in numbers:
                picture = maker.picture(projection.frame(number, format.rate))
                yield Made(picture, measured(picture, fields))
        finally:
            maker.release()


def film(
    projection: Projection,
    out: Path,
    format: Format,
    part: range,
    paint: Paint,
    tally: Tally,
    whole: bool = True,
    progress: Progress | None = None,
) -> int:
    """Render the frames of `part` and their sound into a film or a folder; returns how many pictures it has.

    paint   makes the pictures
    tally   takes in every picture that is made
    whole   whether `part` is all that the folder will hold, so that its sounds are as long as the film

    Raises StorageError when the disk refuses; what was written until then, or until Ctrl-C, can be played.
    """
    film = record(
        out, format.size, format.rate, projection.speakers, part.start + 1, codec=format.codec, part=not whole
    )
    with film as recorder, ExitStack() as after:
        there = {number for number in part if format.resume and recorder.there(number - part.start)}
        pictures = after.enter_context(closing(paint([number for number in part if number not in there])))
        for done, number in enumerate(part):
            if number in there:
                recorder.skip()
            else:
                made = next(pictures)
                recorder.picture(made.picture)
                tally.weigh(number, made.light, float(number / format.rate))
            start, end = (round(Fraction(n) * RATE / format.rate) for n in (number, number + 1))
            recorder.sound(projection.sound(start, end))
            if progress is not None:
                progress(done + 1, len(part))
        return recorder.pictures
