"""What a picture shows of its neurons, told without drawing it: where each falls, and how much light is seen of it.

The numbers stand in the shaders and are read from there, so that a picture and its forecast cannot drift apart.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from installation.content import find
from installation.data import Anatomy, Dome, Floats, Layout, Look
from installation.render import shape, view
from installation.render.haze import coloured, density_of
from installation.render.palette import palette
from installation.render.particles import FACE, spacing

CONSTANT = re.compile(r"^const float (\w+) = ([-\d.e]+);", re.MULTILINE)
STEPS = 18  # of an answer, for which what is seen of it is worked out; the others lie between
RINGS = 8  # of a face, each with its own light
RADII = (
    0.35,
    0.5,
    0.7,
    1.0,
    1.4,
    2.0,
    3.0,
    5.0,
)  # pixels at rest, for which that is done: larger faces are like the last
SHADES = (0.0, 0.5, 1.0)  # how much of a target a neuron is, as far as its colour is told apart
NEAR_BLOOM = 0.3  # of the light that spreads in the lens, so near that it falls back on the very face


class Seen(NamedTuple):
    """What there is to see at one moment.

    centres   [units, 2] pixels from the lower left corner
    radii     [units] pixels of a face at rest, 0 for one that is not in the picture
    kinds     [units] which row of the tables
    """

    centres: Floats
    radii: Floats
    kinds: NDArray[np.int32]


@lru_cache(maxsize=8)
def constants(shader: str) -> dict[str, float]:
    """The numbers that a shader is written with, by their names."""
    return {name: float(value) for name, value in CONSTANT.findall(find("shaders", shader).read_text(encoding="utf-8"))}


class Optics:
    """One body, looked at from anywhere.

    size   pixels of the picture
    """

    def __init__(self, layout: Layout, anatomy: Anatomy, size: tuple[int, int], dome: Dome | None = None) -> None:
        self.size, self.dome = size, dome
        self._shapes = shape.shapes(layout)
        self._still = layout.positions
        self._origins = shape.origins(layout, anatomy)
        self._depths = shape.depths(anatomy)
        self._face = FACE * spacing(layout)
        self._layer = np.repeat(np.arange(len(anatomy.layers)), [layer.units for layer in anatomy])
        self._layers = len(anatomy.layers)
        density = layout.haze if layout.haze is not None else density_of(layout)
        self._mist = coloured(density)[::8, ::8].astype(np.float32)  # [rows, columns, 3] of the plane x, y in -1..1

    def seen(self, look: Look, place: float, meant: Floats) -> Seen:
        """Where all neurons are at a place 0..1 of the loop; `meant` [units] tells how much each is a target."""
        first, along = shape.between(place, len(self._shapes))
        here = self._shapes[first]
        if len(self._shapes) > 1:
            here = here + along * (self._shapes[(first + 1) % len(self._shapes)] - here)
        here = here + np.float32(view.held(look.camera)) * (self._still - here)
        open_ = np.ones(len(here), np.float32)
        if look.formed < 1.0:
            here, open_ = forming(here, self._origins, self._depths, look.formed)
        centres, scale = self._project(here, look)
        radii = (self._face * look.size * scale * open_).astype(np.float32)
        width, height = self.size
        reach = 2.0 * radii
        inside = (centres[:, 0] > -reach) & (centres[:, 0] < width + reach)
        inside &= (centres[:, 1] > -reach) & (centres[:, 1] < height + reach)
        radii[~inside] = 0.0  # also where a place is no number
        target = np.rint(meant * (len(SHADES) - 1)).astype(np.int32)
        size_ = np.searchsorted(np.sqrt(np.multiply(RADII[1:], RADII[:-1])), radii)
        kinds = (self._layer * len(SHADES) + target) * len(RADII) + size_
        return Seen(centres.astype(np.float32), radii, kinds.astype(np.int32))

    def table(
        self, look: Look, kinds: NDArray[np.int32], hushed: Sequence[int] = (), hush: float = 0.0
    ) -> tuple[Floats, NDArray[np.int32]]:
        """How much of a face's area at rest is how bright, by kind and answer: [rows, 256, 4], and each unit's row.

        The last number is its light before film, for the bloom; the first three are red, green and blue on the screen.

        hushed   numbers of layers whose light gives way to halos, `hush` 0..1 of it
        """
        shader = constants("neuron.vert")
        colours = palette(look.shallow, look.deep, look.sweep)
        depth = np.linspace(0, 15, self._layers) if self._layers > 1 else np.zeros(1)
        shade = np.stack([np.interp(depth, np.arange(16), colours[:, c]) for c in range(3)], axis=1)  # [layers, 3]
        stops = 2.0**look.exposure
        answer = np.linspace(0, 1, STEPS)
        met = np.bincount(kinds) > 0
        wanted = np.flatnonzero(met)
        layer, other = np.divmod(wanted, len(SHADES) * len(RADII))
        target, radius = np.divmod(other, len(RADII))
        open_ = self._opened(look)[layer]
        still = shader["STILL"] * look.rest * (1 + shader["MEANT"] * np.asarray(SHADES)[target][:, None])
        strength = shader["BRIGHT"] * stops * (still + look.glow * answer**2)
        strength = strength * (1 - hush * np.isin(layer, hushed))[:, None]
        strength = strength * np.maximum(open_, shader["SMALLEST"])[:, None] ** -shader["GATHERED"]  # [wanted, steps]
        share = 0.85 * np.asarray(SHADES)[target][:, None]
        colour = (1 - share) * shade[layer] + share * 1.4 * np.asarray(look.shine)
        grown = 1 + shader["GROWTH"] * answer
        rest = np.asarray(RADII)[radius][:, None]
        drawn = np.maximum(rest * grown, 0.8)
        soft = np.minimum(drawn, np.maximum(0.8, 0.22 * rest * grown))
        thin = (rest / drawn) ** 2
        strength[strength < shader["FAINTEST"]] = 0.0
        light = (strength * thin * (1 - look.bloom * (1 - NEAR_BLOOM)))[..., None] * colour[:, None]
        area = (1 / thin)[..., None]
        screen = area * developed(light, (soft / drawn)[..., None])  # [wanted, steps, 3]
        values = np.concatenate([screen, (strength * (colour @ LUMINANCE)[:, None])[..., None]], axis=2)
        at = np.arange(256) / 255 * (STEPS - 1)
        low = np.minimum(at.astype(int), STEPS - 2)
        along = (at - low)[None, :, None]
        table: Floats = (values[:, low] * (1 - along) + values[:, low + 1] * along).astype(np.float32)
        return table, (np.cumsum(met) - 1).astype(np.int32)[kinds]

    def mist(self, look: Look, pixels: Floats) -> Floats:
        """The mist of all connections at these pixels [points, 2], [points, 3] linear light."""
        strength = look.haze * max(0.0, 2 * look.formed - 1) ** 2 * 2.0**look.exposure
        places = self._on_plane(look, pixels)
        size = len(self._mist)
        at = np.nan_to_num((places + 1) * 0.5 * size, nan=-1.0, posinf=-1.0, neginf=-1.0)
        inside = (at[:, 0] >= 0) & (at[:, 0] < size) & (at[:, 1] >= 0) & (at[:, 1] < size)
        at = np.clip(at, 0, size - 1).astype(int)
        light: Floats = self._mist[at[:, 1], at[:, 0]] * inside[:, None]
        return light * np.float32(strength * constants("haze.frag")["BRIGHT"])

    def _opened(self, look: Look) -> Floats:
        """How large each layer's faces are beside their own size, [layers]."""
        depth = np.linspace(0, 1, self._layers) if self._layers > 1 else np.zeros(1)
        still = np.zeros((self._layers, 3), np.float32)
        return forming(still, still, depth.astype(np.float32), look.formed)[1]

    def _project(self, places: Floats, look: Look) -> tuple[Floats, Floats]:
        """Pixels [places, 2], and pixels that one unit of length covers there; as lib/project.glsl has it."""
        size = np.asarray(self.size, np.float32)
        if self.dome is None:
            seen = places @ view.matrix(look.camera, self.size, self.size)[:, :3].T
            seen += view.matrix(look.camera, self.size, self.size)[:, 3]
            away = np.where(seen[:, 3] > 1e-6, seen[:, 3], np.inf)
            pixels = (0.5 + 0.5 * seen[:, :2] / away[:, None]) * size
            return pixels.astype(np.float32), (view.focal(look.camera, self.size[1]) / away).astype(np.float32)
        turn = view.overhead(look.camera, self.dome)
        seen = places @ turn[:3, :3].T + turn[:3, 3]
        aside, away = np.hypot(seen[:, 0], seen[:, 1]), np.maximum(np.linalg.norm(seen, axis=1), 1e-6)
        angle, opening = np.arctan2(aside, seen[:, 2]), np.radians(self.dome.fov) / 2
        x, y, radius = view.disc(self.size, self.dome)
        focal = radius / opening
        along = seen[:, :2] / np.maximum(aside, 1e-9)[:, None]
        stretched = np.sqrt(angle / np.maximum(aside / away, 1e-6))
        scale = np.where(angle < opening, focal / away * np.where(aside / away < 1e-3, 1.0, stretched), 0.0)
        return np.array([x, y], np.float32) + along * (focal * angle)[:, None], scale.astype(np.float32)

    def _on_plane(self, look: Look, pixels: Floats) -> Floats:
        """Where the body's plane is seen at these pixels, [points, 2]; NaN where it is not."""
        if self.dome is None:
            homography = view.matrix(look.camera, self.size, self.size)[[0, 1, 3]][:, [0, 1, 3]].astype(np.float64)
            screen = np.column_stack([pixels / np.asarray(self.size) * 2 - 1, np.ones(len(pixels))])
            found = screen @ np.linalg.pinv(homography).T
            with np.errstate(divide="ignore", invalid="ignore"):
                plane: Floats = (found[:, :2] / found[:, 2:]).astype(np.float32)
            before = np.column_stack([plane, np.ones(len(plane))]) @ homography[2] > 0
            plane[~before] = np.nan
            return plane
        turn = view.overhead(look.camera, self.dome)
        x, y, radius = view.disc(self.size, self.dome)
        aside = pixels - np.array([x, y])
        length = np.linalg.norm(aside, axis=1)
        angle = length / radius * np.radians(self.dome.fov) / 2
        ray = np.column_stack([aside / np.maximum(length, 1e-9)[:, None] * np.sin(angle)[:, None], np.cos(angle)])
        ray, eye = ray @ turn[:3, :3], -turn[:3, 3] @ turn[:3, :3]
        with np.errstate(divide="ignore", invalid="ignore"):
            far = -eye[2] / ray[:, 2]
            plane = (eye[:2] + far[:, None] * ray[:, :2]).astype(np.float32)
        plane[~((far > 0) & (length <= radius))] = np.nan
        return plane


LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def film(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """From light in the room to light on a screen, [..., 3]; as lib/film.glsl has it."""
    most = light.max(axis=-1, keepdims=True)
    spilled = light + (most - light) * most / (most + 8.0)
    screen: NDArray[np.float64] = 1.0 - np.exp(-spilled)
    return screen


def developed(light: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The light of a whole face on the screen, as if it had the area of its disc [..., 3]; as lib/disc.glsl has it.

    share   of the radius that is half the width of its rim
    """
    total = np.zeros_like(light)
    reach = 1 + share
    for ring in range(RINGS):
        at = (ring + 0.5) / RINGS * reach  # of the radius
        rise = np.clip((at - 1 + share) / (2 * share), 0, 1)
        rim = 1 - rise * rise * (3 - 2 * rise)
        membrane = 1 + 0.55 * (1 - share) * (np.minimum(at, 1.0) ** 2 - 0.5)
        total += film(light * rim * membrane / (1 + 0.2 * share * share)) * 2 * at * reach / RINGS
    return total


def forming(places: Floats, origins: Floats, depths: Floats, formed: float) -> tuple[Floats, Floats]:
    """Where neurons stand while the body takes shape, and how large they are; as lib/forming.glsl has it."""
    time = 2.5 * formed - 0.5 * depths
    closed = constants("lib/forming.glsl")["CLOSED"]
    out, whole = _smooth(time), _smooth(time - 1)
    open_ = closed * out * (1 - whole) + whole
    return origins * out[:, None] + (places - origins) * open_[:, None], open_.astype(np.float32)


def _smooth(time: Floats) -> Floats:
    at = np.clip(time, 0, 1)
    return at * at * (3 - 2 * at)
