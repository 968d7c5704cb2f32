"""The one table of everything that hands may change while the show runs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from installation.data import Controls
from installation.errors import ContentError, one_of

AT_ONCE = math.inf
Curve = Literal["linear", "log", "whole", "switch"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One adjustable number. What it means to people stands in `scenes/texts`, in each language.

    name      dotted: who reads it, then what it is
    low, high the whole range, in `unit`
    curve     how a fader runs through the range; `whole` has only whole numbers, `switch` is off or on
    default   where it stands when nobody touches it
    safe      the part of the range that visitors reach; the same number twice keeps it from them
    slew      the largest change in a second, as a share of the fader's way
    choices   what the whole numbers from `low` on are called
    """

    name: str
    low: float
    high: float
    curve: Curve
    default: float
    unit: str
    safe: tuple[float, float]
    slew: float
    choices: tuple[str, ...] = ()

    def read(self, text: str) -> float:
        """The value that a person wrote: a number, one of the choices, or on and off for a switch.

        Raises ContentError for anything else, and for what is out of range.
        """
        words = self.choices or (("off", "on") if self.curve == "switch" else ())
        if text in words:
            return self.low + words.index(text)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if self.low <= value <= self.high:
            return self.clamp(value)
        asked = " or ".join([f"a number from {self.low:g} to {self.high:g}", *words])
        raise ContentError(f"{self.name} = {text} is out of its range. Give {asked}.")

    def clamp(self, value: float) -> float:
        """The nearest value that the range allows; the default for what is no number."""
        if math.isnan(value):
            return self.default
        value = min(max(value, self.low), self.high)
        if self.curve == "whole":
            return float(round(value))
        if self.curve == "switch":
            return self.high if value >= (self.low + self.high) / 2 else self.low
        return value

    def safely(self, value: float) -> float:
        """The nearest value that a visitor may ask for."""
        value = self.clamp(value)
        return self.clamp(min(max(value, self.safe[0]), self.safe[1]))

    def share(self, value: float) -> float:
        """Where a fader stands for this value, 0..1."""
        value = min(max(value, self.low), self.high)
        if self.curve == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value that a fader at 0..1 asks for."""
        share = min(max(share, 0.0), 1.0)
        if self.curve == "log":
            return self.clamp(self.low * math.pow(self.high / self.low, share))
        return self.clamp(self.low + share * (self.high - self.low))

    @property
    def grain(self) -> float:
        """Half the way of a fader from one value to the next; 0 where there is no next."""
        return {"whole": 0.5 / (self.high - self.low), "switch": 0.5}.get(self.curve, 0.0)

    def eased(self, value: float, wanted: float, seconds: float, slew: float | None = None) -> float:
        """The value a moment later, on its way to the wanted one and no faster than allowed."""
        reach = (self.slew if slew is None else min(slew, self.slew)) * max(seconds, 0.0)
        if self.slew == AT_ONCE or abs(way := self.share(wanted) - self.share(value)) <= reach:
            return self.clamp(wanted)
        along = self.share(value) + math.copysign(reach, way)
        if self.curve == "log":
            return self.low * math.pow(self.high / self.low, along)
        return self.low + along * (self.high - self.low)


def _table(*rows: Parameter) -> Mapping[str, Parameter]:
    return MappingProxyType({row.name: row for row in rows})


def _parameter(
    name: str,
    low: float,
    high: float,
    default: float,
    unit: str = "",
    curve: Curve = "linear",
    safe: tuple[float, float] | None = None,
    slew: float = 0.5,
    choices: tuple[str, ...] = (),
) -> Parameter:
    slew = AT_ONCE if curve == "switch" else slew
    return Parameter(name, low, high, curve, default, unit, safe or (default, default), slew, choices)


# What the picture does is slow enough that no hand can make it flash: a full swing takes 4 s at least.
CALM = 0.25

TABLE = _table(
    _parameter("dream.learning_rate", 1e-5, 1e2, 1e-3, "full scale", "log", (2e-4, 1e-2)),
    _parameter("dream.time_jitter", 0.0, 4.0, 0.1, "s", safe=(0.0, 2.0)),
    _parameter("dream.time_mask", 0.0, 1.0, 0.1, "share", safe=(0.0, 0.5)),
    _parameter("dream.pitch_mask", 0.0, 1.0, 0.1, "share", safe=(0.0, 0.5)),
    _parameter("dream.noise_loss", 0.0, 1.0, 0.0, safe=(0.0, 1.0)),
    _parameter("dream.high_frequency_loss", 0.0, 1.0, 0.0, safe=(0.0, 1.0)),
    _parameter("dream.activation_loss", 0.0, 50.0, 0.0, safe=(0.0, 10.0)),
    _parameter("dream.batch", 1, 64, 4, "items", "whole", slew=AT_ONCE),
    _parameter("dream.mix_original", 0.0, 1.0, 0.0, "share", safe=(0.0, 0.5)),
    _parameter("dream.pitch_change", 0.0, 2.0, 0.0, "semitones", safe=(0.0, 1.0)),
    _parameter("dream.resampling", 0, 1, 0, "", "switch", (0, 1)),
    _parameter("dream.gradient_noise", 0.0, 1.0, 0.0, "spreads"),
    _parameter("dream.denoise", 0.0, 1.0, 0.0, "share", safe=(0.0, 0.5)),
    _parameter("dream.parametrisation", 0, 2, 1, "", "whole", (0, 2), AT_ONCE, ("samples", "waves", "phases")),
    _parameter("dream.tilt", 0.0, 2.0, 0.25, safe=(0.0, 1.0)),
    _parameter("dream.adam", 0, 1, 0, "", "switch"),
    _parameter("dream.clip", 0.0, 1.0, 0.0, "share", safe=(0.0, 1.0), slew=AT_ONCE),
    _parameter("dream.restart", 0, 1, 0, "", "switch", (0, 1)),
    _parameter("dream.hand", 0.0, 1.0, 0.0, "share", safe=(0.0, 1.0), slew=1.0),
    _parameter("dream.keep", 0, 1, 0, "", "switch"),
    _parameter("dream.layer", 0.0, 1.0, 0.5, "share", safe=(0.0, 1.0), slew=AT_ONCE),
    _parameter("dream.channel_position", 0.0, 1.0, 0.5, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("dream.channel_width", 0.0, 1.0, 1.0, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("dream.pitch_position", 0.0, 1.0, 0.5, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("dream.pitch_width", 0.0, 1.0, 1.0, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("dream.time_position", 0.0, 1.0, 0.5, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("dream.time_width", 0.0, 1.0, 1.0, "share", safe=(0.0, 1.0), slew=2.0),
    _parameter("stage.closeness", 0.0, 1.0, 0.0, "share", safe=(0.0, 1.0), slew=CALM),
    _parameter("stage.turn", -0.12, 0.12, 0.0, "turns", safe=(-0.12, 0.12), slew=CALM),
    _parameter("stage.lift", -0.12, 0.12, 0.0, "turns", safe=(-0.12, 0.12), slew=CALM),
    _parameter("stage.glow", 0.0, 2.0, 1.0, "times", safe=(0.5, 1.5), slew=CALM / 2),
    _parameter("stage.rest", 0.0, 2.0, 1.0, "times", safe=(0.5, 1.5), slew=CALM),
    _parameter("stage.size", 0.5, 2.0, 1.0, "times", "log", (0.7, 1.5), CALM),
    _parameter("stage.haze", 0.0, 2.0, 1.0, "times", safe=(0.0, 2.0), slew=CALM),
    _parameter("stage.pulses", 0.0, 2.0, 1.0, "times", safe=(0.0, 1.5), slew=CALM),
    _parameter("stage.foresight", 0.0, 2.0, 1.0, "times", safe=(0.0, 1.5), slew=CALM),
    _parameter("stage.ring", 0.0, 2.0, 1.0, "times", safe=(0.0, 1.5), slew=CALM),
    _parameter("stage.bloom", 0.0, 2.0, 1.0, "times", safe=(0.5, 1.5), slew=CALM),
    _parameter("stage.exposure", -2.0, 2.0, 0.0, "stops", safe=(-0.5, 0.5), slew=CALM / 4),
    _parameter("stage.fade", 0.0, 1.0, 1.0, "share", slew=CALM),
    _parameter("sound.volume", -60.0, 0.0, 0.0, "dB", safe=(-30.0, 0.0), slew=1.0),
    _parameter("sound.tempo", 0.5, 2.0, 1.0, "times", "log", (0.8, 1.25), 0.1),
    _parameter("sound.width", 0.0, 1.0, 0.6, "share", safe=(0.0, 1.0)),
    _parameter("sound.hold", 0, 1, 0, "", "switch"),
    _parameter("sound.drop", 0, 1, 0, "", "switch"),
    _parameter("sound.delay", 0.0, 1000.0, 0.0, "ms"),
    _parameter("picture.delay", 0.0, 1000.0, 0.0, "ms"),
)

# The box of neurons that hands point at; whoever moves one of these means all of them.
AXES = ("channel", "pitch", "time")
POINTING = frozenset(["dream.layer", *(f"dream.{axis}_{part}" for axis in AXES for part in ("position", "width"))])


def parameter(name: str) -> Parameter:
    """The entry of this name. Raises ContentError with the nearest name there is."""
    if name not in TABLE:
        raise ContentError(f"there is no parameter {name!r}. {one_of(name, TABLE)}")
    return TABLE[name]


def defaults() -> Controls:
    """Every parameter where it stands when nobody touches it."""
    return Controls(MappingProxyType({name: entry.default for name, entry in TABLE.items()}))
