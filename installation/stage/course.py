"""The course of a show: what plays when, by itself, in each part of the day, and when somebody calls a cue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from installation.entrance import Entrance
from installation.errors import ContentError, one_of
from installation.stage.program import GO, Program
from installation.stage.turns import Turns

GLIDE = 1  # loops in which a show that was written anew takes over from its older self


class Standing(NamedTuple):
    """Where in its course a show stands."""

    day: str  # the part of the day that plays; "" for the show's own course
    turn: int  # number of the scene's turn; -1 before the first
    shown: float  # loops of the show that have gone by, its leader among them
    waits: bool  # until somebody says go


class Course:
    """The turns of a whole show, "", and of every part of the day; `lead` loops of leader come before the first."""

    def __init__(self, show: str, program: Program, turns: Mapping[str, Turns]) -> None:
        self._show, self._program, self._turns = show, program, turns
        self.lead = program.leader.loops

    def turns(self, day: str) -> Turns:
        """The turns of a part of the day; the show's own where there is none of this name (any more)."""
        return self._turns.get(day, self._turns[""])

    def __contains__(self, day: object) -> bool:
        return day in self._turns

    @property
    def cues(self) -> list[str]:
        """Everything that the show can be called to do: to go on, to go to a scene, to play a part of the day."""
        program = self._program
        parts = [name for part in program.parts for name in (part.called, part.name)]
        wandering = program.wander.scenes if program.after == "wander" else ()
        return list(dict.fromkeys([GO, *parts, *wandering, *(day.name for day in program.days)]))

    def begin(self, day: str = "") -> Entrance:
        """How a performance begins in a part of the day: with its first scene, or waiting in the dark for a go."""
        return Entrance(0, turn=-1 if self.turns(day)[0].wait else 0, day=day)

    def stands(self, loops: float, entrances: Sequence[Entrance]) -> Standing:
        """Where the show stands after so many loops of a performance in which this was called."""
        entrance = next((one for one in reversed(entrances) if one.loop <= loops), self.begin())
        turns, at = self.turns(entrance.day), entrance.shown(loops)
        gate = turns.gate(entrance.turn)
        held = gate is not None and at >= self._start(turns, gate)
        if gate is not None and held:
            at = self._start(turns, gate)
        number = entrance.turn if at < self.lead else turns.number(at - self.lead, entrance.turn)
        return Standing(entrance.day, number, at, held)

    def call(self, cue: str, loop: int, entrances: Sequence[Entrance]) -> Entrance:
        """What a cue means at the beginning of this loop of a performance in which this was called before.

        cue   "go" for what comes next; a scene by what the show calls it, by its name, or by its number in the running
              order, counted from 1; or a part of the day
        Raises ContentError, naming the nearest, for a cue that the show does not have.
        """
        day, number, _, _ = self.stands(loop, entrances)
        turns = self.turns(day)
        wanted = number + 1 if cue == GO else turns.called(cue, number)
        if wanted is None and cue in self._turns:
            return self.enter(cue, loop)
        if wanted is None and cue.isdecimal() and 1 <= int(cue) <= len(turns):
            wanted = int(cue) - 1
        if wanted is None:
            raise ContentError(f"the show {self._show!r} has no cue {cue!r}. {one_of(cue, self.cues)}")
        if turns.ends and wanted >= len(turns):
            return Entrance(loop, len(turns) - 1, self.lead + turns.loops, turns.fade(number), day)
        if number < 0 and wanted == 0 and self.lead:
            return Entrance(loop, 0, 0, 0, day)  # from one dark into another
        return Entrance(loop, wanted, self.lead + turns[wanted].start, turns.fade(wanted), day)

    def enter(self, day: str, loop: int, waiting: bool = False) -> Entrance:
        """The beginning of a part of the day at this loop of a performance; "" for the show's own course.

        waiting   whether a first scene that waits for a go does so
        """
        turns = self.turns(day)
        if waiting and turns[0].wait:
            return Entrance(loop, -1, 0, turns.fade(0), day)
        return Entrance(loop, 0, self.lead, turns.fade(0), day)

    def resumed(self, old: "Course", loop: int, entrances: Sequence[Entrance]) -> Entrance:
        """Where this course goes on from at a loop at which another version of it stood somewhere."""
        stood = old.stands(loop, entrances)
        day = stood.day if stood.day in self._turns else ""
        if stood.turn < 0:
            return replace(self.begin(day), loop=loop, fade=GLIDE)
        theirs, turns = old.turns(stood.day), self.turns(day)
        number = turns.like(theirs, stood.turn)
        since, here = stood.shown - old.lead - theirs[stood.turn].start, turns[number]
        if stood.shown < old.lead:
            return Entrance(loop, number, min(round(stood.shown), self.lead), GLIDE, day)
        return Entrance(loop, number, self.lead + here.start + min(round(since), here.end - here.start), GLIDE, day)

    def found(self, shown: float, loop: int) -> Entrance:
        """As if the show had come, by this loop of a performance, to a place in its own course by itself."""
        turns = self.turns("")
        waited = [n for n in range(1, len(turns)) if turns[n].wait and turns[n].start <= shown - self.lead]
        return Entrance(loop, max(waited, default=0), shown)

    def _start(self, turns: Turns, number: int) -> int:
        """Loops of the show at which a turn that waits would begin; the first one before the leader."""
        return self.lead + turns[number].start if number else 0
