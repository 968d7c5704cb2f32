"""One film file through PyAV: mp4 with x264 and AAC, mov with ProRes and PCM."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from installation.data import RATE, Floats
from installation.output.recorder import FINE, Closing, Pixels, pixels, storing

# Written in pieces of a second that can be played each, and made one ordinary file at the end:
# a full disk, a power cut or a kill loses the last second, never the film.
CONTAINER = {"movflags": "+hybrid_fragmented+delay_moov", "frag_duration": "1000000"}
CODECS: dict[str, tuple[str, str, dict[str, str], str]] = {  # picture codec, pixels, options, sound codec
    ".mp4": ("libx264", "yuv420p", {"preset": "veryfast", "aq-mode": "3"}, "aac"),  # aq 3: dark skies
    ".mov": ("prores_ks", "yuv422p10le", {"profile": "3", "vendor": "apl0"}, "pcm_s24le"),
}
ROOMS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1"}
BT709 = 1  # primaries, curve and matrix of high definition, in FFmpeg's numbers


class Film(Closing):
    """A film file. What it takes and raises: see `recorder.Recorder`."""

    def __init__(self, path: Path, size: tuple[int, int], rate: Fraction, channels: int, crf: int = FINE) -> None:
        self.path, self.pictures, self.samples = path, 0, 0
        self._size, self._room = size, ROOMS[channels]
        codec, form, options, sound = CODECS[path.suffix.lower()]
        with storing(self):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: Any = av.open(str(path), "w", options=CONTAINER)
        options = options | {"crf": str(crf)} if codec == "libx264" else options
        self._video: Any = self._file.add_stream(codec, rate=rate, options=options)
        self._video.width, self._video.height, self._video.pix_fmt = *size, form
        self._video.time_base = self._video.codec_context.time_base = 1 / rate
        context = self._video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = int(ColorRange.MPEG)
        self._audio: Any = self._file.add_stream(sound, rate=RATE)
        self._audio.layout = self._room
        self._open = True

    def picture(self, made: Pixels | bytes) -> None:
        """Add one picture, [height, width, 3], row 0 is the highest."""
        frame = av.VideoFrame.from_ndarray(pixels(made), format="rgb24")
        frame = frame.reformat(
            format=self._video.pix_fmt, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts = self.pictures
        frame.time_base = self._video.codec_context.time_base
        with storing(self):
            self._file.mux(self._video.encode(frame))
            self.pictures += 1

    def sound(self, samples: Floats) -> None:
        """Add sound, [channels, samples] within +-1."""
        block = np.ascontiguousarray(samples, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=self._room)
        frame.rate, frame.pts, frame.time_base = RATE, self.samples, Fraction(1, RATE)
        with storing(self):
            self._file.mux(self._audio.encode(frame))
            self.samples += block.shape[1]

    def close(self) -> None:
        """Write what the codecs still hold, and the end of the file."""
        if not self._open:
            return
        self._open = False
        try:
            with storing(self):
                for stream in (self._video, self._audio):
                    self._file.mux(stream.encode())
        finally:
            with storing(self):
                self._file.close()
