"""A film that media servers play layer upon layer: HAP pictures and PCM sound in a mov, made by the system's ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import IO

import soundfile

from installation.data import RATE, Floats
from installation.errors import PackageError
from installation.output.recorder import Closing, Pixels, pixels, storing

QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
FRAGMENTS = "+frag_keyframe+empty_moov+default_base_moof"  # what was written can be played, whatever happens
REST = 30.0  # seconds that ffmpeg may take for what it still holds


class Hap(Closing):
    """A HAP film. What it takes and raises: see `recorder.Recorder`.

    Pictures go to `NAME.hap.mov` and sound to `NAME.hap.wav`, which become one film at the end. Where that end never
    comes, both can be played.

    codec   hap, or hap_q for finer colours and twice the size

    Raises PackageError where there is no ffmpeg, or none that knows HAP.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: Fraction, channels: int, codec: str) -> None:
        self.path, self.pictures, self.samples = path, 0, 0
        self._ffmpeg = ffmpeg()
        self._seen, self._heard = path.with_suffix(".hap.mov"), path.with_suffix(".hap.wav")
        with storing(self):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".hap.txt").open("w").close()  # what ffmpeg says
            self._words = path.with_suffix(".hap.txt")
        raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0")
        made = ("-c:v", "hap", "-format", codec, "-movflags", FRAGMENTS, "-f", "mov", str(self._seen))
        with self._words.open("wb") as words:
            self._running = subprocess.Popen(
                [self._ffmpeg, *QUIET, *raw, *made], stdin=subprocess.PIPE, stderr=words, start_new_session=True
            )  # Ctrl-C ends the film well, so ffmpeg must not hear it
        self._sound = soundfile.SoundFile(str(self._heard), "w", RATE, channels, subtype="PCM_24", format="WAV")
        self._open = True

    def picture(self, made: Pixels | bytes) -> None:
        """Add one picture, [height, width, 3], row 0 is the highest."""
        with storing(self):
            try:
                self._pipe.write(pixels(made).data)
            except OSError:
                raise OSError(self._said()) from None
        self.pictures += 1

    def sound(self, samples: Floats) -> None:
        """Add sound, [channels, samples] within +-1, 24 bits."""
        with storing(self):
            try:
                self._sound.write(samples.T)
            except soundfile.SoundFileError as error:
                raise OSError(str(error)) from None
        self.samples += samples.shape[1]

    def close(self) -> None:
        """Join pictures and sound. Raises StorageError where there is no room: both are kept as they are."""
        if not self._open:
            return
        self._open = False
        self._sound.close()
        with storing(self):
            try:
                self._pipe.close()
            except OSError:
                raise OSError(self._said()) from None
            if self._running.wait(REST):
                raise OSError(self._said())
            both = ("-i", str(self._seen), "-i", str(self._heard), "-map", "0:v", "-map", "1:a", "-c:v", "copy")
            told = subprocess.run(
                [self._ffmpeg, *QUIET, *both, "-c:a", "pcm_s24le", "-f", "mov", str(self.path)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if told.returncode:
                raise OSError(f"{told.stderr.strip()}; pictures and sound are {self._seen} and {self._heard}")
            for spare in (self._seen, self._heard, self._words):
                spare.unlink()

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._running.stdin is not None
        return self._running.stdin

    def _said(self) -> str:
        """The last that ffmpeg has said, once it has ended."""
        self._running.wait(REST)
        lines = self._words.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "ffmpeg has ended"


def ffmpeg() -> str:
    """Where an ffmpeg is that knows HAP. Raises PackageError."""
    found = shutil.which("ffmpeg")
    otherwise = "On Debian or Ubuntu: apt-get install ffmpeg. Or choose --codec prores."
    if found is None:
        raise PackageError(f"HAP films are made by the system's ffmpeg, and there is none. {otherwise}")
    known = subprocess.run([found, "-hide_banner", "-encoders"], capture_output=True, text=True, check=False).stdout
    if " hap " not in known:
        raise PackageError(f"HAP films are made by the system's ffmpeg, but {found} cannot make any. {otherwise}")
    return found
