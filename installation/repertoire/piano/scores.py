"""Scores: what the composers wrote, read from MIDI files and a table that names composer, title and licence."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import mido
import numpy as np
from numpy.typing import NDArray

from installation.data import frozen
from installation.errors import ContentError

Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]

NOTES = ("start", "length", "pitch", "loudness", "hand")  # the columns of a score that count notes
COLUMNS = ("file", "composer", "title", "licence", "source")
SAME = {"ChopinFF": "Chopin"}  # one composer under two names
ELSEWHERE = {  # works whose opus does not stand in the file's name
    "ballade-4": "chopin-52-1",
    "fantaisie-impromptu": "chopin-66-1",
    "w10-h-moll": "chopin-69-2",
    "TroisNouvellesEtudes": "chopin-MEG",
    "MEG": "chopin-MEG",
}
POSTHUMOUS = 72  # the first editions number the pieces of this opus differently: one work


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of the table. All editions of a work share the name of the `work`."""

    path: Path
    name: str
    composer: str
    title: str
    licence: str
    source: str
    work: str


@dataclass(frozen=True, eq=False, slots=True)
class Score:
    """The notes of a piece in order of time; positions and lengths in quarter notes.

    start, length, pitch, loudness, hand   [notes]; loudness as written 0..127, hand 0 is the upper staff
    beats, downbeat                        [beats] position of every beat, and whether it begins a bar
    tempo                                  [changes, 2] position, quarters per minute as written
    signature                              [changes, 2] position, root 0..11 of the major key that is signed so
    """

    piece: Piece
    start: Doubles
    length: Doubles
    pitch: Whole
    loudness: Whole
    hand: Whole
    beats: Doubles
    downbeat: NDArray[np.bool_]
    tempo: Doubles
    signature: Doubles

    def __post_init__(self) -> None:
        for array in (
            self.start,
            self.length,
            self.pitch,
            self.loudness,
            self.hand,
            self.beats,
            self.tempo,
            self.signature,
        ):
            frozen(array)

    @property
    def end(self) -> float:
        """Where the last note ends, in quarters."""
        return float((self.start + self.length).max())


def pieces(folder: Path) -> list[Piece]:
    """All pieces that `folder/scores.csv` names; raises ContentError where the table or a file is missing."""
    table = folder / "scores.csv"
    if not table.is_file():
        raise ContentError(f"no scores.csv in {folder}; it must name {', '.join(COLUMNS)} of every MIDI file")
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows or (lacking := [name for name in COLUMNS if name not in rows[0]]):
        raise ContentError(f"{table} names no piece" if not rows else f"{table} has no column {', '.join(lacking)}")
    found = [_piece(folder, row) for row in rows]
    if gone := [piece.path.name for piece in found if not piece.path.is_file()]:
        raise ContentError(f"{table} names {len(gone)} files that are not there, such as {gone[0]}")
    return found


def read(piece: Piece) -> Score:
    """The score of a piece; raises ContentError where the file is not MIDI or holds no notes."""
    try:
        file = mido.MidiFile(piece.path)
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise ContentError(f"{piece.path} is no MIDI file that can be read: {error}") from None
    notes: list[list[tuple[float, float, int, int]]] = []
    meters: dict[float, tuple[int, int]] = {}
    tempo: dict[float, float] = {}
    signed: dict[float, float] = {}
    for track in file.tracks:
        now, staff = 0, []
        sounding: dict[int, tuple[int, int]] = {}  # key -> tick, velocity
        for message in track:
            now += message.time
            if message.type == "time_signature":
                meters[now / file.ticks_per_beat] = (message.numerator, message.denominator)
            elif message.type == "set_tempo":
                tempo[now / file.ticks_per_beat] = mido.tempo2bpm(message.tempo)
            elif message.type == "key_signature":
                signed[now / file.ticks_per_beat] = _tonic(message.key)
            elif message.type == "note_on" and message.velocity:
                sounding.setdefault(message.note, (now, message.velocity))
            elif message.type in ("note_on", "note_off") and message.note in sounding:
                start, loudness = sounding.pop(message.note)
                staff.append((start / file.ticks_per_beat, (now - start) / file.ticks_per_beat, message.note, loudness))
        if staff:
            notes.append(staff)
    if not notes:
        raise ContentError(f"{piece.path} holds no notes")
    return _score(piece, notes, meters or {0.0: (4, 4)}, tempo or {0.0: 120.0}, signed or {0.0: -1.0})


def _tonic(key: str) -> float:
    """The root 0..11 of the major key with the same signature: F#m is 9, as A."""
    root = "C D EF G A B".index(key[0]) + key.count("#") - key.count("b") + 3 * key.endswith("m")
    return float(root % 12)


def excerpt(score: Score, begin: float, until: float) -> Score:
    """The part of a score between two positions, in quarters, without the notes that begin before."""
    notes = (score.start >= begin) & (score.start < until)
    beats = (score.beats >= begin - 1e-6) & (score.beats < until)
    if not notes.any() or not beats.any():
        return score
    columns: dict[str, Any] = {name: getattr(score, name)[notes] for name in NOTES}
    return replace(score, **columns, beats=score.beats[beats], downbeat=score.downbeat[beats])


def repeated(score: Score, times: int) -> Score:
    """The score several times over, in step with its bars: what a player does with a piece of a few lines."""
    bars = score.beats[score.downbeat]
    bar = float(np.median(np.diff(bars))) if len(bars) > 1 else 4.0
    period = np.ceil((score.end - score.start[0]) / bar - 0.01) * bar
    shifts = np.arange(times)[:, None] * period
    columns: dict[str, Any] = {name: np.tile(getattr(score, name), times) for name in NOTES}
    columns["start"] = (score.start + shifts).ravel()
    beats = score.beats < score.start[0] + period - 1e-6
    columns["downbeat"] = np.tile(score.downbeat[beats], times)
    return replace(score, **columns, beats=(score.beats[beats] + shifts).ravel())


def _score(
    piece: Piece,
    staves: list[list[tuple[float, float, int, int]]],
    meters: dict[float, tuple[int, int]],
    tempo: dict[float, float],
    signed: dict[float, float],
) -> Score:
    """Staves become hands, upper first; a key struck by both at once sounds once."""
    staves = sorted(staves, key=lambda staff: -float(np.mean([note[2] for note in staff])))
    struck: dict[tuple[float, int], tuple[float, int, int]] = {}
    for hand, staff in enumerate(staves):
        for start, length, pitch, loudness in staff:
            if length > 0 and length >= struck.get((start, pitch), (0.0,))[0]:
                struck[start, pitch] = (length, loudness, min(hand, 1))
    rows = np.array([(start, *struck[start, pitch], pitch) for start, pitch in sorted(struck)])  # [notes, 5]
    starts, lengths = rows[:, 0], rows[:, 1]
    loudness, hands, pitches = rows[:, 2:].astype(np.int64).T
    written = (np.array(sorted(changes.items())) for changes in (tempo, signed))
    return Score(piece, starts, lengths, pitches, loudness, hands, *_beats(meters, starts, lengths), *written)


def _beats(meters: dict[float, tuple[int, int]], start: Doubles, length: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """Every beat and whether it begins a bar; an upbeat is found by where the long notes fall."""
    end = float((start + length).max())
    changes = [*sorted(meters), end]
    beats: list[Doubles] = []
    downs: list[NDArray[np.bool_]] = []
    for begin, until in pairwise(changes):
        numerator, denominator = meters[begin]
        compound = numerator % 3 == 0 and numerator > 3
        beat = (3 if compound else 1) * 4 / denominator  # quarters
        count = numerator // 3 if compound else numerator  # beats in a bar
        inside = (start >= begin) & (start < until)
        step = beat / (3 if compound else 2)
        shift = _upbeat(start[inside] - begin, length[inside], beat, count, step) if inside.any() else 0.0
        grid = np.arange(begin + shift % beat, until - 1e-6, beat)
        beats.append(grid)
        downs.append(np.round((grid - begin - shift) / beat).astype(int) % count == 0)
    together, heard = np.concatenate(beats), np.concatenate(beats) >= start[0] - 1e-6
    return together[heard], np.concatenate(downs)[heard]


def _upbeat(start: Doubles, length: Doubles, beat: float, count: int, step: float) -> float:
    """Quarters before the first full bar: where bars would begin on the most and longest notes."""
    weight = np.minimum(length, 2 * beat)
    fits = []
    for shift in np.arange(0, count * beat - 1e-9, step):
        place = (start - shift) / beat
        on = np.abs(place - np.round(place)) < 0.05
        bar = on & (np.round(place).astype(int) % count == 0)
        fits.append((weight[on].sum() + 2 * weight[bar].sum()) * (1.15 if shift == 0 else 1.0))
    return float(np.argmax(fits)) * step


def _piece(folder: Path, row: dict[str, str]) -> Piece:
    composer = SAME.get(row["composer"], row["composer"])
    path = folder / row["file"]
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{path.parent.name}-{path.stem}").strip("-")
    work = _chopin(path.stem) if composer == "Chopin" else _mutopia(row["source"])
    return Piece(path, name, composer, row["title"], row["licence"], row["source"], work)


def _mutopia(source: str) -> str:
    """Composer, opus and folder: MutopiaProject/BachJS/BWV830/BWV-830/... holds one work, whole and by movements."""
    return re.sub(r"[^A-Za-z0-9]+", "-", "/".join(source.split("/")[1:4])).lower()


def _chopin(stem: str) -> str:
    """Opus and number from the two ways of naming files: 028_1-12-1a-C-004 and chopin-op-28-04."""
    for part, work in ELSEWHERE.items():
        if part in stem:
            return work
    if edition := re.match(r"0?(\d{2,3})(?:sep)?(?:_(\d+)\w*)?-.*?(?:-(\d{3})(?!\d).*)?$", stem):
        opus, number = int(edition[1]), edition[3] or edition[2] or 1
    elif named := re.search(r"(?:op|chop)-?(\d+)(?:-(?:no)?(\d+))?", stem.lower()):
        opus, number = int(named[1]), named[2] or 1
    else:
        return f"chopin-{stem}".lower()
    return f"chopin-{opus}" if opus >= POSTHUMOUS else f"chopin-{opus}-{int(number)}"
