"""A TIFF that is written strip by strip, in the memory of one band.

The format: TIFF revision 6.0, Adobe 1992, and its supplement on Deflate.
"""

import struct
import zlib
from fractions import Fraction
from typing import IO

import numpy as np

from installation.errors import StorageError
from installation.output.recorder import Pixels

STRIP = 64  # rows
LEVEL = 3  # of zlib
SHORT, LONG, RATIONAL, UNDEFINED = 3, 4, 5, 7
FORMS = {SHORT: "H", LONG: "I", RATIONAL: "II", UNDEFINED: "B"}
DEFLATE, RGB, CHUNKY, INCH, DIFFERENCES = 8, 2, 1, 2, 2
MOST = 1 << 32  # bytes; places in the file have 32 bits


class TiffRows:
    """What it takes: see `still.still`."""

    def __init__(self, file: IO[bytes], size: tuple[int, int], dpi: float, profile: bytes) -> None:
        self._file, self._size, self._dpi, self._profile = file, size, dpi, profile
        self._waiting = np.empty((0, size[0], 3), np.uint8)
        self._strips: list[tuple[int, int]] = []  # place in the file, bytes
        file.write(struct.pack("<2sHI", b"II", 42, 0))  # where the directory lies is told at the end

    def add(self, band: Pixels) -> None:
        """The next rows, [rows, width, 3]."""
        rows = np.concatenate([self._waiting, band])
        full = len(rows) // STRIP * STRIP
        for at in range(0, full, STRIP):
            self._strip(rows[at : at + STRIP])
        self._waiting = rows[full:].copy()

    def end(self) -> None:
        """All rows are there."""
        if len(self._waiting):
            self._strip(self._waiting)
        places, lengths = zip(*self._strips, strict=True)
        inch = Fraction(self._dpi).limit_denominator(1000).as_integer_ratio()
        fields: list[tuple[int, int, tuple[int, ...]]] = [
            (256, LONG, (self._size[0],)),
            (257, LONG, (self._size[1],)),
            (258, SHORT, (8, 8, 8)),  # bits
            (259, SHORT, (DEFLATE,)),
            (262, SHORT, (RGB,)),
            (273, LONG, places),
            (277, SHORT, (3,)),  # samples of a pixel
            (278, LONG, (STRIP,)),
            (279, LONG, lengths),
            (282, RATIONAL, inch),
            (283, RATIONAL, inch),
            (284, SHORT, (CHUNKY,)),
            (296, SHORT, (INCH,)),
            (317, SHORT, (DIFFERENCES,)),
        ]
        if self._profile:
            fields.append((34675, UNDEFINED, tuple(self._profile)))
        self._directory(fields)

    def _strip(self, rows: Pixels) -> None:
        apart = rows.copy()
        apart[:, 1:] -= rows[:, :-1]  # modulo 256
        packed = zlib.compress(apart.data, LEVEL)
        self._strips.append((self._file.tell(), len(packed)))
        self._file.write(packed)
        if self._file.tell() + (1 << 20) > MOST:
            raise StorageError("a TIFF holds 4 GiB, and this picture is larger. Write it as .png, or with fewer dpi.")

    def _directory(self, fields: list[tuple[int, int, tuple[int, ...]]]) -> None:
        """What the file holds, and where; values of more than four bytes lie before it."""
        entries = []
        for tag, kind, values in fields:
            data = struct.pack(f"<{len(values)}{FORMS[kind][0]}", *values)
            if len(data) > 4:
                place = self._even()
                self._file.write(data)
                data = struct.pack("<I", place)
            entries.append(struct.pack("<HHI4s", tag, kind, len(values) // len(FORMS[kind]), data))
        place = self._even()
        self._file.write(struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4))
        self._file.seek(4)
        self._file.write(struct.pack("<I", place))

    def _even(self) -> int:
        """The next place in the file that a directory may name."""
        if self._file.tell() % 2:
            self._file.write(b"\0")
        return self._file.tell()
