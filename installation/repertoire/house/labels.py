"""What is known about rendered music, exactly, because it was composed: tempo, beats, chords, key, sections."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from installation.repertoire.house.arrangement import Section
from installation.repertoire.house.harmony import Harmony
from installation.repertoire.house.rhythm import Clock

PITCHED = {"bass", "stab", "stab2", "pad", "lead", "arp"}


@dataclass(frozen=True, slots=True)
class TrackLabels:
    """One track in a rendering; all times in seconds from the rendering's beginning.

    start, end   where it is heard
    first_beat   the first beat of its first bar; beat n lies at first_beat + n * 60 / bpm, bars have four beats
    tonic, mode  its key; pitch class with C as 0
    chords       (time, root pitch class, quality), each until the next; root -1 where no pitched part plays
    sections     (time, name), each until the next
    patches      part -> family of sound
    """

    track: int
    style: str
    start: float
    end: float
    bpm: float
    first_beat: float
    swing: float
    tonic: int
    mode: str
    chords: tuple[tuple[float, int, str], ...]
    sections: tuple[tuple[float, str], ...]
    patches: dict[str, str]
    finish: dict[str, float]

    @classmethod
    def of(
        cls,
        track: int,
        style: str,
        clock: Clock,
        harmony: Harmony,
        sections: list[Section],
        finish: dict[str, float],
        patches: dict[str, str],
    ) -> Self:
        last = sections[-1].start + sections[-1].steps
        return cls(
            track, style, 0.0, clock.seconds(last), clock.bpm, clock.seconds(0), clock.swing, harmony.tonic,
            harmony.mode,
            tuple(chords(clock, harmony, sections)), tuple((clock.seconds(section.start),
            section.name) for section in sections), patches, finish,
        )  # fmt: skip

    def shifted(self, seconds: float) -> Self:
        """The same, heard later."""
        return replace(
            self,
            start=self.start + seconds,
            end=self.end + seconds,
            first_beat=self.first_beat + seconds,
            chords=tuple((time + seconds, root, quality) for time, root, quality in self.chords),
            sections=tuple((time + seconds, name) for time, name in self.sections),
        )

    def table(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


def chords(clock: Clock, harmony: Harmony, sections: list[Section]) -> list[tuple[float, int, str]]:
    """The chord of every moment, as far as a pitched part lets it be heard."""
    found: list[tuple[float, int, str]] = []
    for section in sections:
        entries = [late for part, late in section.parts.items() if part in PITCHED]
        audible = section.start + min(entries) if entries else section.start + section.steps
        for step in range(section.start, section.start + section.steps):
            chord = harmony.at(step)
            root, quality = (chord.root, chord.quality) if step >= audible else (-1, "")
            if not found or found[-1][1:] != (root, quality):
                found.append((clock.seconds(step), root, quality))
    return found
