"""Colours between the first layer's and the last one's, by hue and not through grey."""

import numpy as np
from numpy.typing import NDArray

from installation.data import Vector

STEPS = 16  # as lib/shade.glsl has
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)  # OKLab, Björn Ottosson 2020
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
FROM_CONES, FROM_LAB = np.linalg.inv(TO_CONES), np.linalg.inv(TO_LAB)
LINGER = 1.4  # the hue stays near the first layers' longer than a straight mix
PEARL = 0.4  # of the chroma goes between two far hues, so that what lies there is pearl rather than grass
GREY = 1e-3  # chroma below which a colour has no hue of its own


def palette(shallow: Vector, deep: Vector, sweep: float = 0.0) -> NDArray[np.float64]:
    """Evenly spread colours from one to the other, [STEPS, 3] linear light: lightness, chroma and hue are mixed.

    sweep   turns of hue more than the shorter way round, so that every layer may have a colour of its own
    """
    (l0, c0, h0), (l1, c1, h1) = lch(shallow), lch(deep)
    h0, h1 = (h1 if c0 < GREY else h0), (h0 if c1 < GREY else h1)
    turn = (h1 - h0 + np.pi) % (2 * np.pi) - np.pi  # the shorter way round
    t = np.linspace(0, 1, STEPS)
    plain = max(0.0, 1.0 - abs(sweep))  # of the two rules below, which are for a short way
    way = t ** (1 + (LINGER - 1) * plain) * (turn + 2 * np.pi * sweep)
    lightness, chroma, hue = l0 + t * (l1 - l0), c0 + t * (c1 - c0), h0 + way
    chroma *= 1 - PEARL * plain * np.sin(np.pi * t) ** 2
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    cones = (lab @ FROM_LAB.T) ** 3
    return np.maximum(cones @ FROM_CONES.T, 0)


def lch(colour: Vector) -> tuple[float, float, float]:
    """Lightness, chroma and hue (radians) of a linear-light RGB colour."""
    lightness, a, b = TO_LAB @ np.cbrt(TO_CONES @ np.asarray(colour, float))
    return float(lightness), float(np.hypot(a, b)), float(np.arctan2(b, a))
