"""Hostile shows: dreams and scenes made to flash, drawn by the real renderer and asked about by a public checker."""

from dataclasses import dataclass

import cv2
import numpy as np
from iris_pse_detection import Configuration
from iris_pse_detection.flash_detection import FlashDetection
from iris_pse_detection.result import FlashResult

from installation.data import (
    RATE,
    Activations,
    Anatomy,
    Clip,
    Dream,
    Frame,
    Layout,
    Scalogram,
    Target,
    Verdict,
)
from installation.safety import Safety
from installation.stage.even import evened, share

LOOP = 4.0  # seconds
FRAMES = 192  # of a loop, as the ear has them
ANSWER = 24.0  # spreads; a neuron that answers so is nearly as bright as any


@dataclass(frozen=True)
class Seen:
    """What was seen of a film.

    result   the worst that the checker found: Pass, PassWithWarning, ExtendedFail or FlashFail
    mean     relative luminance, 0..1
    fields   [pictures, fields] relative luminance of fields
    """

    result: FlashResult
    mean: float
    fields: np.ndarray


def dream(anatomy: Anatomy, answers, number: int = 0) -> Dream:
    """A dream in which neurons answer as `answers(units [slice], seconds [steps])` says, [units, steps] in spreads."""
    layers = {}
    for layer in anatomy:
        steps = FRAMES // layer.stride
        wanted = answers(anatomy.slice(layer.name), (np.arange(steps) + 0.5) / steps * LOOP)
        layers[layer.name] = wanted.reshape(layer.channels, layer.bins, steps).astype(np.float16)
    clip = Clip(np.zeros((1, round(LOOP * RATE)), np.float32))
    scalogram = Scalogram(np.zeros((216, FRAMES), np.float32), 40.0, 24, LOOP / FRAMES)
    return Dream(number, clip, Activations(layers), scalogram, Target(()), 0.0, 1, Verdict(1.0, 0.5, 0.0))


def strobe(layout: Layout, rate: float, area: float = 1.0, duty: float = 0.5, squares: int = 0):
    """Answers that go on and off so many times a second.

    area      share of the body that does, from its left; the rest stays on
    squares   in which the body is divided like a checkerboard: half of them are on while the others are off
    """
    places = layout.positions
    inside = places[:, 0] <= np.quantile(places[:, 0], area)
    phase = np.zeros(len(places))
    if squares:
        phase = np.floor((places[:, :2] + 1) / 2 * squares).sum(axis=1) % 2 / 2

    def answers(units: slice, t):
        on = (t * rate + phase[units, None]) % 1.0 < duty
        return np.where(inside[units, None], on, 1.0) * ANSWER

    return answers


def play(renderer, safety: Safety | None, dreams, looks, rate: int):
    """The pictures of these dreams, a loop each, as the show would be seen: [height, width, 3] uint8, one by one."""
    previous = None
    for loop, one in enumerate(dreams):
        if safety is not None:
            safety.look_ahead(loop * LOOP, looks, previous)
            one, light = safety(one)
            renderer.prepare(one, light)
        for number in range(round(loop * LOOP * rate), round((loop + 1) * LOOP * rate)):
            seconds = number / rate
            place = seconds / LOOP - loop
            look = evened(looks, seconds, share(one, previous, place))
            renderer.draw(Frame(number, seconds, look, one, previous, place))
            yield renderer.read()
        previous = one


class Checker:
    """iris-pse-detection, asked picture by picture about the whole of it, or about one part of it."""

    def __init__(self, size: tuple[int, int], rate: int) -> None:
        self._iris = FlashDetection(rate, size[::-1], Configuration())
        self._count = 0
        self.result = FlashResult.Pass

    def look(self, picture: np.ndarray) -> None:
        self._iris.set_current_frame(np.ascontiguousarray(picture[..., ::-1]))
        data = self._iris.analyse_frame(self._count)
        self._count += 1
        self.result = max(self.result, data.luminance_frame_result, data.red_frame_result)


LINEAR = np.array([x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in np.arange(256) / 255])
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


def luminance(picture: np.ndarray) -> np.ndarray:
    """Relative luminance of sRGB bytes, [height, width]."""
    return LINEAR.astype(np.float32)[picture] @ WEIGHTS.astype(np.float32)


def means(picture: np.ndarray, fields) -> np.ndarray:
    """The mean luminance of every field, from the lower left corner on, [fields]."""
    light = cv2.resize(luminance(picture)[::-1], (fields.columns, fields.rows), interpolation=cv2.INTER_AREA)
    return light.ravel()


def watched(pictures, size: tuple[int, int], rate: int, fields) -> Seen:
    """What the checker says of a film: of the whole, and of four parts of it, each looked at closely."""
    high, wide = size[1] // 2, size[0] // 2
    parts = [np.s_[:], *(np.s_[y : y + high, x : x + wide] for y in (0, high) for x in (0, wide))]
    checkers = [Checker(size, rate), *(Checker((wide, high), rate) for _ in range(4))]
    seen = []
    for picture in pictures:
        for part, checker in zip(parts, checkers, strict=True):
            checker.look(picture[part])
        seen.append(means(picture, fields))
    return Seen(max(checker.result for checker in checkers), float(np.mean(seen)), np.array(seen))
