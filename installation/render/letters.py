"""Words as pixels: how much of each is ink, and how much the picture behind is darkened for it."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from installation.content import find
from installation.errors import ContentError

FONT = "fonts/titles.otf"
LEADING = 1.5  # from line to line, in sizes of the letters
SHADE = 0.35  # how far the darkness around letters reaches, in sizes; it makes them readable on light
MARGIN = 3.0  # times as far the picture of the words goes beyond them


@lru_cache(maxsize=1)
def typeface() -> bytes:
    """The file of the titles' font, the user's own first. Raises ContentError."""
    path = find("scenes", FONT)
    try:
        data = path.read_bytes()
        ImageFont.truetype(BytesIO(data), 12)
    except OSError as error:
        raise ContentError(f"the font {path} cannot be read: {error}. Take another one.") from None
    return data


@lru_cache(maxsize=16)
def written(text: str, size: int, aligned: str = "center") -> NDArray[np.uint8]:
    """Ink and shade of some lines, [height, width, 2], row 0 is the highest. Raises ContentError.

    size      of the letters, pixels
    aligned   left, center or right
    """
    font = ImageFont.truetype(BytesIO(typeface()), size)
    ascent, descent = font.getmetrics()
    spacing, edge = round(LEADING * size) - ascent - descent, round(SHADE * MARGIN * size)
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, _, right, _ = draw.multiline_textbbox((0, 0), text, font, spacing=spacing, align=aligned)
    high = ascent + descent + (len(text.split("\n")) - 1) * round(LEADING * size)  # whichever letters there are
    ink = Image.new("L", (int(right - left) + 2 * edge + 1, high + 2 * edge))
    ImageDraw.Draw(ink).multiline_text((edge - left, edge), text, 255, font, spacing=spacing, align=aligned)
    shade = ink.filter(ImageFilter.GaussianBlur(SHADE * size))
    return np.stack([np.asarray(ink), np.asarray(shade)], axis=-1)
