"""What to dream of, written as people write it.

For example `block4.conv1[channels 0.2..0.4, pitch 0..0.3] + 0.5 like(piano, ar5) - silence(block0.conv1)`.
A target is a sum of terms. The plainest term is a region: a layer and, in brackets, parts of its `channels`, `pitch`
and `time`, to be excited:

    channel 3, channels 3..5                    indexes, both ends included: whole numbers
    pitch 0.2..0.4, pitch 0..0.3                fractions of the axis: one number at least has a decimal point
    pitch at 0.3 width 0.2                      a part this wide; at 0 it begins the axis, at 1 it ends it
    time 0.9..0.1                               time is a circle: over the seam
    neurons 3 7..12 40                          single neurons of the layer, instead of channels and pitch: counted
                                                from 0, all pitches of the first channel first

The other terms are words; wherever they take a layer, it may have such brackets:

    like(piano, ar5)                            answer as to a recording, wherever in the loop it begins
    toward(choir + glass - beat-mika, ar5)      lean from what the last recordings have in common to what the first do
    toward(piano, ar5)                          lean from rest to what a recording holds on the whole
    silence(block0.conv1)                       be at rest; - silence(...) is unrest, up or down
    novelty(8), novelty(8, ar5)                 be unlike the last 8 dreams, as the last layer (or ar5) hears them
    prediction                                  sound so that the ear foresees what comes; - prediction surprises it

A recording is a start clip by its name or a sound file by its path; a name with more in it than words with single
spaces or hyphens between them stands in quotes. A weight stands before the term, `0.5 ar8` or `2*like(piano, ar5)`.
Otherwise spaces and line breaks mean nothing.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from installation.content import recordings as known_recordings
from installation.data import EVERYTHING, Anatomy, Region, Span, Target
from installation.errors import TargetError, one_of
from installation.grammar import Reader, fault, named
from installation.region import Like, Novelty, Prediction, Silence, Term, Toward, box, recordings

MADE = ("silence", "low noise")  # start clips that are no recordings


def parse(text: str) -> Target:
    """The target that a text names. Raises TargetError, pointing at the fault; `check` compares it with a network."""
    return Reader(text).target()


def write(target: Target) -> str:
    """The text form of a target; reading it gives an equal target. Raises TargetError for what no text can say."""
    words: list[str] = []
    for term in target.terms:
        said, _ = _said(term)
        if not math.isfinite(term.weight):
            raise TargetError(f"the weight of {said} is {term.weight}; it must be a finite number.")
        negative = math.copysign(1.0, term.weight) < 0
        words += ["-" if negative else "+"] if words or negative else []
        words += [_number(abs(term.weight))] if abs(term.weight) != 1.0 else []
        words += [said]
    return " ".join(words)


def mix(a: Target, b: Target, t: float) -> Target:
    """The target on the way from a (t = 0) to b (t = 1): the one's weights fade while the other's rise.

    Where the two cancel out, it is the nearer one of them.
    """
    if t <= 0.0:
        return a
    between = merged(a * (1.0 - t) + b * t)
    if t >= 1.0 or not between.terms:
        return b if t >= 0.5 else a
    return between


def merged(target: Target) -> Target:
    """The same target with every term named once; terms whose weights cancel out are gone."""
    weights: dict[Term, float] = {}
    for term in target.terms:
        alone = replace(term, weight=1.0)
        weights[alone] = weights.get(alone, 0.0) + term.weight
    return Target(tuple(replace(alone, weight=weight) for alone, weight in weights.items() if weight != 0.0))


def check(target: Target, anatomy: Anatomy, frames: int | None = None, foresees: bool = True) -> None:
    """Raises TargetError where a target does not fit a network, pointing at the fault.

    frames     scalogram frames of the loop; only with it can indexes of time be checked
    foresees   whether the network predicts what it will hear
    """
    text, at = write(target), 0
    for term in target.terms:
        said, marks = _said(term)
        at = text.index(said, at)
        for name, place in zip(recordings(term), marks.recordings, strict=True):
            if problem := _unheard(name):
                fault(text, at + place, problem)
        if isinstance(term, Toward) and sorted(term.wanted) == sorted(term.other):
            fault(text, at, "this direction leads nowhere: it ends where it begins.")
        if isinstance(term, Prediction) and not foresees:
            fault(text, at, "this ear predicts nothing: it was not made to. Take another term, or an ear of our own.")
        if (where := box(term)) is not None and (problem := _unfit(where, anatomy, frames)):
            fault(text, at + marks.layer, problem)
        at += len(said)
    wanted = merged(target).terms
    if not all(math.isfinite(term.weight) for term in wanted):
        raise TargetError(f"the weights of {text!r} add up to more than a number can hold. Give smaller ones.")
    if not wanted:
        raise TargetError(f"the target {text!r} asks for nothing: its weights are zero or cancel out.")


class Marks(NamedTuple):
    """Where in a term's words its parts stand."""

    layer: int = 0
    recordings: tuple[int, ...] = ()


def _said(term: Term) -> tuple[str, Marks]:
    """A term's words without its weight, and where its parts stand in them."""
    match term:
        case Prediction():
            return "prediction", Marks()
        case Region():
            return term.layer + _box(term), Marks()
        case Silence():
            return f"silence({term.where.layer}{_box(term.where)})", Marks(len("silence("))
        case Novelty():
            begin = f"novelty({term.loops}"
            where = term.where
            return f"{begin}, {where.layer}{_box(where)})" if where else f"{begin})", Marks(len(begin) + 2)
    return _said_with_recordings(term)


def _said_with_recordings(term: Like | Toward) -> tuple[str, Marks]:
    said, places = "like(" if isinstance(term, Like) else "toward(", []
    added = len(term.wanted) if isinstance(term, Toward) else 1
    for number, name in enumerate(recordings(term)):
        said += (" + " if number < added else " - ") if number else ""
        places.append(len(said))
        said += named(name)
    said += ", "
    return f"{said}{term.where.layer}{_box(term.where)})", Marks(len(said), tuple(places))


def _unheard(name: str) -> str:
    """What is wrong with a recording's name, or nothing."""
    known = [*MADE, *known_recordings()]
    if name in known or Path(name).expanduser().is_file():
        return ""
    return f"there is no recording {name!r}. {one_of(name, known)}"


def _unfit(where: Region, anatomy: Anatomy, frames: int | None) -> str:
    """What is wrong with a box of neurons, or nothing."""
    if where.layer not in anatomy:
        return f"there is no layer {where.layer!r}. {_nearest(where.layer, anatomy)}"
    layer = anatomy[where.layer]
    steps = math.ceil(frames / layer.stride) if frames else None
    problems: Iterable[str] = (
        _misfit("channels", where.channels, layer.channels, where.layer),
        _misfit("pitch", where.pitch, layer.bins, where.layer),
        _misfit("time", where.time, steps, where.layer),
    )
    if where.neurons and where.neurons[-1][1] >= layer.units:
        return f"{where.layer} has {layer.units} neurons, counted from 0; {where.neurons[-1][1]} is not among them."
    return next(filter(None, problems), "")


def _nearest(name: str, anatomy: Anatomy) -> str:
    names = [layer.name for layer in anatomy]
    parts = [known for known in names if known.startswith(f"{name}.")]
    return f"It has the parts {' and '.join(parts)}." if parts else one_of(name, names)


def _misfit(axis: str, span: Span, size: int | None, layer: str) -> str:
    if not (math.isfinite(span.start) and math.isfinite(span.end)):
        return f"the {axis} {span.start}..{span.end} are not finite numbers."
    if span.start > span.end:
        return f"the {axis} {_number(span.start)}..{_number(span.end)} are empty: the end lies before the start."
    if span.whole and size is not None and not 0 <= span.start <= span.end < size:
        unit = {"channels": "channels", "pitch": "pitch bins", "time": "time steps"}[axis]
        return f"{layer} has {size} {unit}, counted from 0; {int(span.start)}..{int(span.end)} is not among them."
    if not span.whole and not 0.0 <= span.start <= span.end <= 1.0:
        return f"the {axis} {_number(span.start)}..{_number(span.end)} leave the axis; fractions lie between 0 and 1."
    return ""


def _number(value: float) -> str:
    return repr(float(value))


def _box(region: Region) -> str:
    runs = (f"{first}..{last}" if first != last else f"{first}" for first, last in region.neurons)
    parts = [f"neurons {' '.join(runs)}"] if region.neurons else []
    for axis, span in (("channel", region.channels), ("pitch", region.pitch), ("time", region.time)):
        if span == EVERYTHING:
            continue
        start, end = (str(int(x)) if span.whole else _number(x) for x in (span.start, span.end))
        plural = "s" if axis == "channel" and start != end else ""
        parts.append(f"{axis}{plural} {start}" + (f"..{end}" if start != end else ""))
    return f"[{', '.join(parts)}]" if parts else ""
