"""Where a service goes when the disk takes nothing: memory, so that a full or broken disk is never a black room."""

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from installation.errors import StorageError
from installation.watch.heart import Heart

log = logging.getLogger(__name__)

MEMORY = Path("/dev/shm")  # where there is one; it needs no disk


def sought(variable: str, place: Callable[[], Path]) -> None:
    """Let a variable of the environment name a folder in memory where the one that it stands for cannot be made.

    place   gives the folder. Raises StorageError
    """
    try:
        place()
    except StorageError as error:
        log.error("%s What is kept there is gone with the power.", error)
        os.environ[variable] = str(_folder(variable.rpartition("_")[2].lower()))


def heart(folder: Path) -> Path:
    """A file for the show's heart in this folder, or in memory where the disk is full or cannot be written."""
    path = folder / "heart"
    try:
        Heart(path).close()
    except OSError as error:
        log.error("%s cannot be written (%s); the show is felt through memory.", path, error.strerror)
        return _folder("heart") / str(os.getpid())
    return path


def _folder(name: str) -> Path:
    """The same folder at every start, so that a restarted service finds what it left, and memory does not fill up."""
    folder = (MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())) / f"immersions-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():  # somebody else was here first
        folder = Path(tempfile.mkdtemp(prefix="immersions-"))
    (folder / name).mkdir(exist_ok=True)
    return folder / name
