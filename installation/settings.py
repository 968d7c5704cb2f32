"""What a venue sets once: immersions.toml, small, frozen, and strict about typing errors."""

import logging
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from installation.content import SETTINGS
from installation.data import Dome
from installation.errors import ContentError, one_of
from installation.projection import Output
from installation.section import Pixels, Section, line_of
from installation.unattended import Alarms, OpeningHours

log = logging.getLogger(__name__)

Aside = Annotated[float, Field(ge=-1, le=1)]  # in radii
SECRET = ("pin", "reader", "password")  # settings that no error repeats


class Picture(Section):
    """The window, or the offscreen picture."""

    size: tuple[Pixels, Pixels] = Field((1280, 720), description="pixels")
    frame_rate: float = Field(60.0, ge=1, le=240, description="Hz, at most")
    fullscreen: bool = False
    display: str = Field("", description="part of a display's name; empty for the first")
    kiosk: bool = Field(False, description="no cursor, and no key but Ctrl+Alt+K, which turns this over at any time")
    delay: float = Field(0.0, ge=0, le=1000, description="ms that the display needs to show a picture")
    light: Literal["full", "half"] = Field("full", description="resolution that light is made at; half costs less")
    drift: Literal["auto", "on", "off"] = Field(
        "auto", description="move the picture by a few pixels, unseen, to spare the screen; auto where it is served"
    )

    @property
    def half(self) -> bool:
        """Whether light is made at half the resolution."""
        return self.light == "half"


class DomeScreen(Section):
    """A dome instead of a screen: the picture is a fisheye, in the largest circle that fits into it."""

    on: bool = False
    fov: float = Field(180.0, ge=90, le=250, description="degrees across the whole circle")
    tilt: float = Field(0.0, ge=-90, le=90, description="degrees by which the front of the rim is lowered")
    height: float = Field(40.0, ge=-90, le=90, description="degrees above the horizon where the middle of a scene lies")
    spread: float = Field(110.0, ge=1, le=170, description="degrees of the dome that a camera's view fills")
    offset: tuple[Aside, Aside] = Field((0.0, 0.0), description="of the circle from the middle, right and up, in radii")

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
    ceiling: float = Field(
        85.0, ge=40, le=100, description="dBA in the room that nothing passes, once `immersions calibrate` was done"
    )
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


class Guard(Section):
    """What no visitor may be exposed to. The defaults are safe for photosensitive eyes."""

    flashes: bool = Field(True, description="whether light that would flash is forecast and calmed")
    reason: str = Field("", description="why not, where it is switched off; the log repeats it")
    viewing: float = Field(60.0, ge=5, le=150, description="degrees that the picture's width fills for the nearest eye")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if not self.flashes and not self.reason.strip():
            raise ValueError('flashes = false takes the guard away; say why beside it, as in reason = "a test lab"')
        return self


class Tracker(Section):
    """A GNU Rocket editor in which tracks are drawn while the show plays."""

    host: str = Field("", description="the machine it runs on, such as 'localhost'; empty for none")
    port: int = Field(1338, ge=1, le=65535)


class StationPage(Section):
    """The visitors' page, and who may open it. This machine may; others only where `network` is on."""

    on: bool = True
    port: int = Field(8080, ge=0, le=65535)
    network: bool = Field(False, description="whether other machines may come in; the desk then needs a PIN")
    address: str = Field("", description="what phones are told, such as 'http://10.0.0.5:8080'; empty to find it out")
    names: tuple[str, ...] = Field((), description="of this machine, by which browsers may call it")
    screens: tuple[str, ...] = Field((), description="addresses of other machines that are stations, too")
    phones: int = Field(3, ge=0, le=6, description="how many phones play at once; 0 for no code in the picture")
    lease: float = Field(60.0, ge=20, le=600, description="seconds that a phone plays while others wait")
    patience: float = Field(45.0, ge=30, le=600, description="seconds of silence after which the show goes on")
    sliders: tuple[str, ...] = Field(
        ("dream.learning_rate", "stage.closeness"), min_length=1, max_length=3, description="that visitors may move"
    )
    microphone: bool = Field(
        False, description="whether a visitor may lend four seconds of sound to begin from; kept in memory only"
    )
    pin: str = Field("", exclude=True, description="of the desk, as immersions pin gives it; takes do not tell it")
    reader: str = Field("", exclude=True, description="another PIN, likewise, of desks that may only look")

    @field_validator("pin", "reader")
    @classmethod
    def _hashed(cls, pin: str) -> str:
        if pin and not pin.startswith("$argon2"):
            raise ValueError("a PIN stands here as `immersions pin` prints it, never itself")
        return pin


class HandsOn(Section):
    """How long hands keep what they have touched."""

    patience: float = Field(
        30.0,
        ge=0,
        le=86400,
        description="seconds untouched after which the show takes a parameter back; 0: never",
    )


class OscPorts(Section):
    """Open Sound Control. This machine may send; others only where `network` is on."""

    on: bool = True
    in_: int = Field(9000, ge=0, le=65535, alias="in", description="port on which it is heard; 0 for any that is free")
    out: int = Field(9001, ge=0, le=65535, description="port to which every change is told; 0 for none")
    host: str = Field("127.0.0.1", description="of the machine that is told")
    network: bool = Field(False, description="whether other machines may come in")


class Dreaming(Section):
    """How the optimiser may use the machine."""

    device: str = Field("auto", pattern="^(auto|cpu|cuda)$")
    threads: int = Field(1, ge=1, le=64, description="CPU threads of the optimiser")


class Performance(Section):
    """What is played when nobody says otherwise."""

    name: str = "immersions"
    model: str = "house"
    seed: int = Field(2019, ge=0)
    language: str = Field("en", description="of the words over the picture; 'none' for none")
    midi: str | tuple[str, ...] = Field(
        "", description="part of a MIDI input's name, or a list of several; empty for every port that has a map"
    )


class Settings(Section):
    """All tables of immersions.toml; each may be left out."""

    picture: Picture = Picture()
    output: tuple[Output, ...] = ()
    dome: DomeScreen = DomeScreen()
    sound: Sound = Sound()
    tempo: Tempo = Tempo()
    rocket: Tracker = Tracker()
    station: StationPage = StationPage()
    hands: HandsOn = HandsOn()
    osc: OscPorts = OscPorts()
    dream: Dreaming = Dreaming()
    guard: Guard = Guard()
    hours: OpeningHours = OpeningHours()
    alarm: Alarms = Alarms()
    show: Performance = Performance()

    @field_validator("output", mode="before")
    @classmethod
    def _tables(cls, outputs: Any) -> Any:
        if not isinstance(outputs, list | tuple):
            raise ValueError("outputs are tables of their own, each below a line [[output]]")
        return outputs

    @field_validator("output")
    @classmethod
    def _one_name_each(cls, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        names = [output.name for output in outputs]
        if double := next((name for name in names if name and names.count(name) > 1), None):
            raise ValueError(f"two outputs are named {double!r}, and each needs a name of its own")
        return outputs

    @classmethod
    def tried(cls, path: Path | None = None) -> "Settings":
        """The given file where it can be used, else the defaults: for a show that must begin whatever happens."""
        try:
            return cls.load(path)
        except ContentError as error:
            log.error("%s The defaults are used.", error)
            return cls()

    @classmethod
    def load(cls, path: Path | None = None) -> "Settings":
        """Read the given file, or immersions.toml of the current folder, or take the defaults.

        Raises ContentError for a missing given file, for broken TOML, unknown keys and impossible values.
        """
        if path is None:
            path = Path(SETTINGS)
            if not path.exists():
                return cls()
        try:
            text = path.read_text(encoding="utf-8")
            tables = tomllib.loads(text)
        except OSError as error:
            raise ContentError(f"settings {path} cannot be read: {error.strerror}. Check the path.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ContentError(f"settings {path} is not valid TOML: {error}. Mend that line.") from None
        try:
            return cls.model_validate(tables)
        except ValidationError as error:
            fault = error.errors()[0]
            line = line_of(text, fault["loc"])
            raise ContentError(f"settings {path}{f':{line}' if line else ''}: {explain(fault)}") from None


def explain(fault: Mapping[str, Any]) -> str:
    """A fault of a settings file in one sentence."""
    *tables, key = fault["loc"]
    if fault["type"] == "extra_forbidden":
        table: Any = TABLES.get(str(tables[0])) if tables else Settings
        place = (f"[[{tables[0]}]]" if len(tables) > 1 else f"[{tables[0]}]") if tables else "the file"
        known = [field.alias or name for name, field in table.model_fields.items()]
        return f"{place} has no setting {str(key)!r}. {one_of(str(key), known)}"
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in fault["loc"])
    why = fault["msg"].removeprefix("Value error, ").rstrip(".")
    end = "" if why.endswith("?") else "."
    found = "..." if key in SECRET else repr(fault["input"])  # what is told here is logged
    return f"{where} = {found} cannot be used: {why[:1].lower()}{why[1:]}{end} Change that value."


TABLES: dict[str, type[Section]] = {
    name: Output if name == "output" else field.annotation  # type: ignore[misc]
    for name, field in Settings.model_fields.items()
}
