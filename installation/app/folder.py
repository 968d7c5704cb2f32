"""The run folder: what a technician looks at while the show runs, and the takes of the last hours."""

import json
import logging
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.content import cache
from installation.data import RATE, Controls, Heard
from installation.errors import StorageError
from installation.output import offscreen
from installation.sound.mixing import length
from installation.take import Header, TakeWriter

log = logging.getLogger(__name__)

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
        self._begin = 0.0  # seconds of show at which the take begins
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

    def heard(self, heard: Heard, controls: Controls) -> None:
        """Write down what was heard: each loop once, and every control that has changed."""
        if time.monotonic() - self._refused < RETRY:
            return
        try:
            if heard.loop != self._loop:
                self._enter(heard)
            if self._take is not None:
                self._take.controls(heard.loop - self._offset, heard.place, controls)
        except StorageError as error:
            self._take = None
            self._refuse(error)

    def _enter(self, heard: Heard) -> None:
        begun = heard.seconds * RATE - heard.place * length(heard.dream)
        start = round(begun, 3) / RATE  # seconds; loops begin at samples, or at fractions that the tempo gives
        if self._take is None or heard.loop - self._offset >= LOOPS:
            self._takes += 1
            self._begin, self._offset = start, heard.loop
            self._take = TakeWriter(self.path / f"take-{self._takes:04d}", self._header)
            if (old := self.path / f"take-{self._takes - TAKES:04d}").is_dir():
                shutil.rmtree(old, ignore_errors=True)
        self._take.loop(heard.loop - self._offset, start - self._begin, heard.dream)
        self._loop = heard.loop

    def _refuse(self, error: Exception) -> None:
        self._refused = time.monotonic()
        log.error("nothing is written down for now, the show goes on: %s", error)
