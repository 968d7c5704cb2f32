"""The run folder: what a technician looks at while the show runs, and the takes of the last hours."""

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.app.performances import Performances
from installation.app.taking import NOTHING, Groove, Taking
from installation.content import cache
from installation.data import Controls, Heard
from installation.entrance import Entrance
from installation.errors import StorageError
from installation.output import offscreen
from installation.take import Header
from installation.track import Track

log = logging.getLogger(__name__)

RUNS = 12  # run folders that are kept
TAKES = 4  # takes of a run that are kept
LOOPS = 450  # of one take, half an hour of four-second loops, about 120 MB
RETRY = 60.0  # seconds after which a disk that refused is tried again


class RunFolder:
    """Status, preview and takes of one run. A full or read-only disk is logged once and the show goes on.

    performances   the takes that people begin and end themselves
    """

    def __init__(self, header: Header, place: Path | None = None) -> None:
        runs = place or cache() / "runs"
        self.path = runs / time.strftime("%Y-%m-%d-%H%M%S")
        self._header = header
        self.performances = Performances(header)
        self._take: Taking | None = None
        self._takes = 0
        self._loop = -1  # the last loop that was written down
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
        """Write down what was heard, in one take after another; all as `Taking` wants it."""
        self.performances.heard(heard, controls, groove, entrances, tracks)
        if time.monotonic() - self._refused < RETRY:
            return
        try:
            if heard.loop != self._loop and (self._take is None or self._take.loops >= LOOPS):
                self._take = self._next(heard, groove, entrances)
            if self._take is not None:
                self._take.heard(heard, controls, groove, entrances, tracks)
                self._loop = heard.loop
        except StorageError as error:
            self._take, self._loop = None, -1
            self._refuse(error)

    def acted(self, heard: Heard, did: Sequence[tuple[str, str, str]]) -> None:
        """Write down what hands have done at this place: whose, what, and about what."""
        self.performances.acted(heard, did)
        try:
            if self._take is not None:
                self._take.acted(heard, did)
        except StorageError as error:
            self._take, self._loop = None, -1
            self._refuse(error)

    def gap(self) -> None:
        """Something was not written down: what follows is another take."""
        self._take = None
        self.performances.gap()

    def _next(self, heard: Heard, groove: Groove | None, entrances: Sequence[Entrance]) -> Taking:
        self._takes += 1
        taking = Taking(self.path / f"take-{self._takes:04d}", self._header, heard, groove, entrances)
        if (old := self.path / f"take-{self._takes - TAKES:04d}").is_dir():
            shutil.rmtree(old, ignore_errors=True)
        return taking

    def _refuse(self, error: Exception) -> None:
        self._refused = time.monotonic()
        log.error("nothing is written down for now, the show goes on: %s", error)
