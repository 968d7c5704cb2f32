"""`immersions listen`: a recording, and the body that glows under it."""

from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Activations, Clip, Dream, Floats, Frame, Halves, Scalogram
from installation.errors import SoundFileError
from installation.listen import ears, recording
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import Hearer
from installation.output import offscreen
from installation.output.recorder import record
from installation.render.renderer import Renderer
from installation.stage import Moment, Prompter, Show
from installation.workshop.filming import Progress
from installation.workshop.performing import THREADS, prompt

SPEAKERS = 2

PIECE = 4.0  # seconds that are heard at a time
MARGIN = 16  # frames on both sides of a piece that only lead into it: light is made on circles
SHORTEST = 0.1  # seconds of a recording


def hear(
    file: Path, out: Path, model: str, show_name: str, size: tuple[int, int], rate: Fraction, progress: Progress
) -> None:
    """Film what the ear hears in a recording; with a name ending in .png, one picture of its middle.

    Raises SoundFileError for a recording that cannot be used, StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    made_of = body(model)
    show = Show.load(show_name, defaults(), made_of.anatomy, made_of.layout, liked=made_of.liked)
    clip = recording.read(file)
    if clip.seconds < SHORTEST:
        raise SoundFileError(f"{file} lasts {clip.seconds:.2f} s; at least {SHORTEST} s are needed to hear anything.")
    heard = Heard(clip, ears.load(model), show)
    gl = offscreen.context()
    with gl:
        renderer = Renderer(gl, made_of.layout, made_of.anatomy, size)
        if out.suffix.lower() == ".png":
            renderer.draw(heard.frame(0, clip.seconds / 2))
            offscreen.save(renderer.read(), out)
            progress(1, 1)
            return
        pictures = ceil(Fraction(clip.samples.shape[1], RATE) * rate)
        sound = stereo(clip)
        with record(out, size, rate, SPEAKERS) as film:
            for number in range(pictures):
                renderer.draw(heard.frame(number, float(number / rate)))
                film.picture(renderer.read())
                start, end = (round(Fraction(n) * RATE / rate) for n in (number, number + 1))
                film.sound(padded(sound[:, start:end], end - start))
                progress(number + 1, pictures)


class Heard:
    """A recording and everything that the ear thinks of it, asked for in order of time."""

    def __init__(self, clip: Clip, listener: Hearer, show: Show) -> None:
        self._show, self._prompter = show, Prompter(show)
        self._clip = clip
        self._frames = frames_per_loop(PIECE)
        self._pieces = listener.listen(clip, self._frames)
        self._known: list[tuple[Scalogram, Activations]] = []
        self._first = 0  # number of the first piece in `_known`
        self._dream: Dream | None = None
        self._before: Dream | None = None  # the piece before: the eye is used to that one still

    def frame(self, number: int, seconds: float) -> Frame:
        """The frame at this second, which must not lie before the one asked for last."""
        piece = int(seconds // PIECE)
        if self._dream is None or self._dream.number != piece:
            self._before, self._dream = self._dream, self._between(piece)
        step = PIECE / self._frames  # seconds of one frame
        place = (seconds - piece * PIECE + MARGIN * step) / (PIECE + 2 * MARGIN * step)
        look = self._asked(seconds).look
        return Frame(number, seconds, look, self._dream, self._before, place)

    def _between(self, piece: int) -> Dream:
        """A piece with a margin from its neighbours on both sides, as a dream that can be lit."""
        before, now, after = (self._piece(piece + offset) for offset in (-1, 0, 1))
        layers = {}
        for name, layer in now[1].layers.items():
            margin = MARGIN * layer.shape[2] // self._frames
            layers[name] = np.concatenate(
                [before[1].layers[name][..., -margin:], layer, after[1].layers[name][..., :margin]], axis=2
            )
        level = np.concatenate([before[0].level[:, -MARGIN:], now[0].level, after[0].level[:, :MARGIN]], axis=1)
        scalogram = Scalogram(level, now[0].lowest, now[0].bins_per_octave, now[0].seconds_per_frame)
        samples = round(level.shape[1] * scalogram.seconds_per_frame * RATE)
        sound = Clip(np.zeros((1, samples), np.float32))
        return Dream(piece, sound, Activations(layers), scalogram, self._asked(piece * PIECE).target, 0.0, 0)

    def _asked(self, seconds: float) -> Moment:
        """What the show asks for; what waits for a go gets it at once."""
        loops = seconds / self._show.loop
        prompt(self._prompter, int(loops), None)
        return self._prompter.at(loops, self._show.resting(self._prompter.stands(loops)))

    def _piece(self, number: int) -> tuple[Scalogram, Activations]:
        """A piece of the recording; before the beginning and after the end nothing is heard."""
        while max(0, number) >= self._first + len(self._known):
            following = next(self._pieces, None)
            if following is None:
                return silent(self._known[-1])
            self._known.append(following)
        while number > self._first + 2:
            self._known.pop(0)
            self._first += 1
        return self._known[number - self._first] if number >= self._first else silent(self._known[0])


def silent(like: tuple[Scalogram, Activations]) -> tuple[Scalogram, Activations]:
    """A piece in which every neuron rests."""
    scalogram, activations = like
    rest: dict[str, Halves] = {name: np.zeros_like(layer) for name, layer in activations.layers.items()}
    level = np.zeros_like(scalogram.level)
    return (
        Scalogram(level, scalogram.lowest, scalogram.bins_per_octave, scalogram.seconds_per_frame),
        Activations(rest),
    )


def stereo(clip: Clip) -> Floats:
    """The recording for two loudspeakers, [2, samples]."""
    samples = clip.samples
    return np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2]


def padded(samples: Floats, count: int) -> Floats:
    """The last picture's sound may be shorter than the picture."""
    return np.pad(samples, ((0, 0), (0, count - samples.shape[1])))
