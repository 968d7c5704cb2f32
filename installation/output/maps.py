"""Pictures that steer an output pixel by pixel: where to look, how bright, how black."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]

LIMITS = 1 << 14  # rows or columns of one map


@dataclass(frozen=True, eq=False, slots=True)
class Maps:
    """What a calibration has measured for one projector. Row 0 of every map is the lowest.

    look    [rows, columns, 2], u and v in its part of the picture, 0..1 from low left; NaN where nothing is shown
    alpha   [rows, columns, 3], share of the light, 0..1, linear
    beta    [rows, columns, 3], light added to the black, 0..1, linear
    part    left, low, width and height of its part of the picture, 0..1
    gamma   of the projector
    """

    look: Singles
    alpha: Singles
    beta: Singles
    part: tuple[float, float, float, float]
    gamma: float


def prolonged(look: Singles) -> Singles:
    """The map with a rim, as far again as the last step, so that it reaches from the first pixel's outer edge to the
    last one's however coarse it is."""
    padded = np.pad(look, ((1, 1), (1, 1), (0, 0)), "edge")
    for axis in (0, 1):
        rows = padded.swapaxes(0, axis)
        low, high = 2 * rows[1] - rows[2], 2 * rows[-2] - rows[-3]
        rows[0], rows[-1] = np.where(np.isnan(low), rows[1], low), np.where(np.isnan(high), rows[-2], high)
    return padded


def portable(data: bytes, name: str) -> Singles:
    """A portable float map, [rows, columns, 3] or [rows, columns, 1], in the order of the file.

    Raises ValueError with what was found and what is possible.
    """
    words: list[bytes] = []
    end = 0
    while len(words) < 4 and end < min(len(data), 200):
        stop = next((n for n in range(end, len(data)) if data[n : n + 1].isspace()), len(data))
        if stop > end:
            words.append(data[end:stop])
        end = stop + 1
    try:
        kind, columns, rows, scale = words[0], int(words[1]), int(words[2]), float(words[3])
        channels = {b"PF": 3, b"Pf": 1}[kind]
    except (IndexError, ValueError, KeyError):
        found = b" ".join(words)[:40].decode("latin1")
        raise ValueError(
            f"{name} is no portable float map: it begins {found!r}; wanted is 'PF columns rows -1.0'"
        ) from None
    if not (2 <= columns <= LIMITS and 2 <= rows <= LIMITS) or scale == 0 or not np.isfinite(scale):
        raise ValueError(f"{name} is {columns} x {rows} at scale {scale:g}; 2 x 2 to {LIMITS} x {LIMITS} is possible")
    wanted = columns * rows * channels * 4
    if len(data) - end != wanted:
        raise ValueError(
            f"{name} holds {len(data) - end:,} bytes; {columns} x {rows} points of {channels} are {wanted:,}"
        )
    numbers = np.frombuffer(data, "<f4" if scale < 0 else ">f4", offset=end)
    return numbers.reshape(rows, columns, channels).astype(np.float32)
