"""The sheet that a picture is made on: its size, the margin of light around it, and the lens it is seen through."""

from dataclasses import dataclass

from installation.data import Dome
from installation.errors import ContentError
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

    def fit(self, most: int, driver: str) -> None:
        """Raises ContentError where this driver cannot make so many pixels along one side."""
        if max(self.whole) > most:
            wide, high = self.whole
            raise ContentError(
                f"a picture of {self.size[0]} x {self.size[1]} pixels was asked for, but with its margin of light it "
                f"has {wide} x {high}, and this driver ({driver}) draws {most} at most. Ask for fewer pixels."
            )
