"""A film as a folder: numbered pictures, and one sound file per channel, as domes and cutting rooms take it."""

import os
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from installation.data import RATE, Floats
from installation.errors import StorageError
from installation.output.recorder import Closing, Pixels, storing

CHANNELS = {  # names of the loudspeakers, in the order of the samples
    1: ("C",),
    2: ("L", "R"),
    3: ("L", "R", "C"),
    4: ("L", "R", "Ls", "Rs"),
    5: ("L", "R", "C", "Ls", "Rs"),
    6: ("L", "R", "C", "LFE", "Ls", "Rs"),
}


END = b"\0\0\0\0IEND\xaeB`\x82"  # of every whole PNG


def png(pixels: Pixels) -> bytes:
    """A picture [height, width, 3] as PNG: quick rather than small."""
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
    return file.getvalue()


class Pictures(Closing):
    """`NAME/NAME_000001.png` … and `NAME/NAME_L.wav` …; what it takes and raises: see `recorder.Recorder`.

    part   the sounds of a part are `NAME/NAME_000101_L.wav` …, by its first picture, so that parts never collide
    """

    def __init__(self, path: Path, size: tuple[int, int], channels: int, first: int = 1, part: bool = False) -> None:
        self.path, self.pictures, self.samples = path, 0, 0
        self._size, self._first = size, first
        self._sounds: list[soundfile.SoundFile] = []
        mark = f"{first:06}_" if part else ""
        self._loudspeakers = [f"{mark}{name}" for name in CHANNELS[channels]]
        self._whole = not part
        with storing(self):
            path.mkdir(parents=True, exist_ok=True)

    def picture(self, made: Pixels | bytes) -> None:
        """Add one picture, [height, width, 3], row 0 is the highest, or its PNG. It is there whole or not at all."""
        place = self._place(self.pictures)
        fresh = place.with_suffix(".part")
        try:
            with storing(self):
                fresh.write_bytes(made if isinstance(made, bytes) else png(made))
                fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
        self.pictures += 1

    def there(self, index: int) -> bool:
        """Whether a whole picture of this index, from 0, is there. Raises StorageError for one of another size."""
        place = self._place(index)
        if not place.is_file():
            return False
        with storing(self), place.open("rb") as file:
            head = file.read(24)
            file.seek(-min(len(END), place.stat().st_size), os.SEEK_END)
            whole = file.read() == END
        size = struct.unpack(">II", head[16:]) if whole else self._size
        if size != self._size:
            raise StorageError(
                f"{place} has {size[0]} x {size[1]} pixels, but {self._size[0]} x {self._size[1]} were asked for. "
                "Ask for the same size, or choose another folder."
            )
        return whole

    def _place(self, index: int) -> Path:
        return self.path / f"{self.path.name}_{self._first + index:06}.png"

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
        """End the sound files; where they are whole, those of parts give way."""
        if self._whole and self._sounds:
            for path in self.path.glob(f"{self.path.name}_{6 * '[0-9]'}_*.wav"):
                path.unlink()
        while self._sounds:
            self._sounds.pop().close()

    def _sound(self, name: str) -> soundfile.SoundFile:
        return soundfile.SoundFile(
            str(self.path / f"{self.path.name}_{name}.wav"), "w", RATE, 1, subtype="PCM_24", format="WAV"
        )
