"""Bloom: the light that spreads in a lens, without a threshold and without a loss."""

import moderngl

from installation.render.passes import Pass

SHARE = 0.68  # of each coarser level: the wider, the softer; it leaves the sum of all levels at one
COARSEST = 24  # pixels; the coarsest level is about as high at every resolution, so the look does not change


def levels(height: int) -> int:
    """How often a picture is halved."""
    count = 3
    while height >> (count + 1) >= COARSEST * 0.75:
        count += 1
    return count


def padded(size: tuple[int, int]) -> tuple[int, int]:
    """The size with a margin, so that it can be halved exactly: an odd half would lose light."""
    unit = 1 << levels(size[1])
    width, height = (-(-(length + 2) // unit) * unit for length in size)
    return width, height


class Bloom:
    """Light gathered into ever smaller pictures and spread back into one of a quarter of the size.

    Each level is a weighted mean of the next, so the mean of the light stays what it was. The lens spreads light
    wider than four pixels, and a finer level would cost more than all others.
    """

    def __init__(self, gl: moderngl.Context, size: tuple[int, int]) -> None:
        """size   pixels, as `padded` gives it"""
        sizes = [(size[0] >> n, size[1] >> n) for n in range(2, levels(size[1]) + 1)]
        self._gather = [Pass(gl, "post/gather.frag", smaller) for smaller in sizes]
        self._soften = [Pass(gl, "post/soften.frag", smaller) for smaller in sizes[1:]]
        self._spread = [Pass(gl, "post/spread.frag", smaller) for smaller in sizes[:-1]]
        self.target = self._spread[0].target  # where more may be added to what the last call returned
        self.gathered = self._gather[:3][-1].picture  # the last call's light in cells of 16 pixels, or less if small

    def __call__(self, light: moderngl.Texture, spread: float) -> moderngl.Texture:
        """The bloom of a picture, times `spread`."""
        self.gather(light)
        return self.spread(spread)

    def gather(self, light: moderngl.Texture, corner: tuple[int, int] = (0, 0)) -> None:
        """Take in the light of a picture, or of a part of it that begins at this corner; pixels, multiples of four."""
        first = self._gather[0]
        first.target.viewport = (corner[0] // 4, corner[1] // 4, light.width // 4, light.height // 4)
        first(source=light)

    def spread(self, gain: float) -> moderngl.Texture:
        """The bloom of all that was gathered, times `gain`."""
        light = self._gather[0].picture
        gathered = [light]
        for gather in self._gather[1:]:
            light = gather(source=light)
            gathered.append(light)
        wide = gathered.pop()
        steps = zip(self._soften, self._spread, gathered, strict=True)
        for soften, spread, fine in reversed(list(steps)):
            here = gain if spread is self._spread[0] else 1.0
            wide = spread(fine=fine, coarse=soften(source=wide), share=SHARE, gain=here)
        return wide

    def release(self) -> None:
        """Give the memory back."""
        for step in (*self._gather, *self._soften, *self._spread):
            step.release()
