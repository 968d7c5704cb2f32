"""The coming loop is forecast as it will be seen, on a screen or in a dome, and calmed where it would flash."""

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from installation.data import Anatomy, Dome, Dream, Floats, Layout, Look
from installation.errors import ContentError
from installation.guard.calming import Forecast, Loop, forecast
from installation.guard.flash import DARK, RED_SWING, SWING, Fields, seen_from
from installation.guard.forecast import Sight, parts, scene
from installation.render import foreseen
from installation.render.activity import Light, light
from installation.render.calm import slow
from installation.render.crossing import LEAD, crossing
from installation.render.halos import Halos, across, halos, hush, with_halos
from installation.render.halos import table as halo_table
from installation.render.last_line import LastLine, Rule
from installation.render.optics import Optics
from installation.settings import Guard
from installation.stage.even import foreseen as evenly
from installation.stage.even import unsteady

log = logging.getLogger(__name__)

SIGHTS = 12  # places of the loop at which the picture is looked at, beginning and end among them
MOST_SIGHTS = 34  # the same where the camera is fast
FAR = 0.35  # of a field's width: faces that go further between two sights need more of them
SOME = 7  # one of so many faces tells how fast all move
GLANCES = 4  # looks from one of them to the next, to see whether the way is even
FORGOTTEN = 4  # loops whose end is remembered
MOST_FIELDS = 13_000  # as many as the widest dome has; a forecast of more would come too late


class Ahead(NamedTuple):
    """What a loop will look like.

    moments   seconds of the show, in order
    looks     at these moments
    heard     number of the dream before it, if there is one
    """

    moments: tuple[float, ...]
    looks: tuple[Look, ...]
    heard: int | None


def last_line(size: tuple[int, int], dome: Dome | None, settings: Guard) -> LastLine | None:
    """What stands behind the forecast in a live show; nothing where the guard is off."""
    if not settings.flashes:
        return None
    return LastLine(Rule(fields(size, dome, settings).squares, SWING, DARK, RED_SWING))


def fields(size: tuple[int, int], dome: Dome | None, settings: Guard) -> Fields:
    """The fields of a picture of this size, for the eye that sees them largest.

    Raises ContentError where there are too many to look at: a picture that is much higher than wide, seen from near.
    """
    made = Fields.of(size, math.radians(dome.fov) / min(size) if dome else seen_from(size, settings.viewing))
    if settings.flashes and made.count > MOST_FIELDS:
        eye = "in a dome" if dome else f"whose width fills {settings.viewing:g} degrees"
        raise ContentError(
            f"a picture of {size[0]} x {size[1]} pixels {eye} has {made.count} fields of sight, and the guard against "
            f"flashes looks at {MOST_FIELDS}: lower [guard] viewing, or give the picture another shape."
        )
    return made


def moments(begin: float, loop: float) -> tuple[float, ...]:
    """When to look at a loop of so many seconds that begins at this second of the show."""
    steps = SIGHTS - 1
    places = [float(step) for step in range(SIGHTS)]
    glances = (
        step + 0.618034 * (step * GLANCES + glance + 1) % 1.0 for step in range(steps) for glance in range(GLANCES)
    )
    return tuple(begin + loop * place / steps for place in sorted([*places, *glances]))  # met at all phases


class Known(NamedTuple):
    """What is remembered of a loop: its light, its halos and its forecast."""

    light: Light
    halos: Halos
    told: Forecast


class Safety:
    """Forecasts and calms loops, one after the other. One thread calls it; `expect` may be called from another.

    size    pixels of the picture; the forecast holds for every size of the same shape
    loop    seconds of the show that one loop lasts
    """

    def __init__(
        self, anatomy: Anatomy, layout: Layout, size: tuple[int, int], dome: Dome | None, loop: float, settings: Guard
    ) -> None:
        self._anatomy, self._loop, self._settings = anatomy, loop, settings
        self._optics = Optics(layout, anatomy, size, dome)
        self.fields = fields(size, dome, settings)
        self._layer = np.repeat(np.arange(len(anatomy.layers), dtype=np.int32), [layer.units for layer in anatomy])
        self._pixels = self.fields.finer().pixels(2)
        self._ahead: Ahead | None = None
        self._known: dict[int, Known] = {}
        if not settings.flashes:
            log.warning("the flash guard is off, because: %s", settings.reason)

    def expect(self, ahead: Ahead) -> None:
        """The next loop will look so."""
        self._ahead = ahead

    def look_ahead(self, begin: float, looks: Callable[[float], Look], heard: Dream | None) -> None:
        """The next loop begins at this second of a show with these looks; the dream before it is heard now."""
        when = moments(begin, self._loop)
        self.expect(Ahead(when, tuple(looks(moment) for moment in when), heard.number if heard else None))

    def __call__(self, dream: Dream) -> tuple[Dream, Light]:
        """A judged dream with what its verdict says about light, and that light. Raises as `activity.light` does."""
        raw = light(dream, self._anatomy)
        if not self._settings.flashes or dream.verdict is None or self._ahead is None:
            return dream, raw
        ahead = self._ahead
        old = self._known.get(ahead.heard) if ahead.heard is not None else None
        even = 0.0 if is_even(ahead) else 1.0
        glow = self._halos(dream, raw)
        told = forecast(self._seen(raw, glow, ahead, even > 0, old), self.fields)
        names = {self._anatomy.layers[layer].name: share for layer, share in told.calm.items()}
        if told.left:
            log.warning("the dream %d may still flash in %d fields once it is calm", dream.number, told.left)
        verdict = replace(dream.verdict, calm=names, even=even, flashes=told.most)
        calm = replace(dream, verdict=verdict)
        shown = light(calm, self._anatomy) if names else raw
        self._known[dream.number] = Known(shown, self._halos(calm, raw) if names else glow, told)
        while len(self._known) > FORGOTTEN:
            self._known.pop(next(iter(self._known)))
        return calm, shown

    def forecast(self, number: int) -> Floats:
        """The relative luminance that was foretold of a dream of this number, one of the last, [columns, fields]."""
        return self._known[number].told.brightness

    def _halos(self, dream: Dream, shown: Light) -> Halos:
        """What is seen of a dream's halos over the columns of its light."""
        wanted = self._ahead is not None and any(look.foresight > 0 for look in self._ahead.looks)
        layers = dream.activations.expected if wanted else ()
        return halos({layer: foreseen.light(dream, layer) for layer in layers}, self._anatomy, shown.columns)

    def _seen(self, shown: Light, glow: Halos, ahead: Ahead, held: bool, old: Known | None) -> Loop:
        """All that the forecast is made of; `held` where the look will be held even."""
        columns, second = shown.columns, max(1, round(shown.columns / shown.seconds))
        folded = shown.answers.reshape(columns + 1, -1)[:, : self._anatomy.units]
        meant = folded[-1] / np.float32(255)
        times = folded[:columns]
        if old is not None:
            begun = crossing(old.light, shown)
            glow = across(old.halos, glow, shown.seconds)
            start = begun.answers.reshape(begun.columns + LEAD + 1, -1)[LEAD:-1, : self._anatomy.units]
            times = np.concatenate([start, times[begun.columns :]])
        times = np.concatenate([times, folded[:second]])
        states = np.concatenate([glow.states, glow.states[:second]])
        answers = np.ascontiguousarray(np.concatenate([times, states], axis=1).T)
        layer = np.concatenate([self._layer, self._layer[glow.units]])
        places, sights = self._sights(ahead, held, meant, glow, SIGHTS)
        if fast(sights, self.fields):
            places, sights = self._sights(ahead, held, meant, glow, MOST_SIGHTS)
        times_ = np.append((np.arange(columns) + 0.5) / columns, np.ones(second))
        at = np.interp(times_, places, np.arange(len(places))).astype(np.float32)
        quarters = self.fields.finer()
        before = None if old is None else (old.told.brightness[-second:], old.told.red[-second:])
        given = parts(answers, at, sights, layer, quarters)
        return Loop(given, scene(at, sights), shown.seconds, columns, before, slow(columns, shown.seconds))

    def _sights(self, ahead: Ahead, held: bool, meant: Floats, glow: Halos, count: int) -> tuple[Floats, list[Sight]]:
        """What is seen from about so many places 0..1 of the loop."""
        moments = np.asarray(ahead.moments)
        chosen = np.unique(
            [np.abs(moments - second).argmin() for second in np.linspace(moments[0], moments[-1], count)]
        )
        places = ((moments[chosen] - moments[0]) / (moments[-1] - moments[0])).astype(np.float32)
        looks = [evenly(ahead.moments, ahead.looks, ahead.moments[one]) if held else ahead.looks[one] for one in chosen]
        return places, [self._sight(look, float(place), meant, glow) for look, place in zip(looks, places, strict=True)]

    def _sight(self, look: Look, place: float, meant: Floats, glow: Halos) -> Sight:
        there = self._optics.seen(look, place, meant)
        hushed = np.unique(self._layer[glow.units]).tolist()
        table, rows = self._optics.table(look, there.kinds, hushed, hush(look))
        if len(glow.units):
            there = with_halos(there._replace(kinds=rows), glow.units, look, len(table))
            table, rows = np.concatenate([table, halo_table(look)]), there.kinds
        count, each = self._pixels.shape[:2]
        mist = self._optics.mist(look, self._pixels.reshape(-1, 2)).reshape(count, each, 3).mean(axis=1)
        return Sight(there.centres, there.radii, rows, table, mist, look.bloom, look.fade)


def is_even(ahead: Ahead) -> bool:
    """Whether the looks of a loop go evenly from each of SIGHTS places to the next."""
    every = np.linspace(ahead.moments[0], ahead.moments[-1], SIGHTS)
    at = [int(np.abs(np.asarray(ahead.moments) - second).argmin()) for second in every]
    for first, second in pairwise(at):
        start, end = ahead.moments[first], ahead.moments[second]
        for glance in range(first + 1, second):
            along = (ahead.moments[glance] - start) / (end - start)
            if unsteady(ahead.looks[first], ahead.looks[second], along, ahead.looks[glance]) > 1.0:
                return False
    return True


def fast(sights: list[Sight], fields: Fields) -> bool:
    """Whether faces move so far between two sights that light would not be where the forecast has it."""
    for one, other in pairwise(sights):
        there = np.flatnonzero((one.radii > 0) & (other.radii > 0))[::SOME]
        if len(there):
            moved = np.abs(one.centres[there] - other.centres[there])
            if np.quantile(np.maximum(moved[:, 0], moved[:, 1]), 0.9) > FAR * fields.wide:
                return True
    return False
