"""Loops to take home: a sound and a picture behind a code, for an hour, in memory only."""

from __future__ import annotations

import io
import secrets
import wave
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from installation.data import RATE, Activations, Anatomy, Floats

HOUR = 3600.0  # seconds
ROOM = 96_000_000  # bytes of all keepsakes together
SIDE = 1080  # pixels of the picture
# Linear light of layers from the first to the last, as the page shows them.
HUES = ((0.02, 0.14, 1.0), (0.01, 0.40, 1.0), (0.02, 0.68, 0.55), (0.38, 0.78, 0.12), (1.0, 0.70, 0.03))
LENGTH = 12  # bytes of a code


@dataclass(frozen=True, slots=True)
class Keepsake:
    """One loop, ready to be fetched."""

    sound: bytes  # WAV
    picture: bytes  # PNG
    until: float  # seconds


class Keepsakes:
    """All loops that may be fetched. Time is given, never looked up."""

    def __init__(self) -> None:
        self._kept: dict[str, Keepsake] = {}

    def keep(self, sound: bytes, picture: bytes, now: float) -> str | None:
        """The code of a new keepsake, or None while there is no room for another."""
        self._forget(now)
        held = sum(len(kept.sound) + len(kept.picture) for kept in self._kept.values())
        if held + len(sound) + len(picture) > ROOM:
            return None
        code = secrets.token_urlsafe(LENGTH)
        self._kept[code] = Keepsake(sound, picture, now + HOUR)
        return code

    def get(self, code: str, now: float) -> Keepsake | None:
        """The keepsake of this code, while its hour lasts."""
        self._forget(now)
        return self._kept.get(code)

    def _forget(self, now: float) -> None:
        self._kept = {code: kept for code, kept in self._kept.items() if now < kept.until}


def sound(samples: NDArray[np.int16]) -> bytes:
    """Samples [channels, samples] as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(len(samples))
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(np.ascontiguousarray(samples.T, "<i2").tobytes())
    return file.getvalue()


def picture(anatomy: Anatomy, positions: Floats, activations: Activations) -> bytes:
    """The body as it answers over the whole loop, as a PNG: every neuron at its place, the stronger the brighter."""
    light = np.zeros((SIDE, SIDE, 3), np.float32)
    at = np.clip(np.rint((positions[:, :2] * (0.46, -0.46) + 0.5) * SIDE), 0, SIDE - 1).astype(int)
    for number, layer in enumerate(anatomy):
        depth = number / max(1, len(anatomy.layers) - 1) * (len(HUES) - 1)
        colour = np.array([np.interp(depth, range(len(HUES)), part) for part in zip(*HUES, strict=True)])
        strength = np.full(layer.units, 0.04)
        if (answers := activations.layers.get(layer.name)) is not None:
            mean = np.nan_to_num(answers.astype(np.float32)).clip(0, 40).reshape(layer.units, -1).mean(axis=1)
            strength += mean / (mean + 1.5)
        mine = at[anatomy.slice(layer.name)]
        np.add.at(light, (mine[:, 1], mine[:, 0]), strength[:, None] * colour)
    glow = 9 * gaussian_filter(light, (1.1, 1.1, 0)) + 12 * gaussian_filter(light, (9, 9, 0))
    shown = (1 - np.exp(-glow)) ** (1 / 2.2)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * shown).astype(np.uint8)).save(file, "PNG", compress_level=6)
    return file.getvalue()
