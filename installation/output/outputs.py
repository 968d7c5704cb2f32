"""All windows of a show: each shows its part of the one picture, bent and blended, or a test card."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import moderngl

from installation.errors import ContentError, one_of
from installation.output import kept
from installation.output.cards import Card, Plate, card
from installation.output.editor import Editor, pressed
from installation.output.keys import Lock, Wish
from installation.output.sources import Source
from installation.output.warp import Warp
from installation.output.window import Window

log = logging.getLogger(__name__)

WATCH = 1.0  # seconds between two looks at how the displays are arranged


class Outputs:
    """The windows of a show, together one screen to draw for.

    >>> with Outputs(sources(settings.output), (3200, 1080)) as outputs:
    ...     outputs.show(picture)

    picture      pixels of the whole picture; without it the picture is as large as the only window
    fullscreen   whether an output without a size fills its display
    kiosk        whether keys are dead at first; the chord Ctrl+Alt+K turns that over in all windows

    Keys in any of the windows: T brings the next test card, W bends that output. What they do can be called, too:
    `turn_card`, `warps`, `bend`, `keep`.
    Raises DeviceError where a display is not there, ContentError for a broken warp.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        picture: tuple[int, int] | None,
        fullscreen: bool = True,
        size: tuple[int, int] = (1280, 720),
        kiosk: bool = False,
    ) -> None:
        self._lock = Lock(kiosk)
        self.card: Card | None = None
        self._sources, self._picture = list(sources), picture
        self._cards: list[moderngl.Texture | None] = [None for _ in sources]
        self._editor: Editor | None = None
        self._edited = 0  # the window that is being bent
        self._before: Card | None = None  # the card that was there before bending
        self._watched, self._away = time.monotonic(), set[int]()
        with ExitStack() as stack:
            self.windows: list[Window] = []
            for index, source in enumerate(self._sources):
                window = stack.enter_context(self._open(source, fullscreen, size, last=index == len(sources) - 1))
                window.projector.warp = kept.load(source.name)
                window.keyboard = lambda symbol, held, index=index: self._key(index, symbol, held)
                self.windows.append(window)
            self._stack = stack.pop_all()
        self.windows[0].use()
        self.gl = self.windows[0].gl
        self._arranged = self.windows[0].arranged

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the whole picture."""
        return self._picture or self.windows[0].size

    @property
    def lost(self) -> bool:
        """Whether a window or its GL context is gone, so that all have to be opened again."""
        lost = any(window.lost for window in self.windows)
        if not lost:
            self.windows[0].use()
        return lost

    def show(self, picture: moderngl.Texture) -> None:
        """Show the picture, or the test card, everywhere, and wait for the last of the displays."""
        if len(self.windows) > 1:
            self.gl.finish()  # others read what this context has drawn
        for index, (source, window) in enumerate(zip(self._sources, self.windows, strict=True)):
            if self.card is None:
                window.show(picture, source.output.part)
            else:
                window.use()
                window.show(self._card(index))
        self.windows[0].use()

    def wishes(self) -> list[Wish]:
        """What was asked for in any of the windows since the last call."""
        asked = [wish for window in self.windows for wish in window.wishes()]
        self._watch()
        self.windows[0].use()
        return asked

    def turn_card(self, kind: Card | None) -> None:
        """Show a test card on all outputs, or none."""
        self.card = kind
        self._forget_cards()

    @property
    def sources(self) -> list[Source]:
        """What each of the windows shows."""
        return list(self._sources)

    @property
    def warps(self) -> dict[str, Warp]:
        """How each output is bent, by its name."""
        return {source.name: window.projector.warp for source, window in zip(self._sources, self.windows, strict=True)}

    def bend(self, name: str, warp: Warp) -> None:
        """Bend an output. Raises ContentError for a name that none has."""
        names = [source.name for source in self._sources]
        if name not in names:
            raise ContentError(f"no output is named {name!r}. {one_of(name, names)}")
        self.windows[names.index(name)].projector.warp = warp

    def keep(self, name: str) -> None:
        """Keep how an output is bent for the next evening. Raises StorageError."""
        kept.save(name, self.warps[name])

    def _open(self, source: Source, fullscreen: bool, size: tuple[int, int], last: bool) -> Window:
        output = source.output
        filling = fullscreen and output.size is None
        place = output.place if output.size is not None else None
        return Window(
            output.size or size, output.display, filling,
            vsync=last, place=place, project=source.projector, lock=self._lock,
        )  # fmt: skip

    def _key(self, index: int, symbol: str, held: tuple[str, ...]) -> bool:
        """Take the keys that are meant for outputs: of the one that is being bent all, of others two."""
        if self._editor is not None:
            if index == self._edited:
                self._edit(symbol, held)
            return index == self._edited
        if symbol == "T":
            cards = [None, *Card]
            self.turn_card(cards[(cards.index(self.card) + 1) % len(cards)])
        elif symbol == "W":
            self._begin(index)
        return symbol in ("T", "W")

    def _begin(self, index: int) -> None:
        """Let keys bend an output from now on, under a grid."""
        window, source = self.windows[index], self._sources[index]

        def changed(warp: Warp) -> None:
            window.projector.warp = warp

        self._editor = Editor(source.name, lambda: window.size, window.projector.warp, changed)
        self._edited, self._before = index, self.card
        self.turn_card(self.card or Card.GRID)
        self._mark()

    def _edit(self, symbol: str, held: tuple[str, ...]) -> None:
        assert self._editor is not None
        if symbol == "T":
            cards = list(Card)
            self.turn_card(cards[(cards.index(self.card or Card.GRID) + 1) % len(cards)])
            return
        done = pressed(self._editor, "ESCAPE" if symbol == "W" else symbol, held)
        if done is False:
            self._editor.leave()
        elif done:
            self._editor.keep()
        if done is not None:
            self._editor = None
            self.turn_card(self._before)
        self._mark()

    def _mark(self) -> None:
        """Show the points of what is being bent, and what the keys do."""
        window, editor = self.windows[self._edited], self._editor
        window.notice = "" if editor is None else editor.help()
        window.marks = None if editor is None else (editor.warp.handles()[int(editor.of_net)], editor.point)

    def _card(self, index: int) -> moderngl.Texture:
        """The test card of an output, in its window's own context."""
        assert self.card is not None
        window, source = self.windows[index], self._sources[index]
        made = self._cards[index]
        if made is None:
            pixels = card(self.card, plate(source, window.size), self.size)
            made = window.gl.texture(pixels.shape[1::-1], 3, pixels[::-1].tobytes(), alignment=1)
            made.repeat_x = made.repeat_y = False
            self._cards[index] = made
        return made

    def _forget_cards(self) -> None:
        for index, made in enumerate(self._cards):
            if made is not None:
                self.windows[index].use()
                made.release()
        self._cards = [None for _ in self._cards]

    def _watch(self) -> None:
        """Follow displays that move; let the show go on without those that are away, until they return."""
        if (now := time.monotonic()) - self._watched < WATCH:
            return
        self._watched = now
        arranged = self.windows[0].arranged
        if arranged == self._arranged:
            return
        self._arranged = arranged
        for index, window in enumerate(self.windows):
            there = window.settle()
            name = self._sources[index].output.display or "the first"
            if not there and index not in self._away:
                log.warning("the display %s is away; the show goes on without it", name)
            if there and index in self._away:
                log.info("the display %s is back", name)
            (self._away.discard if there else self._away.add)(index)
        self._forget_cards()  # their windows may have another size


def plate(source: Source, size: tuple[int, int]) -> Plate:
    """What a test card says of an output with a window of this size."""
    output = source.output
    notes = [f"turned {output.rotate} degrees"] if output.rotate else []
    notes += ["mirrored"] if output.mirror else []
    notes += [output.mesh] if output.mesh else []
    return Plate(f"{source.number} {source.name}", size, output.part, source.edges, ", ".join(notes))
