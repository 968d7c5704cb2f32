"""The takes that people begin and end themselves: what is played while they want it, kept where nothing is deleted."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import soundfile

from installation.app.taking import NOTHING, Groove, Taking
from installation.content import kept
from installation.data import Controls, Heard
from installation.entrance import Entrance
from installation.errors import StorageError
from installation.take import Header
from installation.track import Track

log = logging.getLogger(__name__)

LOOPS = 5400  # of one performance: six hours of four-second loops, some 1.5 GB
LISTED = 50  # performances that are told, the newest
TAIL = 20_000  # bytes of a file in which its last line lies


class Performances:
    """Writes a take from the next loop on, until it is told to end; what was begun is whole whenever it ends.

    `begin`, `end`, `heard` and `acted` are called by one thread; any other may look at what is told.
    """

    def __init__(self, header: Header, place: Path | None = None) -> None:
        self._header, self._place = header, place
        self._wanted = ""  # the name of the one that begins with the next loop, or runs
        self._taking: Taking | None = None
        self._loop: int | None = None  # that was heard last
        self._began = 0.0
        self._fault = ""
        self._listed: list[dict[str, Any]] | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What desks are told: `began` is time.monotonic(), None before the first loop."""
        return {
            "on": bool(self._wanted),
            "began": self._began if self._taking is not None else None,
            "name": self._wanted,
            "fault": self._fault,
            "takes": self._listed or [],
        }

    def begin(self) -> None:
        """Write down what is played from the next loop on."""
        if not self._wanted:
            self._wanted, self._fault = time.strftime("%Y-%m-%d-%H%M%S"), ""

    def end(self) -> None:
        """The take ends with the loop that is heard."""
        if self._taking is not None:
            log.info("the performance is kept in %s", self._taking.folder)
        self._wanted, self._taking = "", None
        self.look()

    def look(self) -> None:
        """See which takes there are."""
        try:
            self._listed = listed(self._folder())
        except StorageError:  # where nothing can be read, there is nothing
            self._listed = []

    def heard(
        self,
        heard: Heard,
        controls: Controls,
        groove: Groove | None = None,
        entrances: Sequence[Entrance] = (),
        tracks: Mapping[str, Track] = NOTHING,
    ) -> None:
        """Write down what is heard, if that is wanted; all as `Taking` wants it."""
        entered, self._loop = self._loop not in (None, heard.loop), heard.loop
        if not self._wanted:
            return
        try:
            if self._taking is None and entered:
                self._taking = Taking(self._folder() / self._wanted, self._header, heard, groove, entrances)
                self._began = time.monotonic()
            if self._taking is not None:
                self._taking.heard(heard, controls, groove, entrances, tracks)
        except StorageError as error:
            self._refuse(str(error))
        if self._taking is not None and entered and self._taking.loops >= LOOPS:
            self._refuse("the performance has become too long and has ended. Begin another.")

    def acted(self, heard: Heard, did: Sequence[tuple[str, str, str]]) -> None:
        """Write down what hands have done at this place: whose, what, and about what."""
        try:
            if self._taking is not None:
                self._taking.acted(heard, did)
        except StorageError as error:
            self._refuse(str(error))

    def gap(self) -> None:
        """Something was not written down: what follows cannot be of the same take."""
        if self._taking is not None:
            self._refuse("the disk was too slow: the performance ends where something is missing. Begin another.")

    def _folder(self) -> Path:
        return self._place or kept() / "takes"

    def _refuse(self, why: str) -> None:
        log.error("the performance is no longer written down: %s", why)
        self.end()
        self._fault = why


def listed(folder: Path) -> list[dict[str, Any]]:
    """The newest takes in a folder, the newest first: their names, and how many seconds each lasts."""
    try:
        paths = sorted((path for path in folder.iterdir() if (path / "take.json").is_file()), reverse=True)[:LISTED]
    except OSError:
        return []
    return [{"name": path.name, "seconds": round(_seconds(path), 1)} for path in paths]


def _seconds(take: Path) -> float:
    """How long a take is, by its last whole line and that loop's clip; 0 where they cannot be read."""
    try:
        with (take / "loops.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL))
            line = json.loads(file.read().split(b"\n")[-2])
        return float(line["start"] + soundfile.info(take / "clips" / line["clip"]).duration)
    except (OSError, ValueError, LookupError, TypeError, soundfile.SoundFileError):
        return 0.0
