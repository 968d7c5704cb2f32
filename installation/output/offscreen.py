"""Pictures without a window: a GL context from EGL, and previews written to a file."""

import os
from pathlib import Path

import moderngl
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from installation.errors import DeviceError, StorageError

QUALITY = 90  # of a JPEG, percent


def context() -> moderngl.Context:
    """An OpenGL 3.3 context without a window. Raises DeviceError where there is none."""
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=330)  # type: ignore[arg-type]
    except Exception as error:  # moderngl raises plain Exceptions
        raise DeviceError(
            f"a picture without a window needs OpenGL 3.3 through EGL, and there is none ({error}). "
            "On Debian or Ubuntu: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri"
        ) from None


def save(pixels: NDArray[np.uint8], path: Path) -> None:
    """Write a picture [height, width, 3] as JPEG or PNG by its name; a reader sees the old one or the whole new one.

    Raises StorageError where it cannot be written.
    """
    kind = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}.get(path.suffix.lower())
    if kind is None:
        raise StorageError(f"a picture is written as .jpg or .png, not as {path.name!r}.")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        options = {"quality": QUALITY} if kind == "JPEG" else {"compress_level": 1}
        with fresh.open("wb") as file:
            Image.fromarray(np.ascontiguousarray(pixels)).save(file, kind, **options)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageError(f"the picture {path} cannot be written: {error.strerror or error}.") from None
