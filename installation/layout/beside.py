"""Two bodies side by side, mirrored like the ears of a head."""

import numpy as np

from installation.data import Anatomy, Floats, Layout, frozen

HALF = 0.5  # how large each is: together they just fit into the unit ball


def beside(left: Layout, right: Layout, anatomy: Anatomy) -> Layout:
    """The layout of both; the right one is mirrored.

    anatomy   the left one's neurons, then the right one's
    """
    return Layout(
        frozen(_places(left.positions[None], right.positions[None])[0]),
        frozen(np.concatenate([left.edges, right.edges + len(left.positions)]).astype(np.int32)),
        frozen(np.concatenate([left.strengths, right.strengths])),
        anatomy.fingerprint,
        variants=_variants(left, right),
        haze=_haze(left.haze, right.haze),
        settings={"left": dict(left.settings), "right": dict(right.settings)},
    )


def _places(left: Floats, right: Floats) -> Floats:
    """[places, units, 3] of each -> of both."""
    one, other = left * HALF, right * (-HALF, HALF, HALF)
    one[..., 0] -= HALF
    other[..., 0] += HALF
    return np.concatenate([one, other], axis=1).astype(np.float32)


def _variants(left: Layout, right: Layout) -> Floats | None:
    """Both breathe, or neither does."""
    if left.variants is None or right.variants is None or len(left.variants) != len(right.variants):
        return None
    return frozen(_places(left.variants, right.variants))


def _haze(left: Floats | None, right: Floats | None) -> Floats | None:
    """The mist of both at half their size, in one picture; without it, it is made of the threads."""
    if left is None or right is None or left.shape != right.shape or len(left) % 4:
        return None
    half = len(left) // 2
    small = [haze.reshape(half, 2, half, 2).mean((1, 3)) for haze in (left, right[:, ::-1])]
    both = np.zeros_like(left)
    both[half // 2 : half // 2 + half] = np.concatenate(small, axis=1)
    return frozen(both)
