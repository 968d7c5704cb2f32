"""The scenes of a show, each tried before anybody watches, and asked so that whatever one raises, the show goes on."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from installation.data import Anatomy, Controls, Look, Target
from installation.errors import ContentError, ImmersionsError
from installation.stage.curves import Curve
from installation.stage.fitting import fit
from installation.stage.importing import scene_class, where
from installation.stage.light import faults
from installation.stage.places import Places
from installation.stage.scene import Aims, Scene
from installation.stage.tracks import NOTHING, of_scene
from installation.stage.turns import Turn
from installation.target import check
from installation.track import Track

log = logging.getLogger(__name__)

T = TypeVar("T")

REHEARSALS = 24  # moments of every scene that are tried before the show begins
KEPT = 16  # scenes at work: a show may wander for months


class Driven:
    """A curve of a scene that a track drives: a function of the scene's time like any other.

    row   which row of the track belongs to a second of the scene
    """

    def __init__(self, track: Track, row: Callable[[float], float]) -> None:
        self._track, self._row = track, row

    def __call__(self, time: float) -> float:
        return self._track(self._row(time))


class Cast:
    """All scenes of a show on one body, by name.

    files      where each stands
    controls   where every control rests
    row        which row of a track belongs to so many loops of a turn's show
    Raises ContentError where a scene cannot be used, with file and line.
    """

    def __init__(
        self,
        files: Mapping[str, Path],
        places: Places,
        loop: float,
        controls: Controls,
        anatomy: Anatomy | None,
        row: Callable[[float], float],
    ) -> None:
        self._files, self._places, self._loop, self._controls = files, places, loop, controls
        self._anatomy, self._row = anatomy, row
        self._classes = {name: scene_class(path) for name, path in files.items()}
        self._scenes: dict[tuple[Turn, tuple[tuple[str, Track], ...]], Scene] = {}
        self._looks: dict[str, Look] = {}  # the last of every scene that was in order
        self._targets: dict[str, Target] = {}
        self._fallen: set[Turn] = set()
        for name in files:
            self._rehearse(name)

    def seconds(self, name: str) -> float:
        """How long a scene was made to last."""
        return self._classes[name].seconds

    def still(self, name: str) -> bool:
        """Whether a scene stays with one target."""
        return len(self._classes[name].aims.targets) == 1

    def curves(self) -> Iterable[str]:
        """Every curve of every scene, as tracks name it."""
        for scene, made in self._classes.items():
            for kind in reversed(made.__mro__):
                yield from (f"{scene}:{name}" for name, value in vars(kind).items() if isinstance(value, Curve))

    def look(self, turn: Turn, loops: float, controls: Controls, tracks: Mapping[str, Track] = NOTHING) -> Look:
        """How a turn's scene looks after so many loops of the show."""
        return self._ask(turn, loops, lambda scene, time: seen(scene, time, controls), self._looks, controls, tracks)

    def target(self, turn: Turn, loops: float, controls: Controls) -> Target:
        """What a turn's scene dreams of after so many loops of the show."""
        target = self._ask(turn, loops, lambda scene, time: dreamt(scene, time, controls), self._targets, controls)
        return fit(target, self._anatomy)

    def _ask(
        self,
        turn: Turn,
        loops: float,
        ask: Callable[[Scene, float], T],
        last: dict[str, T],
        controls: Controls,
        tracks: Mapping[str, Track] = NOTHING,
    ) -> T:
        """What the scene says; the last that it said in order, once it has failed in this turn."""
        if turn in self._fallen:
            return last[turn.scene]
        time = 0.0
        try:
            scene = self._scene(turn, of_scene(tracks, turn.scene) if tracks else ())
            time = min(max(turn.along(loops), 0.0), 1.0) * scene.seconds
            said = last[turn.scene] = ask(scene, time)
            return said  # whoever else is asking
        except Exception as error:  # whatever an artist's file raises, the show goes on
            what = where(error, self._files[turn.scene], controls)
            log.error("the scene %s failed at %.1f s; its last look is held: %s", turn.scene, time, what)
            self._fallen.add(turn)
        return last[turn.scene]

    def _scene(self, turn: Turn, tracks: tuple[tuple[str, Track], ...]) -> Scene:
        """The scene made for this turn, with the curves that tracks drive."""
        scene = self._scenes.get((turn, tracks))
        if scene is None:
            made = self._classes[turn.scene]
            loops = turn.end - turn.start
            loop = made.seconds / loops
            aims = Aims.evenly(turn.targets, made.seconds, loop) if turn.targets else None
            if len(self._scenes) > KEPT:
                self._scenes.clear()
            scene = made(self._places, loop, aims)
            for name, track in tracks:
                setattr(scene, name, Driven(track, lambda time: self._row(turn.start + time / loop)))
            self._scenes[turn, tracks] = scene
        return scene

    def _rehearse(self, name: str) -> None:
        """Try a scene at many moments, so that what is wrong with it is known before anybody watches."""
        path, made = self._files[name], self._classes[name]
        time = 0.0
        try:
            scene = made(self._places, self._loop)
            for step in range(REHEARSALS + 1):
                time = made.seconds * step / REHEARSALS
                look, target = seen(scene, time, self._controls), dreamt(scene, time, self._controls)
                if self._anatomy is not None:
                    check(fit(target, self._anatomy), self._anatomy)
                self._looks.setdefault(name, look)
                self._targets.setdefault(name, target)
        except Exception as error:
            when = "" if isinstance(error, ImmersionsError) else f"\n    It was asked for second {time:g}."
            raise ContentError(where(error, path, self._controls) + when) from None


def seen(scene: Scene, time: float, controls: Controls) -> Look:
    """How a scene looks at one time. Raises ContentError if that cannot be shown."""
    look = scene.look(time, controls)
    if fault := faults(look):
        raise ContentError(f"{type(scene).__name__}.look: {fault} at {time:g} s.")
    return look


def dreamt(scene: Scene, time: float, controls: Controls) -> Target:
    """What a scene dreams of at one time. Raises ContentError if it is no target."""
    target: object = scene.target(time, controls)
    if not isinstance(target, Target):
        raise ContentError(f"{type(scene).__name__}.target gave {type(target).__name__} instead of a Target.")
    return target
