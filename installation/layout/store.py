"""Layout files: layouts/NAME.npz, with the fingerprint of the anatomy that they were made for."""

import json
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from installation.content import find
from installation.data import Anatomy, Layout, frozen
from installation.errors import ContentError, StorageError

OPTIONAL = ("variants", "haze")


def save(layout: Layout, path: Path) -> None:
    """Write a layout, whole or not at all. Raises StorageError when the disk refuses."""
    arrays: dict[str, Any] = {
        "positions": layout.positions.astype(np.float32),
        "edges": layout.edges.astype(np.int32),
        "strengths": layout.strengths.astype(np.float16),
        "fingerprint": np.array(layout.fingerprint),
        "settings": np.array(json.dumps(dict(layout.settings))),
    }
    for name in OPTIONAL:
        if (array := getattr(layout, name)) is not None:
            arrays[name] = array.astype(np.float16)
    part = path.with_suffix(".part.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(part, allow_pickle=False, **arrays)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError(f"The layout {path} cannot be written: {error.strerror}. Choose another folder.") from None


def load(path: Path) -> Layout:
    """Read a layout file. Raises ContentError when it is cut off, damaged or holds impossible numbers."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            optional = {name: frozen(arrays[name].astype(np.float32)) for name in OPTIONAL if name in arrays}
            layout = Layout(
                positions=frozen(arrays["positions"].astype(np.float32)),
                edges=frozen(arrays["edges"].astype(np.int32)),
                strengths=frozen(arrays["strengths"].astype(np.float32)),
                fingerprint=str(arrays["fingerprint"]),
                settings=json.loads(str(arrays["settings"])),
                **optional,
            )
    except (OSError, KeyError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ContentError(f"The layout {path} cannot be read: {error}. Make a new one: immersions layout.") from None
    checked(layout, path)
    return layout


def checked(layout: Layout, path: Path) -> None:
    """Raises ContentError where a layout holds impossible numbers."""
    for name in ("positions", "strengths", *OPTIONAL):
        array = getattr(layout, name)
        if array is not None and not np.isfinite(array).all():
            raise ContentError(
                f"The layout {path} holds {name} that are no numbers. Make a new one: immersions layout."
            )
    units = len(layout.positions)
    if layout.edges.size and not 0 <= layout.edges.min() <= layout.edges.max() < units:
        raise ContentError(
            f"The layout {path} has edges to neurons beyond its {units:,}. Make a new one: immersions layout."
        )


def layout_for(name: str, anatomy: Anatomy) -> Layout:
    """The layout of the model of this name, from the content folders.

    Raises ContentError when there is none, or when it was made for another anatomy.
    """
    layout = load(find("layouts", f"{name}.npz"))
    if layout.fingerprint != anatomy.fingerprint:
        raise ContentError(
            f"Layout {name!r} places {len(layout.positions):,} neurons of anatomy {layout.fingerprint}, but the model "
            f"has {anatomy.units:,} of anatomy {anatomy.fingerprint}. Make a new one with: immersions layout {name}"
        )
    return layout
