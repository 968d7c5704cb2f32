"""How bright every neuron shines over the time of a loop: made once per dream, uploaded as a texture."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Dream, Floats, Halves, Region, frozen
from installation.render.calm import calmed

WIDTH = 4096  # neurons in one row of the texture; every graphics driver takes 4096 and more
TALLEST = 16_384  # rows; what drivers since 2012 take
ATTACK = 0.012  # seconds in which light rises to 63 %: a drum hit is seen in the picture it is heard in
RELEASE = 0.160  # seconds in which light falls to 37 %: long enough to glow, short enough to see 8 Hz
THRESHOLD = 0.15  # spreads above rest; less is not shown, so that a silent body is dark
KNEE = 2.5  # spreads above the threshold that give half of the strongest light, in a dream of the usual light
USUAL = 0.027  # mean square of the brightness while music is heard
USED_TO = 0.25  # power of the light that the knee follows: half of what is unusual, as light is brightness squared
WIDEST = 2.0  # times the knee may become smaller or larger
SLOWLY = 4.0  # seconds in which an eye gets used to what goes on and on
ONSET = 1.0  # seconds after a seam in which the light of the loop before is gone: six times RELEASE


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """A dream's brightness over loop time, folded for a texture.

    answers   [(columns + 1) * rows, WIDTH] uint8, 0 at rest .. 255; neuron n of column c stands at
              row c * rows + n // WIDTH, place n % WIDTH. The last column is the target's mask.
    onset     [columns of the first second * rows, WIDTH] uint8, before attack and release
    dazzle    how much larger than usual the knee is, 1/WIDEST .. WIDEST: light that the eye has got used to
    held      [rows * WIDTH] 0..1 how much each neuron is held to its slow course; empty where none is
    course    [columns of the first second * rows, WIDTH] uint8, that course
    """

    answers: NDArray[np.uint8]
    columns: int
    rows: int
    seconds: float  # of the loop
    onset: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, WIDTH), np.uint8))
    dazzle: float = 1.0
    held: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    course: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, WIDTH), np.uint8))

    def moment(self, place: float) -> tuple[float, float, float]:
        """The first rows of the two columns around a place 0..1 in the loop, and how far along from one to the other.

        A column's light belongs to its middle.
        """
        at = (place * self.columns - 0.5) % self.columns
        first = int(at) % self.columns
        second = (first + 1) % self.columns
        return float(first * self.rows), float(second * self.rows), at - int(at)


def light(dream: Dream, anatomy: Anatomy, attack: float = ATTACK, release: float = RELEASE) -> Light:
    """The light of a dream, exposed for it as a whole. Pure, about 0.1 CPU seconds: any thread may make it ahead.

    attack, release   seconds, along the circle of the loop; 0 follows at once
    Raises ValueError where the dream was heard with another anatomy.
    """
    answers = brightness(dream, anatomy)
    used_to = dazzle(answers, anatomy)
    answers = adapted(answers, used_to)
    step = dream.clip.seconds / len(answers)
    onset = np.rint(255 * answers[: round(ONSET / step)]).astype(np.uint8).reshape(-1, WIDTH)
    followed = follow(answers, step, attack, release)
    begun = {"onset": frozen(onset), "dazzle": used_to}
    if dream.verdict is not None and dream.verdict.calm:
        held = np.zeros(followed.shape[1], np.float32)
        for name in dream.verdict.calm.keys() & {layer.name for layer in anatomy}:
            held[anatomy.slice(name)] = dream.verdict.calm[name]
        course = calmed(followed, held, dream.clip.seconds)[: round(ONSET / step)]
        begun |= {"held": held, "course": frozen(np.rint(255 * course).astype(np.uint8).reshape(-1, WIDTH))}
    return replace(folded(dream, anatomy, followed), **begun)  # type: ignore[arg-type]


class Afterglow:
    """The light of sound that goes on and on: each piece begins with the light that the ones before it left."""

    def __init__(self, anatomy: Anatomy, attack: float = ATTACK, release: float = RELEASE) -> None:
        self._anatomy, self._attack, self._release = anatomy, attack, release
        self._before: Floats | None = None  # [units] what shone before the newest piece
        self._last: Floats | None = None  # [columns, units] of the newest piece
        self._dazzle = 1.0

    def light(self, dream: Dream, new: int) -> Light:
        """The light of the newest piece, which ends so many columns after the one before. Raises as `light` does."""
        answers = brightness(dream, self._anatomy)
        if self._before is None or self._last is None:
            self._before = np.zeros_like(answers[0])
        elif new > 0:
            self._before = self._last[min(new, len(self._last)) - 1]
        step = dream.clip.seconds / len(answers)
        self._dazzle *= (dazzle(answers, self._anatomy) / self._dazzle) ** (1 - np.exp(-new * step / SLOWLY))
        answers = adapted(answers, self._dazzle)
        self._last = follow(answers, step, self._attack, self._release, self._before)
        return folded(dream, self._anatomy, self._last.copy())


def brightness(dream: Dream, anatomy: Anatomy) -> Floats:
    """How bright every place in the texture is at once, [columns, rows * WIDTH], 0..1; raises as `light` does."""
    columns, rows = size(dream, anatomy)
    answers = np.zeros((columns, rows * WIDTH), np.float32)
    for layer in anatomy:
        response = dream.activations.layers.get(layer.name)
        if response is None:
            continue  # a dream need not know every layer
        if response.shape[:2] != (layer.channels, layer.bins):
            raise ValueError(
                f"layer {layer.name!r} of the dream is {list(response.shape[:2])} channels x bins, "
                f"but the body has {[layer.channels, layer.bins]}"
            )
        answers[:, anatomy.slice(layer.name)] = between(compressed(response), columns)
    return answers


def dazzle(answers: Floats, anatomy: Anatomy) -> float:
    """How much more than usual there is to see in a loop, as `Light` tells it, from brightness [columns, places]."""
    mean = float(np.square(answers).sum(dtype=np.float64)) / (len(answers) * anatomy.units)
    return float(np.clip((mean / USUAL) ** USED_TO, 1 / WIDEST, WIDEST))


def adapted(answers: Floats, dazzle: float | Floats) -> Floats:
    """Brightness as an eye sees it whose knee is so many times the usual one; rest stays dark and most stays most.

    Naka and Rushton 1966: an eye that has got used to more light needs more for half of its strongest answer.
    """
    knee = np.asarray(dazzle, np.float32)
    seen: Floats = (answers / (answers + (1 - answers) * knee)).astype(np.float32, copy=False)
    return seen


def folded(dream: Dream, anatomy: Anatomy, followed: Floats) -> Light:
    """Brightness [columns, rows * WIDTH] as a texture; it is changed on the way."""
    columns, wide = followed.shape
    bytes_ = np.empty((columns + 1, wide), np.uint8)
    followed *= 255
    np.rint(followed, out=followed)
    bytes_[:columns] = followed
    bytes_[columns] = 0
    bytes_[columns, : anatomy.units] = np.rint(255 * mask(dream.target.places, anatomy))
    return Light(frozen(bytes_.reshape(-1, WIDTH)), columns, wide // WIDTH, dream.clip.seconds)


def size(dream: Dream, anatomy: Anatomy) -> tuple[int, int]:
    """Columns (the steps of the finest layer, as far as a texture is tall) and rows per column."""
    rows = -(-anatomy.units // WIDTH)
    steps = max((layer.shape[2] for layer in dream.activations.layers.values()), default=1)
    columns = steps
    while (columns + 1) * rows > TALLEST:
        columns //= 2
    return columns, rows


def compressed(response: Halves) -> Floats:
    """Softly compressed brightness, [steps, units], 0..1, from responses [channels, bins, steps]."""
    steps = response.shape[2]
    above = response.reshape(-1, steps).T.astype(np.float32) - THRESHOLD  # [steps, units]
    np.nan_to_num(above, copy=False, nan=0.0, posinf=1e4, neginf=0.0)
    np.maximum(above, 0, out=above)
    above /= above + KNEE
    return above


def between(values: Floats, columns: int) -> Floats:
    """Values [steps, units] at the middles of evenly spread columns, smoothly and round the circle."""
    steps = len(values)
    if steps == columns:
        return values
    at = (np.arange(columns) + 0.5) * steps / columns - 0.5
    first = np.floor(at).astype(int)
    along = (at - first).astype(np.float32)
    along = along * along * (3 - 2 * along)
    here: Floats = values[first % steps]  # copies
    there = values[(first + 1) % steps]
    here += along[:, None] * (there - here)
    return here


def follow(answers: Floats, seconds: float, attack: float, release: float, state: Floats | None = None) -> Floats:
    """Answers [columns, units] with a rise and a fall in time; columns last `seconds`.

    state   [units] the light before; without it this is one periodic loop, whose tail is found by one round before
            the one that counts
    """
    if attack <= 0 and release <= 0:
        return answers
    up = np.float32(1 - np.exp(-seconds / attack) if attack > 0 else 1)
    down = np.float32(1 - np.exp(-seconds / release) if release > 0 else 1)
    followed = np.empty_like(answers)
    forgotten = min(len(answers), int(6 * max(attack, release) / seconds) + 1)  # columns: e**-6 is under 1/255
    if state is not None:
        forgotten = 0
    state = (answers[-1] if state is None else state).copy()
    rise, fall = np.empty_like(state), np.empty_like(state)
    for column in range(-forgotten, len(answers)):
        np.subtract(answers[column], state, out=rise)
        np.multiply(rise, down, out=fall)
        rise *= up
        state += np.where(rise > 0, rise, fall)
        if column >= 0:
            followed[column] = state
    return followed


def mask(regions: tuple[Region, ...], anatomy: Anatomy) -> Floats:
    """Which neurons a target means, [units], 0..1: the largest weight is 1. Inhibited ones do not shine."""
    wanted = np.zeros(anatomy.units, np.float32)
    for region in regions:
        if region.layer not in anatomy or region.weight <= 0:
            continue
        layer = anatomy[region.layer]
        here = wanted[anatomy.slice(layer.name)]
        at = region.numbers(layer.channels, layer.bins)
        here[at] = np.maximum(here[at], region.weight)
    return wanted / max(float(wanted.max()), 1e-9)
