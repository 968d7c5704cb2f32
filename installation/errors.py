"""All errors of the piece. Each says what was asked, what was found and what to do.

ImmersionsError
    ContentError     a file of content (scene, show, shader, model, layout, settings) is not what it should be
        SoundFileError   a recording cannot be used
    TargetError      a text does not name a region of the network
    PackageError     an optional Python package is not installed
    DeviceError      a sound, MIDI or display device is missing or refuses
    StorageError     a disk is full or cannot be written
    TrainingError    a training came to no good end
    WorkerStuck      a thread or process did not stop
"""

from collections.abc import Iterable
from difflib import get_close_matches


class ImmersionsError(Exception):
    """Anything that the person at the keyboard can do something about."""

    exit_code = 1


class ContentError(ImmersionsError):
    """A file of content is not what it should be."""

    exit_code = 78  # EX_CONFIG: the service manager need not try again


class SoundFileError(ContentError):
    """A recording cannot be used."""


class TargetError(ContentError):
    """A text does not name a region of the network."""


class PackageError(ImmersionsError):
    """An optional Python package is not installed."""


class DeviceError(ImmersionsError):
    """A device is missing or refuses."""


class StorageError(ImmersionsError):
    """A disk is full or cannot be written."""


class TrainingError(ImmersionsError):
    """A training came to no good end."""


class WorkerStuck(ImmersionsError):
    """A thread or process did not stop."""


def one_of(name: str, possible: Iterable[str]) -> str:
    """A hint for a name that is none of the possible ones: the nearest one, or all of them."""
    known = sorted(possible)
    if near := get_close_matches(name, known, 1):
        return f"Did you mean {near[0]!r}?"
    return f"There is {', '.join(known)}." if known else "There is none yet."
