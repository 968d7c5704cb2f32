"""A show: scenes one after the other, blended in picture and in dream, and then on for ever."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from installation import texts
from installation.data import Anatomy, Controls, Layout, Look, Region, Target, Title
from installation.entrance import Entrance, current
from installation.stage import palettes, tracks
from installation.stage.camera import toward
from installation.stage.cast import Cast
from installation.stage.course import Course, Standing
from installation.stage.curves import coarse, ease
from installation.stage.fitting import fitted, pointed
from installation.stage.layers import accented, driven, laid
from installation.stage.light import SCALARS, coloured, mix, trimmed
from installation.stage.palettes import PALETTES
from installation.stage.places import Places
from installation.stage.program import Part, Program
from installation.stage.reading import written
from installation.stage.stately import stately
from installation.stage.titles import said
from installation.stage.titles import shown as said_at
from installation.stage.tracks import NOTHING, of_looks
from installation.stage.turns import Turn, Turns
from installation.stage.vetting import files, vet
from installation.target import mix as target_mix
from installation.track import Track

Liked = Callable[[Region], float]
Tracks = Mapping[str, Track]

NOT_DRIVEN = ("sound.hold", "sound.drop", "sound.delay", "picture.delay")  # what only hands and the venue decide
SPEECHLESS = "none"  # the language in which nothing is said
DARK = -24.0  # stops: nothing is left of any light
SILENCE = -60.0  # dB, as far as the volume goes
WHOLE = 0.5  # of a view in a dome is filled by a body that is seen as a whole: all of it above the rim
COUNT = 0.3  # of a leader's numbers, in heights of the picture


@dataclass(frozen=True, slots=True)
class Moment:
    """What the show asks for at one time."""

    look: Look
    target: Target
    scene: str  # the name of the scene that is seen most
    clip: str = ""  # the start clip that the newest scene began from, if it names one


class Show:
    """A show on one body. `at` is a function of time and controls alone; any second can be asked in any order.

    controls   where the show wants every control when nobody touches it
    loop       seconds of one loop
    seconds    of the running order, before it wanders, begins again or ends
    course     what plays when, and what cues make of it
    drivable   the names of all that tracks can drive: numbers of the look, controls, and curves of scenes
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
        language: str = texts.FALLBACK,
        domed: bool = False,
    ) -> None:
        self.name = name
        self.title = program.title or name
        self.program = program
        self.loop = program.loop
        self._defaults = controls
        self.controls = Controls({**controls.values, **program.controls})
        self._texts = None if language == SPEECHLESS else texts.load(language)
        self._anatomy = anatomy
        places = Places(anatomy, layout)
        self._cast = Cast(files(program), places, self.loop, self.controls, anatomy, self._row)
        self._home = toward(places["body"], WHOLE) if domed else None
        self._programs = {"": program, **{day.name: day.program for day in program.days}}
        seed = program.seed if seed is None else seed
        turns = {
            day: Turns(plays, self._loops, self._cast.still, seed, lambda region: liked(self._here(region)))
            for day, plays in self._programs.items()
        }
        if anatomy is not None:
            vet(program, turns[""], anatomy)
            for number, part in enumerate(program.days):
                vet(part.program, turns[part.name], anatomy, ("day", number))
        self.course = Course(name, program, turns)
        self.seconds = (self.course.lead + turns[""].loops) * self.loop
        looks = [tracks.LOOK + number for number in SCALARS]
        turned = (name for name in controls.values if name not in NOT_DRIVEN)
        self.drivable = list(dict.fromkeys([*looks, *turned, *self._cast.curves()]))
        program.score.check(self.drivable)
        self._palettes = PALETTES.here

    @classmethod
    def load(
        cls,
        name: str,
        controls: Controls,
        anatomy: Anatomy | None = None,
        layout: Layout | None = None,
        seed: int | None = None,
        liked: Liked = lambda region: 0.0,
        language: str = texts.FALLBACK,
        domed: bool = False,
    ) -> Self:
        """The show `scenes/NAME.toml`, or the scene `scenes/NAME.py` alone, or a show's file by its path.

        controls   every control by name, at its default
        anatomy    of the network, to check targets and to find what hands point at
        layout     of the body, to find its parts
        seed       instead of the show's own, for another night
        liked      how much more a region answers music than noise: what is, is dreamt of first while the show wanders
        language   of the words over the picture, "none" for none
        domed      whether it is seen in a dome, where the camera moves in a stately way

        Raises ContentError where anything in the show, its scenes, palettes and tracks cannot be used, with file and
        line.
        """
        show = cls.tried(name, controls, anatomy, layout, seed, liked, language, domed)
        show.adopt()
        return show

    @classmethod
    def tried(cls, name: str, controls: Controls, *more: Any) -> Self:
        """The same, but aside: a show that plays keeps its palettes until this one is adopted."""
        with PALETTES.trying(palettes.found()):
            stem, program = written(name, controls)
            return cls(stem, program, controls, *more)

    def adopt(self) -> None:
        """Let its palettes be those that all scenes find."""
        PALETTES.adopt(self._palettes)

    def at(
        self, seconds: float, controls: Controls, entrances: Sequence[Entrance] = (), live: Tracks = NOTHING
    ) -> Moment:
        """What the show asks for at this second of a performance, with the hands' wishes in it.

        entrances   what was called in the performance, its beginning first; none: it plays as it is written
        live        tracks from outside, instead of the show's own of the same names

        The target holds still within a loop, except for what hands point at.
        """
        loops = max(0.0, seconds / self.loop)
        whole = math.floor(loops + 1e-6)
        driving = {**self.program.score.tracks, **live}
        first, *coming = current(entrances, loops) or (self.course.begin(),)
        moment = self._moment(first, loops, whole, controls, driving)
        for entrance in coming:
            moment = mixed(moment, self._moment(entrance, loops, whole, controls, driving), entrance, loops, whole)
        look = trimmed(moment.look, controls)
        if self._home is not None:
            look = replace(look, camera=stately(look.camera, self._home))
        return replace(moment, look=look, target=self._by_hand(moment.target, controls))

    def row(self, shown: float) -> float:
        """The row of the tracks after so many loops of the show."""
        return shown * self.program.beats * self.program.score.rows

    def resting(self, stands: Standing, live: Tracks = NOTHING) -> Controls:
        """Where the show wants every control, and how loud it is: silent in its dark before and after."""
        driving = {**self.program.score.tracks, **live}
        driven = {name: driving[name](self.row(stands.shown)) for name in driving if name in self._defaults.values}
        own = self._programs.get(stands.day, self.program).controls
        values = {**self._defaults.values, **own, **driven}
        turns, lead = self.course.turns(stands.day), self.course.lead
        lit = 0.0 if stands.turn < 0 or stands.shown < lead else self._left(turns, stands.shown - lead)
        values["sound.volume"] += max(SILENCE, 20 * math.log10(lit)) if lit > 0 else SILENCE
        return Controls({**values, "sound.volume": max(values["sound.volume"], SILENCE)})

    def _left(self, turns: Turns, at: float) -> float:
        """How much of light and sound is left, 0..1: a show that ends in black fades over its last loops."""
        if turns.program.after != "black":
            return 1.0
        return min(max((turns.loops - at) / self.program.crossfade, 0.0), 1.0)

    def _moment(self, entrance: Entrance, loops: float, whole: int, controls: Controls, driving: Tracks) -> Moment:
        """What is asked for by the course that began with an entrance, before hands trim it."""
        turns, lead = self.course.turns(entrance.day), self.course.lead
        shown, shown_whole = (self.course.stands(at, (entrance,)).shown for at in (loops, whole))
        if entrance.turn < 0 or shown < lead:
            return self._led(turns[0], shown if entrance.turn >= 0 else None, controls)
        at, at_whole = shown - lead, max(0.0, shown_whole - lead)
        first, *coming = turns.on(at, entrance.turn)
        look, target, scene = (
            self._look(first, at, controls, driving),
            self._target(first, at_whole, controls),
            first.scene,
        )
        for turn in coming:
            look = mix(look, self._look(turn, at, controls, driving), turn.presence(at))
            target = target_mix(target, self._target(turn, at_whole, controls), coarse(turn.presence(at_whole)))
            scene = turn.scene if turn.presence(at) >= 0.5 else scene
        look = driven(look, of_looks(driving), self.row(shown))
        fade = self._left(turns, at) * (ease(at / self.program.crossfade) if entrance.at < lead else 1.0)
        words = [word for moment in turns.order(at) for word in said_at(turns.program.sayings, moment, self.loop)]
        look = replace(look, fade=look.fade * fade, titles=said((*look.titles, *words), self._texts))
        return Moment(look, target, scene, turns.on(at_whole, entrance.turn)[-1].clip)

    def _led(self, first: Turn, shown: float | None, controls: Controls) -> Moment:
        """Before the first scene: the dark, and in a count-down how many loops are left."""
        look = replace(self._cast.look(first, 0.0, controls), fade=0.0, titles=())
        if shown is not None and self.program.leader.kind == "count-down":
            light = ease(shown % 1.0 / 0.1) * ease((1 - shown % 1.0) / 0.2)
            left = Title(str(self.course.lead - math.floor(shown)), size=COUNT, light=light)
            look = replace(look, fade=1.0, exposure=DARK, titles=(left,))
        return Moment(look, self._target(first, 0.0, controls), first.scene, first.clip)

    def _look(self, turn: Turn, at: float, controls: Controls, driving: Tracks) -> Look:
        look = self._cast.look(turn, at, controls, driving)
        for over in turn.over:
            other = replace(turn, scene=over.scene, targets=(), over=(), accents=())
            look = laid(look, self._cast.look(other, at, controls, driving), over.share, over.numbers)
        if turn.accents:
            look = accented(look, turn.accents, at % 1.0 * self.program.beats, self.program.beats)
        return coloured(look, turn.palette) if turn.palette else look

    def _target(self, turn: Turn, at: float, controls: Controls) -> Target:
        return self._cast.target(turn, at, controls)

    def _by_hand(self, target: Target, controls: Controls) -> Target:
        share = coarse(controls["dream.hand"])
        if share == 0.0 or self._anatomy is None:
            return target
        return target_mix(target, pointed(controls, self._anatomy), share)

    def _row(self, at: float) -> float:
        """The row of the tracks after so many loops of the running order."""
        return self.row(self.program.leader.loops + at)

    def _here(self, region: Region) -> Region:
        """The region, named for this anatomy."""
        return region if self._anatomy is None else replace(region, layer=fitted(region.layer, self._anatomy))

    def _loops(self, part: Part) -> int:
        """How long a part lasts: as the show says, or as long as the scene was made for."""
        return part.loops or max(1, round(self._cast.seconds(part.name) / self.loop))


def mixed(before: Moment, after: Moment, entrance: Entrance, loops: float, whole: int) -> Moment:
    """The moment while an entrance comes in over what was there before it."""
    presence, coming = (ease((at - entrance.loop) / entrance.fade) for at in (loops, whole))
    return Moment(
        mix(before.look, after.look, presence),
        target_mix(before.target, after.target, coarse(coming)),
        after.scene if presence >= 0.5 else before.scene,
        after.clip,
    )
