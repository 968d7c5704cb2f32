"""A look without what is faster than light may be: for loops in which a scene would have made the picture flash."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from installation.data import Camera, Dream, Look, Title
from installation.stage.curves import ease
from installation.stage.light import SCALARS, mix

NOTICED = 0.06  # of light or of a way: what may go unforeseen
KEYS = 1.0  # seconds from one held look to the next: whatever turns back at each of them turns back once a second
TURN = 0.5  # seconds after a seam in which a loop that is held even comes from one that is not, or back
# Where a second is asked, in seconds from its middle: spread so that no change at 1 to 16 Hz is met at one phase only.
MOMENTS = (-0.48, -0.47, -0.43, -0.4, -0.29, -0.24, -0.18, -0.02, -0.01, 0.1, 0.18, 0.32, 0.43, 0.48)


def evened(looks: Callable[[float], Look], seconds: float, share: float) -> Look:
    """The look at a second, with a share of it replaced by an even glide between the means of the seconds around it."""
    if share <= 0.0:
        return looks(seconds)
    first = math.floor(seconds / KEYS)
    before, after = (mean([looks(max(0.0, (key + at) * KEYS)) for at in MOMENTS]) for key in (first, first + 1))
    even = mix(before, after, seconds / KEYS - first)
    return even if share >= 1.0 else mix(looks(seconds), even, share)


def foreseen(moments: Sequence[float], looks: Sequence[Look], seconds: float) -> Look:
    """What `evened` will show at a second, as far as looks at these moments tell it."""
    first = math.floor(seconds / KEYS)

    def around(key: int) -> list[Look]:
        near = [look for at, look in zip(moments, looks, strict=True) if abs(at / KEYS - key) <= 0.5]
        return near or [min(zip(moments, looks, strict=True), key=lambda one: abs(one[0] / KEYS - key))[1]]

    return mix(mean(around(first)), mean(around(first + 1)), seconds / KEYS - first)


def share(dream: Dream, previous: Dream | None, place: float) -> float:
    """How much of the look is held even at a place 0..1 in a loop; at a seam it comes from what the loop before had."""
    now = dream.verdict.even if dream.verdict else 0.0
    if previous is None or previous is dream:
        return now
    before = previous.verdict.even if previous.verdict else 0.0
    return before + (now - before) * ease(place * dream.clip.seconds / TURN)


def mean(looks: Sequence[Look]) -> Look:
    """One look with the light of all of them: what multiplies light is averaged as light, and places as places."""
    count = len(looks)
    values: dict[str, float] = {name: sum(getattr(look, name) for look in looks) / count for name in SCALARS}
    values["exposure"] = math.log2(sum(2.0**look.exposure for look in looks) / count)
    values["fade"] = math.sqrt(sum(look.fade**2 for look in looks) / count)
    values["size"] = math.sqrt(sum(look.size**2 for look in looks) / count)
    colours = {
        name: tuple(sum(getattr(look, name)[c] for look in looks) / count for c in range(3))
        for name in ("shallow", "deep", "shine")
    }
    said: dict[Title, float] = {}
    for title in (title for look in looks for title in look.titles):
        words = replace(title, light=1.0)
        said[words] = said.get(words, 0.0) + title.light / count
    titles = tuple(replace(words, light=light) for words, light in said.items())
    return replace(looks[0], **values, **colours, camera=nearest([look.camera for look in looks]), titles=titles)  # type: ignore[arg-type]


def nearest(cameras: Sequence[Camera]) -> Camera:
    """The camera that shows the most light: one that the scene has chosen, never a place between two of them."""
    return min(cameras, key=lambda one: math.dist(one.eye, one.centre) * math.tan(math.radians(one.angle) / 2))


def unsteady(first: Look, second: Look, along: float, look: Look) -> float:
    """How far a look lies from the even way between two others, in steps that an eye may notice; above 1 is far."""

    def apart(start: float, end: float, here: float) -> float:
        return abs(start + along * (end - start) - here)

    def moved(name: str) -> float:
        places = zip(*(getattr(one.camera, name) for one in (first, second, look)), strict=True)
        return math.hypot(*(apart(*place) for place in places))

    steps = [10 * apart(first.rest, second.rest, look.rest) / NOTICED]  # all cells shine with it
    for name in SCALARS:
        values = (getattr(first, name), getattr(second, name), getattr(look, name))
        steps.append(apart(*values) / (NOTICED * (1.5 if name == "exposure" else max(0.5, abs(values[0])))))
    for name in ("shallow", "deep", "shine"):
        colours = zip(getattr(first, name), getattr(second, name), getattr(look, name), strict=True)
        steps += [apart(*colour) / NOTICED for colour in colours]
    far = max(math.dist(look.camera.eye, look.camera.centre), 1e-3)
    steps.append((moved("eye") + moved("centre")) / far / NOTICED)
    steps.append(apart(first.camera.angle, second.camera.angle, look.camera.angle))
    words = (sum(title.light for title in one.titles) for one in (first, second, look))
    steps.append(apart(*words) / (4 * NOTICED))
    return max(steps)
