"""An address as a QR code: rows of dark and light squares."""

import numpy as np
import segno
from numpy.typing import NDArray

QUIET = 4  # light squares around the code, as its standard (ISO/IEC 18004) asks


def squares(address: str) -> NDArray[np.bool_]:
    """The code as [rows, columns], True where it is dark, with the quiet zone around it."""
    code = segno.make(address, error="m", micro=False)
    return np.pad(np.array([[bool(dark) for dark in row] for row in code.matrix]), QUIET)


def rows(address: str) -> list[str]:
    """The same as text, a row a line: 1 is dark."""
    return ["".join("01"[int(dark)] for dark in row) for row in squares(address)]
