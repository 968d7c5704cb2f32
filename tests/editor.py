"""The other side of GNU Rocket's protocol: an editor that listens, for tests."""

import socket
import struct
from typing import Self


class Editor:
    """Listens at a port of its own; `greet` waits for a show and reads which tracks it asks for."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(20)
        self.port = self._listening.getsockname()[1]
        self._show: socket.socket | None = None
        self.names: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.hang_up()
        self._listening.close()

    def greet(self, tracks: int, words: bytes = b"hello, demo!") -> None:
        """Let a show come that asks for so many tracks."""
        self.hang_up()
        self._show, _ = self._listening.accept()
        self._show.settimeout(20)
        assert self._read(19) == b"hello, synctracker!"
        self._show.sendall(words)
        self.names = []
        for _ in range(tracks):
            command, length = struct.unpack(">BI", self._read(5))
            assert command == 2
            self.names.append(self._read(length).decode())

    def set_key(self, name: str, row: int, value: float, way: int = 0) -> None:
        self.send(struct.pack(">BIIfB", 0, self.names.index(name), row, value, way))

    def delete_key(self, name: str, row: int) -> None:
        self.send(struct.pack(">BII", 1, self.names.index(name), row))

    def set_row(self, row: int) -> None:
        self.send(struct.pack(">BI", 3, row))

    def pause(self, paused: bool) -> None:
        self.send(struct.pack(">BB", 4, paused))

    def save(self) -> None:
        self.send(b"\x05")

    def row(self) -> int:
        """The row that the show tells next."""
        command, row = struct.unpack(">BI", self._read(5))
        assert command == 3
        return int(row)

    def send(self, data: bytes) -> None:
        assert self._show is not None
        self._show.sendall(data)

    def hang_up(self) -> None:
        if self._show is not None:
            self._show.close()
            self._show = None

    def _read(self, count: int) -> bytes:
        assert self._show is not None
        data = b""
        while len(data) < count:
            more = self._show.recv(count - len(data))
            assert more, "the show hung up"
            data += more
        return data
