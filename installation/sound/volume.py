"""How loud a dream is played: the volume that hands and the show have set, beyond what its judge found right."""

import math
from dataclasses import replace

from installation.data import Controls, Dream


def volume(controls: Controls) -> float:
    """The gain that hands have set, linear."""
    return float(10 ** (controls["sound.volume"] / 20))


def quieter(dream: Dream, gain: float) -> Dream:
    """A judged dream at another volume; it is heard from the next seam on."""
    if gain == 1.0:
        return dream
    verdict = dream.verdict
    assert verdict is not None
    lufs = verdict.loudness if verdict.loudness is None else verdict.loudness + 20 * math.log10(gain)
    return replace(dream, verdict=replace(verdict, gain=verdict.gain * gain, loudness=lufs))
