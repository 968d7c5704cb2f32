"""A take as it is written: line by line, while the performance goes on."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from installation.data import Clip, Controls, Dream
from installation.discreet import Discreet
from installation.entrance import Entrance
from installation.errors import StorageError
from installation.pace import Pace
from installation.take.records import Header, Loop
from installation.target import write as target_text
from installation.track import Track

STEP = 2.0**-23  # of amplitude: what 24 bits can tell apart


def on_grid(clip: Clip) -> Clip:
    """The clip rounded to 24 bits, so that a take gives back exactly the samples that it was given."""
    limit = 1.0 - STEP
    rounded = np.round(np.clip(clip.samples, -1.0, limit).astype(np.float64) / STEP) * STEP
    return Clip(rounded.astype(np.float32), clip.rate)


class TakeWriter:
    """Writes a take into a new folder. Raises StorageError when the disk refuses, once per call."""

    def __init__(self, folder: Path, header: Header) -> None:
        self.folder = folder
        self._written: dict[int, str] = {}  # number of the dream -> file
        self._discreet = Discreet()
        self._values: dict[str, float] = {}
        self._stood: dict[str, tuple[int, float]] = {}  # where each control was last written down
        self._told = (0, 0.0)  # where all of them were last looked at
        self._tracks: Mapping[str, Track] = {}
        try:
            (folder / "clips").mkdir(parents=True, exist_ok=False)
            (folder / "take.json").write_text(json.dumps(asdict(header), indent=2) + "\n")
        except FileExistsError:
            raise StorageError(f"The take {folder} exists already. Choose another name or remove it.") from None
        except OSError as error:
            raise refused(folder, error) from None

    def loop(self, number: int, start: float, dream: Dream, at: float | None = None, turn: float = 1.0) -> None:
        """Write down which dream the loop of this number plays, and when it began in seconds; the rest as in `Loop`."""
        if dream.verdict is None:
            raise ValueError("only a judged dream can have been heard")
        try:
            kept = self._discreet(dream)
            assert kept.verdict is not None
            name = self._written.get(kept.number) or self._clip(kept)
            text = target_text(dream.target)
            line = Loop(number, start, name, text, dream.score, dream.step, kept.verdict, at, turn, lent=dream.lent)
            self._append("loops.jsonl", asdict(line))
        except (OSError, soundfile.SoundFileError) as error:
            raise refused(self.folder, error) from None

    def pace(self, pace: Pace) -> None:
        """Write down how fast the loops run from a sample on."""
        try:
            self._append("paces.jsonl", pace._asdict())
        except OSError as error:
            raise refused(self.folder, error) from None

    def controls(self, loop: int, place: float, controls: Controls) -> None:
        """Write down what has changed in the controls, at this place (0..1) of this loop.

        Between two places a line is drawn, so a control that stood still until now is written down as it stood, too.
        """
        here = loop, round(place, 6)
        try:
            for name, value in controls.values.items():
                before = self._values.get(name)
                if before == value:
                    continue
                if before is not None and self._stood[name] < self._told:
                    self._control(name, before, self._told)
                self._control(name, value, here)
        except OSError as error:
            raise refused(self.folder, error) from None
        self._told = here

    def act(self, loop: int, place: float, hand: str, does: str, what: str) -> None:
        """Write down what a hand did at this place (0..1) of this loop, and about what."""
        line = {"loop": loop, "place": round(place, 6), "hand": hand, "does": does, "what": what}
        try:
            self._append("hands.jsonl", line)
        except OSError as error:
            raise refused(self.folder, error) from None

    def entrance(self, entrance: Entrance) -> None:
        """Write down from where the show goes on from a loop on."""
        try:
            self._append("entrances.jsonl", asdict(entrance))
        except OSError as error:
            raise refused(self.folder, error) from None

    def tracks(self, loop: int, place: float, tracks: Mapping[str, Track]) -> None:
        """Write down which tracks have changed, at this place (0..1) of this loop; one that is gone has no keys."""
        if tracks is self._tracks:
            return
        try:
            for name in sorted(tracks.keys() | self._tracks.keys()):
                if (track := tracks.get(name)) != self._tracks.get(name):
                    keys = [list(key) for key in track.keys] if track else []
                    self._append("tracks.jsonl", {"loop": loop, "place": round(place, 6), "name": name, "keys": keys})
        except OSError as error:
            raise refused(self.folder, error) from None
        self._tracks = tracks

    def _control(self, name: str, value: float, place: tuple[int, float]) -> None:
        self._append("controls.jsonl", {"loop": place[0], "place": place[1], "name": name, "value": value})
        self._values[name], self._stood[name] = value, place

    def _clip(self, dream: Dream) -> str:
        name = f"{dream.number:06d}.flac"
        clip = on_grid(dream.clip)
        soundfile.write(self.folder / "clips" / name, clip.samples.T, clip.rate, subtype="PCM_24")
        self._written[dream.number] = name
        return name

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def refused(folder: Path, error: Exception) -> StorageError:
    why = getattr(error, "strerror", None) or error
    return StorageError(f"The take {folder} cannot be written: {why}. Free some space or choose another folder.")
