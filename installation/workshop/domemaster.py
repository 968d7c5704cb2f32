"""What a dome's team wants beside the pictures: an alignment frame, a description, and checksums of everything."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from installation.data import RATE, Dome
from installation.errors import StorageError
from installation.render.view import disc

RINGS = 15  # degrees between two circles
SPOKES = 15  # degrees between two lines
FAINT, CLEAR = (60, 70, 90), (200, 220, 255)
PIECE = 1 << 20  # bytes read at once


def deliver(folder: Path, dome: Dome, side: int, rate: Fraction, title: str) -> None:
    """Add `NAME_alignment.png`, `NAME.txt` and `NAME.sha256` to a folder of pictures and sounds.

    side   of the pictures, pixels

    Raises StorageError where the disk refuses.
    """
    name = folder.name
    try:
        alignment(side, dome, title).save(folder / f"{name}_alignment.png")
        pictures = sorted(folder.glob(f"{name}_[0-9]*.png"))
        sounds = sorted(folder.glob(f"{name}_*.wav"))
        (folder / f"{name}.txt").write_text(description(title, dome, side, rate, pictures, sounds), encoding="utf-8")
        listed = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in (".png", ".wav", ".txt"))
        lines = "".join(f"{checksum(path)}  {path.name}\n" for path in listed)
        (folder / f"{name}.sha256").write_text(lines)  # to be checked by: sha256sum -c
    except OSError as error:
        raise StorageError(f"{folder} cannot be completed: {error.strerror or error}. Free some space.") from None


def description(
    title: str, dome: Dome, side: int, rate: Fraction, pictures: Iterable[Path], sounds: Iterable[Path]
) -> str:
    """What the folder holds, for people."""
    numbers = [path.name for path in pictures]
    heard = ", ".join(path.name for path in sounds)
    aside = f", circle moved by {dome.offset[0]:g} to the right and {dome.offset[1]:g} up, in its radii"
    return (
        f"{title}\n\n"
        f"Domemaster, {side} x {side} pixels, sRGB, 8 bits a channel, no alpha, black outside the circle\n"
        f"Equidistant fisheye, {dome.fov:g} degrees, tilt {dome.tilt:g}{aside if any(dome.offset) else ''}\n"
        f"Seen from below: front at the bottom, the audience's left at the left\n"
        f"Pictures: {len(numbers):,} at {float(rate):g} a second, {numbers[0] if numbers else 'none'} and following\n"
        f"Sound: {RATE} Hz, 24 bits, one file a channel, as long as the pictures: {heard or 'none'}\n"
        f"Sweet spot: {dome.height:g} degrees above the front of the horizon\n"
    )


def alignment(side: int, dome: Dome, title: str) -> Image.Image:
    """A test card for a dome: rings and spokes every 15 degrees, the horizon, and which way is which."""
    card = Image.new("RGB", (side, side))
    draw = ImageDraw.Draw(card)
    across, up, radius = disc((side, side), dome)
    middle = (across, side - up)  # rows are counted from above here
    thin = max(1, side // 1024)
    letters = ImageFont.load_default(max(10, side // 48))
    for degrees in range(RINGS, math.floor(dome.fov / 2) + 1, RINGS):
        ring = radius * degrees / (dome.fov / 2)
        bold = degrees % 45 == 0
        _ring(draw, middle, ring, CLEAR if bold else FAINT, thin * (1 + bold))
        draw.text((middle[0] + 2 * thin, middle[1] - ring), f"{degrees}°", CLEAR, letters, "lb")
    for degrees in range(0, 360, SPOKES):
        turn = math.radians(degrees)
        end = (middle[0] + radius * math.sin(turn), middle[1] + radius * math.cos(turn))
        draw.line((*middle, *end), CLEAR if degrees % 90 == 0 else FAINT, thin)
    _ring(draw, middle, radius - thin, CLEAR, 2 * thin)
    inside = 0.86 * radius
    for word, right, down in (("FRONT", 0, 1), ("BACK", 0, -1), ("LEFT", -1, 0), ("RIGHT", 1, 0)):
        draw.text((middle[0] + right * inside, middle[1] + down * inside), word, CLEAR, letters, "mm")
    words = f"{title}\nfov {dome.fov:g}  tilt {dome.tilt:g}  {side} x {side}"
    draw.text((middle[0], middle[1] + 0.3 * radius), words, CLEAR, letters, "mm", align="center")
    return card


def _ring(
    draw: ImageDraw.ImageDraw, middle: tuple[float, float], radius: float, colour: tuple[int, int, int], width: int
) -> None:
    x, y = middle
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=width)


def checksum(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
