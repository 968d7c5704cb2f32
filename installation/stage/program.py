"""A show as it is written down: what plays, in which order, for how long, and what comes then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from installation.stage.lines import Lines
from installation.stage.titles import Saying
from installation.stage.tracks import Score

GO = "go"  # the cue to go on
AFTER = ("wander", "loop", "black", "hold")
LEADERS = ("black", "count-down")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Over:
    """A second scene, laid over the first: so much of its look is mixed in."""

    scene: str
    share: float = 0.5
    numbers: tuple[str, ...] = ()  # of the look that it lends; none named: all


@dataclass(frozen=True, slots=True)
class Accent:
    """What is added to numbers of the look at certain beats of every loop, and goes again."""

    beats: tuple[int, ...]  # the first is 1
    add: tuple[tuple[str, float], ...]  # number of the look, how much
    decay: float = 1.0  # beats until it is gone


@dataclass(frozen=True, slots=True)
class Part:
    """One scene of the running order. Lengths are in loops; 0 loops means the scene's own length."""

    name: str
    loops: int = 0
    crossfade: int | None = None
    palette: str = ""
    targets: tuple[str, ...] = ()
    cue: str = ""  # what it is called by; its own name, where none is given
    wait: bool = False  # it comes in when somebody says go; until then the scene before is held
    over: tuple[Over, ...] = ()
    accents: tuple[Accent, ...] = ()
    clip: str = ""  # the start clip from which the dream begins anew when the scene comes in; without it, it goes on
    number: int = 0  # of its table in the file

    @property
    def called(self) -> str:
        return self.cue or self.name


@dataclass(frozen=True, slots=True)
class Wander:
    """What goes on for ever when the running order is over."""

    scenes: tuple[str, ...] = ()
    loops: int = 24
    crossfade: int | None = None
    dwell: int = 6  # loops that a target stays
    palettes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    layers: tuple[str, ...] = ("block1.conv2", "block4.conv1", "ar2", "ar5", "ar8", "block2.conv2", "ar4")


@dataclass(frozen=True, slots=True)
class Leader:
    """What is seen before the first scene: black for so many loops, or their number counted down."""

    kind: str = "black"
    loops: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A part of the day, and what plays in it: a show of its own, made from the whole one."""

    name: str
    begin: time
    end: time  # earlier than the beginning: on the next day
    days: tuple[str, ...]  # on which it begins
    program: "Program"

    def minutes(self) -> list[tuple[int, int]]:
        """Its beginnings and ends, in minutes of the week; an end may lie past the week's."""
        begin, end = (moment.hour * 60 + moment.minute for moment in (self.begin, self.end))
        lasts = (end - begin - 1) % 1440 + 1
        return [(start := WEEK.index(day) * 1440 + begin, start + lasts) for day in self.days]

    def on(self, minute: int) -> bool:
        """Whether it is on in this minute of the week."""
        return any(begin <= at < end for begin, end in self.minutes() for at in (minute, minute + len(WEEK) * 1440))


@dataclass(frozen=True, slots=True)
class Program:
    """A whole show as written."""

    title: str = ""
    model: str = ""  # the ear that it is made for; without it, the one of the settings
    tempo: float = 120.0  # beats a minute
    beats: int = 8  # in a loop
    seed: int = 2019
    crossfade: int = 4  # loops
    after: str = "wander"
    start: str = "beat-mika"  # the clip that the first dream grows from
    parts: tuple[Part, ...] = ()
    leader: Leader = Leader()
    sayings: tuple[Saying, ...] = ()
    wander: Wander = field(default_factory=Wander)
    controls: Mapping[str, float] = field(default_factory=dict)
    days: tuple[Day, ...] = ()
    score: Score = field(default_factory=Score)
    lines: Lines = field(default_factory=Lines, compare=False, repr=False)  # for what is wrong with it

    @property
    def loop(self) -> float:
        """Seconds of one loop."""
        return self.beats * 60.0 / self.tempo

    def day(self, when: datetime) -> str:
        """The name of the part of the day that is on at this time; "" where none is."""
        minute = when.weekday() * 1440 + when.hour * 60 + when.minute
        return next((day.name for day in self.days if day.on(minute)), "")
