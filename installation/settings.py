"""What a venue sets once: immersions.toml, small, frozen, and strict about typing errors."""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from installation.data import Dome
from installation.errors import ContentError, one_of

FILE = "immersions.toml"


class Section(BaseModel):
    """A table of the settings file. An unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(Section):
    """The window, or the offscreen picture."""

    size: tuple[int, int] = Field((1280, 720), description="pixels")
    frame_rate: float = Field(60.0, ge=1, le=240, description="Hz, at most")
    fullscreen: bool = False
    display: str = Field("", description="part of a display's name; empty for the first")
    delay: float = Field(0.0, ge=0, le=1000, description="ms that the display needs to show a picture")


class DomeScreen(Section):
    """A dome instead of a screen: the picture is a fisheye, in the largest circle that fits into it."""

    on: bool = False
    fov: float = Field(180.0, ge=90, le=250, description="degrees across the whole circle")
    tilt: float = Field(0.0, ge=-90, le=90, description="degrees by which the front of the rim is lowered")
    height: float = Field(40.0, ge=-90, le=90, description="degrees above the horizon where the middle of a scene lies")
    spread: float = Field(110.0, ge=1, le=170, description="degrees of the dome that a camera's view fills")
    offset: tuple[float, float] = Field((0.0, 0.0), description="of the circle from the middle, right and up, in radii")

    @property
    def lens(self) -> Dome:
        """The dome that these numbers describe, on or off."""
        return Dome(self.fov, self.tilt, self.height, self.spread, self.offset)


class Sound(Section):
    """Where the loops are played."""

    device: str = Field("", description="part of a device's name; empty for the system's choice; 'none' for silence")
    delay: float = Field(0.0, ge=0, le=1000, description="ms between the device and the visitor's ear")
    room: Literal["mono", "stereo", "quad", "5.1", "ring"] = Field(
        "stereo", description="where the loudspeakers stand; a ring is six of them, clockwise from the front left"
    )
    loudness: float = Field(-23.0, ge=-40, le=-10, description="LUFS that every loop is played at")
    cue: str = Field(
        "", description="where the waiting dream is heard: two outputs such as '3/4', or part of a second device's name"
    )

    @field_validator("cue")
    @classmethod
    def _two_outputs(cls, cue: str) -> str:
        if (found := re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", cue)) and (
            int(found[1]) < 3 or int(found[2]) != int(found[1]) + 1
        ):
            raise ValueError("two outputs stand in a row, from 3 on, such as '3/4'")
        return cue


class Tempo(Section):
    """Who may set the tempo instead of the show: Ableton Link first, then a MIDI clock."""

    link: bool = Field(False, description="join the Ableton Link session of this network, if there is one")
    midi: str = Field("", description="part of the name of the MIDI input whose clock is followed; empty for any heard")


class Dreaming(Section):
    """How the optimiser may use the machine."""

    device: str = Field("auto", pattern="^(auto|cpu|cuda)$")
    threads: int = Field(1, ge=1, le=64, description="CPU threads of the optimiser")


class Performance(Section):
    """What is played when nobody says otherwise."""

    name: str = "immersions"
    model: str = "house"
    seed: int = Field(2019, ge=0)
    midi: str = Field("", description="part of a MIDI input's name; empty for every port that has a map")


class Settings(Section):
    """All tables of immersions.toml; each may be left out."""

    picture: Picture = Picture()
    dome: DomeScreen = DomeScreen()
    sound: Sound = Sound()
    tempo: Tempo = Tempo()
    dream: Dreaming = Dreaming()
    show: Performance = Performance()

    @classmethod
    def load(cls, path: Path | None = None) -> "Settings":
        """Read the given file, or immersions.toml of the current folder, or take the defaults.

        Raises ContentError for a missing given file, for broken TOML, unknown keys and impossible values.
        """
        if path is None:
            path = Path(FILE)
            if not path.exists():
                return cls()
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ContentError(f"settings {path} cannot be read: {error.strerror}. Check the path.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ContentError(f"settings {path} is not valid TOML: {error}. Mend that line.") from None
        try:
            return cls.model_validate(tables)
        except ValidationError as error:
            raise ContentError(f"settings {path}: {explain(error)}") from None


def explain(error: ValidationError) -> str:
    """The first fault of a settings file in one sentence."""
    fault = error.errors()[0]
    *tables, key = (str(part) for part in fault["loc"])
    where = ".".join((*tables, key))
    if fault["type"] == "extra_forbidden":
        table: Any = Settings
        for name in tables:
            table = table.model_fields[name].annotation
        place = f"[{'.'.join(tables)}]" if tables else "the file"
        return f"{place} has no setting {key!r}. {one_of(key, table.model_fields)}"
    return f"{where} = {fault['input']!r} cannot be used: {fault['msg'].lower()}. Change that value."
