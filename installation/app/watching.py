"""What a museum needs beside the show: opening hours, a journal, a book of the days, a word when something is wrong."""

from __future__ import annotations

import logging
import math
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.app.scribe import Aside, Scribe
from installation.content import kept
from installation.control.parameters import parameter
from installation.errors import ContentError, StorageError
from installation.guard.exposure import Calibration, Dose, known
from installation.settings import Settings, Sound
from installation.watch.alarm import Alarm, Ear, Mail, Send, Webhook
from installation.watch.daybook import Daybook
from installation.watch.display import Display
from installation.watch.journal import Journal
from installation.watch.schedule import Hours, read, zone_named

log = logging.getLogger(__name__)

GLANCE = 0.25  # seconds between two looks at the clock on the wall
OFTEN = 60.0  # seconds between two writings of the dose
MEMORIES = "memories"  # folder of the films of the nights


class Watching:
    """One run's watchman; `stack` holds whatever has to be ended well. A disk that refuses never costs the show.

    scribe   writes the journal and speaks to the display, so that neither ever holds up a picture

    Raises ContentError where the opening hours cannot be understood.
    """

    def __init__(self, settings: Settings, stack: ExitStack, scribe: Scribe | None = None) -> None:
        self._scribe = scribe or Scribe()
        door = settings.hours
        try:
            self._schedule = read(door.week, door.exceptions, door.quiet, door.zone, door.warm_up, door.goodnight)
        except ContentError as error:
            raise ContentError(f"the settings' [hours]: {error}") from None
        self._film = door.film
        self._hours = Hours()
        self._looked = float("-inf")
        self._display = Display(door.display_off)
        self._journal: Journal | None = None
        self._book: Daybook | None = None
        self._calibration: Calibration | None = None
        self._zone = zone_named(door.zone)
        self._dose, self._dosed = Dose(), time.monotonic()  # and when it was kept last
        self._undosed = False  # the disk did not take it
        self._level: float | None = None  # dBA
        self._counted = (0, 0, 0)  # faults, dreams, visitors who are there
        self._told = time.monotonic()
        speaker = logging.getLogger("installation")
        ways: list[Send] = []
        if settings.alarm.mail_to:
            mail = settings.alarm
            sender = mail.mail_from or mail.mail_to
            ways.append(Mail(mail.mail_server, sender, mail.mail_to, mail.user, mail.password))
        if settings.alarm.webhook:
            ways.append(Webhook(settings.alarm.webhook))
        handlers: list[logging.Handler] = [Ear(stack.enter_context(Alarm(settings.alarm.place, ways)))]
        try:
            self._place = kept()
            self._calibration = known(self._place)
            self._dose = Dose.read(self._place)
            self._journal = Journal(self._place / "journal")
            handlers.append(Aside(self._journal, self._scribe))
            self._book = Daybook(self._place / "days", self._now())
        except (OSError, StorageError) as error:
            log.warning("no journal is kept: %s", error)
        for handler in handlers:
            speaker.addHandler(handler)
            stack.callback(speaker.removeHandler, handler)
        if self._journal is not None:
            stack.callback(self._journal.close)
        if self._book is not None:
            stack.callback(self._book.settle)
            stack.callback(self._keep_dose)
        stack.callback(self._display.on)

    def hours(self) -> Hours:
        """How the room should be now; cheap enough for every picture."""
        if (now := time.monotonic()) - self._looked >= GLANCE:
            self._looked = now
            was, self._hours = self._hours, self._schedule.at(datetime.now(UTC))
            if was.display != self._hours.display:
                self._scribe.write(self._display.on if self._hours.display else self._display.off)
            if was.open != self._hours.open:
                self._turned()
        return self._hours

    def volume(self, wanted: float) -> float:
        """The volume in dB that the hour allows where the show wants this one; it moves in steps of half a dB."""
        hours = self.hours()
        lower = hours.quieter + 20 * math.log10(max(hours.sound, 1e-3))
        return max(wanted + round(2 * lower) / 2, parameter("sound.volume").low)

    def quietened(self, sound: Sound) -> Sound:
        """The sound as the settings want it, no louder than the room's ceiling where a meter was read."""
        if self._calibration is None:
            return sound
        loudness = self._calibration.capped(sound.loudness, sound.ceiling)
        if loudness < sound.loudness:
            log.info(
                "%g LUFS would be over the ceiling of %g dBA: %.1f are played.", sound.loudness, sound.ceiling, loudness
            )
        return sound.model_copy(update={"loudness": loudness})

    def ceiling(self, sound: Sound) -> tuple[float, float] | None:
        """The dBA that nothing passes, and the dBA that 0 LUFS would be; None where nobody has read a meter."""
        return None if self._calibration is None else (sound.ceiling, self._calibration.level(0.0))

    def second(self, status: dict[str, Any], target: str, picture: NDArray[np.uint8]) -> None:
        """About a second has passed; `status` as it was written, `picture` [height, width, 3] as it is seen."""
        now, before = time.monotonic(), self._told
        self._told = now
        heard = status.get("loudness_lufs") if status.get("sound") == "playing" else None
        if self._calibration is not None and heard is not None:
            self._level = self._calibration.level(heard)
            self._dose.add(self._now().date(), now - before, self._level)
            if now - self._dosed > OFTEN:
                self._keep_dose()
        if self._book is None:
            return
        light = float(np.square(picture[::8, ::8].astype(np.float32) / 255).mean())  # sRGB is nearly a square
        self._book.second(self._now(), now - before, heard, light, target, self._hours.open)
        faults = self._journal.troubles if self._journal is not None else 0
        dreams = int(status.get("dreams", 0))
        there = int(status.get("visitors", 0))  # each who comes takes a turn
        turns = max(0, there - self._counted[2])
        self._book.count(faults - self._counted[0], turns, dreams - self._counted[1])
        self._counted = faults, dreams, there

    def told(self) -> dict[str, Any]:
        """What a technician wants to know."""
        told = {"open": self._hours.open, "quieter_db": round(self._hours.quieter, 1)}
        if self._level is None:
            return told
        today = self._now().date()
        doses = {"dose_today": self._dose.today(today), "dose_of_a_week": self._dose.week(today)}
        return {**told, "dba": round(self._level, 1), **{name: round(dose, 4) for name, dose in doses.items()}}

    def _now(self) -> datetime:
        """The time on the wall, where the room is."""
        return datetime.now(self._zone)

    def _keep_dose(self) -> None:
        self._dosed = time.monotonic()
        try:
            self._dose.keep(self._place)
        except StorageError as error:
            if not self._undosed:
                log.warning("%s It is counted on, and kept when that is possible.", error)
            self._undosed = True
        else:
            self._undosed = False

    def _turned(self) -> None:
        log.info("the room is %s", "open" if self._hours.open else "closed")
        if not self._hours.open and self._film:
            self._remember(self._place / MEMORIES)

    def _remember(self, folder: Path) -> None:
        """Have the film of the day made, by a process of its own that gives way to everything."""
        film = folder / f"memory-{self._now():%Y-%m-%d}.mp4"
        command = ["nice", "-n", "19", sys.executable, "-m", "installation", "--quiet", "remember", "--out", str(film)]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        except OSError as error:
            log.warning("the film of the day cannot be made: %s", error.strerror)
