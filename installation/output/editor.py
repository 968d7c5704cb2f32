"""Bending outputs by hand: keys while the show runs, or the same steps called by a program."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from installation.errors import StorageError
from installation.output import kept
from installation.output.warp import NETS, Warp, straight

log = logging.getLogger(__name__)

UNDONE = 200  # steps that can be taken back
HELP = """{name}: {what}
arrows   move it by a pixel, with Shift by ten, with Ctrl by a tenth
Tab   next point, with Shift the one before
N   corners or net      + -   points of the net
Backspace   take back      R   straight again
Enter   keep      Esc   leave as it was"""


class Editor:
    """The warp of one output while it is being bent.

    name   of the output
    size   pixels of its window, asked whenever a step is taken in pixels
    warp   as it is
    show   called with every new warp
    """

    def __init__(
        self, name: str, size: Callable[[], tuple[int, int]], warp: Warp, show: Callable[[Warp], None]
    ) -> None:
        self.name, self.warp, self.of_net, self.point = name, warp, False, 0
        self._size, self._show, self._begun = size, show, warp
        self._before: list[Warp] = []

    @property
    def points(self) -> int:
        """How many points there are to choose from now."""
        return self.warp.net.shape[0] * self.warp.net.shape[1] if self.of_net else 4

    def choose(self, step: int) -> None:
        """Go on by so many points."""
        self.point = (self.point + step) % self.points

    def move(self, right: float, up: float) -> None:
        """Move the chosen point, in pixels."""
        wide, high = self._size()
        self._change(self.warp.moved(self.point, right / wide, up / high, self.of_net))

    def switch(self) -> None:
        """Go from the corners to the net, or back."""
        self.of_net, self.point = not self.of_net, 0

    def refine(self, step: int) -> None:
        """Take a net with more points (1) or with fewer (-1); its shape stays as far as it can."""
        points = self.warp.net.shape[0]
        at = next((n for n, count in enumerate(NETS) if count >= points), len(NETS) - 1)
        wanted = NETS[min(max(at + step, 0), len(NETS) - 1)]
        if wanted != points or self.warp.net.shape[1] != points:
            self._change(self.warp.netted(wanted))
            self.of_net, self.point = True, min(self.point, wanted**2 - 1)

    def reset(self) -> None:
        """Straight again."""
        self._change(straight())
        self.point = 0

    def undo(self) -> None:
        """Take the last step back."""
        if self._before:
            self.warp = self._before.pop()
            self.point = min(self.point, self.points - 1)
            self._show(self.warp)

    def leave(self) -> None:
        """Show it as it was before."""
        self.warp = self._begun
        self._show(self.warp)

    def keep(self) -> bool:
        """Write it down for the next evening; False where the disk refuses, which the log tells."""
        try:
            log.info("the warp of %s is kept in %s", self.name, kept.save(self.name, self.warp))
        except StorageError as error:
            log.error("%s", error)
            return False
        self._begun = self.warp
        return True

    def help(self) -> str:
        """What the keys do, and which point is chosen."""
        rows, columns = self.warp.net.shape[:2]
        place = f"point {self.point + 1} of a net of {columns} x {rows}"
        corner = ("low left", "low right", "high left", "high right")[self.point % 4]
        return HELP.format(name=self.name, what=place if self.of_net else f"corner {corner}")

    def _change(self, warp: Warp) -> None:
        if warp is not self.warp:
            self._before = [*self._before[1 - UNDONE :], self.warp]
            self.warp = warp
            self._show(warp)


def pressed(editor: Editor, symbol: str, modifiers: Sequence[str]) -> bool | None:
    """Do what a key means. Returns True to leave and keep, False to leave as it was, None to stay."""
    ways = {"LEFT": (-1, 0), "RIGHT": (1, 0), "UP": (0, 1), "DOWN": (0, -1)}
    if symbol in ways:
        pixels = 10.0 if "SHIFT" in modifiers else 0.1 if "CTRL" in modifiers else 1.0
        editor.move(pixels * ways[symbol][0], pixels * ways[symbol][1])
    elif symbol == "TAB":
        editor.choose(-1 if "SHIFT" in modifiers else 1)
    elif symbol == "N":
        editor.switch()
    elif symbol in ("PLUS", "EQUAL", "NUM_ADD"):
        editor.refine(1)
    elif symbol in ("MINUS", "NUM_SUBTRACT"):
        editor.refine(-1)
    elif symbol == "BACKSPACE":
        editor.undo()
    elif symbol == "R":
        editor.reset()
    elif symbol in ("RETURN", "ENTER", "NUM_ENTER"):
        return True
    elif symbol == "ESCAPE":
        return False
    return None
