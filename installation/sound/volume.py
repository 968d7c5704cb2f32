"""How loud a dream is played: the volume that hands and the show have set, beyond what its judge found right."""

from dataclasses import replace

from installation.data import Controls, Dream


def volume(controls: Controls) -> float:
    """The gain that hands have set, linear."""
    return float(10 ** (controls["sound.volume"] / 20))


def quieter(dream: Dream, gain: float) -> Dream:
    """A judged dream at another volume; it is heard from the next seam on."""
    if gain == 1.0:
        return dream
    assert dream.verdict is not None
    return replace(dream, verdict=replace(dream.verdict, gain=dream.verdict.gain * gain))
