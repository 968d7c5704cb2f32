"""A scene: what is seen and what is dreamt, as two pure functions of time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

from installation.data import Controls, Look, Target
from installation.stage.curves import coarse, ease, steps
from installation.stage.places import Places
from installation.target import mix, parse


class Aims:
    """What is dreamt of over time: `Aims((0, "block1.conv2"), (30, "ar5[channels 0.2..0.3]"))`.

    Each target is a text as in `installation.target`, from its second on; it comes in over `fade` seconds while the
    one before goes. Raises TargetError for a text that cannot be read.
    """

    def __init__(self, *keys: tuple[float, str | Target], fade: float = 8.0) -> None:
        if not keys or any(a >= b for (a, _), (b, _) in pairwise(keys)):
            raise ValueError(f"aims need keys (seconds, target) in order of time, each at its own, got {keys}")
        self.times = [float(time) for time, _ in keys]
        self.targets = [parse(target) if isinstance(target, str) else target for _, target in keys]
        self.fade = fade

    @classmethod
    def evenly(cls, targets: Sequence[Target], seconds: float, loop: float) -> Self:
        """These targets spread over a stretch of time, each coming in over a third of its part, at most four loops."""
        dwell = seconds / len(targets)
        keys = ((at * dwell, target) for at, target in enumerate(targets))
        return cls(*keys, fade=min(4 * loop, dwell / 3))

    def __call__(self, time: float) -> Target:
        at = steps(self.times, time)
        if at == 0 or self.fade <= 0:
            return self.targets[at]
        coming = ease((time - self.times[at]) / self.fade)
        return mix(self.targets[at - 1], self.targets[at], coarse(coming))


class Scene:
    """One scene; write your own as a class in `scenes/NAME.py` with `seconds`, `look` and, if it dreams, `aims`.

    Time runs from 0 to `seconds` whatever length a show gives the scene. The same time and controls must always give
    the same look: a picture may be drawn again years later, and in any order.

    places   where the parts of the body are: `self.places["block4.conv1"]`, `self.places.of(target)`
    loop     seconds of the scene's time that one loop of music lasts
    aims     what is dreamt of; a show may give others, so look where `self.aims(t)` is rather than at a fixed place
    """

    seconds: float = 60.0
    aims: Aims = Aims((0, "ar5"))

    def __init__(self, places: Places, loop: float, aims: Aims | None = None) -> None:
        self.places = places
        self.loop = loop
        if aims is not None:
            self.aims = aims

    def look(self, t: float, controls: Controls) -> Look:
        """How the moment looks. `controls` are the hands, as `controls["stage.closeness"]`."""
        return Look()

    def target(self, t: float, controls: Controls) -> Target:
        """What is dreamt of at that moment; the aims, unless a scene says otherwise."""
        return self.aims(t)
