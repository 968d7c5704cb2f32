"""Finding what artists and venues swap: shaders, scenes, models, layouts."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from installation.errors import ContentError, StorageError, one_of

SETTINGS = "immersions.toml"  # of the current folder
KINDS = ("shaders", "scenes", "models", "layouts")
SOUNDS = ("*.flac", "*.wav", "*.ogg", "*.mp3", "*.opus", "*.aiff")
PACKAGE = Path(__file__).parent


def places(kind: str) -> list[Path]:
    """The folders that may hold this kind of content, the user's own first."""
    theirs = os.environ.get("IMMERSIONS_CONTENT")
    packed = PACKAGE / "_content" / kind  # in an installed wheel
    checkout = PACKAGE.parent / kind
    found = [Path(theirs) / kind] if theirs else []
    return [place for place in (*found, packed, checkout) if place.is_dir()]


def own(kind: str) -> Path:
    """The user's own folder for this kind of content, which need not be there yet. Raises ContentError."""
    if not (folder := os.environ.get("IMMERSIONS_CONTENT")):
        raise ContentError(
            "There is no folder of your own. Set IMMERSIONS_CONTENT to one: export IMMERSIONS_CONTENT=~/immersions"
        )
    return Path(folder) / kind


def find(kind: str, name: str) -> Path:
    """The file or folder of this name. Raises ContentError, naming what there is."""
    for place in places(kind):
        if (path := place / name).exists():
            return path
    known = (path.name for place in places(kind) for path in place.iterdir())
    looked = " and ".join(str(place) for place in places(kind)) or f"no folder of {kind}"
    raise ContentError(f"{kind}/{name} was asked for, but is not in {looked}. {one_of(name, known)}")


def every(kind: str, pattern: str) -> Iterator[Path]:
    """All content of a kind whose name fits the pattern; of two with one name the user's own."""
    seen: set[Path] = set()
    for place in places(kind):
        for path in sorted(place.glob(pattern)):
            if (name := path.relative_to(place)) not in seen:
                seen.add(name)
                yield path


def recordings() -> dict[str, Path]:
    """The start clips that are recordings, by name; the user's own and those that were brought are among them."""
    found = {path.stem: path for sound in SOUNDS for path in every("scenes", f"clips/{sound}")}
    with suppress(OSError, StorageError):  # where nothing can be read, nothing was brought
        found |= {path.stem: path for path in sorted(brought().glob("*.flac"))}
    return found


def brought() -> Path:
    """Where start clips that people bring are kept, which need not be there yet. Raises StorageError."""
    try:
        return own("scenes") / "clips"
    except ContentError:
        return kept() / "clips"


def cache() -> Path:
    """The folder for what can be computed again. IMMERSIONS_CACHE moves it. Raises StorageError."""
    return _folder("IMMERSIONS_CACHE", Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")))


def kept() -> Path:
    """The folder for what was made and cannot be computed again. IMMERSIONS_STATE moves it. Raises StorageError."""
    return _folder("IMMERSIONS_STATE", Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")))


def _folder(variable: str, usual: Path) -> Path:
    folder = Path(os.environ.get(variable, usual / "immersions"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"Set {variable} to a folder that can be written."
        raise StorageError(f"The folder {folder} cannot be made: {error.strerror}. {what}") from None
    return folder
