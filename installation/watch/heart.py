"""What a supervisor feels from outside: counts that only pictures presented and sound delivered can move."""

import mmap
import os
import struct
import time
from pathlib import Path
from typing import NamedTuple, Self

VARIABLE = "IMMERSIONS_HEART"  # where the file lies, for the show that is watched
ENDING = -1  # pictures of a show that is over
FORM = struct.Struct("=4q")  # one aligned store a number: a reader never sees half of one


class Pulse(NamedTuple):
    """How far the show has come since it began.

    pictures   that were presented
    blocks     of sound that the device asked for
    sounding   whether there is a device that should ask
    """

    pictures: int
    blocks: int
    sounding: bool

    @property
    def ready(self) -> bool:
        return self.pictures > 0

    @property
    def ending(self) -> bool:
        """Whether the show is over and only has to close what it opened."""
        return self.pictures == ENDING


class Heart:
    """A small file in memory, written by the show and read by whoever watches it; neither ever waits.

    path   of the file; it is made where it is missing. Raises OSError where it cannot be, or the disk has no room:
           writing into memory without room on the disk behind it would end the process.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if (missing := FORM.size - file.tell()) > 0:
                file.write(bytes(missing))
                file.flush()
            self._memory = mmap.mmap(file.fileno(), FORM.size)

    @classmethod
    def watched(cls) -> Self | None:
        """The heart of this process, if somebody watches it."""
        path = os.environ.get(VARIABLE)
        try:
            return cls(Path(path)) if path else None
        except OSError:
            return None  # then the watcher sees nothing, and starts the show anew somewhere else

    def beat(self, pictures: int, blocks: int, sounding: bool) -> None:
        """Tell how far the show has come; call it only after a picture was presented."""
        FORM.pack_into(self._memory, 0, time.monotonic_ns(), pictures, blocks, int(sounding))

    def ends(self) -> None:
        """Tell that no more pictures will come, and that this is as it should be."""
        self.beat(ENDING, 0, False)

    def feel(self) -> Pulse:
        """How far the show has come."""
        _, pictures, blocks, sounding = FORM.unpack_from(self._memory, 0)
        return Pulse(pictures, blocks, bool(sounding))

    def still(self) -> None:
        """Forget the show that beat here before."""
        FORM.pack_into(self._memory, 0, 0, 0, 0, 0)

    def close(self) -> None:
        """Let the memory go."""
        self._memory.close()
