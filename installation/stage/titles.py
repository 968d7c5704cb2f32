"""The words of a show: when it says what, and how calmly they come and go."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from installation.data import Title
from installation.stage.curves import ease
from installation.texts import Texts

FADE = 2.0  # seconds in which words come, and go again; at most a third of their time


@dataclass(frozen=True, slots=True)
class Saying:
    """Words with their time in the show, in loops: there from `at` on, gone at `until`."""

    text: str
    at: float
    until: float
    place: str = "middle"
    size: float = 0.05  # of the letters, in heights of the picture

    def shown(self, loops: float, loop: float) -> Title:
        """The words as they are seen after so many loops of `loop` seconds."""
        fade = min(FADE / loop, (self.until - self.at) / 3)
        light = ease((loops - self.at) / fade) * ease((self.until - loops) / fade)
        return Title(self.text, self.place, self.size, light)


def shown(sayings: Iterable[Saying], loops: float, loop: float) -> tuple[Title, ...]:
    """All words that are seen after so many loops of `loop` seconds."""
    return tuple(saying.shown(loops, loop) for saying in sayings if saying.at < loops < saying.until)


def said(titles: Iterable[Title], texts: Texts | None) -> tuple[Title, ...]:
    """The titles in a language; without one nothing is said."""
    if texts is None:
        return ()
    return tuple(replace(title, text=texts.title(title.text)) for title in titles)
