"""The last configuration that is known to have run well: settings and small content, kept beside the show's state."""

import os
import shutil
from pathlib import Path

SMALL = 256 * 1024  # bytes; shows, scenes, shaders and palettes are far below it, models and clips above
MOST = 2000  # files
SETTINGS, CONTENT = "immersions.toml", "content"


def keep(folder: Path, settings: Path | None, content: Path | None) -> None:
    """Copy settings and the user's own small content into `folder`, whole or not at all. Raises OSError.

    Large content (models, layouts, clips) is linked to where it lies: it is not copied every day.
    """
    fresh, old = folder.with_suffix(".new"), folder.with_suffix(".old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    if settings is not None and settings.is_file():
        shutil.copy(settings, fresh / SETTINGS)
    else:
        (fresh / SETTINGS).touch()  # all defaults
    if content is not None and content.is_dir():
        for number, path in enumerate(sorted(content.rglob("*"))):
            if number > MOST:
                break
            copy = fresh / CONTENT / path.relative_to(content)
            if path.is_file() and not path.is_symlink():
                copy.parent.mkdir(parents=True, exist_ok=True)
                if path.stat().st_size <= SMALL:
                    shutil.copy(path, copy)
                else:
                    copy.symlink_to(path.resolve())
    _on_disk(fresh)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def kept(folder: Path) -> tuple[Path | None, Path | None] | None:
    """Settings and content of the last good configuration, None for what it had not; None if there is none at all."""
    if not folder.is_dir():
        old = folder.with_suffix(".old")  # the power was cut between the two renamings
        if not old.is_dir():
            return None
        try:
            old.rename(folder)
        except OSError:
            return None  # the disk takes nothing any more
    settings, content = folder / SETTINGS, folder / CONTENT
    return settings if settings.is_file() else None, content if content.is_dir() else None


def _on_disk(folder: Path) -> None:
    """Have the disk know of every file before the old ones go."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
