"""Which projectors overlap, and over how much of their parts they fade into each other."""

from collections.abc import Sequence

from installation.output.projector import Part

LEAST = 1e-6  # of the picture; less is no overlap


def overlaps(parts: Sequence[Part]) -> list[Part]:
    """Shares of each part that its neighbours show too: at left, right, low and high, 0..1.

    parts   left, low, width, height of the picture, 0..1

    A neighbour begins before the other ends, and reaches further. A part within another, such as a second screen
    with the whole picture, has no neighbours.
    """
    return [(*_along(parts, part, 0), *_along(parts, part, 1)) for part in parts]


def _along(parts: Sequence[Part], part: Part, axis: int) -> tuple[float, float]:
    """Shares at the lower and the upper end of one axis."""
    start, end = part[axis], part[axis] + part[axis + 2]
    before = after = 0.0
    for other in parts:
        first, last = other[axis], other[axis] + other[axis + 2]
        beside = min(other[1 - axis] + other[3 - axis], part[1 - axis] + part[3 - axis]) - max(
            other[1 - axis], part[1 - axis]
        )
        if beside <= LEAST:
            continue
        if first < start - LEAST and start + LEAST < last < end - LEAST:
            before = max(before, last - start)
        if last > end + LEAST and start + LEAST < first < end - LEAST:
            after = max(after, end - first)
    return before / (end - start), after / (end - start)
