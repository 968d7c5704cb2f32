"""One endless line of sound from loop after loop, the same in the live show and in a film."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from installation.data import RATE, Clip, Dream, Floats
from installation.sound.channels import spread
from installation.sound.limiter import largest_step, limit, repair, tame
from installation.sound.varispeed import between

FADE = RATE * 45 // 1000  # samples of the cross-fade that ends at the seam
AGAINST = -0.5  # correlation below which two loops would cancel, so that one is turned into the other


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """A clip made ready to be played: repaired, at its gain, within full scale, one column per loudspeaker.

    samples   [samples, speakers] a circle, within +-1
    length    samples from seam to seam; where it is no whole number, the fraction is carried on
    step      the largest jump between two samples of the circle
    """

    samples: Floats
    length: float
    step: float

    def around(self, start: int, count: int) -> Floats:
        """`count` samples of the circle from `start` on, [count, speakers]."""
        size = len(self.samples)
        start %= size
        if start + count <= size:
            return self.samples[start : start + count]
        return self.samples.take(np.arange(start, start + count), axis=0, mode="wrap")

    def at(self, places: NDArray[np.float64]) -> Floats:
        """The sound at places on the circle in order, counted in samples, [places, speakers]."""
        return between(places, lambda first, last: self.around(first, last - first))


def prepare(samples: Floats, gain: float, length: float, speakers: int) -> Loop:
    """Make raw samples [channels, samples] ready to be played."""
    with np.errstate(over="ignore", invalid="ignore"):
        sound = np.asarray(samples.T * np.float32(gain), np.float32)
    sound = limit(repair(sound) @ spread(samples.shape[0], speakers).T)
    return Loop(sound, length, largest_step(sound))


def length(dream: Dream) -> float:
    """Samples from seam to seam. The scalogram knows the fraction of a sample that the clip cannot hold."""
    whole = dream.clip.samples.shape[1]
    exact = round(dream.scalogram.level.shape[1] * dream.scalogram.seconds_per_frame * dream.clip.rate, 6)
    return exact if abs(exact - whole) < 1 else float(whole)


def gain(dream: Dream) -> float:
    """The gain that the judge set. Raises ValueError for a dream that nobody judged, or that is not at 48 kHz."""
    if dream.verdict is None:
        raise ValueError(f"dream {dream.number} was not judged; only judged dreams are played")
    if dream.clip.rate != RATE:
        raise ValueError(f"dream {dream.number} is at {dream.clip.rate} Hz, everything inside runs at {RATE} Hz")
    return dream.verdict.gain


def prepared(dream: Dream, speakers: int) -> Loop:
    """The loop of a judged dream."""
    return prepare(dream.clip.samples, gain(dream), length(dream), speakers)


def analytic(samples: Floats) -> NDArray[np.complex128]:
    """The samples with the same sound a quarter period later as imaginary part, [samples, speakers]."""
    spectrum = np.fft.fft(samples.astype(np.float64), axis=0)
    half = (len(samples) + 1) // 2
    spectrum[1:half] *= 2
    spectrum[len(samples) // 2 + 1 :] = 0
    return np.fft.ifft(spectrum, axis=0)


def crossfade(old: Floats, new: Floats, fade: int) -> Floats:
    """From the old sound into the new one without a change of level, [fade, speakers].

    old, new   [fade + 2 * margin, speakers]; the margins on both sides are only listened to

    The gains follow the correlation of the two: identical loops add up to one, unrelated ones keep their power. Loops
    that would cancel are turned, in phase, from one into the other.
    """
    inner = slice((len(old) - fade) // 2, (len(old) + fade) // 2)
    a, b = old[inner].astype(np.float64), new[inner].astype(np.float64)
    power = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0)) + 1e-30  # [speakers]
    alike = (a * b).sum(axis=0) / power
    along = (1 - np.cos(np.pi * np.arange(1, fade + 1) / (fade + 1)))[:, None] / 2  # 0..1, level at both ends
    if (against := alike < AGAINST).any():
        whole_a, whole_b = analytic(old)[inner], analytic(new)[inner]
        both = (whole_a.conj() * whole_b).sum(axis=0)
        turn = np.where(against, np.angle(both), 0)
        a = (whole_a * np.exp(1j * turn * along)).real
        b = (whole_b * np.exp(-1j * turn * (1 - along))).real
        alike = np.where(against, np.minimum(np.abs(both) / (2 * power), 1), alike)
    angle = along * np.pi / 2
    level = np.sqrt(1 + alike * np.sin(2 * angle))
    return np.asarray((a * np.cos(angle) + b * np.sin(angle)) / level, np.float32)


def fade_of(count: int) -> int:
    """Samples of cross-fade at the end of a pass of so many samples."""
    return min(FADE, count // 2)


def flow(old: Loop, count: int, new: Loop, turn: float = 1.0) -> Floats:
    """The last moments of a pass of `count` samples, in which the old loop flows into the new one, [fade, speakers].

    turn   how many times faster the new loop will run: then its part of the fade already keeps the tempo that it has
    """
    fade = fade_of(count)
    if old is new and count == len(old.samples):
        return old.around(count - fade, fade)
    if not fade:
        return old.samples[:0]
    size = len(new.samples)
    coming = new.at(size + turn * np.arange(-2 * fade, fade, dtype=np.float64))
    mixed = crossfade(old.around(count - 2 * fade, 3 * fade), coming, fade)
    step = max(old.step, new.step * max(1.0, turn))
    quiet = limit(mixed, circle=False, step=step)
    return tame(quiet, old.around(count - fade - 1, 1)[0], new.samples[0], step)


class Seam(NamedTuple):
    """Where a loop begins."""

    number: int  # loops begun before it
    start: float  # samples since the first beat
    length: float  # samples until the next seam
    loop: int  # which loop sounds
    turn: float = 1.0  # how many times faster it runs than the loop before

    @property
    def begin(self) -> int:
        """The first whole sample."""
        return round(self.start)

    @property
    def end(self) -> int:
        """The first whole sample of the next loop."""
        return round(self.start + self.length)

    def following(self, loop: int, length: float, turn: float = 1.0) -> "Seam":
        return Seam(self.number + 1, self.start + self.length, length, loop, turn)


Choose = Callable[[], tuple[int, Loop] | None]


class Line:
    """The endless line: read it on and on. Just before each seam it asks for a newer loop; without one the old goes on.

    seam     what sounds at first
    choose   the number and sound of the newest loop, or None; asked once per seam
    entered  told each seam as soon as it is certain
    turn     how many times faster a loop will run than the one that sounds
    """

    def __init__(
        self,
        seam: Seam,
        loop: Loop,
        choose: Choose,
        entered: Callable[[Seam], None] = lambda seam: None,
        turn: Callable[[Loop], float] = lambda loop: 1.0,
    ) -> None:
        self.seam, self.loop, self.at = seam, loop, seam.begin
        self._choose, self._entered, self._turn = choose, entered, turn
        self._next: tuple[Seam, Loop] | None = None
        self._tail = loop.samples[:0]

    def open(self) -> Seam:
        """Begin a fade early, out of silence: only before the first read. Gives the seam that comes first."""
        silence = Loop(np.zeros((2 * FADE, self.loop.samples.shape[1]), np.float32), 2.0 * FADE, 0.0)
        first = self.seam
        self._next = first, self.loop
        self._tail = flow(silence, 2 * FADE, self.loop)
        self.seam = Seam(first.number - 1, first.start - 2 * FADE, 2.0 * FADE, -1)
        self.loop, self.at = silence, self.seam.end - FADE
        return first

    def seek(self, at: int) -> None:
        """Go on at a later sample, deciding all seams on the way."""
        while at >= self.seam.end - fade_of(self.seam.end - self.seam.begin):
            if self._next is None:
                self._decide()
            if at < self.seam.end:
                break
            self._enter()
        self.at = at

    def read(self, count: int) -> Floats:
        """The next samples, [count, speakers]."""
        out = np.empty((count, self.loop.samples.shape[1]), np.float32)
        done = 0
        while done < count:
            piece = self._piece(count - done)
            out[done : done + len(piece)] = piece
            done += len(piece)
            self.at += len(piece)
            if self.at == self.seam.end:
                self._enter()
        return out

    def _piece(self, most: int) -> Floats:
        left = self.seam.end - self.at - fade_of(self.seam.end - self.seam.begin)
        if self._next is None:
            if left > 0:
                return self.loop.around(self.at - self.seam.begin, min(most, left))
            self._decide()
        return self._tail[-left : most - left]

    def _decide(self) -> None:
        number, loop = self._choose() or (self.seam.loop, self.loop)
        turn = self._turn(loop)
        self._tail = flow(self.loop, self.seam.end - self.seam.begin, loop, turn)
        self._next = self.seam.following(number, loop.length, turn), loop
        self._entered(self._next[0])

    def _enter(self) -> None:
        if self._next is None:  # a pass too short for a fade
            self._decide()
        assert self._next is not None
        self.seam, self.loop = self._next
        self._next = None


def render(dreams: Iterable[Dream], speakers: int = 2) -> Iterator[Floats]:
    """The sound of a whole performance, one array [samples, speakers] for each loop, from the first beat on."""
    played, start = None, 0.0
    for dream in dreams:
        loop = prepared(dream, speakers) if played is None or dream is not played[0] else played[1]
        if played is not None:
            start, sound = passage(played[1], start, loop)
            yield sound
        played = dream, loop
    if played is not None:
        yield passage(played[1], start, played[1])[1]


def passage(loop: Loop, start: float, following: Loop) -> tuple[float, Floats]:
    """Where the following loop starts, and the sound until there, [samples, speakers]."""
    seam = Seam(0, start, loop.length, 0)
    return start + loop.length, Line(seam, loop, lambda: (1, following)).read(seam.end - seam.begin)


def click_and_flash(seconds: float = 4.0, beats: int = 8) -> Clip:
    """The card for setting delays: a short tone on every beat, a higher one on the first."""
    time = np.arange(round(seconds * RATE)) / RATE  # seconds
    card = np.zeros(len(time), np.float32)
    for beat in range(beats):
        since = time - beat * seconds / beats
        tone = np.sin(2 * np.pi * (2000 if beat == 0 else 1000) * since) * np.exp(-since.clip(0) / 0.005)
        card += np.where(since >= 0, 0.5 * tone, 0).astype(np.float32)
    return Clip(card[None])
