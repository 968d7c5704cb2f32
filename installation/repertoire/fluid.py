"""Recorded instruments: plays notes through FluidSynth and a soundfont, faster than anyone could listen."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from installation.data import RATE, Floats
from installation.errors import ContentError, DeviceError

BLOCK = 64  # samples; FluidSynth changes its notes at the beginning of such blocks (1.3 ms) only
KIT = 128  # programs from here on are drum kits: 128 is kit 0 (standard), 152 is kit 24 (electronic)
FLUSH = 16 * BLOCK  # samples in which what was cut off before falls silent
VOICES = 256  # that may sound at once; the quietest is given up first
REVERB_SEND = 16  # the number of that generator; its unit is a thousandth of the sound
BEND = 2.0  # semitones that FluidSynth's pitch wheel reaches
SHELVES = ("/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts", "/usr/local/share/soundfonts")
SOUNDFONTS = {  # file name -> Debian package
    "MuseScore_General_Full.sf2": "musescore-general-soundfont-lossless",
    "FluidR3_GM.sf2": "fluid-soundfont-gm",
    "FluidR3Mono_GM.sf3": "fluidr3mono-gm-soundfont",
}
NAMES = ("libfluidsynth.so.3", "libfluidsynth.so.2", "libfluidsynth.3.dylib", "libfluidsynth-3.dll")


@dataclass(frozen=True, slots=True)
class Note:
    """One note. Programs 0..127 are General MIDI's instruments, from 128 on drum kits."""

    start: float  # seconds
    seconds: float
    pitch: int  # MIDI number, 60 is middle C
    velocity: int  # 1..127
    program: int = 0


@dataclass(frozen=True, slots=True)
class Hall:
    """FluidSynth's reverberation; a level of 0 switches it off."""

    level: float = 0.0  # 0..1
    size: float = 0.5  # 0..1
    damp: float = 0.3  # 0..1
    width: float = 10.0  # 0..100, stereo


DRY = Hall()


class Synth:
    """An open soundfont, ready to play; use it in a `with` block.

    soundfont   an .sf2 (or .sf3 where FluidSynth was built with libsndfile)
    tuning      Hz of the A above middle C
    fine        whether to interpolate over four samples rather than two: half as fast, cleaner at the top

    Raises DeviceError where FluidSynth is missing, ContentError where the soundfont is missing or broken.
    """

    def __init__(self, soundfont: Path, hall: Hall = DRY, tuning: float = 440.0, fine: bool = True) -> None:
        self._library = fluidsynth()
        if not soundfont.is_file():
            raise missing(soundfont.name, soundfont.parent)
        self._settings = ctypes.c_void_p(self._library.new_fluid_settings())
        for name, number in (("synth.sample-rate", float(RATE)), ("synth.gain", 0.6)):
            self._library.fluid_settings_setnum(self._settings, name.encode(), ctypes.c_double(number))
        switches = {"chorus.active": 0, "reverb.active": int(hall.level > 0), "dynamic-sample-loading": 1}
        for name, value in {**switches, "polyphony": VOICES, "midi-channels": 256, "threadsafe-api": 0}.items():
            self._library.fluid_settings_setint(self._settings, f"synth.{name}".encode(), value)
        self._synth = ctypes.c_void_p(self._library.new_fluid_synth(self._settings))
        self._font = self._library.fluid_synth_sfload(self._synth, str(soundfont).encode(), 0)
        if self._font < 0:
            self.close()
            raise ContentError(f"{soundfont} is no soundfont that FluidSynth can read; install it anew")
        self._soundfont = soundfont
        self._fine = fine
        self._tuning = tuning
        if hall.level > 0:
            room = (ctypes.c_double(value) for value in (hall.size, hall.damp, hall.width, hall.level))
            self._library.fluid_synth_set_reverb(self._synth, *room)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back. The synth cannot play afterwards."""
        self._library.delete_fluid_synth(self._synth)
        self._library.delete_fluid_settings(self._settings)

    def render(
        self, notes: Iterable[Note], seconds: float | None = None, pedals: Sequence[tuple[float, bool]] = ()
    ) -> Floats:
        """What the notes sound like, [2, samples] at 48 kHz; full scale is not guarded, peaks may pass 1.

        seconds   length; without it until two seconds after the last note
        pedals    (seconds, down) of the sustain pedal, for every instrument

        Every render begins in silence; on a fresh synth the same notes give the same samples (on a used one the first
        millisecond of a note may differ). Raises ContentError for a program that the soundfont lacks.
        """
        notes = list(notes)
        channels = self._channels({note.program for note in notes})
        if seconds is None:
            seconds = max((note.start + note.seconds for note in notes), default=0.0) + 2.0
        samples = max(0, round(seconds * RATE))
        out = np.zeros((2, samples + -samples % BLOCK), np.float32)  # whole blocks, or the next render begins in one
        # at equal times: releases, then pedals, then strikes; so a repeated note is struck anew
        events = chain(
            ((note.start + note.seconds, 0, channels[note.program], note.pitch, 0) for note in notes),
            ((when, 1, 0, int(down), 0) for when, down in pedals),
            ((note.start, 2, channels[note.program], note.pitch, note.velocity) for note in notes),
        )
        at = 0
        for when, kind, channel, key, velocity in sorted(events):
            until = min(max(round(when * RATE / BLOCK) * BLOCK, at), out.shape[1])
            self._write(out, at, until)
            at = until
            if kind == 0:
                self._library.fluid_synth_noteoff(self._synth, channel, key)
            elif kind == 1:
                for each in channels.values():
                    self._library.fluid_synth_cc(self._synth, each, 64, 127 * key)
            else:
                self._library.fluid_synth_noteon(self._synth, channel, key, velocity)
        self._write(out, at, out.shape[1])
        return out[:, :samples]

    def _write(self, out: Floats, start: int, end: int) -> None:
        """Let it sound from one sample to another."""
        if end > start:
            left, right = (ctypes.c_void_p(side[start:].ctypes.data) for side in out)
            self._library.fluid_synth_write_float(self._synth, end - start, left, 0, 1, right, 0, 1)

    def _channels(self, programs: set[int]) -> dict[int, int]:
        """A channel of its own for every program, silent, tuned and at rest."""
        self._library.fluid_synth_system_reset(self._synth)
        self._write(np.empty((2, FLUSH), np.float32), 0, FLUSH)
        self._library.fluid_synth_set_interp_method(self._synth, -1, 4 if self._fine else 1)
        bend = 8192 + round(8192 / BEND * 12 * float(np.log2(self._tuning / 440)))
        for channel, program in enumerate(sorted(programs)):
            bank, preset = (128, program - KIT) if program >= KIT else (0, program)
            self._library.fluid_synth_set_channel_type(self._synth, channel, int(bank > 0))
            if self._library.fluid_synth_program_select(self._synth, channel, self._font, bank, preset) < 0:
                raise ContentError(f"{self._soundfont.name} has no program {program} (bank {bank}, preset {preset})")
            self._library.fluid_synth_pitch_bend(self._synth, channel, bend)
            self._library.fluid_synth_set_gen(self._synth, channel, REVERB_SEND, ctypes.c_float(1000.0))
        return {program: channel for channel, program in enumerate(sorted(programs))}


def play(notes: Iterable[Note], soundfont: Path, hall: Hall = DRY) -> Floats:
    """The notes through a soundfont, [2, samples] at 48 kHz."""
    with Synth(soundfont, hall) as synth:
        return synth.render(notes)


def find(name: str = "MuseScore_General_Full.sf2") -> Path:
    """Where the soundfont of that file name is installed; raises ContentError with how to get it."""
    for shelf in SHELVES:
        if (path := Path(shelf) / name).is_file():
            return path
    raise missing(name, Path(SHELVES[0]))


def missing(name: str, place: Path) -> ContentError:
    """The error for a soundfont that is not there."""
    package = SOUNDFONTS.get(name)
    remedy = f"install it with: apt install {package}" if package else f"known are {', '.join(sorted(SOUNDFONTS))}"
    return ContentError(f"no soundfont {name} in {place}; {remedy}")


@cache
def fluidsynth() -> ctypes.CDLL:
    """FluidSynth's library, quiet; raises DeviceError where it is not installed."""
    for name in NAMES:
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        found.new_fluid_settings.restype = ctypes.c_void_p
        found.new_fluid_synth.restype = ctypes.c_void_p
        for level in range(5):
            found.fluid_set_log_function(level, None, None)
        return found
    raise DeviceError("FluidSynth is not installed; install it with: apt install libfluidsynth3")
