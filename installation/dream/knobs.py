"""How the optimiser dreams: one number for each control of the parameter table that it reads."""

from __future__ import annotations

from dataclasses import dataclass, fields

from installation.control.parameters import TABLE
from installation.data import Controls

NUMBERS: dict[str, type[int] | type[bool]] = {"whole": int, "switch": bool}  # of number; all other curves are floats


def _default(name: str) -> float:
    return TABLE[f"dream.{name}"].default


@dataclass(frozen=True, slots=True)
class Knobs:
    """What may be turned while dreaming. Ranges, units and defaults are those of `dream.*` in the parameter table.

    learning_rate        RMS change of a sample per step, in units of full scale
    time_jitter          seconds that the copies are shifted either way at most; never less than one step of the
                         deepest targeted layer is used, otherwise the dream locks to the grid of the poolings
    time_mask            share of the loop's time that is hidden from each copy but the first, or from a single one
    pitch_mask           share of the scalogram's bins that is hidden likewise
    noise_loss           pull of every cell of the scalogram towards silence; at 1 as strong as the target's mean pull
    high_frequency_loss  the same for the upper half of the bins, the higher the more
    activation_loss      weight of the mean answer of all neurons on the way to the target, which is to be low
    batch                copies of the loop that are heard in each step; the first is left as it is if there are more
    mix_original         share of the start clip that is mixed in after each step
    pitch_change         semitones that the copies but the first, or a single one, are raised or lowered at most
    resampling           whether that is done as with a tape, by playing the samples faster or slower, all copies
                         alike, instead of by moving each copy's scalogram
    gradient_noise       noise added to the gradient, in its own spreads
    denoise              how much of what lies at the loop's own noise floor is taken away each step
    parametrisation      what is varied: 0 samples, 1 waves, 2 phases and loudness; `parametrise.NUMBERS`
    tilt                 by which power of their frequency low waves go further than high ones
    adam                 whether steps are Adam's instead of plain ones along the gradient
    """

    learning_rate: float = _default("learning_rate")
    time_jitter: float = _default("time_jitter")
    time_mask: float = _default("time_mask")
    pitch_mask: float = _default("pitch_mask")
    noise_loss: float = _default("noise_loss")
    high_frequency_loss: float = _default("high_frequency_loss")
    activation_loss: float = _default("activation_loss")
    batch: int = int(_default("batch"))
    mix_original: float = _default("mix_original")
    pitch_change: float = _default("pitch_change")
    resampling: bool = bool(_default("resampling"))
    gradient_noise: float = _default("gradient_noise")
    denoise: float = _default("denoise")
    parametrisation: int = int(_default("parametrisation"))
    tilt: float = _default("tilt")
    adam: bool = bool(_default("adam"))

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            entry = TABLE[f"dream.{name}"]
            number = NUMBERS.get(entry.curve, float)
            object.__setattr__(self, name, number(entry.clamp(getattr(self, name))))


def knobs(controls: Controls) -> Knobs:
    """The optimiser's numbers as the hands have set them."""
    return Knobs(**{field.name: controls[f"dream.{field.name}"] for field in fields(Knobs)})  # type: ignore[arg-type]
