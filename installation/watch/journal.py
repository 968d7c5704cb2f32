"""The journal: everything that the show says, one JSON object a line, bounded on disk."""

import json
import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

LARGEST = 2 << 20  # bytes of one file
FILES = 20  # kept; with LARGEST about 40 MB, months of a quiet museum
RETRY = 60.0  # seconds after which a disk that refused is tried again
NAME = "journal.jsonl"


class Journal(RotatingFileHandler):
    """A log handler that writes to `folder/journal.jsonl`; a disk that refuses costs lines, never the show.

    troubles   errors that were written or should have been, since the beginning
    """

    def __init__(self, folder: Path, largest: int = LARGEST, files: int = FILES) -> None:
        """Raises OSError where the folder cannot be made."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / NAME, maxBytes=largest, backupCount=files - 1, encoding="utf-8", delay=True)
        self.troubles = 0
        self._refused = -RETRY

    def format(self, record: logging.LogRecord) -> str:
        """When, how bad, who and what, in one line."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created))
        about: dict[str, Any] = {
            "time": when, "level": record.levelname.lower(), "from": record.name, "words": record.getMessage(),
        }  # fmt: skip
        if record.exc_info:
            about["error"] = logging.Formatter().formatException(record.exc_info)
        return json.dumps(about, ensure_ascii=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line down, unless the disk has just refused."""
        self.troubles += record.levelno >= logging.ERROR
        if time.monotonic() - self._refused >= RETRY:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The disk is full or gone: wait a while; the same line was said on the terminal, too."""
        self._refused = time.monotonic()
        if self.stream is not None:
            stream, self.stream = self.stream, None
            try:
                stream.close()
            except OSError:
                return


def lines(folder: Path, newest: int = 200) -> list[dict[str, Any]]:
    """The last lines of the journal, the newest last; what a power cut has broken is left out."""
    found: list[dict[str, Any]] = []
    for path in (folder / f"{NAME}.1", folder / NAME):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict):
                found.append(said)
    return found[-newest:]
