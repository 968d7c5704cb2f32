"""Who sets the tempo, and what that means for the loop that sounds and for the next dream."""

from collections.abc import Sequence

from installation.control.beats import Beat, Leader

NEAR, FAR = 0.001, 0.003  # seconds off the beat: from the second on it is steered, until the first is reached
TIME = 4.0  # seconds in which a small distance from the beat shrinks to a third; the sound answers after half a second
NUDGE = 0.03  # of the tempo at most, to come back to the beat
OFTEN = 0.25  # seconds between two corrections
STABLE = 0.3  # seconds that a tempo has to stay before a dream is made for it
NEWS = 0.002  # of the tempo: of less the speed alone takes care


class Conductor:
    """Follows the first leader that leads; where none does, the show keeps its own tempo.

    tempo     beats a minute of the show
    beats     in a loop
    leaders   in the order in which they are listened to
    reach     how much faster or slower than it was made a loop can be played
    """

    def __init__(self, tempo: float, beats: int, leaders: Sequence[Leader], reach: float) -> None:
        self._tempo, self._beats, self._leaders, self._reach = tempo, beats, leaders, reach
        self.master = "show"  # the name of who leads
        self._led = Beat(tempo, 0.0)
        self._stable = (tempo, 0.0)  # a tempo, and since when it stands
        self.asked = self.loop  # seconds of the loop that dreams are made for
        self._steering = False
        self._steered = float("-inf")
        self._wanted = self.loop

    @property
    def tempo(self) -> float:
        """Beats a minute of whoever leads."""
        return self._led.tempo

    @property
    def loop(self) -> float:
        """Seconds of a loop at that tempo."""
        return self._beats * 60 / self.tempo

    def listen(self, now: float, hurry: float = 1.0) -> None:
        """Hear who leads now; where nobody does, the show's own tempo goes `hurry` times as fast."""
        led, master = Beat(self._tempo * hurry, now), "show"
        for leader in self._leaders:
            if beat := leader.beat(now):
                led, master = beat, leader.name
                break
        if abs(led.tempo / self._led.tempo - 1) > 1e-9 or master != self.master:
            self._steered = float("-inf")  # a new tempo is followed at once
        self._led, self.master = led, master
        if abs(led.tempo / self._stable[0] - 1) > NEWS:
            self._stable = (led.tempo, now)

    def bar(self, now: float) -> tuple[float, float] | None:
        """A moment at which a bar begins, and the seconds from one to the next; None where nobody counts."""
        beat = self._led.at(now)
        if beat is None:
            return None
        second = 60 / self.tempo
        return now - beat % self._led.bar * second, self._led.bar * second

    def dream(self, now: float) -> float | None:
        """Seconds of the loop that the next dreams are to fill, if that has changed and stays."""
        if abs(self.loop / self.asked - 1) <= NEWS or now - self._stable[1] < STABLE:
            return None
        self.asked = self.loop
        return self.asked

    def steer(self, now: float, beat: float, length: float) -> float:
        """Seconds that the loop which sounds is to last, so that it keeps to the tempo and comes onto the beat.

        beat     that is heard now, counted from the beginning of a bar
        length   seconds of that loop at its own speed
        """
        if now - self._steered < OFTEN:
            return self._wanted
        self._steered = now
        self._wanted = self.loop
        speed = length / self.loop
        if abs(speed - 1) > self._reach or (leads := self._led.at(now)) is None:
            return self._wanted
        behind = ((leads - beat + self._led.bar / 2) % self._led.bar - self._led.bar / 2) * 60 / self.tempo  # seconds
        self._steering = abs(behind) > (NEAR if self._steering else FAR)
        if self._steering:
            nudged = speed * (1 + max(-NUDGE, min(NUDGE, behind / TIME)))
            self._wanted = length / max(1 - self._reach, min(1 + self._reach, nudged))
        return self._wanted
