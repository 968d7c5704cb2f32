"""Colours, thought in lightness, chroma and hue, and given as the linear light that the picture adds up."""

import math
from dataclasses import dataclass

from installation.data import Vector


def oklch(lightness: float, chroma: float, hue: float) -> Vector:
    """The linear-light RGB of a colour; equal steps look equally large.

    lightness   0 black .. 1 white
    chroma      0 grey .. about 0.3; what a screen cannot show is brought nearer to grey, hue and lightness kept
    hue         degrees: 30 red, 70 amber, 145 green, 200 cyan, 260 blue, 320 violet
    """
    if shown(colour := _linear(lightness, chroma, hue)):
        return clipped(colour)
    low, high = 0.0, chroma
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(_linear(lightness, middle, hue)) else (low, middle)
    return clipped(_linear(lightness, low, hue))


def shown(colour: Vector, slack: float = 1e-3) -> bool:
    """Whether an sRGB screen can show it."""
    return all(-slack <= part <= 1 + slack for part in colour)


def clipped(colour: Vector) -> Vector:
    """The colour without what rounding put outside 0..1."""
    red, green, blue = (min(max(part, 0.0), 1.0) for part in colour)
    return red, green, blue


def _linear(lightness: float, chroma: float, hue: float) -> Vector:
    """OKLCh to linear sRGB, by the matrices of its inventor, Björn Ottosson."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


@dataclass(frozen=True, slots=True)
class Palette:
    """Three colours of linear light: the first layers, the last layers, and what is dreamt of.

    sweep   turns of hue between the first two beyond the shorter way round
    """

    shallow: Vector
    deep: Vector
    shine: Vector
    sweep: float = 0.0


HOUSE = {
    # the original's own: #005cff, #ffdc28 and cyan-white
    "original": Palette((0.0, 0.107, 1.0), (1.0, 0.716, 0.021), (0.45, 1.0, 1.0)),
    "ember": Palette(oklch(0.50, 0.21, 292), oklch(0.78, 0.17, 62), oklch(0.97, 0.05, 95)),
    "lagoon": Palette(oklch(0.50, 0.20, 262), oklch(0.82, 0.17, 165), oklch(0.98, 0.05, 95)),
    "aurora": Palette(oklch(0.48, 0.11, 200), oklch(0.74, 0.20, 325), oklch(0.97, 0.05, 140)),
    "moss": Palette(oklch(0.48, 0.13, 225), oklch(0.85, 0.21, 128), oklch(0.98, 0.05, 85)),
    "moon": Palette(oklch(0.52, 0.08, 262), oklch(0.84, 0.06, 85), oklch(0.98, 0.05, 200)),
    "dawn": Palette(oklch(0.46, 0.13, 252), oklch(0.80, 0.15, 18), oklch(0.98, 0.06, 100)),
    "layers": Palette(oklch(0.50, 0.20, 268), oklch(0.82, 0.15, 205), oklch(0.99, 0.02, 95), sweep=1.0),
}
