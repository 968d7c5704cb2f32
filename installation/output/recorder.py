"""Films: pictures and sound in, a file out that can be played whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Floats
from installation.errors import StorageError

Pixels = NDArray[np.uint8]


class Recorder(Protocol):
    """A film that is being written, inside a `with` block; leaving the block ends the film well, Ctrl-C too.

    pictures, samples   how many are written so far
    """

    path: Path
    pictures: int
    samples: int

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def picture(self, pixels: Pixels) -> None:
        """Add one picture, [height, width, 3], row 0 is the highest. Raises StorageError on a full disk."""

    def skip(self) -> bool:
        """Whether the next picture is there already, from an earlier try, and counts as added; a film never has it."""

    def sound(self, samples: Floats) -> None:
        """Add sound, [channels, samples] within +-1 at 48 000 Hz, any number of samples at a time."""

    def close(self) -> None:
        """End the film. Raises StorageError where its end cannot be written."""


class Closing:
    """The `with` block of every recorder."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except StorageError:
            if error is None:
                raise  # otherwise the first error is the one worth seeing

    def close(self) -> None:
        """End the film."""
        raise NotImplementedError


def record(path: Path, size: tuple[int, int], rate: Fraction | int, channels: int = 1, first: int = 1) -> Recorder:
    """Begin a film by the path's name: `.mp4` (x264, AAC), `.mov` (ProRes, PCM) or a folder (PNG, mono WAV).

    size    width and height in pixels
    rate    pictures a second
    first   number of the first picture of a folder

    Raises StorageError for another ending, an odd size of an mp4, or a place that cannot be written.
    """
    ending = path.suffix.lower()
    if ending in (".mp4", ".mov"):
        from installation.output.film import Film  # PyAV only where a film is made

        return Film(path, size, Fraction(rate), channels)
    if ending:
        raise StorageError(f"a film is .mp4, .mov or a folder of pictures, not {path.name!r}.")
    from installation.output.pictures import Pictures

    return Pictures(path, channels, first)


@contextmanager
def storing(film: Recorder) -> Iterator[None]:
    """Turn what the system says about a full disk into a sentence about this film."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{film.path} cannot be written any further ({error.strerror or error}). "
            f"Its first {film.pictures:,} pictures and {film.samples / RATE:.1f} s of sound were on their way; what "
            "reached the disk can be played. Free some space, or choose another place, and record again."
        ) from None
