"""A film as a folder: numbered pictures, and one sound file per channel, as domes and cutting rooms take it."""

from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from installation.data import RATE, Floats
from installation.output.recorder import Closing, Pixels, storing

CHANNELS = {  # names of the loudspeakers, in the order of the samples
    1: ("C",),
    2: ("L", "R"),
    3: ("L", "R", "C"),
    4: ("L", "R", "Ls", "Rs"),
    5: ("L", "R", "C", "Ls", "Rs"),
    6: ("L", "R", "C", "LFE", "Ls", "Rs"),
}


class Pictures(Closing):
    """`NAME/NAME_000001.png` … and `NAME/NAME_L.wav` …; what it takes and raises: see `recorder.Recorder`."""

    def __init__(self, path: Path, channels: int, first: int = 1) -> None:
        self.path, self.pictures, self.samples, self._first = path, 0, 0, first
        self._sounds: list[soundfile.SoundFile] = []
        self._loudspeakers = CHANNELS[channels]
        with storing(self):
            path.mkdir(parents=True, exist_ok=True)

    def picture(self, pixels: Pixels) -> None:
        """Add one picture, [height, width, 3], row 0 is the highest. It is there whole or not at all."""
        place = self._next
        fresh = place.with_suffix(".part")
        try:
            with storing(self), fresh.open("wb") as file:
                Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
            with storing(self):
                fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
        self.pictures += 1

    def skip(self) -> bool:
        """Count the next picture as added where it is there already; it was written whole or not at all."""
        there = self._next.is_file()
        self.pictures += there
        return there

    @property
    def _next(self) -> Path:
        return self.path / f"{self.path.name}_{self._first + self.pictures:06}.png"

    def sound(self, samples: Floats) -> None:
        """Add sound, [channels, samples] within +-1, 24 bits."""
        with storing(self):
            try:
                if not self._sounds:
                    self._sounds = [self._sound(name) for name in self._loudspeakers]
                for file, channel in zip(self._sounds, samples, strict=True):
                    file.write(channel)
                    file.flush()
            except soundfile.SoundFileError as error:
                raise OSError(str(error)) from None
            self.samples += samples.shape[1]

    def close(self) -> None:
        """End the sound files."""
        while self._sounds:
            self._sounds.pop().close()

    def _sound(self, name: str) -> soundfile.SoundFile:
        return soundfile.SoundFile(
            str(self.path / f"{self.path.name}_{name}.wav"), "w", RATE, 1, subtype="PCM_24", format="WAV"
        )
