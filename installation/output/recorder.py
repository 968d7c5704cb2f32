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
MOV = ("prores", "hap", "hap_q")
CODECS = {".mp4": ("h264",), ".mov": MOV, "": ()}  # the first is taken where none is named
SIDES = {"h264": (2, 2), "prores": (2, 1), "hap": (4, 4), "hap_q": (4, 4)}  # pixels of which they have whole numbers
FINE, SMALL = 16, 29  # rate factors of films to be shown, and of those that lie beside a text


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

    def picture(self, made: Pixels | bytes) -> None:
        """Add one picture: [height, width, 3], row 0 is the highest, or the PNG of it; a film takes the first only.

        Raises StorageError on a full disk.
        """

    def there(self, index: int) -> bool:
        """Whether the picture of this index, from 0, is there already from an earlier try; a film never has it.

        Raises StorageError where another picture is in its place.
        """

    def skip(self) -> None:
        """Count the next picture as added: it is there."""

    def sound(self, samples: Floats) -> None:
        """Add sound, [channels, samples] within +-1 at 48 000 Hz, any number of samples at a time."""

    def close(self) -> None:
        """End the film. Raises StorageError where its end cannot be written."""


class Closing:
    """The `with` block of every recorder, which begins anew if it does not say otherwise."""

    pictures: int

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

    def there(self, index: int) -> bool:
        """Nothing is there before it is made."""
        return False

    def skip(self) -> None:
        """Count the next picture as added."""
        self.pictures += 1

    def close(self) -> None:
        """End the film."""
        raise NotImplementedError


def check(path: Path, size: tuple[int, int], codec: str = "") -> None:
    """Whether there can be such a film; raises what `record` does, without touching anything."""
    ending = path.suffix.lower()
    possible = CODECS.get(ending)
    if possible is None:
        raise StorageError(f"a film is .mp4, .mov or a folder of pictures, not {path.name!r}.")
    if codec and codec not in possible:
        known = f"{ending} holds {' or '.join(possible)}" if possible else "a folder holds PNG and has no choice"
        raise StorageError(f"--codec {codec} was asked for {path.name}, but {known}; .mov holds {' or '.join(MOV)}.")
    across, down = SIDES.get(codec or possible[0], (1, 1)) if possible else (1, 1)
    if size[0] % across or size[1] % down:
        near = tuple(max(1, round(length / unit)) * unit for length, unit in zip(size, (across, down), strict=True))
        raise StorageError(
            f"{size[0]} x {size[1]} pixels were asked for {path.name}, but there the width is a multiple of {across} "
            f"and the height of {down}. {near[0]} x {near[1]} is near."
        )
    if codec.startswith("hap"):
        from installation.output.hap import ffmpeg

        ffmpeg()


def record(
    path: Path,
    size: tuple[int, int],
    rate: Fraction | int,
    channels: int = 1,
    first: int = 1,
    crf: int = FINE,
    codec: str = "",
    part: bool = False,
) -> Recorder:
    """Begin a film by the path's name: `.mp4` (x264, AAC), `.mov` (ProRes or HAP, PCM) or a folder (PNG, mono WAV).

    size    width and height in pixels
    rate    pictures a second
    first   number of the first picture of a folder
    crf     of an mp4: 0 as it was made .. 51 coarse and small
    codec   of a mov: prores, hap or hap_q; the first without one
    part    of a folder that others fill, too: its sounds carry its first number

    Raises StorageError for another ending, a codec that it cannot hold, a size that the codec cannot have, or a place
    that cannot be written; PackageError for HAP without an ffmpeg that knows it.
    """
    check(path, size, codec)
    if codec in ("hap", "hap_q"):
        from installation.output.hap import Hap

        return Hap(path, size, Fraction(rate), channels, codec)
    if path.suffix:
        from installation.output.film import Film  # PyAV only where a film is made

        return Film(path, size, Fraction(rate), channels, crf)
    from installation.output.pictures import Pictures

    return Pictures(path, size, channels, first, part)


def pixels(made: Pixels | bytes) -> Pixels:
    """A picture as one block of memory, [height, width, 3]."""
    if isinstance(made, bytes):
        raise TypeError("a film takes pixels, not a PNG")
    return np.ascontiguousarray(made)


@contextmanager
def storing(film: Recorder) -> Iterator[None]:
    """Turn what the system says about a full disk into a sentence about this film."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{film.path} cannot be written any further ({error.strerror or error}). "
            f"Its first {film.pictures:,} pictures and {film.samples / RATE:.1f} s of sound were on their way; what "
            "reached the disk can be played. Free some space, or choose another place, and record again; a folder of "
            "pictures goes on with --take and --resume."
        ) from None
