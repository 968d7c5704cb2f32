"""One screen or projector of several, as a venue describes it in its settings."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from installation.content import find
from installation.errors import ContentError, one_of
from installation.section import Pixels, Section

ROUNDED = 1e-6  # of the picture, by which a part may be written a little too large
ENDINGS = {".data": "a mesh of Paul Bourke's", ".mpcdi": "a calibration"}
Share = Annotated[float, Field(ge=0, le=1)]


class Output(Section):
    """One window, screen or projector among several, with its own part of the picture: a [[output]] each."""

    name: str = Field("", pattern=r"^[\w .-]*$", description="on its test card, and of the file its warp is kept in")
    display: str = Field("", description="part of a display's name, or its number; empty for the first")
    size: tuple[Pixels, Pixels] | None = Field(None, description="pixels; without it all of the display")
    place: tuple[int, int] = Field((0, 0), description="pixels from the display's upper left corner, if it has a size")
    part: tuple[Share, Share, Share, Share] = Field(
        (0, 0, 1, 1), description="of the picture that it shows: left, low, width, height, 0..1"
    )
    rotate: Literal[0, 90, 180, 270] = Field(0, description="degrees by which the picture is turned clockwise")
    mirror: bool = Field(False, description="left and right swapped, for rear projection")
    mesh: str = Field("", description="a mesh file (.data) or a calibration (.mpcdi), by path or in the folder warps")
    region: str = Field("", description="of the calibration; empty for the one named like the output, or the only one")
    blend: Literal["auto"] | tuple[Share, Share, Share, Share] = Field(
        "auto", description="shares of its part over which it fades: left, right, low, high; or as the parts overlap"
    )
    gamma: float = Field(2.2, ge=1, le=4, description="of the projector")
    black: float = Field(0.0, ge=0, le=0.1, description="light of its black as a share of its white, lifted elsewhere")

    @field_validator("mesh")
    @classmethod
    def _there(cls, mesh: str) -> str:
        if mesh:
            try:
                located(mesh)
            except ContentError as error:
                raise ValueError(str(error)) from None
        return mesh

    @field_validator("blend", mode="before")
    @classmethod
    def _widths(cls, blend: Any) -> Any:
        shares = isinstance(blend, list | tuple) and len(blend) == 4
        if blend != "auto" and not (
            shares and all(isinstance(share, int | float) and 0 <= share <= 1 for share in blend)
        ):
            raise ValueError("possible is 'auto', or four shares 0..1: left, right, low, high")
        return blend

    @field_validator("part")
    @classmethod
    def _inside(cls, part: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        left, low, wide, high = part
        if not (wide > 0 and high > 0 and left + wide <= 1 + ROUNDED and low + high <= 1 + ROUNDED):
            raise ValueError("left, low, width and height lie within the picture, such as [0.5, 0, 0.5, 1]")
        return part


def located(name: str) -> Path:
    """A mesh or calibration by its path, or from the folders of warps."""
    path = Path(name).expanduser()
    if path.suffix.lower() not in ENDINGS:
        known = " or ".join(f"{ending} ({what})" for ending, what in ENDINGS.items())
        raise ContentError(f"the mesh {name!r} is no file that can be used; possible is {known}.")
    if path.is_file():
        return path
    if path.is_absolute():
        beside = [found.name for found in path.parent.glob("*") if found.suffix.lower() in ENDINGS]
        raise ContentError(f"the mesh {path} is not there. {one_of(path.name, beside)}")
    return find("warps", name)
