"""The running order as turns of scenes that overlap in time; any second finds its own without the ones before."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from installation.data import Region, Span, Target
from installation.stage.curves import ease
from installation.stage.fitting import PAPER
from installation.stage.palette import Palette
from installation.stage.palettes import PALETTES
from installation.stage.program import Accent, Over, Part, Program
from installation.target import parse

CHOICES = 4  # boxes that a wandering show picks from, to dream of what the ear has for music rather than for noise
SCENES, LENGTHS, COLOURS, TARGETS = range(4)  # streams of chance, so that changing one list leaves the others


@dataclass(frozen=True, slots=True)
class Turn:
    """A scene's time on stage, in loops since the show began; it comes in over the first `fade` loops."""

    scene: str
    start: int
    end: int
    fade: int
    palette: Palette | None = None
    targets: tuple[Target, ...] = ()  # instead of the scene's own, spread evenly over the turn
    wait: bool = False  # it comes in when somebody says go
    over: tuple[Over, ...] = ()
    accents: tuple[Accent, ...] = ()
    clip: str = ""  # from which the dream begins anew

    def presence(self, loops: float) -> float:
        """How much of the picture is this turn's rather than the one's before, 0..1."""
        return ease((loops - self.start) / self.fade) if self.fade else 1.0

    def along(self, loops: float) -> float:
        """How far the scene has come, 0..1."""
        return (loops - self.start) / (self.end - self.start)


class Turns:
    """All turns of a show, first to last or for ever, as its program and a seed decide them.

    loops   how many loops a part lasts
    still   whether a scene stays with one target
    liked   how gladly a region is offered, the more the better
    """

    def __init__(
        self,
        program: Program,
        loops: Callable[[Part], int],
        still: Callable[[str], bool],
        seed: int,
        liked: Callable[[Region], float] = lambda region: 0.0,
    ) -> None:
        self.program = program
        self.seed = seed
        self._liked = liked
        self._still = still
        self._wanders: dict[int, Turn] = {}
        self._script: list[Turn] = []
        at = 0
        fades = [part.crossfade or program.crossfade for part in program.parts]
        # a scene that waits comes in over one that is held at its end, and takes nothing of its time
        overlaps = [0 if part.wait else fade for part, fade in zip(program.parts, fades, strict=True)]
        for number, part in enumerate(program.parts):
            length, needed = loops(part), fades[number] + overlaps[(number + 1) % len(fades)]
            if length < needed and (len(fades) > 1 or program.after == "loop"):
                what = f"{part.name} lasts {length} loops, but its cross-fades take {needed}; "
                raise program.lines.fault(what + "give it more loops or shorter cross-fades.", "scene", part.number)
            start = at - overlaps[number] if number else 0
            at = start + length
            self._script.append(
                Turn(
                    part.name, start, at, fades[number] if number else 0,
                    PALETTES[part.palette] if part.palette else None, tuple(parse(text) for text in part.targets),
                    part.wait, part.over, part.accents, part.clip,
                )
            )  # fmt: skip
        self.loops = at  # of the running order
        self._first = fades[0]
        self._again = at - overlaps[0]  # after so many loops a show that loops begins again
        self.ends = program.after in ("black", "hold")
        self._starts = [turn.start for turn in self._script]
        wander = program.wander
        self._scenes = wander.scenes or tuple(dict.fromkeys(part.name for part in program.parts))
        self._fade = wander.crossfade or program.crossfade

    def on(self, loops: float, first: int = 0) -> list[Turn]:
        """The turns on stage: one, or two while the second comes in; the last one when the show is over.

        first   the number of the turn with which it began, or went on; those before it do not play
        """
        number = self.number(loops, first)
        now = self[number]
        if number > first and loops < now.start + now.fade:
            return [self[number - 1], now]
        return [now]

    def gate(self, first: int) -> int | None:
        """The number of the next turn after this one that waits to be called."""
        if self.program.after == "loop":
            return next((n for n in range(first + 1, first + 1 + len(self._script)) if self[n].wait), None)
        return next((n for n in range(first + 1, len(self._script)) if self[n].wait), None)

    def order(self, loops: float) -> list[float]:
        """Where in the running order this moment lies, in loops: twice while one that begins again does so."""
        if self.program.after != "loop" or loops < self._again:
            return [loops]
        again = loops % self._again
        return [again, again + self._again]

    def fade(self, number: int) -> int:
        """In how many loops a turn comes in over another."""
        return self[number].fade or self._first

    def like(self, others: "Turns", number: int) -> int:
        """The number of the turn here that another version of these turns counts with this number."""
        wandering = number - len(others._script)
        if wandering >= 0 and others.program.after == "wander":
            return len(self._script) + wandering if self.program.after == "wander" else len(self._script) - 1
        cycle, at = divmod(number, len(others._script))
        name = others.program.parts[at].called
        same = [n for n, part in enumerate(self.program.parts) if part.called == name]
        here = min(same, key=lambda n: abs(n - at), default=min(at, len(self._script) - 1))
        return here + (cycle * len(self._script) if self.program.after == "loop" else 0)

    def called(self, name: str, after: int) -> int | None:
        """The number of the turn of this name: the next one in the running order, the first one there, or wandering."""
        names = [part.called for part in self.program.parts]
        names = names if name in names else [part.name for part in self.program.parts]
        found = [number for number, known in enumerate(names) if known == name]
        if found:
            return next((number for number in found if number > after), found[0])
        if self.program.after != "wander" or name not in self._scenes:
            return None
        begin = max(after + 1, len(self._script))
        return next(number for number in range(begin, begin + 2 * len(self._scenes)) if self[number].scene == name)

    def __len__(self) -> int:
        """How many turns the running order has."""
        return len(self._script)

    def __getitem__(self, number: int) -> Turn:
        """The turn of this number, counted from 0; where the show ends, its last one for all that follow."""
        count = len(self._script)
        if self.ends:
            return self._script[min(number, count - 1)]
        if number < count:
            return self._script[number]
        if self.program.after == "loop":
            turn, shift = self._script[number % count], number // count * self._again
            fade = turn.fade or (self._first if number else 0)
            return replace(turn, start=turn.start + shift, end=turn.end + shift, fade=fade)
        if (known := self._wanders.get(number)) is not None:
            return known
        if len(self._wanders) > 8:  # a show that wanders for months
            self._wanders.clear()
        self._wanders[number] = wandering = self._wandering(number - count)
        return wandering

    def number(self, loops: float, first: int = 0) -> int:
        """The number of the turn that began last, of those from `first` to the next one that waits."""
        gate = self.gate(first)
        number = max(self._begun(max(loops, 0.0)), first)
        number = min(number, len(self) - 1) if self.ends else number
        return number if gate is None else min(number, gate - 1)

    def _begun(self, loops: float) -> int:
        count = len(self._script)
        if self.program.after == "loop":
            cycle = int(loops // self._again)
            return cycle * count + bisect_right(self._starts, loops - cycle * self._again) - 1
        if self.ends or loops < self[count].start:
            return bisect_right(self._starts, loops) - 1
        number = int((loops - self[count].start) // self.program.wander.loops)
        while self[count + number + 1].start <= loops:
            number += 1
        while self[count + number].start > loops:
            number -= 1
        return count + number

    def _wandering(self, number: int) -> Turn:
        begin = self.loops - self._fade
        start, end = begin + self._border(number), begin + self._border(number + 1) + self._fade
        scene = self._scenes[self._pick(SCENES, number, len(self._scenes))]
        colours = self.program.wander.palettes
        palette = PALETTES[colours[self._pick(COLOURS, number, len(colours))]] if colours else None
        count = 1 if self._still(scene) else max(1, round((end - start) / self.program.wander.dwell))
        targets = tuple(self.wandering_box(number * 100 + at) for at in range(count))
        return Turn(scene, start, end, self._fade, palette, targets)

    def _border(self, number: int) -> int:
        """Where a wandering turn begins: nearly evenly, so that any border is known without the ones before."""
        length = self.program.wander.loops
        stray = length // 6
        return number * length + (int(self._chance(LENGTHS, number).integers(-stray, stray + 1)) if number else 0)

    def _pick(self, stream: int, number: int, count: int) -> int:
        """One of so many: all once in a shuffled order, then again, and never the same twice running."""
        cycle, at = divmod(number, count)
        if count < 3:
            return at
        order = self._chance(stream, cycle).permutation(count)
        last = self._chance(stream, cycle - 1).permutation(count)[-1] if cycle else -1
        if order[0] == last:
            order[[0, 1]] = order[[1, 0]]
        return int(order[at])

    def wandering_box(self, number: int) -> Target:
        """What a wandering show dreams of: one small box of neurons after the other, counted from 0."""
        wander = self.program.wander
        if wander.targets:
            return parse(wander.targets[self._pick(TARGETS, number, len(wander.targets))])
        layer = wander.layers[self._pick(TARGETS, number, len(wander.layers))]
        chance = self._chance(TARGETS, 1_000_000 + number)
        width, pitch = float(chance.uniform(0.03, 0.12)), Span()
        if layer in PAPER[:14] and chance.random() < 0.6:  # deeper layers have hardly any pitch left to choose from
            pitch = _part(float(chance.uniform(0.3, 0.6)), float(chance.random()))
        boxes = [Region(layer, _part(width, float(place)), pitch) for place in chance.random(CHOICES)]
        return Target((max(boxes, key=self._liked),))

    def _chance(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream, number])


def _part(width: float, position: float) -> Span:
    start = round(position * (1.0 - width), 2)
    return Span(start, min(1.0, round(start + width, 2)))
