"""Scenes come from files; what is wrong with one is told with file, line and the line itself."""

import linecache
import sys
import tomllib
import traceback
from pathlib import Path
from types import ModuleType

from installation.content import every, places
from installation.data import Controls
from installation.errors import ContentError, ImmersionsError, one_of
from installation.stage.scene import Scene


def scene_names() -> list[str]:
    """The names of all scenes there are, the user's own first."""
    return [path.stem for path in every("scenes", "*.py")]


def show_names() -> list[str]:
    """The names of all shows there are, the user's own first."""
    return [path.stem for path in every("scenes", "*.toml")]


def path_of(name: str) -> Path | None:
    """The file of content in `scenes` of this name, the user's own first."""
    return next((path for place in places("scenes") if (path := place / name).is_file()), None)


def ear_of(show: str) -> str:
    """The ear that a show is made for, or "": a show that cannot be read says so when it is loaded."""
    path = Path(show) if show.endswith(".toml") else path_of(f"{show}.toml")
    try:
        model = tomllib.loads(path.read_text(encoding="utf-8")).get("model", "") if path else ""
    except (OSError, ValueError):
        return ""
    return model if isinstance(model, str) else ""


def scene_class(path: Path) -> type[Scene]:
    """The scene that a file defines. Raises ContentError with file and line."""
    module = ModuleType(f"immersions_scene_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses and pickle look for what the file defines
    linecache.checkcache(str(path))
    try:
        # compiled here rather than imported: an edit within the second is seen, and no __pycache__ lies in content
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    except Exception as error:
        raise ContentError(where(error, path)) from None
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Scene) and thing.__module__ == module.__name__
    ]
    if len(found) != 1:
        names = ", ".join(thing.__name__ for thing in found) or "none"
        raise ContentError(f"{short(path)} should define one class made from Scene, but defines {names}.")
    if not (isinstance(found[0].seconds, int | float) and found[0].seconds > 0):
        raise ContentError(f"{short(path)}: {found[0].__name__}.seconds is {found[0].seconds!r}; give a time above 0.")
    return found[0]


def where(error: BaseException, path: Path, controls: Controls | None = None) -> str:
    """An error in a scene in words: the last line of the scene's own file that led to it, and what went wrong."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        shown = (error.text or "").strip()
        return f"{short(path)}:{error.lineno}: {error.msg}\n    {shown}"
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    place = f"{short(path)}:{lines[-1].lineno}" if lines else short(path)
    shown = f"\n    {lines[-1].line}" if lines and lines[-1].line else ""
    return f"{place}: {_what(error, controls)}{shown}"


def short(path: Path) -> str:
    """A file's name as people say it: with the folder that it lies in."""
    return f"{path.parent.name}/{path.name}"


def _what(error: BaseException, controls: Controls | None) -> str:
    if isinstance(error, ImmersionsError):
        return str(error)
    if isinstance(error, KeyError) and controls is not None and error.args and isinstance(error.args[0], str):
        return f"there is no control {error.args[0]!r}. {one_of(error.args[0], controls.values)}"
    if isinstance(error, UnicodeDecodeError):
        return "the file is not text in UTF-8"
    return f"{type(error).__name__}: {error}"
