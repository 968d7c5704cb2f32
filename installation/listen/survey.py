"""Finding out which neurons an ear has for music rather than for noise."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from installation.content import find
from installation.data import RATE, Clip, Floats
from installation.errors import StorageError
from installation.listen import clips, liking
from installation.listen.anatomy import frames_per_loop
from installation.listen.hearer import SECONDS, Hearer
from installation.listen.liking import Liking
from installation.listen.pair import Pair
from installation.listen.pairs import merged

log = logging.getLogger(__name__)

NOISES = 3  # pieces of pink and of white noise each


def asked(ear: Hearer) -> Liking:
    """The ear's liking; where nothing is known of it, it is asked once, which takes as long as hearing 20 loops."""
    if isinstance(ear, Pair):
        return merged({name: asked(one) for name, one in ear.ears.items()})
    if found := liking.known(ear.name, ear.anatomy):
        return found
    found = survey(ear)
    try:
        liking.keep(found, liking.place(ear.name), liking.key(find("models", ear.name)))
    except StorageError as error:
        log.warning("%s The ear is asked again next time.", error)
    return found


@torch.no_grad()
def survey(ear: Hearer) -> Liking:
    """How much more every neuron answers all start clips than noise that is as loud: layer -> [channels, bins]."""
    samples = round(RATE * SECONDS)
    music = [clips.clip(name, samples) for name in sorted(clips.files())]
    loudness = float(np.median([np.sqrt(np.mean(np.square(clip.mono))) for clip in music]))
    played, hissed = _means(ear, music), _means(ear, noises(samples, loudness))
    return {name: (played[name] - hissed[name]).cpu().numpy() for name in played}


def noises(samples: int, loudness: float) -> list[Clip]:
    """Pink and white noise at this RMS."""
    made = []
    for seed in range(NOISES):
        dice = np.random.default_rng(seed)
        pink, white = clips.noise(samples, dice), dice.standard_normal(samples).astype(np.float32)
        made += [_at(pink, loudness), _at(white, loudness)]
    return made


def _at(sound: Floats, loudness: float) -> Clip:
    louder = sound * np.float32(loudness / np.sqrt(np.mean(np.square(sound))))
    return Clip(np.clip(louder, -1, 1)[None].astype(np.float32))


def _means(ear: Hearer, sounds: Iterable[Clip]) -> dict[str, Tensor]:
    """The mean answers to sounds, [channels, bins] in spreads."""
    frames, sums, count = frames_per_loop(SECONDS, ear.stride), dict[str, Tensor](), 0
    for clip in sounds:
        count += 1
        for name, answer in ear.responses(ear.mono(clip)[None], frames).items():
            mean = ear.normalised(name, answer)[0].mean(2)
            sums[name] = sums[name] + mean if name in sums else mean
    return {name: total / count for name, total in sums.items()}
