"""A show: scenes one after the other, blended in picture and in dream, and then on for ever."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeVar

from installation.data import Anatomy, Controls, Layout, Look, Region, Target
from installation.errors import ContentError, ImmersionsError, one_of
from installation.stage.curves import coarse
from installation.stage.fitting import fit, fitted, pointed
from installation.stage.importing import path_of, scene_class, scene_names, show_names, where
from installation.stage.light import coloured, faults, mix, trimmed
from installation.stage.places import Places
from installation.stage.program import Part, Program, read
from installation.stage.scene import Aims, Scene
from installation.stage.turns import Turn, Turns
from installation.target import check
from installation.target import mix as target_mix

log = logging.getLogger(__name__)

T = TypeVar("T")
Liked = Callable[[Region], float]

REHEARSALS = 24  # moments of every scene that are tried before the show begins


@dataclass(frozen=True, slots=True)
class Moment:
    """What the show asks for at one time."""

    look: Look
    target: Target
    scene: str  # the name of the scene that is seen most


class Show:
    """A show on one body. `at` is a function of time and controls alone; any second can be asked in any order.

    controls   where the show wants every control when nobody touches it
    loop       seconds of one loop
    seconds    of the running order, before it wanders, begins again or ends
    """

    def __init__(
        self,
        name: str,
        program: Program,
        controls: Controls,
        anatomy: Anatomy | None = None,
        layout: Layout | None = None,
        seed: int | None = None,
        liked: Liked = lambda region: 0.0,
    ) -> None:
        self.name = name
        self.title = program.title or name
        self.program = program
        self.loop = program.loop
        self.controls = Controls({**controls.values, **program.controls})
        self._anatomy = anatomy
        self._places = Places(anatomy, layout)
        self._paths: dict[str, Path] = {}
        self._classes: dict[str, type[Scene]] = {}
        for scene in dict.fromkeys([*(part.name for part in program.parts), *program.wander.scenes]):
            self._cast(scene)
        seed = program.seed if seed is None else seed
        self._turns = Turns(program, self._loops, self._still, seed, lambda region: liked(self._here(region)))
        self.seconds = self._turns.loops * self.loop
        self._scenes: dict[Turn, Scene] = {}
        self._looks: dict[str, Look] = {}  # the last of every scene that was in order
        self._targets: dict[str, Target] = {}
        self._fallen: set[Turn] = set()
        for scene in self._classes:
            self._rehearse(scene)
        self._check_program()

    @classmethod
    def load(
        cls,
        name: str,
        controls: Controls,
        anatomy: Anatomy | None = None,
        layout: Layout | None = None,
        seed: int | None = None,
        liked: Liked = lambda region: 0.0,
    ) -> Self:
        """The show `scenes/NAME.toml`, or the scene `scenes/NAME.py` alone, or a show's file by its path.

        controls   every control by name, at its default
        anatomy    of the network, to check targets and to find what hands point at
        layout     of the body, to find its parts
        seed       instead of the show's own, for another night
        liked      how much more a region answers music than noise: what is, is dreamt of first while the show wanders

        Raises ContentError where anything in the show or its scenes cannot be used, with file and line.
        """
        file = Path(name) if name.endswith(".toml") else path_of(f"{name}.toml")
        if file is not None and file.is_file():
            return cls(file.stem, read(file, controls.values), controls, anatomy, layout, seed, liked)
        if path_of(f"{name}.py"):
            return cls(name, Program(parts=(Part(name),), crossfade=1), controls, anatomy, layout, seed, liked)
        hint = one_of(name, {*show_names(), *scene_names()})
        raise ContentError(f"there is no show and no scene {name!r} in scenes/. {hint}")

    def at(self, seconds: float, controls: Controls) -> Moment:
        """What the show asks for at this second, with the hands' wishes in it.

        The target holds still within a loop, except for what hands point at.
        """
        loops = max(0.0, seconds / self.loop)
        whole = math.floor(loops + 1e-6)
        turns = self._turns.on(loops)
        if not turns:
            return self._over(controls)
        look = self._look(turns[0], loops, controls)
        target = self._target(turns[0], whole, controls)
        scene = turns[0].scene
        if len(turns) == 2:
            presence = turns[1].presence(loops)
            look = mix(look, self._look(turns[1], loops, controls), presence)
            coming = coarse(turns[1].presence(whole))
            target = target_mix(target, self._target(turns[1], whole, controls), coming)
            scene = turns[1].scene if presence >= 0.5 else scene
        if self.program.after == "black":
            left = (self._turns.loops - loops) / self.program.crossfade
            look = replace(look, fade=look.fade * min(max(left, 0.0), 1.0))
        return Moment(trimmed(look, controls), self._by_hand(target, controls), scene)

    def following(self, seconds: float) -> float:
        """The second at which the scene after this one begins to come in; the end, where a show ends in black."""
        return self._turns.following(seconds / self.loop) * self.loop

    def _over(self, controls: Controls) -> Moment:
        turn = self._turns[len(self.program.parts) - 1]
        look = replace(self._look(turn, turn.end, controls), fade=0.0)
        return Moment(
            trimmed(look, controls), self._by_hand(self._target(turn, turn.end, controls), controls), turn.scene
        )

    def _by_hand(self, target: Target, controls: Controls) -> Target:
        share = coarse(controls["dream.hand"])
        if share == 0.0 or self._anatomy is None:
            return target
        return target_mix(target, pointed(controls, self._anatomy), share)

    def _look(self, turn: Turn, loops: float, controls: Controls) -> Look:
        look = self._ask(turn, loops, lambda scene, time: seen(scene, time, controls), self._looks, controls)
        return coloured(look, turn.palette) if turn.palette else look

    def _target(self, turn: Turn, loops: float, controls: Controls) -> Target:
        target = self._ask(turn, loops, lambda scene, time: dreamt(scene, time, controls), self._targets, controls)
        return fit(target, self._anatomy)

    def _ask(
        self, turn: Turn, loops: float, ask: Callable[[Scene, float], T], last: dict[str, T], controls: Controls
    ) -> T:
        """What the scene says; the last that it said in order, once it has failed in this turn."""
        if turn in self._fallen:
            return last[turn.scene]
        scene = self._scene(turn)
        time = min(max(turn.along(loops), 0.0), 1.0) * scene.seconds
        try:
            last[turn.scene] = ask(scene, time)
        except Exception as error:  # whatever an artist's file raises, the show goes on
            what = where(error, self._paths[turn.scene], controls)
            log.error("the scene %s failed at %.1f s; its last look is held: %s", turn.scene, time, what)
            self._fallen.add(turn)
        return last[turn.scene]

    def _scene(self, turn: Turn) -> Scene:
        """The scene made for this turn."""
        if turn not in self._scenes:
            made = self._classes[turn.scene]
            loop = made.seconds / (turn.end - turn.start)
            aims = Aims.evenly(turn.targets, made.seconds, loop) if turn.targets else None
            if len(self._scenes) > 16:  # a show that wanders for months
                self._scenes.clear()
            self._scenes[turn] = made(self._places, loop, aims)
        return self._scenes[turn]

    def _cast(self, name: str) -> None:
        if (path := path_of(f"{name}.py")) is None:
            raise ContentError(f"the show {self.name!r} asks for the scene {name!r}. {one_of(name, scene_names())}")
        self._paths[name] = path
        self._classes[name] = scene_class(path)

    def _here(self, region: Region) -> Region:
        """The region, named for this anatomy."""
        return region if self._anatomy is None else replace(region, layer=fitted(region.layer, self._anatomy))

    def _loops(self, part: Part) -> int:
        """How long a part lasts: as the show says, or as long as the scene was made for."""
        return part.loops or max(1, round(self._classes[part.name].seconds / self.loop))

    def _still(self, scene: str) -> bool:
        return len(self._classes[scene].aims.targets) == 1

    def _rehearse(self, name: str) -> None:
        """Try a scene at many moments, so that what is wrong with it is known before anybody watches."""
        path, made = self._paths[name], self._classes[name]
        time = 0.0
        try:
            scene = made(self._places, self.loop)
            for step in range(REHEARSALS + 1):
                time = made.seconds * step / REHEARSALS
                look, target = seen(scene, time, self.controls), dreamt(scene, time, self.controls)
                if self._anatomy is not None:
                    check(fit(target, self._anatomy), self._anatomy)
                self._looks.setdefault(name, look)
                self._targets.setdefault(name, target)
        except Exception as error:
            when = "" if isinstance(error, ImmersionsError) else f"\n    It was asked for second {time:g}."
            raise ContentError(where(error, path, self.controls) + when) from None

    def _check_program(self) -> None:
        """Try every target that the show itself names."""
        if self._anatomy is None:
            return
        named = [target for number in range(len(self.program.parts)) for target in self._turns[number].targets]
        for layer in self.program.wander.layers:
            if fitted(layer, self._anatomy) not in self._anatomy:
                hint = one_of(layer, [known.name for known in self._anatomy])
                raise ContentError(f"the show {self.name!r} wanders to the layer {layer!r}. {hint}")
        named += [self._turns.wandering_box(number) for number in range(64)]
        try:
            for target in named:
                check(fit(target, self._anatomy), self._anatomy)
        except ContentError as error:
            raise ContentError(f"the show {self.name!r}: {error}") from None


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
