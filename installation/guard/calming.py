"""The smallest calm that makes a loop's light safe: layers whose light is held nearer to its own slow course."""

from dataclasses import dataclass, field

import numpy as np

from installation.data import Floats
from installation.guard.flash import (
    MOST,
    RED_MOST,
    RED_SWING,
    SWING,
    Counts,
    Fields,
    members,
    most_in_a_second,
    pooled,
    transitions,
)
from installation.guard.forecast import WEIGHTS, Parts, Scene, bloomed, brightness, summed

CAREFUL = 0.7  # of a swing that counts as one already: a forecast is no measurement
FIRST = 0.75  # of what would do if all of a swing were too much, tried first: often some of it may stay
LARGE = (0.3, 0.2, 0.1, 0.02)  # of the largest share in a field's swing, from which a layer is held, try by try;
# the last of these tries is whole; after it all layers are held where that helps: one swing may have hidden another


@dataclass(frozen=True, eq=False, slots=True)
class Forecast:
    """What a loop will look like.

    calm         layer's number -> share 0..1 of its light that is replaced by its slow course
    unsafe       fields, wide ones and the whole counted, that would flash as the dream came
    left         the same once it is calm
    most         the most transitions in any second of any field, once it is calm
    brightness   [times, fields] relative luminance, once it is calm
    red          [times, fields] saturated red, once it is calm
    kept         mean light once it is calm, as a share of what came
    """

    calm: dict[int, float] = field(default_factory=dict)
    unsafe: int = 0
    left: int = 0
    most: int = 0
    brightness: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    red: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    kept: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """One loop as it will be seen: its columns, the first of them across the seam, then the first second once more.

    given     what layers give to the finer fields, [parts, columns + second, 5]
    around    what lies around the neurons
    seconds   of the loop, and how many columns that are
    before    brightness and red [times, fields] of the last second before it
    slow      [columns, columns] what a whole calm makes of light over the loop: rows sum to 1
    """

    given: Parts
    around: Scene
    seconds: float
    columns: int
    before: tuple[Floats, Floats] | None
    slow: Floats


def forecast(loop: Loop, fields: Fields) -> Forecast:
    """The smallest calm of layers with which no field flashes, and what is seen then."""
    columns, light = loop.columns, loop.given.light
    again = light.shape[1] - columns
    quarters = fields.finer()
    total = summed(loop.given, light, quarters.count)
    bloom = bloomed(total, quarters)
    seen, red = map(fields.whole, brightness(total, bloom, loop.around))
    raw, counts = seen, _excess(seen, red, loop, fields)
    unsafe, calm = np.flatnonzero(counts > 0), np.zeros(int(loop.given.layer.max(initial=0)) + 1, np.float32)
    if len(unsafe):
        gone = loop.slow @ light[:, :columns] - light[:, :columns]
        round_ = np.concatenate([light[:, columns:], light[:, again:columns]], axis=1)  # as it is without the seam
        change = np.concatenate([gone, loop.slow[:again] @ round_ - light[:, columns:]], axis=1)  # by a whole calm
        for turn in range(len(LARGE) + 1):
            tried = _more(calm, loop, gone, counts, fields, turn) if turn < len(LARGE) else np.ones_like(calm)
            total = summed(loop.given, light + tried[loop.given.layer][:, None, None] * change, quarters.count)
            found_seen, found_red = map(fields.whole, brightness(total, bloomed(total, quarters), loop.around))
            found = _excess(found_seen, found_red, loop, fields)
            if turn == len(LARGE) and found.sum() >= counts.sum():
                break  # what flashes is no layer's doing: the innocent stay as they are
            calm, seen, red, counts = tried, found_seen, found_red, found
            if not (counts > 0).any():
                break
    most = _counted(seen, red, loop, fields)[0].max(initial=0)
    kept = float(seen[:columns].mean()) / max(float(raw[:columns].mean()), 1e-6)
    held = {int(layer): round(float(calm[layer]), 3) for layer in np.flatnonzero(calm)}
    return Forecast(held, len(unsafe), int((counts > 0).sum()), int(most), seen[:columns], red[:columns], kept)


def _counted(seen: Floats, red: Floats, loop: Loop, fields: Fields) -> tuple[Counts, Counts]:
    """The most transitions in any second of every pool, general ones and red ones."""
    second = max(1, round(loop.columns / loop.seconds))
    if loop.before is not None:
        seen, red = (np.concatenate([before, now]) for before, now in zip(loop.before, (seen, red), strict=True))
    general = most_in_a_second(transitions(pooled(seen, fields), CAREFUL * SWING), second)
    if not red.any():
        return general, np.zeros_like(general)
    return general, most_in_a_second(transitions(pooled(red, fields), CAREFUL * RED_SWING, dark=2.0), second)


def _excess(seen: Floats, red: Floats, loop: Loop, fields: Fields) -> Counts:
    """How many transitions too many every pool has, [pools]."""
    general, reds = _counted(seen, red, loop, fields)
    return np.maximum(general - MOST, 0) + np.maximum(reds - RED_MOST, 0)


def _more(calm: Floats, loop: Loop, gone: Floats, counts: Counts, fields: Fields, turn: int) -> Floats:
    """The calm of layers [layers], raised where they swing in fields that flash.

    gone   [parts, columns, 5] what a whole calm would change
    """
    pools = np.flatnonzero(counts > 0)
    given = summed(loop.given, gone, fields.finer().count)[..., :3] @ WEIGHTS  # [fields, columns]
    fast = np.ptp(pooled(fields.whole(given.T), fields)[:, pools], axis=0)  # how far each swings within a second
    wanted = 1 - CAREFUL * SWING / np.maximum(fast, SWING)  # [pools]
    swings = np.ptp(gone[..., :3] @ WEIGHTS, axis=1)  # [parts]
    result = calm.copy()
    for pool, share in zip(pools, wanted, strict=True):
        inside = fields.quarters(members(int(pool), fields))[loop.given.field]
        swing = np.bincount(loop.given.layer[inside], swings[inside], len(calm))
        layers = (swing >= LARGE[turn] * swing.max(initial=0)) & (swing > 0)
        further = FIRST * share if turn == 0 else np.maximum(share, (1 + calm[layers]) / 2)
        result[layers] = 1.0 if turn == len(LARGE) - 1 else np.maximum(result[layers], further)
    return result
