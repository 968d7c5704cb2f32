"""Switching the display off at night, where there is one that can be."""

import logging
import os
import shutil
import subprocess

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that a command may take


class Display:
    """The display of this session, by DPMS; without X11 and `xset` the picture is only black.

    wanted   whether it is to be switched off at all
    """

    def __init__(self, wanted: bool = True) -> None:
        self._command = shutil.which("xset") if wanted and os.environ.get("DISPLAY") else None
        self._is_off = False
        self._told = False
        if self._command:
            self._say("s", "off", "-dpms")  # while the room is open no screen saver and no blanking

    def off(self) -> None:
        """Switch it off."""
        if self._command:
            self._is_off = True
            self._say("+dpms")
            self._say("dpms", "force", "off")

    def on(self) -> None:
        """Switch it on, where it was switched off."""
        if self._command and self._is_off:
            self._is_off = False
            self._say("dpms", "force", "on")
            self._say("-dpms")

    def _say(self, *words: str) -> None:
        try:
            done = subprocess.run(
                [str(self._command), *words], capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            fault = done.stderr.strip() if done.returncode else ""
        except (OSError, subprocess.TimeoutExpired) as error:
            fault = str(error)
        if fault and not self._told:
            self._told = True
            log.warning("the display cannot be switched (%s); at night the picture is only black.", fault)
