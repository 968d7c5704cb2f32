"""How a moment should look: from where, in which colours, how bright, and with which words over it."""

from __future__ import annotations

from dataclasses import dataclass

from installation.title import Title

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where we look from. The body is a unit ball around the origin; a flat body faces +z."""

    eye: Vector = (0.0, 0.0, 3.0)
    centre: Vector = (0.0, 0.0, 0.0)
    up: Vector = (0.0, 1.0, 0.0)
    angle: float = 45.0  # degrees of view, vertically


@dataclass(frozen=True, slots=True)
class Dome:
    """A picture for a dome: an equidistant fisheye, as the audience sees it when it looks up.

    The front is at the bottom of the square, the audience's left at its left, black outside the circle.
    """

    fov: float = 180.0  # degrees across the whole circle, 90..250
    tilt: float = 0.0  # degrees by which the front of the rim is lowered, -90..90
    height: float = 40.0  # degrees above the horizon at which the camera looks
    spread: float = 110.0  # degrees of the dome that a camera's view fills; it steps nearer until it does
    offset: tuple[float, float] = (0.0, 0.0)  # of the circle from the middle, right and up, in its radii


@dataclass(frozen=True, slots=True)
class Look:
    """How a moment should look. Any two can be mixed: words fade, and all others are numbers.

    Colours are linear-light RGB. A neuron's colour runs from `shallow` (first layer) to `deep` (last).
    """

    camera: Camera = Camera()
    shallow: Vector = (0.0, 0.107, 1.0)  # #005cff
    deep: Vector = (1.0, 0.716, 0.021)  # #ffdc28
    shine: Vector = (0.45, 1.0, 1.0)  # of targeted neurons
    sweep: float = 0.0  # turns of hue between `shallow` and `deep` beyond the shorter way
    size: float = 1.0  # of a neuron, times its natural size
    glow: float = 1.0  # light of an active neuron
    rest: float = 0.02  # light of a neuron at rest
    haze: float = 0.25  # light of the mist of connections
    pulses: float = 1.0  # light that travels along the strongest connections, from earlier to later layers
    bloom: float = 0.15  # share of light that spreads in the lens
    foresight: float = 0.0  # light of what the ear awaits, and of where it was wrong
    ring: float = 0.0  # light of the loop's scalogram around the body
    exposure: float = 0.0  # stops
    formed: float = 1.0  # how far the body has taken shape: 0 a point, then small discs, 1 whole
    fade: float = 1.0  # 0 black .. 1 as it is
    titles: tuple[Title, ...] = ()  # words over the picture
