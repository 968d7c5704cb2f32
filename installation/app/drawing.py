"""Tracks drawn in GNU Rocket while the show plays: they drive it at once, and can be kept beside it."""

import logging
from collections.abc import Mapping
from pathlib import Path

from installation.content import places
from installation.control.rocket import Drawn, Rocket
from installation.errors import StorageError
from installation.stage import Show
from installation.stage.tracks import Score, write
from installation.track import Track

log = logging.getLogger(__name__)


class Drawing:
    """What the editor has drawn for a show, and where it wants to look.

    looks   loops of the show at which the editor holds it; None while it plays
    goes    loops of the show to which it is to go on, once
    """

    def __init__(self, rocket: Rocket, show: Show) -> None:
        self._rocket = rocket
        self._show = show
        self._drawn = Drawn()
        self._place = place(show)
        self.looks: float | None = None
        self.goes: float | None = None
        self._message = ""

    @property
    def tracks(self) -> Mapping[str, Track]:
        """What drives the show now."""
        return self._drawn.tracks

    def step(self, shown: float) -> None:
        """Hear from the editor; the show has come to so many loops of its own."""
        before = self._drawn
        if (drawn := self._rocket.take()) is not None:
            self._drawn = drawn
            row = self._loops(drawn.row) if drawn.row is not None else shown
            moved = drawn.moved != before.moved
            if drawn.paused:
                self.looks = row if moved or self.looks is not None else shown
            elif moved or before.paused:
                self.goes, self.looks = row, None
            if drawn.saved != before.saved:
                self._save()
        if self.looks is None:
            self._rocket.tell(int(self._show.row(shown) + 1e-6))

    def told(self) -> str:
        """Why tracks could not be kept, once."""
        message, self._message = self._message, ""
        return message

    def take(self, show: Show) -> None:
        """The show was written anew."""
        self._show = show
        self._rocket.rename(show.drivable)

    def _loops(self, row: int) -> float:
        return row / self._show.row(1.0)

    def _save(self) -> None:
        score = self._show.program.score
        try:
            write(self._place, Score({**score.tracks, **self.tracks}, score.rows))
            log.info("the tracks are kept in %s", self._place)
        except StorageError as error:
            self._message = str(error)
            log.error("%s", error)


def place(show: Show) -> Path:
    """Where the tracks of a show are kept: in the user's own folder, or beside what is shipped."""
    return places("scenes")[0] / "tracks" / f"{show.name}.toml"
