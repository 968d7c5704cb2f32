"""Content that is edited while the show plays: tried aside on a thread of its own, and taken only if it is in order."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from installation.content import places
from installation.errors import ImmersionsError
from installation.mailbox import Mailbox
from installation.stage import Show
from installation.watch.files import Files
from installation.worker import Worker

log = logging.getLogger(__name__)

GLANCE = 0.4  # seconds between two looks at the files
SCENES = ("*.py", "*.toml", "palettes/*.toml", "tracks/*.toml", "texts/*.toml")
SHADERS = ("**/*.vert", "**/*.frag", "**/*.glsl")


class Reread(NamedTuple):
    """What has become of an edit."""

    show: Show | None = None  # the show as it is written now, tried from end to end
    shaders: bool = False  # whether any shader has changed
    fault: str = ""  # why it cannot be played: the file, the line, and what is wrong


class Rereading:
    """Watches scenes, shows, palettes, tracks, texts and shaders, inside a `with` block.

    load    the show from its files. Raises ContentError
    plays   the show that plays now
    file    a show's file that lies elsewhere
    """

    def __init__(self, load: Callable[[], Show], plays: Callable[[], Show], file: Path | None = None) -> None:
        self._load, self._plays = load, plays
        self._scenes = Files(lambda: _files("scenes", SCENES, file))
        self._shaders = Files(lambda: _files("shaders", SHADERS))
        self._news: Mailbox[Reread] = Mailbox()
        self._worker = Worker("rereading", self._step)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.__exit__(kind, error, trace)

    def take(self) -> Reread | None:
        """What has become of the newest edit, once."""
        return self._news.take()

    def _step(self) -> None:
        self._worker.rest(GLANCE)
        scenes, shaders = self._scenes.changed(), self._shaders.changed()
        if scenes or shaders:
            names = ", ".join(sorted(path.name for path in scenes | shaders))
            log.info("%s: read again", names)
            reread, before = self._reread(bool(scenes), bool(shaders)), self._news.take()
            if before is not None:  # nobody has taken it yet
                reread = reread._replace(shaders=reread.shaders or before.shaders)
                reread = reread if scenes else reread._replace(show=before.show, fault=before.fault)
            self._news.post(reread)

    def _reread(self, scenes: bool, shaders: bool) -> Reread:
        if not scenes:
            return Reread(shaders=shaders)
        try:
            show = self._load()
            fitting(show, self._plays())
            return Reread(show, shaders)
        except ImmersionsError as error:
            return Reread(shaders=shaders, fault=str(error))
        except Exception as error:  # whatever it is, the show that plays goes on
            return Reread(shaders=shaders, fault=f"{type(error).__name__}: {error}")


def fitting(show: Show, plays: Show) -> None:
    """Raise ContentError where a show has another beat than the one that plays: its loops would not fit."""
    for name in ("tempo", "beats", "start"):
        new, old = getattr(show.program, name), getattr(plays.program, name)
        if new != old:
            what = f"{name} is {new!r} now and was {old!r} when the show began; start it again to play it so."
            raise show.program.lines.fault(what, name)


def _files(kind: str, patterns: tuple[str, ...], more: Path | None = None) -> Iterator[Path]:
    for place in places(kind):
        for pattern in patterns:
            yield from place.glob(pattern)
    if more is not None:
        yield more
        yield from more.parent.glob(f"tracks/{more.stem}.toml")
