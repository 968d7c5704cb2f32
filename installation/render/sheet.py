"""The sheet that a picture is made on: its size, the margin of light around it, and the lens it is seen through."""

from dataclasses import dataclass

from installation.data import Dome
from installation.render.bloom import padded


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole picture, whatever part of it is being drawn.

    size     pixels
    dome     it is a fisheye in the largest circle that fits
    """

    size: tuple[int, int]
    dome: Dome | None = None

    @property
    def whole(self) -> tuple[int, int]:
        """Pixels of all light, with the margin all around."""
        return padded(self.size)

    @property
    def margin(self) -> tuple[int, int]:
        """Pixels that the margin has left of it and below it."""
        wide, high = self.whole
        return (wide - self.size[0]) // 2, (high - self.size[1]) // 2
