"""Where a show goes on that was cut off: the take that it wrote tells how far it was, and what was heard last."""

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from installation.content import cache
from installation.data import Clip
from installation.entrance import Entrance, current
from installation.errors import ImmersionsError
from installation.stage import Show
from installation.take import Take

log = logging.getLogger(__name__)

RECENT = 900.0  # seconds after which a show begins anew rather than going on


class Place(NamedTuple):
    """How far a show was.

    loops       of the show that had gone by after the last one
    clip        what was heard last, one channel
    entrances   what was called so far, counted from where it goes on
    """

    loops: float
    clip: Clip
    entrances: tuple[Entrance, ...]


def place(show: Show, model: str, seed: int, runs: Path | None = None) -> Place | None:
    """Where this show was when it was cut off a moment ago; None where it was not, or nobody knows.

    runs   the folder of run folders, by default the one that live shows write
    """
    newest: list[tuple[float, Path]] = []
    try:
        for path in (runs or cache() / "runs").glob("*/take-*/loops.jsonl"):
            newest.append((path.stat().st_mtime, path.parent))
    except (OSError, ImmersionsError):
        return None
    for written, folder in sorted(newest, reverse=True)[:3]:  # the last may be cut off before its first loop
        if not 0 <= time.time() - written < RECENT:
            break
        try:
            take = Take.read(folder)
            last = take.loops[-1]
            header = take.header
            if (header.show, header.model, header.seed) != (show.name, model, seed):
                return None
            clip = Clip(take.clip(last).mono[None].copy())
        except (ImmersionsError, OSError, ValueError) as error:
            log.info("the take %s tells nothing of where the show was: %s", folder, error)
            continue
        now = last.loop + 1
        called = take.entrances or (show.course.begin(),)
        going_on = tuple(replace(entrance, loop=entrance.loop - now) for entrance in current(called, now))
        return Place(show.course.stands(now, called).shown, clip, going_on)
    return None
