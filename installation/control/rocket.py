"""GNU Rocket: a tracker in which tracks are drawn while the show plays. The editor listens, the show comes to it.

Its protocol, numbers in network order: the show says "hello, synctracker!", the editor "hello, demo!". The show asks
for tracks by name and tells the row that plays; the editor sets and deletes keys of the tracks, in the order in which
they were asked for, sets the row, pauses, and asks for the tracks to be saved.
"""

import logging
import math
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType, TracebackType
from typing import Self

from installation.mailbox import Mailbox
from installation.track import WAYS, Key, Track
from installation.worker import Worker

log = logging.getLogger(__name__)

PORT = 1338
GREETING, ANSWER = b"hello, synctracker!", b"hello, demo!"
SET_KEY, DELETE_KEY, GET_TRACK, SET_ROW, PAUSE, SAVE_TRACKS = range(6)
FORMS = {SET_KEY: ">IIfB", DELETE_KEY: ">II", SET_ROW: ">I", PAUSE: ">B", SAVE_TRACKS: ">"}

GLANCE = 0.02  # seconds to wait for a command before the row is told
PATIENCE = 2.0  # seconds to wait for an editor that is there to answer
RETRY = 2.0  # seconds between two looks for an editor
PIECE = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the editor has drawn, and where it stands.

    tracks   those that have keys
    paused   whether the editor holds the show at its row
    row      to which the editor went last; None before it went anywhere
    moved    how often it did
    saved    how often it asked for the tracks to be saved
    """

    tracks: Mapping[str, Track] = field(default_factory=dict)
    paused: bool = False
    row: int | None = None
    moved: int = 0
    saved: int = 0


class Rocket:
    """Keeps in touch with an editor, on a thread of its own, inside a `with` block.

    names   of the tracks that can be drawn
    """

    def __init__(self, host: str, names: Sequence[str], port: int = PORT) -> None:
        self._address, self._names = (host, port), tuple(names)
        self._socket: socket.socket | None = None
        self._received = b""
        self._keys: list[dict[int, Key]] = []
        self._drawn = Drawn()
        self._told = -1  # the row that the editor knows
        self._missed = False  # whether it was told that there is none
        self._news: Mailbox[Drawn] = Mailbox()
        self._rows: Mailbox[int] = Mailbox()
        self._renamed: Mailbox[tuple[str, ...]] = Mailbox()
        self._worker = Worker("rocket", self._step)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.__exit__(kind, error, trace)
        self._close()

    def take(self) -> Drawn | None:
        """What was drawn, if that has changed since the last call."""
        self._worker.check()
        return self._news.take()

    def tell(self, row: int) -> None:
        """Let the editor follow to this row."""
        self._rows.post(row)

    def rename(self, names: Sequence[str]) -> None:
        """From now on these are the tracks that can be drawn; the editor is greeted anew."""
        self._renamed.post(tuple(names))

    def _step(self) -> None:
        if (names := self._renamed.take()) is not None and names != self._names:
            self._names = names
            self._close()
        try:
            if self._socket is None:
                self._connect()
            else:
                self._receive(self._socket)
                self._follow(self._socket)
        except (OSError, ValueError) as error:
            self._lose(error)
            self._worker.rest(RETRY)

    def _lose(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        if self._socket is not None:
            log.warning("the Rocket editor at %s:%d is gone: %s", *self._address, why)
            self._close()
            self._post(replace(self._drawn, paused=False))  # what it has drawn stays, but it holds nothing any more
        elif not self._missed:
            log.warning("there is no Rocket editor at %s:%d yet: %s", *self._address, why)
        self._missed = True

    def _connect(self) -> None:
        editor = socket.create_connection(self._address, timeout=PATIENCE)
        try:
            editor.sendall(GREETING)
            answer = b""
            while len(answer) < len(ANSWER) and (more := editor.recv(len(ANSWER) - len(answer))):
                answer += more
            if answer != ANSWER:
                raise OSError(f"it answered {answer!r}")
            for name in self._names:
                editor.sendall(struct.pack(">BI", GET_TRACK, len(name.encode())) + name.encode())
            editor.settimeout(GLANCE)
        except OSError:
            editor.close()
            raise
        self._socket, self._received, self._told, self._missed = editor, b"", -1, False
        self._keys = [{} for _ in self._names]  # what was drawn before drives on until the editor speaks
        log.info("the Rocket editor at %s:%d draws along", *self._address)

    def _receive(self, editor: socket.socket) -> None:
        try:
            more = editor.recv(PIECE)
        except TimeoutError:
            return
        if not more:
            raise OSError("it hung up")
        self._received += more
        before, drawn = self._drawn, self._drawn
        touched = False
        while self._received:
            command = self._received[0]
            if command not in FORMS:
                raise ValueError(f"it sent the command {command}, which nobody knows")
            size = 1 + struct.calcsize(FORMS[command])
            if len(self._received) < size:
                break
            values = struct.unpack(FORMS[command], self._received[1:size])
            self._received = self._received[size:]
            touched |= command in (SET_KEY, DELETE_KEY)
            drawn = self._done(command, values, drawn)
        if touched:
            tracks = {n: Track.of(keys.values()) for n, keys in zip(self._names, self._keys, strict=True) if keys}
            drawn = replace(drawn, tracks=MappingProxyType(tracks))
        if drawn is not before:
            self._post(drawn)

    def _done(self, command: int, values: tuple[int | float, ...], drawn: Drawn) -> Drawn:
        """What the editor wants, done to the keys, or to where it stands."""
        if command == SET_ROW:
            return replace(drawn, row=int(values[0]), moved=drawn.moved + 1)
        if command == PAUSE:
            return replace(drawn, paused=bool(values[0]))
        if command == SAVE_TRACKS:
            return replace(drawn, saved=drawn.saved + 1)
        track, row = int(values[0]), int(values[1])
        if track >= len(self._keys):
            raise ValueError(f"it spoke of the track {track}, but {len(self._keys)} were asked for")
        if command == DELETE_KEY:
            self._keys[track].pop(row, None)
        elif math.isfinite(values[2]) and values[3] < len(WAYS):
            # of the 32 bits that come, the digits that were typed
            self._keys[track][row] = Key(row, float(f"{values[2]:.7g}"), WAYS[int(values[3])])
        return drawn

    def _follow(self, editor: socket.socket) -> None:
        row = self._rows.take()
        if row is not None and row != self._told and not self._drawn.paused:
            editor.sendall(struct.pack(">BI", SET_ROW, row))
            self._told = row

    def _post(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self._news.post(drawn)

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
