"""Files that are there whole or not at all, whenever the power goes."""

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, body: str | bytes) -> None:
    """Write a file, and its folder where there is none yet; text is UTF-8.

    A reader, and whoever comes after a power cut, sees the old file or the whole new one. Raises OSError when the disk
    refuses; what was there before is kept then.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(body.encode() if isinstance(body, str) else body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
