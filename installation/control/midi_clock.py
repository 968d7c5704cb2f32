"""The tempo of a MIDI clock: 24 uneven pulses a beat become one even beat, which goes on when they stop."""

from collections import deque
from statistics import mean, median
from typing import NamedTuple

from installation.control.beats import BAR, Beat

PULSES = 24  # per beat
STEPS = 6  # pulses in a step of the song position
KNOWN = 12  # pulses after which a tempo is believed: half a beat
LOST = 0.5  # seconds without a pulse after which the clock has stopped; 24 pulses at 5 beats a minute are closer
STRAY = 0.07  # of the time between two pulses: where half of the last ones differ more, the tempo is another
LONG = 2 * PULSES  # pulses whose mean tells the tempo however unevenly they come
HEAPS = 0.1  # of that time: where their mean differs more, pulses came late and all at once
QUICKEST, SLOWEST = 60 / 400 / PULSES, 60 / 20 / PULSES  # seconds between two pulses, at 400 and 20 beats a minute
CALM = 0.1  # how much of a pulse's error moves the beat, once the tempo is known: of 1 ms of jitter 0.2 ms are left
EASE = CALM**2 / 2  # and how much of it the tempo: critically damped (Kalata 1984)
CLOCK = frozenset([0xF8, 0xFA, 0xFB, 0xFC, 0xF2])  # tick, start, continue, stop, song position: a message's first byte


class Pulse(NamedTuple):
    """The newest pulse, as it should have come."""

    number: int  # since the song began; negative before its first
    moment: float  # seconds
    interval: float  # seconds to the next
    seen: int  # pulses in a row


class MidiClock:
    """A phase-locked loop on a MIDI clock. `receive` may be called from any thread; `beat` tells where the beat is.

    The first pulses are fitted with a straight line, later ones move it less and less. Of several devices the one that
    came first leads until it stops.
    """

    name = "MIDI clock"

    def __init__(self) -> None:
        self._pulse: Pulse | None = None
        self._counted = False  # somebody said where the song begins
        self._song = 0  # the number that the next pulse gets after a start
        self._begins = False
        self._times: deque[float] = deque(maxlen=LONG)  # seconds between the last pulses
        self._last = -LOST  # when the last one came
        self._device = ""

    def receive(self, device: str, message: bytes, now: float) -> None:
        """Hear a message that came at this second of time.monotonic(). What is no clock is left out."""
        if device != self._device and now - self._last < LOST:
            return
        match message[0] if message else None:
            case 0xF8:
                self._device = device
                self._tick(now)
                self._last = now
            case 0xFA:
                self._song, self._begins, self._counted = 0, True, True
            case 0xFB:
                self._begins = self._counted
            case 0xF2 if len(message) == 3:  # in sixteenths, 7 bits each
                self._song, self._begins, self._counted = (message[1] + 128 * message[2]) * STEPS, True, True

    def beat(self, now: float) -> Beat | None:
        """Where the beat is; the last tempo goes on for ever. None before the first pulses."""
        pulse = self._pulse
        if pulse is None or pulse.seen < KNOWN:
            return None
        beat = Beat(60 / (PULSES * pulse.interval), pulse.moment, pulse.number / PULSES, BAR if self._counted else 1)
        return beat.danceable()

    def _tick(self, now: float) -> None:
        before = self._pulse
        if before is None:
            self._pulse = Pulse(self._number(0), now, 0.5 / PULSES, 1)
        elif now - self._last > LOST:  # it was silent: its tempo is kept until there is a new one
            seen = KNOWN if before.seen >= KNOWN else 1
            passed = round((now - before.moment) / before.interval)
            self._pulse = Pulse(self._number(before.number + passed), now, before.interval, seen)
        else:
            self._pulse = self._follow(before, now)

    def _follow(self, before: Pulse, now: float) -> Pulse:
        since = now - self._last
        self._times.append(since)
        if since < QUICKEST:  # the machine was busy and several come at once: none of them tells the time
            return before
        if before.seen == 1:
            return Pulse(self._number(before.number + 1), now, min(since, SLOWEST), 2)
        error = now - before.moment - before.interval
        shift = round(error / before.interval)  # pulses that got lost on the way, or came too late to count
        number = self._number(before.number + 1 + shift)
        if changed := self._changed(before.interval):
            return Pulse(number, now, changed, KNOWN)
        expected = before.moment + (1 + shift) * before.interval
        error -= shift * before.interval
        n = before.seen + 1
        calm = max(CALM, 2 * (2 * n - 1) / (n * (n + 1)))  # the straight line through all pulses so far
        ease = max(EASE, 6 / (n * (n + 1)))
        interval = min(max(before.interval + ease * error, QUICKEST), SLOWEST)
        return Pulse(number, expected + calm * error, interval, n)

    def _changed(self, interval: float) -> float | None:
        """The time between two pulses of another tempo, if the last ones are of one.

        Half a beat of even pulses tells it, or two beats of whatever comes, uneven or in heaps.
        """
        times = list(self._times)
        latest = times[1 - KNOWN :]
        usual = median(latest)
        even = len(latest) == KNOWN - 1 and abs(mean(latest) / max(usual, QUICKEST) - 1) < HEAPS
        if not even and len(times) < LONG:
            return None
        now = min(max(usual if even else mean(times), QUICKEST), SLOWEST)
        if abs(now / interval - 1) < STRAY:
            return None
        self._times.clear()
        return now

    def _number(self, number: int) -> int:
        if self._begins:
            self._begins = False
            return self._song
        return number
