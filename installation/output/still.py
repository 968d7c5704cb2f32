"""A picture larger than memory: written band by band from above, as PNG or TIFF, for a printer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from PIL import ImageCms

from installation.errors import StorageError
from installation.output.png_rows import PngRows
from installation.output.recorder import Pixels
from installation.output.tiff_rows import TiffRows

MADE = bytes.fromhex("07e3 0001 0001 0000 0000 0000")  # the year 2019: a profile made today would be another file
MADE_AT = 24  # bytes into the profile


class Rows(Protocol):
    """A file that takes a picture from above."""

    def add(self, band: Pixels) -> None:
        """The next rows, [rows, width, 3]."""

    def end(self) -> None:
        """All rows are there."""


KINDS: dict[str, Callable[[IO[bytes], tuple[int, int], float, bytes], Rows]] = {
    ".png": PngRows,
    ".tif": TiffRows,
    ".tiff": TiffRows,
}


def check(path: Path) -> None:
    """Raises StorageError for another ending."""
    if path.suffix.lower() not in KINDS:
        raise StorageError(f"a print is written as {', '.join(KINDS)}, not as {path.name!r}.")


@contextmanager
def still(path: Path, size: tuple[int, int], dpi: float, profile: bytes = b"") -> Iterator[Rows]:
    """A picture file inside a `with` block; it is there whole or not at all.

    size      width and height in pixels
    dpi       pixels of an inch on paper
    profile   of its colours, as `srgb` gives it; without one the file says sRGB in a word, or nothing

    Raises StorageError for another ending, on a full disk, and where it cannot be written.
    """
    check(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            rows = KINDS[path.suffix.lower()](file, size, dpi, profile)
            yield rows
            rows.end()
        fresh.replace(path)
    except OSError as error:
        raise StorageError(
            f"the picture {path} cannot be written ({error.strerror or error}). Free some space, or choose another "
            "place."
        ) from None
    finally:
        fresh.unlink(missing_ok=True)


def srgb() -> bytes:
    """The ICC profile of sRGB, the same bytes every day."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:MADE_AT] + MADE + profile[MADE_AT + len(MADE) :]
