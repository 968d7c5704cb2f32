"""A PNG that is written row by row, in the memory of one band.

The format: W3C Portable Network Graphics, third edition.
"""

import struct
import zlib
from typing import IO

import numpy as np

from installation.output.recorder import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LEVEL = 3  # of zlib: neighbouring rows are alike, higher ones gain little
UP = 2  # the filter: each row as its difference from the one above
PERCEPTUAL = 0  # intent of sRGB
METRE = 1 / 0.0254  # inches


class PngRows:
    """What it takes: see `still.still`."""

    def __init__(self, file: IO[bytes], size: tuple[int, int], dpi: float, profile: bytes) -> None:
        self._file, self._packer = file, zlib.compressobj(LEVEL)
        self._above = np.zeros((1, size[0], 3), np.uint8)
        file.write(SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))  # 8 bits, red green blue
        if profile:
            self._chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile))
        else:
            self._chunk(b"sRGB", bytes([PERCEPTUAL]))
        self._chunk(b"pHYs", struct.pack(">IIB", *(2 * [round(dpi * METRE)]), 1))

    def add(self, band: Pixels) -> None:
        """The next rows, [rows, width, 3]."""
        above = np.concatenate([self._above, band[:-1]])
        lines = np.empty((len(band), 1 + band[0].size), np.uint8)
        lines[:, 0] = UP
        lines[:, 1:] = (band - above).reshape(len(band), -1)  # modulo 256
        self._above = band[-1:].copy()
        if packed := self._packer.compress(lines.data):
            self._chunk(b"IDAT", packed)

    def end(self) -> None:
        """All rows are there."""
        self._chunk(b"IDAT", self._packer.flush())
        self._chunk(b"IEND", b"")

    def _chunk(self, name: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + name)
        self._file.write(data)
        self._file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(name))))
