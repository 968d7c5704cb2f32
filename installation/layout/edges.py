"""The connections that are seen: some tens of thousands as threads, all of them together as haze."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Floats, Link

THREADS = 30_000  # connections kept for the renderer, the same number from every link
SIZE = 768  # pixels of the haze along each side
LINES = 200_000  # connections drawn to make the haze; the others lie between them
FULL = 0.999  # of the pixels that a line crosses are less than fully bright
PART = 5_000  # lines drawn at a time

Numbers = NDArray[np.int64]


def windows(anatomy: Anatomy, link: Link) -> Numbers:
    """All (target bin, source bin) that a link joins, [pairs, 2], without the padding."""
    target = np.arange(anatomy[link.target].bins)[:, None]
    source = target * link.stride + link.offset + np.arange(link.kernel)
    inside = (source >= 0) & (source < anatomy[link.source].bins)
    return np.stack([np.broadcast_to(target, source.shape)[inside], source[inside]], 1)


def connections(anatomy: Anatomy, link: Link) -> int:
    """How many connections a link stands for."""
    channels = anatomy[link.target].channels
    return len(windows(anatomy, link)) * channels * (anatomy[link.source].channels if link.dense else 1)


def drawn(anatomy: Anatomy, link: Link, count: int, dice: np.random.Generator) -> NDArray[np.int32]:
    """So many connections of a link by chance, [count, 2] source and target neuron; all of them where it has fewer."""
    pairs = windows(anatomy, link)
    source, target = anatomy[link.source], anatomy[link.target]
    total = connections(anatomy, link)
    chosen = dice.choice(total, min(count, total), replace=False, shuffle=False)
    pair, channels = np.divmod(chosen, total // max(len(pairs), 1))
    to, of = np.divmod(channels, source.channels) if link.dense else (channels, channels)
    ends = [
        anatomy.start(source.name) + of * source.bins + pairs[pair, 1],
        anatomy.start(target.name) + to * target.bins + pairs[pair, 0],
    ]
    return np.stack(ends, 1).astype(np.int32)


def strongest(
    anatomy: Anatomy, link: Link, weights: Floats, count: int, dice: np.random.Generator
) -> NDArray[np.int32]:
    """So many connections of a link with the largest weights, [count, 2] source and target neuron, the largest first.

    A weight is shared by all bins of a kernel's way along pitch; which of them come first is chance.

    weights   [target channels, source channels, kernel] >= 0, of a dense link
    """
    pairs = windows(anatomy, link)
    tap = pairs[:, 1] - pairs[:, 0] * link.stride - link.offset  # of the kernel, for every pair of bins
    heavy = np.where(np.isin(np.arange(link.kernel), tap), weights, -1).ravel()  # no tap that only ever meets padding
    best = np.argpartition(-heavy, min(count, heavy.size) - 1)[:count]
    best = best[np.argsort(-heavy[best], kind="stable")]
    to, of, taps = np.unravel_index(best[heavy[best] >= 0], weights.shape)
    met = np.bincount(tap, minlength=link.kernel)  # pairs of bins that share a weight of each tap
    rank = np.repeat(np.arange(len(taps)), met[taps])[: count + len(pairs)]  # of the weight, for every connection
    each = np.arange(len(rank)) - (met[taps].cumsum() - met[taps])[rank]
    bins = pairs[np.argsort(tap, kind="stable")][(met.cumsum() - met)[taps[rank]] + each]
    chosen = np.lexsort([dice.random(len(rank)), rank])[:count]
    source, target = anatomy[link.source], anatomy[link.target]
    ends = [
        anatomy.start(source.name) + of[rank] * source.bins + bins[:, 1],
        anatomy.start(target.name) + to[rank] * target.bins + bins[:, 0],
    ]
    return np.stack(ends, 1)[chosen].astype(np.int32)


def threads(
    anatomy: Anatomy, dice: np.random.Generator, count: int = THREADS, weights: Mapping[Link, Floats] | None = None
) -> tuple[NDArray[np.int32], Floats]:
    """The connections to be drawn one by one, [edges, 2] source and target, and how strong each looks, [edges] 0..1.

    Links in `weights` give their strongest connections (see `strongest`), others are drawn by chance. Every link gives
    as many, and strengths fall evenly within each: whoever draws only the strongest sees all parts of the body.
    """
    edges = []
    for link in anatomy.links:
        many = max(1, count // len(anatomy.links))
        if weights is not None and link in weights:
            edges.append(strongest(anatomy, link, weights[link], many, dice))
        else:
            edges.append(drawn(anatomy, link, many, dice))
            dice.shuffle(edges[-1])
    if not edges:
        return np.zeros((0, 2), np.int32), np.zeros(0, np.float32)
    strengths = [1 - 0.9 * np.arange(len(part), dtype=np.float32) / max(len(part), 1) for part in edges]
    return np.concatenate(edges), np.concatenate(strengths)


def haze(
    anatomy: Anatomy, positions: Floats, dice: np.random.Generator, size: int = SIZE, lines: int = LINES
) -> Floats:
    """How dense all connections lie over the plane, [size, size] 0..1, row 0 is y = -1.

    positions   [units, 2 or 3] within the unit ball
    """
    counts = np.array([connections(anatomy, link) for link in anatomy.links], float)
    shares = np.sqrt(counts) / max(float(np.sqrt(counts).sum()), 1.0)  # in small links every single line is seen
    ends, weights = [np.zeros((0, 2, 2), np.float32)], [np.zeros(0, np.float32)]
    for link, count, share in zip(anatomy.links, counts, shares, strict=True):
        edges = drawn(anatomy, link, max(1, round(share * lines)), dice)
        ends.append(positions[edges, :2])
        weights.append(np.full(len(edges), count / max(len(edges), 1), np.float32))
    density = softened(lines_of_light(np.concatenate(ends), np.concatenate(weights), size, dice))
    lit = density[density > 0]
    full = np.quantile(lit, FULL) if len(lit) else 1.0
    return np.minimum(density / full, 1).astype(np.float32)


def lines_of_light(ends: Floats, weights: Floats, size: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Lines [lines, 2 ends, 2] drawn as one point of light a pixel, from a place by chance on, [size, size]."""
    ends = (ends + 1) * (0.5 * size)  # pixels
    length = np.maximum(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1), 1)
    light = np.zeros(size * size)
    for start in range(0, len(ends), PART):
        near, far = ends[start : start + PART].transpose(1, 0, 2)
        points = np.ceil(length[start : start + PART]).astype(int)
        line = np.repeat(np.arange(len(points)), points)
        point = np.arange(len(line)) - np.repeat(points.cumsum() - points, points)
        along = ((point + dice.random(len(points), np.float32)[line]) / points[line]).astype(np.float32)[:, None]
        column, row = np.clip(near[line] + along * (far - near)[line], 0, size - 1).astype(np.int64).T
        light += np.bincount(row * size + column, weights[start : start + PART][line], size * size)
    return light.reshape(size, size)


def softened(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each pixel mixed with its neighbours."""
    for _ in range(2):
        padded = np.pad(picture, ((1, 1), (0, 0)), "edge")
        picture = (0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]).T
    return picture
