"""One take while it is written: from the loop that is heard on, as long as it is told what is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from installation.data import RATE, Controls, Heard
from installation.entrance import Entrance, current
from installation.pace import Pace, at_place
from installation.sound.mixing import Seam, length
from installation.take import Header, TakeWriter
from installation.track import Track

Groove = tuple[Seam, list[Pace]]
NOTHING: Mapping[str, Track] = MappingProxyType({})


class Taking:
    """Writes a take into a new folder. Every call raises StorageError when the disk refuses.

    heard       what is heard as it begins
    groove      the seam with which its loop began, and the paces since, as the player tells them
    entrances   what was called in the whole performance so far
    """

    def __init__(
        self, folder: Path, header: Header, heard: Heard, groove: Groove | None, entrances: Sequence[Entrance]
    ) -> None:
        seam, paces = groove or even(heard)
        self.folder = folder
        self.loops = 0  # written so far
        self._offset, self._music = heard.loop, seam.begin  # loops, and samples of music, before it began
        self._begin = at_place(paces, seam.begin).reaches(seam.begin)  # the sample of sound with which it begins
        self._paced: int | None = None  # the sample of the last pace that was written down
        self._loop = heard.loop - 1  # the last that was written down
        self._take = TakeWriter(folder, header)
        for entrance in current(entrances, self._loop):  # how the show stood when it began
            self._take.entrance(replace(entrance, loop=entrance.loop - self._offset))

    def heard(
        self,
        heard: Heard,
        controls: Controls,
        groove: Groove | None = None,
        entrances: Sequence[Entrance] = (),
        tracks: Mapping[str, Track] = NOTHING,
    ) -> None:
        """Write down what is heard: each loop once, and every control, tempo and track that has changed.

        tracks   that are being drawn
        """
        if heard.loop != self._loop:
            self._enter(heard, groove or even(heard), entrances)
        for pace in groove[1] if groove else []:  # at first the one in which it begins
            known = self._paced is not None and pace.sample <= self._paced
            if not known and pace.sample <= heard.seconds * RATE:
                self._take.pace(pace._replace(sample=pace.sample - self._begin, at=pace.at - self._music))
                self._paced = pace.sample
        self._take.controls(heard.loop - self._offset, heard.place, controls)
        self._take.tracks(heard.loop - self._offset, heard.place, tracks)

    def acted(self, heard: Heard, did: Sequence[tuple[str, str, str]]) -> None:
        """Write down what hands have done at this place: whose, what, and about what."""
        for act in did:
            self._take.act(heard.loop - self._offset, heard.place, *act)

    def _enter(self, heard: Heard, groove: Groove, entrances: Sequence[Entrance]) -> None:
        seam, paces = groove
        for entrance in entrances:
            if self._loop < entrance.loop <= heard.loop:
                self._take.entrance(replace(entrance, loop=entrance.loop - self._offset))
        begun = at_place(paces, seam.start).when(seam.start)
        start = (round(begun, 3) - self._begin) / RATE  # seconds
        self._take.loop(heard.loop - self._offset, start, heard.dream, seam.start - self._music, seam.turn)
        self._loop = heard.loop
        self.loops = heard.loop - self._offset + 1


def even(heard: Heard) -> Groove:
    """The seam and the one pace of somebody who plays all loops as they were made."""
    begun = heard.seconds * RATE - heard.place * length(heard.dream)
    return Seam(heard.loop, round(begun, 3), length(heard.dream), 0), [Pace(0, 0.0)]
