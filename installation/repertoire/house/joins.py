"""What joins sections: risers, falls, impacts, cymbals and fills."""

import numpy as np
from numpy.random import Generator

from installation.data import RATE, Floats
from installation.repertoire.house.drums import CLAPS, KICKS, OPENS
from installation.repertoire.house.effects import moving, peak, reverberated, room, somewhere, spectra, swept
from installation.repertoire.house.percussion import PERCUSSION
from installation.repertoire.house.sources import pick
from installation.repertoire.house.waves import closed, decay, fm, hertz, noise, partials, wavetable


def glide(samples: int, start: float, end: float) -> Floats:
    """From one frequency to another along a straight line in pitch, one value for every spectrum of `swept`."""
    return (start * (end / start) ** np.linspace(0, 1, spectra(samples))).astype(np.float32)


def hiss(samples: int, g: Generator) -> Floats:
    """Noise through a rising filter."""
    kind = str(g.choice(("low", "high", "band")))
    return swept(
        noise(samples, g),
        moving(kind, glide(samples, somewhere(g, 150, 600), somewhere(g, 5000, 14_000)), g.uniform(1, 4)),
    )


def siren(samples: int, g: Generator) -> Floats:
    """A tone that climbs some octaves."""
    bend = np.linspace(0, g.uniform(12, 36), samples, dtype=np.float32) + np.sin(
        np.linspace(0, g.uniform(0, 200), samples, dtype=np.float32)
    )
    return wavetable(
        hertz(g.uniform(36, 55)),
        partials("saw", 200, g),
        np.geomspace(400, 8000, samples).astype(np.float32),
        1.5,
        (-8, 8),
        g,
        bend,
    )


def flutter(samples: int, g: Generator) -> Floats:
    """Noise cut into ever shorter pieces."""
    turns = np.cumsum(np.geomspace(2, 32, samples)) / RATE
    return noise(samples, g) * (np.sin(2 * np.pi * turns) > 0).astype(np.float32) * 0.5


def shimmer(samples: int, g: Generator) -> Floats:
    """A clangorous tone that brightens."""
    return fm(hertz(g.uniform(48, 72)), g.uniform(1.1, 4.9), np.linspace(0, 9, samples, dtype=np.float32))


RISERS = {"hiss": hiss, "siren": siren, "flutter": flutter, "shimmer": shimmer}


def riser(samples: int, g: Generator) -> Floats:
    """Something that grows over so many samples and stops."""
    made = RISERS[pick(list(RISERS), g)](samples, g) * np.linspace(0, 1, samples, dtype=np.float32) ** g.uniform(1, 3)
    return peak(closed(made, 0.02), 0.25)


def fall(samples: int, g: Generator) -> Floats:
    """The same the other way: it begins loud and sinks."""
    return peak(closed(np.ascontiguousarray(hiss(samples, g)[::-1]) * decay(samples, samples / RATE / 5), 0.05), 0.22)


def crash(g: Generator) -> Floats:
    """A cymbal or a boom on the first beat of a section."""
    hit = OPENS["crash"](g) if g.random() < 0.65 else KICKS["long"](g)
    return peak(closed(reverberated(hit, room(int(g.integers(8)), 0.3, somewhere(g, 3000, 9000), 0.0), 0.8), 0.5), 0.3)


def backwards(g: Generator) -> Floats:
    """A cymbal played backwards, so that it ends on the beat."""
    return np.ascontiguousarray(crash(g)[::-1])


def tom(g: Generator) -> Floats:
    return PERCUSSION[pick(["tom", "conga", "bongo"], g)](g)


def rattle(g: Generator) -> Floats:
    return CLAPS[pick(["808", "909", "606", "break", "clap"], g)](g)
