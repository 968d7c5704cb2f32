"""The run folder: what a technician looks at while the show runs, and the takes of the last hours."""

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.content import cache
from installation.data import RATE, Controls, Heard
from installation.entrance import Entrance, current
from installation.errors import StorageError
from installation.output import offscreen
from installation.pace import Pace, at_place
from installation.sound.mixing import Seam, length
from installation.take import Header, TakeWriter
from installation.track import Track

log = logging.getLogger(__name__)

Groove = tuple[Seam, list[Pace]]
NOTHING: Mapping[str, Track] = MappingProxyType({})

RUNS = 12  # run folders that are kept
TAKES = 4  # takes of a run that are kept
LOOPS = 450  # of one take, half an hour of four-second loops, about 120 MB
RETRY = 60.0  # seconds after which a disk that refused is tried again


class RunFolder:
    """Status, preview and takes of one run. A full or read-only disk is logged once and the show goes on."""

    def __init__(self, header: Header, place: Path | None = None) -> None:
        runs = place or cache() / "runs"
        self.path = runs / time.strftime("%Y-%m-%d-%H%M%S")
        self._header = header
        self._take: TakeWriter | None = None
        self._takes = 0
        self._loop = -1  # the last loop that was written down
        self._begin = 0  # the sample of sound with which the take begins
        self._music = 0  # the sample of music with which it begins
        self._paced: int | None = None  # the sample of the last pace that was written down
        self._offset = 0  # loops before the take began
        self._refused = -RETRY
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for old in sorted(path for path in runs.iterdir() if path.is_dir())[:-RUNS]:
                shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            self._refuse(error)

    def status(self, values: Mapping[str, Any], picture: NDArray[np.uint8]) -> None:
        """Rewrite status.json and the preview (picture [height, width, 3])."""
        if time.monotonic() - self._refused < RETRY:
            return
        try:
            part = self.path / ".status.json.part"
            part.write_text(json.dumps(values, indent=2) + "\n")
            part.replace(self.path / "status.json")
            offscreen.save(picture, self.path / "preview.jpg")
        except (OSError, StorageError) as error:
            self._refuse(error)

    def heard(
        self,
        heard: Heard,
        controls: Controls,
        groove: Groove | None = None,
        entrances: Sequence[Entrance] = (),
        tracks: Mapping[str, Track] = NOTHING,
    ) -> None:
        """Write down what was heard: each loop once, and every control, tempo and track that has changed.

        groove      the seam with which the loop began, and the paces since, as the player tells them
        entrances   what was called in the whole performance so far
        tracks      that are being drawn
        """
        if time.monotonic() - self._refused < RETRY:
            return
        try:
            if heard.loop != self._loop:
                self._enter(heard, groove, entrances)
            if self._take is not None:
                self._keep_pace(heard, groove)
                self._take.controls(heard.loop - self._offset, heard.place, controls)
                self._take.tracks(heard.loop - self._offset, heard.place, tracks)
        except StorageError as error:
            self._take = None
            self._refuse(error)

    def acted(self, heard: Heard, did: Sequence[tuple[str, str, str]]) -> None:
        """Write down what hands have done at this place: whose, what, and about what."""
        try:
            for act in did:
                if self._take is not None:
                    self._take.act(heard.loop - self._offset, heard.place, *act)
        except StorageError as error:
            self._take = None
            self._refuse(error)

    def _enter(self, heard: Heard, groove: Groove | None, entrances: Sequence[Entrance]) -> None:
        if groove is None:
            begun = heard.seconds * RATE - heard.place * length(heard.dream)
            groove = Seam(heard.loop, round(begun, 3), length(heard.dream), 0), [Pace(0, 0.0)]
        seam, paces = groove
        known = self._loop
        if self._take is None or heard.loop - self._offset >= LOOPS:
            known = heard.loop - 1
            self._takes += 1
            self._offset, self._music = heard.loop, seam.begin
            self._begin = at_place(paces, seam.begin).reaches(seam.begin)
            self._paced = None
            self._take = TakeWriter(self.path / f"take-{self._takes:04d}", self._header)
            for entrance in current(entrances, known):  # how the show stood when the take began
                self._take.entrance(replace(entrance, loop=entrance.loop - self._offset))
            if (old := self.path / f"take-{self._takes - TAKES:04d}").is_dir():
                shutil.rmtree(old, ignore_errors=True)
        for entrance in entrances:
            if known < entrance.loop <= heard.loop:
                self._take.entrance(replace(entrance, loop=entrance.loop - self._offset))
        begun = at_place(paces, seam.start).when(seam.start)
        start = (round(begun, 3) - self._begin) / RATE  # seconds
        self._take.loop(heard.loop - self._offset, start, heard.dream, seam.start - self._music, seam.turn)
        self._loop = heard.loop

    def _keep_pace(self, heard: Heard, groove: Groove | None) -> None:
        """Write down the paces that have come into force, and, at first, the one in which the take begins."""
        assert self._take is not None
        for pace in groove[1] if groove else []:
            known = self._paced is not None and pace.sample <= self._paced
            if known or pace.sample > heard.seconds * RATE:
                continue
            self._take.pace(pace._replace(sample=pace.sample - self._begin, at=pace.at - self._music))
            self._paced = pace.sample

    def _refuse(self, error: Exception) -> None:
        self._refused = time.monotonic()
        log.error("nothing is written down for now, the show goes on: %s", error)
