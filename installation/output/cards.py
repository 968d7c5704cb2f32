"""Test cards: what a technician needs to see to align projectors, on the part of the picture that each one shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from installation.output.projector import Part
from installation.output.recorder import Pixels

SQUARES = 16  # along the picture's longer side; they are square whatever its shape
FAINT, CLEAR, FADING = (70, 80, 100), (215, 230, 255), (255, 176, 60)
BARS = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))
STEPS = 16  # of the grey ramp
TINY = 32  # pixels; on less there is nothing to read


class Card(enum.Enum):
    """The cards, in the order in which a key brings them."""

    GRID = "grid"
    BARS = "bars"
    WHITE = "white"
    GREY = "grey"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class Plate:
    """What a card says of an output.

    title   its name and number
    size    of its window, pixels
    part    of the picture: left, low, width, height, 0..1
    edges   shares of the part over which it fades, at left, right, low and high
    notes   what else is worth knowing: what has been turned, mirrored, bent
    """

    title: str
    size: tuple[int, int]
    part: Part
    edges: Part
    notes: str = ""


def card(kind: Card, plate: Plate, picture: tuple[int, int]) -> Pixels:
    """A test card for one output, [height, width, 3], row 0 is the highest.

    picture   pixels of the whole picture; the card has as many as the output's part of it. The lines and circles
              are those of the whole picture, so that they meet where outputs overlap
    """
    size = (max(1, round(picture[0] * plate.part[2])), max(1, round(picture[1] * plate.part[3])))
    even = {Card.WHITE: 255, Card.GREY: 128, Card.BLACK: 0}
    if kind in even:
        return np.full((size[1], size[0], 3), even[kind], np.uint8)
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    if kind is Card.GRID:
        _grid(draw, plate.part, picture)
    else:
        _bars(draw, size)
    if min(size) >= TINY:
        _zones(draw, size, plate.edges)
        _words(draw, size, plate, picture)
    return np.asarray(image)


def _grid(draw: ImageDraw.ImageDraw, part: Part, picture: tuple[int, int]) -> None:
    """Squares, circles and a cross of the whole picture, and the frame of this part."""
    wide, high = picture
    left, top = wide * part[0], high * (1 - part[1] - part[3])
    step = max(wide, high) / SQUARES
    thin = max(1, max(wide, high) // 1200)
    middle = (wide / 2 - left, high / 2 - top)
    for axis, length in ((0, wide), (1, high)):
        count = int(length / 2 / step) + 1
        for number in range(-count, count + 1):
            at = middle[axis] + number * step
            line = (at, -top, at, high - top) if axis == 0 else (-left, at, wide - left, at)
            draw.line(line, CLEAR if number == 0 else FAINT, thin * (1 + (number == 0)))
    radius = min(wide, high) / 2
    corner = min(wide, high) / 8
    circles = [(*middle, radius - thin), (*middle, radius / 2)]
    circles += [(x - left, y - top, corner) for x in (corner, wide - corner) for y in (corner, high - corner)]
    for x, y, around in circles if min(picture) >= TINY else ():
        draw.ellipse((x - around, y - around, x + around, y + around), outline=CLEAR, width=thin)
    size = (round(wide * part[2]), round(high * part[3]))
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=CLEAR, width=2 * thin)
    draw.line((0, 0, *size), FAINT, thin)
    draw.line((0, size[1], size[0], 0), FAINT, thin)


def _bars(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """Colours at three quarters, their full ones, and a ramp of greys in steps and without."""
    wide, high = size
    for row, (top, low, level) in enumerate(((0.0, 0.45, 191), (0.45, 0.6, 255))):
        for number, bar in enumerate(BARS[::-1] if row else BARS):
            box = (wide * number / len(BARS), high * top, wide * (number + 1) / len(BARS), high * low)
            draw.rectangle(box, tuple(level * part for part in bar))
    for number in range(STEPS):
        box = (wide * number / STEPS, high * 0.6, wide * (number + 1) / STEPS, high * 0.8)
        draw.rectangle(box, (round(255 * number / (STEPS - 1)),) * 3)
    for column in range(wide):
        draw.line((column, high * 0.8, column, high), (round(255 * column / max(1, wide - 1)),) * 3)


def _zones(draw: ImageDraw.ImageDraw, size: tuple[int, int], edges: Part) -> None:
    """Where the output fades into its neighbours: a frame, hatched."""
    wide, high = size
    left, right, low, up = edges
    boxes = (
        (left, (0, 0, wide * left, high)),
        (right, (wide * (1 - right), 0, wide - 1, high)),
        (up, (0, 0, wide, high * up)),
        (low, (0, high * (1 - low), wide, high - 1)),
    )
    for share, (x, y, to_x, to_y) in boxes:
        if share > 0:
            draw.rectangle((x, y, to_x, to_y), outline=FADING, width=max(1, wide // 600))
            across = to_x - x < to_y - y
            for number in range(1, 10):
                along = number / 10
                line = (x, y + (to_y - y) * along, to_x, y + (to_y - y) * along)
                draw.line(line if across else (x + (to_x - x) * along, y, x + (to_x - x) * along, to_y), FADING, 1)


def _words(draw: ImageDraw.ImageDraw, size: tuple[int, int], plate: Plate, picture: tuple[int, int]) -> None:
    wide, high = size
    left, low, part_wide, part_high = plate.part
    lines = [
        f"{plate.size[0]} x {plate.size[1]} pixels show {wide} x {high} of {picture[0]} x {picture[1]}",
        f"part {left:g}, {low:g}, {part_wide:g}, {part_high:g}",
    ]
    if any(plate.edges):
        lines.append("fades " + ", ".join(f"{share:.3g}" for share in plate.edges))
    lines += [plate.notes] if plate.notes else []
    largest = max(8, min(wide, high) // 8)
    title = ImageFont.load_default(largest)
    length = draw.textlength(plate.title, title)
    title = ImageFont.load_default(max(8, int(largest * min(1.0, 0.8 * wide / max(1.0, length)))))
    small = ImageFont.load_default(max(8, min(wide // 36, high // 28)))
    middle = (wide / 2, high / 2)
    whole = "\n".join(lines)
    box = draw.textbbox(middle, plate.title, title, "md")
    below = draw.multiline_textbbox(middle, whole, small, "ma", align="center")
    frame = (min(box[0], below[0]) - 12, box[1] - 8, max(box[2], below[2]) + 12, below[3] + 8)
    draw.rectangle(frame, (0, 0, 0))
    draw.text(middle, plate.title, CLEAR, title, "md")
    draw.multiline_text(middle, whole, CLEAR, small, "ma", align="center")
