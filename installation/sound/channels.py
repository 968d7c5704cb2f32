"""Which loudspeaker plays which channel of a loop."""

import numpy as np

from installation.data import CHANNELS, Floats

PLACES = {  # the order of channels in a WAV file
    1: ("centre",),
    2: ("left", "right"),
    3: ("left", "right", "centre"),
    4: ("left", "right", "left back", "right back"),
    5: ("left", "right", "centre", "left back", "right back"),
    6: ("left", "right", "centre", "bass", "left back", "right back"),
}
HALF = float(np.sqrt(0.5))  # half the power
NEAREST = {  # where a sound goes whose loudspeaker is missing; the bass channel is left out, as broadcasters do
    "centre": (("left", HALF), ("right", HALF)),
    "left back": (("left", HALF),),
    "right back": (("right", HALF),),
    "left": (("centre", HALF),),
    "right": (("centre", HALF),),
}


def spread(channels: int, speakers: int) -> Floats:
    """How much of each channel every loudspeaker plays, [speakers, channels].

    One channel alone goes to left and right at full level. No row sums to more than 1, so nothing gets too loud.
    """
    if channels not in CHANNELS or speakers not in CHANNELS:
        raise ValueError(f"a loop and a device have 1 to 6 channels, got {channels} and {speakers}")
    matrix = np.zeros((speakers, channels), np.float32)
    if channels == 1:
        matrix[:2] = 1
        return matrix
    there = PLACES[speakers]
    for channel, place in enumerate(PLACES[channels]):
        ways = ((place, 1.0),) if place in there else NEAREST.get(place, ())
        for speaker, share in ways:
            for nearer, part in ((speaker, 1.0),) if speaker in there else NEAREST[speaker]:
                if nearer in there:
                    matrix[there.index(nearer), channel] += share * part
    loudest = float(matrix.sum(axis=1).max())
    return matrix / np.float32(max(1.0, loudest))
