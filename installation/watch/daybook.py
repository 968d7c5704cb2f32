"""What a curator wants to know of a day: a page and a table, kept while the day goes on."""

import csv
import html
import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from installation import whole

DAYS = 400  # that are kept
REGIONS = 12  # that a page names

CSV = ("day", "hours_running", "hours_open", "starts", "faults", "visitors", "dreams", "loudest_lufs", "loudest_at",
       "brightest", "brightest_at", "most_heard")  # fmt: skip


@dataclass(slots=True)
class Day:
    """The figures of one day.

    running, open     seconds in which pictures were shown, and in which the room was open
    starts, faults    of the show, and what was logged as an error
    visitors          turns that visitors took
    loudest           LUFS of the loudest minute, and when it was; brightest the same, mean luminance 0..1
    regions           target -> seconds that it was heard
    """

    day: str
    running: float = 0.0
    open: float = 0.0
    starts: int = 0
    faults: int = 0
    visitors: int = 0
    dreams: int = 0
    loudest: float = -70.0
    loudest_at: str = ""
    brightest: float = 0.0
    brightest_at: str = ""
    regions: dict[str, float] = field(default_factory=dict)

    def row(self) -> list[str]:
        """The day in the order of `CSV`."""
        most = max(self.regions, key=lambda name: self.regions[name]) if self.regions else ""
        return [
            self.day, f"{self.running / 3600:.2f}", f"{self.open / 3600:.2f}", str(self.starts), str(self.faults),
            str(self.visitors), str(self.dreams), f"{self.loudest:.1f}", self.loudest_at, f"{self.brightest:.3f}",
            self.brightest_at, most,
        ]  # fmt: skip


class Daybook:
    """Adds up a day, second by second, and keeps it on disk once a minute; a new day begins a new page by itself.

    folder   holds one JSON file a day, and with it `days.csv` and a page `DAY.html`
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._minute: list[tuple[float, float]] = []  # loudness as power, luminance; of each second
        self._written = now
        self.day = self._read(now.date())
        self.day.starts += 1
        self.refused = ""  # why the disk does not take it, if it does not

    def second(
        self, now: datetime, seconds: float, loudness: float | None, luminance: float, target: str, is_open: bool
    ) -> None:
        """A while has passed since the last call: so many seconds, at this LUFS, luminance 0..1 and target."""
        if now.date().isoformat() != self.day.day:
            self.settle()
            self._minute.clear()
            self.day = self._read(now.date())
        seconds = min(max(seconds, 0.0), 5.0)  # a clock that was set must not count as hours
        day = self.day
        day.running += seconds
        day.open += seconds * is_open
        day.regions[target] = day.regions.get(target, 0.0) + seconds
        if len(day.regions) > 40 * REGIONS:
            day.regions = dict(Counter(day.regions).most_common(20 * REGIONS))
        self._minute.append((10 ** ((loudness if loudness is not None else -70.0) / 10), luminance))
        if len(self._minute) >= 60:
            self._measure(now)
        if not 0 <= (now - self._written).total_seconds() < 60:
            self._written = now
            self.settle()

    def count(self, faults: int = 0, visitors: int = 0, dreams: int = 0) -> None:
        """More has happened."""
        self.day.faults += faults
        self.day.visitors += visitors
        self.day.dreams += dreams

    def settle(self) -> None:
        """Write the day down; a disk that refuses costs the figures, and nothing else."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            whole.write(self._folder / f"{self.day.day}.json", json.dumps(asdict(self.day)))
            whole.write(self._folder / f"{self.day.day}.html", page(self.day))
            whole.write(self._folder / "days.csv", table(self._all()))
            for old in sorted(self._folder.glob("????-??-??.json"))[:-DAYS]:
                old.unlink()
                old.with_suffix(".html").unlink(missing_ok=True)
        except OSError as error:
            self.refused = error.strerror or str(error)
        else:
            self.refused = ""

    def _measure(self, now: datetime) -> None:
        power = sum(loud for loud, _ in self._minute) / len(self._minute)
        light = sum(seen for _, seen in self._minute) / len(self._minute)
        self._minute.clear()
        lufs, light = round(10 * math.log10(power), 2), round(light, 4)
        if lufs > self.day.loudest:
            self.day.loudest, self.day.loudest_at = lufs, f"{now:%H:%M}"
        if light > self.day.brightest:
            self.day.brightest, self.day.brightest_at = light, f"{now:%H:%M}"

    def _read(self, day: date) -> Day:
        try:
            return Day(**json.loads((self._folder / f"{day.isoformat()}.json").read_text()))
        except (OSError, ValueError, TypeError):
            return Day(day.isoformat())

    def _all(self) -> Iterator[Day]:
        for path in sorted(self._folder.glob("????-??-??.json")):
            try:
                yield Day(**json.loads(path.read_text()))
            except (OSError, ValueError, TypeError):
                continue


def table(days: Iterator[Day]) -> str:
    """All days as CSV."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(CSV)
    rows.writerows(day.row() for day in days)
    return text.getvalue()


def page(day: Day) -> str:
    """A day as a page that needs nothing else."""
    most = Counter(day.regions).most_common(REGIONS)
    facts: list[tuple[str, Any]] = [
        ("ran", f"{day.running / 3600:.1f} h"), ("open", f"{day.open / 3600:.1f} h"), ("starts", day.starts),
        ("faults", day.faults), ("visitors' turns", day.visitors), ("dreams", f"{day.dreams:,}"),
        ("loudest minute", f"{day.loudest:.1f} LUFS at {day.loudest_at or '-'}"),
        ("brightest minute", f"{100 * day.brightest:.1f} % at {day.brightest_at or '-'}"),
    ]  # fmt: skip
    rows = "".join(f"<tr><th>{html.escape(name)}<td>{html.escape(str(value))}" for name, value in facts)
    heard = "".join(f"<tr><td>{html.escape(name)}<td>{seconds / 60:.0f} min" for name, seconds in most)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Immersions, {day.day}</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em;background:#0b0f1a;"
        "color:#dfe6f2}th{text-align:left;padding-right:2em;font-weight:400;color:#8fa3c7}td{padding-right:2em}</style>"
        f"<h1>Immersions, {day.day}</h1><table>{rows}</table><h2>Heard most</h2><table>{heard}</table></html>\n"
    )
