"""Which files have changed: cheap enough to be asked all day, and patient with editors that write in pieces."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Stamp = tuple[int, int]  # ns of the last change, bytes


class Files:
    """Watches files by their stamps.

    find   all files there are now, asked at every look: a new one counts as changed, and so does one that is gone
    """

    def __init__(self, find: Callable[[], Iterable[Path]]) -> None:
        self._find = find
        self._known = self._looked = self._stamps()

    def changed(self) -> set[Path]:
        """The files that have changed and then stayed as they are for one look; each change is told once."""
        now = self._stamps()
        steady, self._looked = now == self._looked, now
        if not steady or now == self._known:
            return set()
        changed = {path for path in now.keys() | self._known.keys() if now.get(path) != self._known.get(path)}
        self._known = now
        return changed

    def _stamps(self) -> Mapping[Path, Stamp]:
        stamps = {}
        for path in self._find():
            try:
                about = path.stat()
            except OSError:
                continue  # it is being replaced, or gone
            stamps[path] = about.st_mtime_ns, about.st_size
        return stamps
