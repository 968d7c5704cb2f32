"""What a picture shows of its halos, told without drawing it: two more faces over a neuron, a cool and a warm one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Floats, Look
from installation.render.foreseen import COOL, HALO, HUSHED, TURN, WARM
from installation.render.optics import LUMINANCE, NEAR_BLOOM, RINGS, Seen, constants, film

CORE = 0.5  # of a halo's radius: most of its light falls within a disc somewhat larger


class Halos(NamedTuple):
    """The halos of a dream over the columns of its loop.

    units    [halos] their neurons; the cool ones, then the warm ones
    states   [columns, halos] uint8, 0 at rest .. 255
    """

    units: NDArray[np.intp]
    states: NDArray[np.uint8]


def halos(seen: dict[str, NDArray[np.uint8]], anatomy: Anatomy, columns: int) -> Halos:
    """All halos of a dream, from `foreseen.light` of its layers."""
    units, states = [], []
    for part in range(2):
        for layer, light in seen.items():
            where = anatomy.slice(layer)
            units.append(np.arange(where.start, where.stop))
            states.append(_at(light[..., part], (np.arange(columns) + 0.5) / columns))
    if not units:
        return Halos(np.empty(0, np.intp), np.empty((columns, 0), np.uint8))
    return Halos(np.concatenate(units), np.concatenate(states, axis=1))


def across(old: Halos, new: Halos, seconds: float) -> Halos:
    """The halos of a loop of so many seconds after another one that it follows: that one's give way to them."""
    if not len(old.units) or not np.array_equal(old.units, new.units):
        return new  # the shader takes the new loop for both
    columns = len(new.states)
    since = (np.arange(columns) + 0.5) / columns * seconds
    turned = np.minimum(since / TURN, 1.0)[:, None]
    before = _at(old.states, since / (seconds * len(old.states) / columns))
    return Halos(new.units, np.rint(before * (1 - turned) + new.states * turned).astype(np.uint8))


def _at(light: NDArray[np.uint8], places: Floats | NDArray[np.float64]) -> NDArray[np.uint8]:
    """Light [steps, units] at places 0.. of the loop, as a texture that repeats gives it."""
    at = places * len(light) - 0.5
    first = np.floor(at).astype(int)
    along = (at - first).astype(np.float32)[:, None]
    here, there = light[first % len(light)], light[(first + 1) % len(light)]
    between: NDArray[np.uint8] = np.rint(here * (1 - along) + there * along).astype(np.uint8)
    return between


def with_halos(there: Seen, units: NDArray[np.intp], look: Look, first: int) -> Seen:
    """Neurons and their halos as one; the halos' rows of the table begin at `first`, cool and warm."""
    if not len(units):
        return there
    bare = there.radii[units] / max(look.size, 1e-6)  # halos do not grow with the neurons
    kinds = first + (np.arange(len(units)) >= len(units) // 2)
    return Seen(
        np.concatenate([there.centres, there.centres[units]]),
        np.concatenate([there.radii, (CORE * HALO * bare).astype(np.float32)]),
        np.concatenate([there.kinds, kinds.astype(np.int32)]),
    )


def table(look: Look) -> Floats:
    """How much of a halo's core is how bright by its state, [cool and warm, 256, 4], as `Optics.table` has it."""
    strength = look.foresight * 2.0**look.exposure * constants("awaited.vert")["BRIGHT"]
    state = np.square(np.linspace(0, 1, 256))[None, :, None]
    light = strength * state * np.array([COOL, WARM])[:, None]  # [2, 256, 3] in the middle of a halo
    ring = (np.arange(RINGS) + 0.5) / RINGS
    falls, area = np.square(1 - ring * ring), 2 * ring / RINGS / CORE**2
    near = light * (1 - look.bloom * (1 - NEAR_BLOOM))
    screen = sum(film(near * fall) * share for fall, share in zip(falls, area, strict=True))
    sent = (light @ LUMINANCE)[..., None] * float((falls * area).sum())
    result: Floats = np.concatenate([screen, sent], axis=2).astype(np.float32)
    return result


def hush(look: Look) -> float:
    """How much of a neuron's own light gives way to its halo, 0..1."""
    return HUSHED * min(max(look.foresight, 0.0), 1.0)
