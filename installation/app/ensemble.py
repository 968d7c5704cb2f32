"""Playing together: the loops keep to the tempo and the beat of whoever leads."""

import time
from contextlib import ExitStack

from installation.control.ableton import Link
from installation.control.beats import Leader
from installation.control.conductor import Conductor
from installation.control.midi_clock import MidiClock
from installation.data import RATE
from installation.dream.dreamer import Dreamer
from installation.settings import Tempo
from installation.sound.feed import SECOND
from installation.sound.mixing import length
from installation.sound.motor import REACH
from installation.sound.outputs import Grid
from installation.sound.player import Player
from installation.stage.program import Program


class Ensemble:
    """The show among others who play: Ableton Link leads before a MIDI clock, and that before the show itself."""

    def __init__(self, program: Program, settings: Tempo, clock: MidiClock, stack: ExitStack) -> None:
        leaders: list[Leader] = [clock]
        if settings.link:
            link = Link(program.tempo)
            stack.callback(link.leave)
            leaders.insert(0, link)
        self._beats = program.beats
        self._conductor = Conductor(program.tempo, program.beats, leaders, REACH)

    @property
    def tempo(self) -> float:
        """Beats a minute of whoever leads."""
        return self._conductor.tempo

    @property
    def master(self) -> str:
        """Who leads."""
        return self._conductor.master

    def bars(self) -> Grid | None:
        """When the others' bars begin, if anybody counts them."""
        now = time.monotonic()
        self._conductor.listen(now)
        if (bar := self._conductor.bar(now)) is None:
            return None
        moment, every = bar
        return Grid(round(moment * SECOND), round(every * SECOND))

    def keep_time(self, player: Player, dreamer: Dreamer, hurry: float) -> None:
        """Let the loop that sounds keep to the beat, and the next dreams to the tempo. Once a frame.

        hurry   times the show's own tempo, where nobody else leads
        """
        heard, now = player.heard(), time.monotonic()
        self._conductor.listen(now, hurry)
        beat = (heard.loop + heard.place) * self._beats
        player.follow(self._conductor.steer(now, beat, length(heard.dream) / RATE))
        if seconds := self._conductor.dream(now):
            dreamer.fill(seconds)
