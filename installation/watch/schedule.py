"""When the room is open, how bright and how loud it is: a pure function of the moment, for any day of any year."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from installation.errors import ContentError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"
DARK = timedelta(minutes=1)  # after the light has gone, until the display is switched off
AHEAD = timedelta(days=370)  # how far the next change is looked for

Span = tuple[time, time]  # opens, closes; closes the next day where it is not later


@dataclass(frozen=True, slots=True)
class Hours:
    """How the room should be at a moment.

    open      whether visitors are there
    light     0 black .. 1 as the show wants it
    sound     0 silent .. 1 as the show wants it
    quieter   dB below the usual loudness
    display   whether the display is on at all
    """

    open: bool = True
    light: float = 1.0
    sound: float = 1.0
    quieter: float = 0.0
    display: bool = True


class Schedule:
    """Opening hours, quiet hours, and how a day begins and ends.

    week         weekday 0 (Monday) .. 6 -> when it is open; without any day the room never closes
    exceptions   date -> when it is open instead
    quiet        time of day -> dB, a line drawn from each to the next, round the clock
    warm_up      before opening, while the light comes and the sound is still silent
    goodnight    before closing, while light and sound go
    """

    def __init__(
        self,
        week: Mapping[int, Sequence[Span]] | None = None,
        exceptions: Mapping[date, Sequence[Span]] | None = None,
        quiet: Mapping[time, float] | None = None,
        zone: ZoneInfo | None = None,
        warm_up: timedelta = timedelta(minutes=5),
        goodnight: timedelta = timedelta(minutes=2),
    ) -> None:
        self._week, self._exceptions = dict(week or {}), dict(exceptions or {})
        self._quiet = sorted((_share(at), level) for at, level in (quiet or {}).items())
        self._zone = zone
        self._warm_up, self._goodnight = warm_up, goodnight

    def at(self, moment: datetime) -> Hours:
        """How the room should be; `moment` knows its own zone."""
        quieter = self._quieter(moment.astimezone(self._zone).time())
        if not self._week and not self._exceptions:
            return Hours(quieter=quieter)
        best = Hours(False, 0.0, 0.0, quieter, False)
        for opens, closes in self._around(moment):
            if opens - self._warm_up <= moment < closes + DARK:
                light = min(
                    _ramp(moment - opens + self._warm_up, self._warm_up), _ramp(closes - moment, self._goodnight)
                )
                sound = min(_ramp(moment - opens, self._goodnight), _ramp(closes - moment, self._goodnight))
                inside = opens <= moment < closes
                best = Hours(best.open or inside, max(best.light, light), max(best.sound, sound), quieter, True)
        return best

    def next_change(self, moment: datetime) -> tuple[datetime, bool] | None:
        """When the room opens (True) or closes (False) next; None where it never does."""
        now = self.at(moment).open
        day = moment.astimezone(self._zone).date()
        for ahead in range(-1, AHEAD.days):
            edges = {edge for span in self._spans(day + timedelta(ahead)) for edge in span}
            for edge in sorted(edges):
                if edge > moment and self.at(edge).open != now:
                    return edge, not now
        return None

    def _around(self, moment: datetime) -> list[tuple[datetime, datetime]]:
        """What is open on the days about a moment; a night belongs to the day on which it begins."""
        day = moment.astimezone(self._zone).date()
        return [span for near in (-1, 0, 1) for span in self._spans(day + timedelta(near))]

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        hours = self._exceptions.get(day, self._week.get(day.weekday(), ()))
        return [
            (self._moment(day, opens), self._moment(day + timedelta(closes <= opens), closes))
            for opens, closes in hours
        ]

    def _moment(self, day: date, at: time) -> datetime:
        """A time of day as a moment; one that summer time leaves out is as much later, of two the first."""
        if self._zone is None:
            return datetime.combine(day, at).astimezone(UTC)
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    def _quieter(self, at: time) -> float:
        if not self._quiet:
            return 0.0
        share = _share(at)
        after = bisect_right([known for known, _ in self._quiet], share)
        (begin, low), (end, high) = self._quiet[after - 1], self._quiet[after % len(self._quiet)]
        length = (end - begin) % 1.0
        return low if length == 0.0 else low + (high - low) * ((share - begin) % 1.0) / length


def read(
    week: Mapping[str, str],
    exceptions: Mapping[str, str],
    quiet: Mapping[str, float],
    zone: str = "",
    warm_up: float = 5.0,
    goodnight: float = 2.0,
) -> Schedule:
    """A schedule as people write it: {"mon-fri": "10:00-18:00"}, {"2026-12-24": "closed"}, {"20:00": -6}; minutes.

    Several days stand as "mon,wed" or "mon-fri", several hours as "10:00-12:00, 14:00-18:00", several dates as
    "2026-12-24..2026-12-26". Raises ContentError, saying what was found and what is possible.
    """
    place = zone_named(zone)
    days: dict[int, Sequence[Span]] = {}
    for names, hours in week.items():
        for day in _days(names):
            if day in days:
                raise ContentError(f"{DAYS[day]} has hours twice, in {names!r} too. Leave one of them out.")
            days[day] = _hours(hours)
    dates = {day: _hours(hours) for names, hours in exceptions.items() for day in _dates(names)}
    levels = {_time(at): level for at, level in quiet.items()}
    for at, level in quiet.items():
        if not -60.0 <= level <= 0.0:
            raise ContentError(f"the quiet hour {at} = {level:g} is out of its range. Give -60 to 0 dB.")
    return Schedule(days, dates, levels, place, timedelta(minutes=warm_up), timedelta(minutes=goodnight))


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name, or the machine's own for none. Raises ContentError where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ContentError(f"there is no time zone {name!r}. Give a name such as 'Europe/Berlin', or none.") from None


def _days(names: str) -> list[int]:
    days: list[int] = []
    for part in names.lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in DAYS or (dash and last not in DAYS):
            raise ContentError(f"{names!r} are no days. Give {', '.join(DAYS)}, several as 'mon,wed' or 'mon-fri'.")
        begin, end = DAYS.index(first), DAYS.index(last if dash else first)
        days += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return days


def _dates(names: str) -> list[date]:
    first, dots, last = (word.strip() for word in names.partition(".."))
    try:
        begin = date.fromisoformat(first)
        end = date.fromisoformat(last) if dots else begin
    except ValueError:
        end, begin = date.min, date.max
    if not 0 <= (end - begin).days <= 3660:
        raise ContentError(f"{names!r} is no date. Give one as 2026-12-24, several as 2026-12-24..2026-12-26.")
    return [begin + timedelta(more) for more in range((end - begin).days + 1)]


def _hours(text: str) -> list[Span]:
    if text.strip().lower() == CLOSED:
        return []
    spans = []
    for part in text.split(","):
        opens, dash, closes = part.partition("-")
        if not dash:
            raise ContentError(f"{text!r} are no opening hours. Give 'closed' or hours such as '10:00-18:00'.")
        spans.append((_time(opens), _time(closes)))
    return spans


def _time(text: str) -> time:
    found = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*", text)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if hour == 24 and minute == 0:
        return time(0, 0)
    if hour > 23 or minute > 59:
        raise ContentError(f"{text.strip()!r} is no time of day. Give hours and minutes, such as 09:30.")
    return time(hour, minute)


def _share(at: time) -> float:
    """A time of day as a share of the day."""
    return (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6) / 86_400


def _ramp(since: timedelta, length: timedelta) -> float:
    """0 before, 1 after, and a smooth way between."""
    if length <= timedelta(0):
        return 1.0 if since >= timedelta(0) else 0.0
    share = min(max(since / length, 0.0), 1.0)
    return share * share * (3 - 2 * share)
