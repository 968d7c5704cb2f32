"""The course of the show: which dream sounds from which sample on."""

from collections.abc import Iterable

from installation.data import RATE, Dream
from installation.sound.mixing import Seam, gain, length

LEAD = round(0.6 * RATE)  # samples before a seam at which it is settled, the same with a device and without
KEPT = 2  # loops before the one that is heard


class Course:
    """Dreams by their number in the order they came, and the seams that are certain.

    Either the sound process settles the seams, and `merge` learns of them, or `settle` does it here.
    """

    def __init__(self, first: Dream) -> None:
        gain(first)  # raises for a dream that may not be played
        self.dreams = {0: first}
        self.newest = 0
        self.seams = [Seam(0, 0.0, length(first), 0)]

    def offer(self, dream: Dream) -> int | None:
        """Take in a newer dream; its number, or None for one that is the newest already. Raises ValueError."""
        gain(dream)
        if dream is self.dreams[self.newest]:
            return None
        self.newest += 1
        self.dreams[self.newest] = dream
        return self.newest

    def merge(self, seams: Iterable[Seam]) -> None:
        """Learn what the sound process settled."""
        self.seams += [seam for seam in seams if seam.number > self.seams[-1].number]

    def settle(self, sample: float) -> None:
        """Settle every seam that is due at this sample: the newest dream is taken, without one the old goes on."""
        while self.seams[-1].end - LEAD <= sample:
            self.seams.append(self.seams[-1].following(self.newest, length(self.dreams[self.newest])))

    def at(self, sample: float) -> tuple[Seam | None, Seam, Seam | None]:
        """The seam before, the one whose loop sounds at this sample, and the one after, as far as they are known."""
        index = max((n for n, seam in enumerate(self.seams) if seam.begin <= sample), default=0)
        after = self.seams[index + 1] if index + 1 < len(self.seams) else None
        return (self.seams[index - 1] if index else None), self.seams[index], after

    def forget(self, sample: float) -> list[int]:
        """Let go of what was heard long ago; the numbers of the dreams that are gone."""
        _, sounding, _ = self.at(sample)
        self.seams = [seam for seam in self.seams if seam.number >= sounding.number - KEPT]
        needed = {seam.loop for seam in self.seams}
        gone = [number for number in self.dreams if number < self.seams[-1].loop and number not in needed]
        for number in gone:
            del self.dreams[number]
        return gone
