"""Where the music of others is: a tempo and a beat, told by whoever leads."""

from typing import NamedTuple, Protocol, Self

SLOWEST, FASTEST = 60.0, 180.0  # beats a minute
ROOM = 1.02  # times beyond them; a tempo at the very edge must not leap by an octave whenever it wavers
BAR = 4  # beats


class Beat(NamedTuple):
    """A tempo, and where it was at one moment."""

    tempo: float  # beats a minute
    moment: float  # seconds of time.monotonic()
    beat: float | None = None  # at that moment, counted from the beginning of a bar; None where nobody counts
    bar: int = BAR  # beats after which a bar begins; 1 where only the beats are known

    def at(self, moment: float) -> float | None:
        """The beat at another moment."""
        return None if self.beat is None else self.beat + (moment - self.moment) * self.tempo / 60

    def danceable(self) -> Self:
        """The same pulse counted in halves or doubles, so that it lies between 60 and 180 beats a minute."""
        tempo, beat = self.tempo, self.beat
        while tempo > FASTEST * ROOM:
            tempo, beat = tempo / 2, beat and beat / 2
        while tempo < SLOWEST / ROOM:
            tempo, beat = tempo * 2, beat and beat * 2
        return self._replace(tempo=tempo, beat=beat)


class Leader(Protocol):
    """Somebody who may set the tempo."""

    name: str

    def beat(self, now: float) -> Beat | None:
        """Where the music is, or None while it does not lead. `now` is in seconds of time.monotonic()."""
        ...
