"""Where a sound stands in the room: each pitch comes from where the neurons that answer it stand in the body."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from installation.data import Activations, Anatomy, Clip, Dream, Floats, Layout

Numbers = NDArray[np.float64]

BASS = 140.0  # Hz; below, ears cannot tell from where, and a club's loudspeakers play it together
OCTAVES = 6  # bands above it, an octave each; the highest is open
SLOTS = 4  # places in a second, between which a sound moves in a straight line
GLANCES = 2  # steps of the network that are looked at for each of them
LEAST = 0.03  # of the body's radius: directions that differ by less are not drawn further apart
NEARNESS = np.array([0.4, 0.7, 1.0, 1.0, 1.0, 1.0])  # how far each band may go: low sounds carry a room's weight
LAYOUTS: Mapping[str, tuple[float | None, ...]] = {  # azimuth of each channel in degrees; None plays nothing
    "mono": (0.0,),
    "stereo": (-30.0, 30.0),
    "quad": (-45.0, 45.0, -135.0, 135.0),
    "5.1": (-30.0, 30.0, 0.0, None, -110.0, 110.0),
    "ring": (-30.0, 30.0, 90.0, 150.0, -150.0, -90.0),
}


@dataclass(frozen=True, slots=True)
class Field:
    """Which pitches a layer's bins hear, in bins of the scalogram: bin b those from `first + b * step` on."""

    first: float
    step: float
    width: float


def fields(anatomy: Anatomy, bins: int) -> dict[str, Field]:
    """What each layer's bins hear of a scalogram of so many bins, followed through the links.

    A layer that no link leads to shares the pitches out evenly among its bins.
    """
    known: dict[str, Field] = {}
    for layer in anatomy:
        link = next((link for link in anatomy.links if link.target == layer.name and link.source in known), None)
        if link is None:
            known[layer.name] = Field(0.0, bins / layer.bins, bins / layer.bins)
        else:
            source = known[link.source]
            first = source.first + source.step * link.offset
            known[layer.name] = Field(first, source.step * link.stride, source.width + source.step * (link.kernel - 1))
    return known


def directions(
    activations: Activations, anatomy: Anatomy, positions: Floats, borders: Numbers, bins: int, slots: int
) -> Numbers:
    """Where the neurons that answer each band stand, right and up in the unit ball: [bands, slots, 2].

    Every neuron pulls the pitches that it hears towards itself, by the square of its answer; every layer pulls alike.

    positions   [units, 3] in the unit ball
    borders     [bands + 1] in bins of the scalogram
    """
    pull = np.zeros((len(borders) - 1, slots, 2))
    weight = np.full((len(borders) - 1, slots), 1e-9)
    for name, field in fields(anatomy, bins).items():
        if name not in activations.layers:
            continue
        answers = _glances(activations.layers[name], slots)  # [channels, bins, slots]
        answers /= max(float(answers.mean()), 1e-9)
        stand = positions[anatomy.slice(name), :2].reshape(*answers.shape[:2], 2)
        hears = _overlap(field, answers.shape[1], borders)  # [bands, bins]
        pull += np.einsum("nb,bts->nts", hears, np.einsum("cbt,cbs->bts", answers, stand, optimize=True))
        weight += hears @ answers.sum(axis=0)
    return np.asarray(pull / weight[:, :, None])


def drawn_apart(direction: Numbers, power: Numbers) -> Numbers:
    """Directions as a room shows them, in -1..1: around the middle, smooth in time, the low ones nearer to it.

    direction   [bands, slots, 2]
    power       [bands] of the sound; the sounds together stand in the middle
    """
    middle = np.einsum("n,nts->s", power / max(float(power.sum()), 1e-30), direction) / direction.shape[1]
    apart = direction - middle
    smooth = (np.roll(apart, 1, axis=1) + 2 * apart + np.roll(apart, -1, axis=1)) / 4
    reach = np.sqrt(np.square(smooth).sum(axis=2).mean())
    spread = np.tanh(smooth / max(float(reach), LEAST)) * NEARNESS[:, None, None]
    return np.asarray(spread)


def _glances(layer: NDArray[np.float16], slots: int) -> Floats:
    """The squares of a layer's answers above rest, at so many moments of the loop: [channels, bins, slots]."""
    steps = layer.shape[2]
    places = (np.arange(slots * GLANCES) + 0.5) * steps / (slots * GLANCES)
    seen = np.nan_to_num(layer[:, :, places.astype(np.int64)].astype(np.float32), nan=0, posinf=0, neginf=0)
    seen = np.maximum(seen, 0)
    squares: Floats = np.square(seen).reshape(*layer.shape[:2], slots, GLANCES).mean(axis=3)
    return squares


def _overlap(field: Field, count: int, borders: Numbers) -> Numbers:
    """Which share of what each bin hears lies in each band: [bands, bins]."""
    first = field.first + field.step * np.arange(count)
    low, high = borders[:-1, None], borders[1:, None]
    both = np.minimum(first + field.width, high) - np.maximum(first, low)
    return np.asarray(np.maximum(both, 0) / field.width)


def gains(direction: Numbers, layout: str, width: float) -> Numbers:
    """How much of a sound each channel plays, [..., channels]; they always add up to 1.

    direction   [..., 2] right and up in -1..1; in front of two loudspeakers only right counts, else up is in front
    width       0 all alike .. 1 as far as the direction points
    """
    azimuths = LAYOUTS[layout]
    if len(azimuths) == 2:
        right = width * direction[..., 0]
        return np.stack([(1 - right) / 2, (1 + right) / 2], axis=-1)
    there = [channel for channel, azimuth in enumerate(azimuths) if azimuth is not None]
    angles = np.array([azimuth for azimuth in azimuths if azimuth is not None])
    order = np.argsort(angles)
    far = width * np.minimum(np.hypot(direction[..., 0], direction[..., 1]), 1)
    angle = np.degrees(np.arctan2(direction[..., 0], direction[..., 1]))
    ring = np.concatenate([angles[order], [angles[order][0] + 360]])
    above = (angle - ring[0]) % 360 + ring[0]
    left = np.clip(np.searchsorted(ring, above, side="right") - 1, 0, len(order) - 1)
    along = np.sin((above - ring[left]) / (ring[left + 1] - ring[left]) * np.pi / 2) ** 2
    shares = np.zeros((*angle.shape, len(azimuths)))
    for step, share in ((0, 1 - along), (1, along)):
        channel = np.array(there)[order[(left + step) % len(order)]]
        np.put_along_axis(shares, channel[..., None], share[..., None], axis=-1)
    even = np.zeros(len(azimuths))
    even[there] = 1 / len(there)
    return (1 - far[..., None]) * even + far[..., None] * shares


def bands(spectrum: NDArray[np.complex64], frequencies: Floats) -> list[NDArray[np.complex64]]:
    """The spectrum in octaves from the bass up, which flow into each other and add up to it, [frequencies] each."""
    octave = np.log2(np.maximum(frequencies, 1.0) / BASS)
    above = [np.sin(np.clip(octave - n + 0.5, 0, 1) * np.pi / 2).astype(np.float32) ** 2 for n in range(OCTAVES)]
    shares = [above[n] - (above[n + 1] if n + 1 < OCTAVES else 0) for n in range(OCTAVES)]
    return [spectrum * share for share in shares]


def spread_out(dream: Dream, anatomy: Anatomy, layout: Layout, room: str, width: float) -> Dream:
    """The dream with a channel for each loudspeaker of the room; their mean is the loop that the ear has heard.

    A loop that has channels already, or of which nobody knows what the neurons answered, stays as it is. Where a
    channel would go beyond full scale, all of them are quieter.

    room    one of LAYOUTS
    width   0 all in the middle .. 1
    """
    clip, channels = dream.clip, len(LAYOUTS[room])
    if channels == 1 or clip.samples.shape[0] > 1 or not dream.activations.layers:
        return dream
    loop, scalogram = clip.samples[0], dream.scalogram
    slots = max(1, round(SLOTS * clip.seconds))
    octave = scalogram.bins_per_octave
    borders = octave * (np.log2(BASS / scalogram.lowest) + np.arange(OCTAVES + 1))
    borders[-1] = max(borders[-1], scalogram.level.shape[0])
    parts = bands(np.asarray(fft.rfft(loop), np.complex64), fft.rfftfreq(len(loop), 1 / clip.rate).astype(np.float32))
    power = np.array([float(np.vdot(part, part).real) for part in parts])
    towards = directions(dream.activations, anatomy, layout.positions, borders, scalogram.level.shape[0], slots)
    share = gains(drawn_apart(towards, power), room, width)  # [bands, slots, channels]
    even = gains(np.zeros(2), room, 0.0)  # [channels]
    sound = np.outer(channels * even, loop).astype(np.float32)  # [channels, samples]
    slot = (np.arange(len(loop)) * (slots / len(loop)) - 0.5).astype(np.float32)
    for band, part in enumerate(parts):
        wave = fft.irfft(part, len(loop))
        for channel in np.flatnonzero(even):
            moved = channels * (share[band, :, channel] - even[channel])
            sound[channel] += _lasting(moved, slot) * wave
    peak = float(np.abs(sound).max())
    return replace(dream, clip=Clip(sound if peak <= 1 else sound / np.float32(peak), clip.rate))


def _lasting(values: Numbers, slot: Floats) -> Floats:
    """Values at the middles of the slots as a line around the circle, at each sample."""
    count = len(values)
    around = np.concatenate([values[-1:], values, values[:1]]).astype(np.float32)
    return np.asarray(np.interp(slot, np.arange(-1, count + 1), around), np.float32)
