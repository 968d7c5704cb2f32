"""Packing recorded sounds into two small files: CC0 one-shots, and single notes of General MIDI instruments."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from installation.content import cache
from installation.data import RATE, Floats
from installation.errors import ContentError, ImmersionsError
from installation.repertoire.fluid import KIT, Note, Synth, find
from installation.repertoire.house.sources import NOTES, SAMPLES, Sources
from installation.repertoire.house.waves import closed, seconds

SHOTS = Path("/usr/share/sonic-pi/samples")
TERMS = Path("/usr/share/doc/sonic-pi-samples/copyright")
LONGEST = {"kick": 0.9, "clap": 0.8, "hat": 0.4, "open": 1.2, "perc": 0.8, "air": 3.0}  # seconds kept
BEATS = {"breakbeat": 4, "compus": 16, "garzul": 16, "industrial": 2, "mika": 16, "safari": 16, "tabla": 16}
PARTS = (  # the first that fits decides what a recording is used for
    ("kick", r"bd_|drum_bass|drum_heavy_kick|elec_(hollow|soft)_kick"),
    ("clap", r"sn_|drum_snare|elec_\w*snare|perc_snap"),
    ("hat", r"drum_cymbal_(closed|pedal)|elec_tick"),
    ("open", r"drum_cymbal|drum_splash|elec_cymbal"),
    ("perc", r"drum_tom|drum_cowbell|elec_|perc_(bell|till)|tabla_"),
    ("air", r"ambi_|guit_|vinyl_|perc_swash"),
)

PLUCKED, HELD = (41, 49, 57, 65, 73), (46, 56, 66, 76)  # pitches recorded; those between are moved
FAMILIES: dict[str, tuple[tuple[int, ...], tuple[int, ...], float]] = {  # programs, pitches, seconds
    "bass": ((32, 33, 34, 35, 36, 37), (27, 33, 39), 0.7),
    "synth bass": ((38, 39, 87), (27, 33, 39), 0.6),
    "piano": ((0, 1, 3), PLUCKED, 0.9),
    "electric piano": ((4, 5, 7), PLUCKED, 0.9),
    "organ": ((16, 17, 18), HELD, 0.6),
    "mallet": ((8, 11, 12, 13, 45, 46, 108, 114), PLUCKED[1:], 0.8),
    "guitar": ((24, 25, 27, 28, 104, 107), PLUCKED[:4], 0.7),
    "strings": ((44, 48, 50, 55), HELD, 0.7),
    "brass": ((56, 57, 61, 62), HELD[:3], 0.6),
    "pad": ((52, 54, 88, 89, 90, 91, 93, 94), (50, 63, 76), 1.2),
    "wind": ((65, 66, 71, 73, 75, 79), (62, 72, 82), 0.6),
    "lead": ((80, 81, 82, 84, 22), (58, 70, 82), 0.6),
}
KITS = (0, 16, 24, 25, 40)
STRIKES = {
    "kick": (35, 36), "clap": (38, 39, 40), "hat": (42, 44), "open": (46, 49, 51),
    "perc": (37, 41, 45, 50, 54, 56, 60, 62, 63, 64, 65, 67, 69, 70, 75, 76, 78, 80),
}  # fmt: skip


def available() -> Sources:
    """What this machine has; the two files are made in the cache folder the first time."""
    folder = cache() / "house"
    folder.mkdir(exist_ok=True)
    if SHOTS.is_dir() and not (folder / SAMPLES).exists():
        pack_samples(folder / SAMPLES)
    if not (folder / NOTES).exists():
        with suppress(ImmersionsError):  # no FluidSynth or no soundfont: that source stays empty
            pack_notes(folder / NOTES, find())
    return Sources.load(folder)


def free(terms: Path = TERMS) -> set[str]:
    """The names of the recordings that a Debian copyright file gives away under CC0."""
    if not terms.exists():
        raise ContentError(
            f"{terms} was asked for the licences of the samples, but is missing; install sonic-pi-samples"
        )
    names: set[str] = set()
    for block in terms.read_text().split("\n\n"):
        if re.search(r"^License: CC0$", block, re.MULTILINE):
            names |= {Path(name).stem for name in re.findall(r"etc/samples/(\S+)\.flac", block)}
    return names


def packed(sound: Floats, grain: int = 1) -> NDArray[np.int16]:
    """Peak at full scale, the silence at the end cut off, as int16 in steps of `grain` (coarser is smaller on disk)."""
    top = float(np.abs(sound).max()) + 1e-9
    loud = np.flatnonzero(np.abs(sound) > 0.003 * top)
    kept = closed(np.array(sound[: int(loud[-1]) + 1] / top, np.float32)) if len(loud) else sound[:1]
    return (np.round(32_000 / grain * kept) * grain).astype(np.int16)


def recordings(folder: Path, terms: Path) -> Iterator[tuple[str, Floats]]:
    """The free one-shots of a folder as (part/name, [samples] at 48 kHz)."""
    import soundfile  # packing is done where recordings are; using them needs numpy alone

    for path in sorted(path for path in folder.glob("*.flac") if path.stem in free(terms)):
        part = next((part for part, names in PARTS if re.match(names, path.stem)), "")
        beats = BEATS.get(path.stem.removeprefix("loop_"))
        if part or beats:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            mono = signal.resample_poly(samples.mean(axis=1), RATE, rate).astype(np.float32)
            if beats:
                yield f"loop/{beats}/{path.stem}", mono
                continue
            onset = int(np.argmax(np.abs(mono) > 0.02 * np.abs(mono).max()))
            yield f"{part}/{path.stem}", mono[onset : onset + seconds(LONGEST[part])]


def pack_samples(target: Path, folder: Path = SHOTS, terms: Path = TERMS) -> None:
    """Write the one-shots of a folder, those that are CC0, into one file."""
    save(target, {name: packed(sound, 4) for name, sound in recordings(folder, terms)})


def pack_notes(target: Path, soundfont: Path) -> None:
    """Write single notes of General MIDI instruments and hits of its drum kits into one file."""
    found: dict[str, NDArray[np.int16]] = {}
    with Synth(soundfont) as synth:
        for family, (programs, pitches, length) in FAMILIES.items():
            for program in programs:
                for pitch in pitches:
                    notes = synth.render([Note(0, length, pitch, 100, program)], length + 0.1).mean(axis=0)
                    half = signal.resample_poly(notes, 1, 2).astype(np.float32)
                    found[f"{RATE // 2}/{family}/{program}/{pitch}"] = packed(half, 16)
        for kit in KITS:
            for part, keys in STRIKES.items():
                for key in keys if kit in (0, 25) or part != "perc" else ():
                    hit = synth.render([Note(0, 0.6, key, 110, KIT + kit)], 0.6).mean(axis=0)
                    if np.abs(hit).max() > 1e-4:
                        found[f"{RATE}/{part}/{kit}/{key}"] = packed(hit[: seconds(0.35)], 16)
    save(target, found)


def save(target: Path, sounds: Mapping[str, Any]) -> None:
    """Write the sounds under a temporary name and move them into place whole."""
    part = target.with_suffix(".part.npz")
    np.savez_compressed(part, **sounds)
    part.replace(target)
