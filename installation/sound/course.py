"""The course of the show: which dream sounds from which sample on, and how fast."""

from collections.abc import Iterable

from installation.data import RATE, Dream
from installation.pace import Pace, at_sample
from installation.sound.mixing import Seam, gain, length
from installation.sound.motor import Motor

LEAD = round(0.6 * RATE)  # samples before a seam at which it is settled, the same with a device and without
KEPT = 2  # loops before the one that is heard


class Course:
    """Dreams by their number in the order they came, the seams that are certain, and the paces between them.

    Either the sound process settles seams and paces, and `merge` learns of them, or `settle` does it here.
    """

    def __init__(self, first: Dream) -> None:
        gain(first)  # raises for a dream that may not be played
        self.dreams = {0: first}
        self.newest = 0
        self._asked = {0}  # the dreams that were wanted for a seam, the latest of them for the next one
        self.seams = [Seam(0, 0.0, length(first), 0)]
        self.paces = [Pace(0, 0.0)]
        self._motor = Motor(self.paces[0], length(first), lambda pace: self._follow([pace]))

    def offer(self, dream: Dream) -> int | None:
        """Take in a newer dream; its number, or None for one that is the newest already. Raises ValueError."""
        gain(dream)
        if dream is self.dreams[self.newest]:
            return None
        self.newest += 1
        self.dreams[self.newest] = dream
        return self.newest

    def explain(self, first: Dream) -> None:
        """Take the dream that began for this one, which is as long and sounds the same."""
        if 0 in self.dreams:
            self.dreams[0] = first

    @property
    def wanted(self) -> int:
        """The number of the dream that is taken at the next seam."""
        return max(self._asked)

    def want(self) -> int:
        """Let the newest dream be taken at the next seam; its number."""
        self._asked.add(self.newest)
        return self.newest

    def merge(self, seams: Iterable[Seam], paces: Iterable[Pace]) -> None:
        """Learn what the sound process settled."""
        self.seams += [seam for seam in seams if seam.number > self.seams[-1].number]
        self._follow(paces)

    def take_over(self) -> None:
        """From here on seams and paces are settled here."""
        self._motor.pace, self._motor.length = self.paces[-1], self.seams[-1].length

    def settle(self, sample: float, period: float | None) -> None:
        """Settle what is due at this sample: every loop gives way to the wanted dream, and fills the period."""
        head = sample + LEAD
        while (entered := self._motor.pace.reaches(self.seams[-1].end)) <= head:
            seam, coming = self.seams[-1], length(self.dreams[self.wanted])
            following = seam.following(self.wanted, coming, self._motor.turn(entered, coming))
            self.seams.append(following)
            self._motor.enter(entered, following.begin, following.turn, coming)
        self._motor.follow(max(round(head), self._motor.pace.sample), period)

    def place(self, sample: float) -> float:
        """Where the line is at this sample of sound, in its own samples."""
        return self.pace(sample).place(sample)

    def pace(self, sample: float) -> Pace:
        """The pace at this sample of sound."""
        return at_sample(self.paces, sample)

    def at(self, sample: float) -> tuple[Seam | None, Seam, Seam | None]:
        """The seam before, the one whose loop sounds at this sample, and the one after, as far as they are known."""
        place = self.place(sample)
        index = max((n for n, seam in enumerate(self.seams) if seam.begin <= place), default=0)
        after = self.seams[index + 1] if index + 1 < len(self.seams) else None
        return (self.seams[index - 1] if index else None), self.seams[index], after

    def forget(self, sample: float) -> list[int]:
        """Let go of what was heard long ago; the numbers of the dreams that are gone."""
        _, sounding, _ = self.at(sample)
        self.seams = [seam for seam in self.seams if seam.number >= sounding.number - KEPT]
        oldest = self.seams[0].begin
        self.paces = [
            pace
            for pace, after in zip(self.paces, [*self.paces[1:], None], strict=True)
            if after is None or after.at > oldest
        ]
        self._asked = {number for number in self._asked if number >= self.seams[-1].loop} | {self.wanted}
        needed = {seam.loop for seam in self.seams} | self._asked | {self.newest}
        gone = [number for number in self.dreams if number not in needed]
        for number in gone:
            del self.dreams[number]
        return gone

    def _follow(self, paces: Iterable[Pace]) -> None:
        """A newer pace is in force from its sample on, whatever was settled before."""
        for pace in paces:
            self.paces = [*(known for known in self.paces if known.sample < pace.sample), pace]
