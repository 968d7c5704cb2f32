"""What to dream of, written as people write it.

For example `block4.conv1[channels 0.2..0.4, pitch 0..0.3] + 0.5 ar8 - 2*block0.conv1[channel 3]`.
A target is a sum of regions. A region is a layer and, in brackets, parts of its `channels`, `pitch` and `time`:

    channel 3, channels 3..5                    indexes, both ends included: whole numbers
    pitch 0.2..0.4, pitch 0..0.3                fractions of the axis: one number at least has a decimal point
    pitch at 0.3 width 0.2                      a part this wide; at 0 it begins the axis, at 1 it ends it
    time 0.9..0.1                               time is a circle: over the seam

A weight stands before the layer, `0.5 ar8` or `2*ar8`. Spaces and line breaks mean nothing.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, NoReturn

from installation.data import EVERYTHING, Anatomy, Region, Span, Target
from installation.errors import TargetError, one_of

TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+(?:\.\d+)?|(?<!\.)\.\d+)(?:e[+-]?\d+)?)"
    r"|(?P<name>[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*)"
    r"|(?P<sign>\.\.|[-+*\[\],])",
    re.IGNORECASE,
)
AXES = {"channel": "channels", "channels": "channels", "pitch": "pitch", "pitches": "pitch", "time": "time"}


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Target:
    """The target that a text names. Raises TargetError, pointing at the fault; `check` compares it with a network."""
    return _Reader(text).target()


def write(target: Target) -> str:
    """The text form of a target; reading it gives an equal target. Raises TargetError for what no text can say."""
    words: list[str] = []
    for region in target.regions:
        if not math.isfinite(region.weight):
            raise TargetError(f"the weight of {region.layer} is {region.weight}; it must be a finite number.")
        negative = math.copysign(1.0, region.weight) < 0
        words += ["-" if negative else "+"] if words or negative else []
        words += [_number(abs(region.weight))] if abs(region.weight) != 1.0 else []
        words += [region.layer + _box(region)]
    return " ".join(words)


def mix(a: Target, b: Target, t: float) -> Target:
    """The target on the way from a (t = 0) to b (t = 1): the one's weights fade while the other's rise."""
    if t <= 0.0:
        return a
    return b if t >= 1.0 else merged(a * (1.0 - t) + b * t)


def merged(target: Target) -> Target:
    """The same target with every box named once; boxes whose weights cancel out are gone."""
    weights: dict[Region, float] = {}
    for region in target.regions:
        box = replace(region, weight=1.0)
        weights[box] = weights.get(box, 0.0) + region.weight
    return Target(tuple(replace(box, weight=weight) for box, weight in weights.items() if weight != 0.0))


def check(target: Target, anatomy: Anatomy, frames: int | None = None) -> None:
    """Raises TargetError where a target does not fit a network, pointing at the fault.

    frames   scalogram frames of the loop; only with it can indexes of time be checked
    """
    text = write(target)
    at = 0
    for region in target.regions:
        at = text.index(region.layer, at)
        if region.layer not in anatomy:
            _fault(text, at, f"there is no layer {region.layer!r}. {_nearest(region.layer, anatomy)}")
        layer = anatomy[region.layer]
        steps = math.ceil(frames / layer.stride) if frames else None
        for axis, span, size in (
            ("channels", region.channels, layer.channels),
            ("pitch", region.pitch, layer.bins),
            ("time", region.time, steps),
        ):
            if problem := _misfit(axis, span, size, region.layer):
                _fault(text, at, problem)
        at += len(region.layer)
    if not merged(target).regions:
        raise TargetError(f"the target {text!r} asks for nothing: its weights are zero or cancel out.")


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
    parts = []
    for axis, span in (("channel", region.channels), ("pitch", region.pitch), ("time", region.time)):
        if span == EVERYTHING:
            continue
        start, end = (str(int(x)) if span.whole else _number(x) for x in (span.start, span.end))
        plural = "s" if axis == "channel" and start != end else ""
        parts.append(f"{axis}{plural} {start}" + (f"..{end}" if start != end else ""))
    return f"[{', '.join(parts)}]" if parts else ""


def _fault(text: str, at: int, what: str) -> NoReturn:
    line = text.rfind("\n", 0, at) + 1
    shown = text[line:].split("\n")[0].replace("\t", " ")
    raise TargetError(f"{what}\n    {shown}\n    {' ' * (at - line)}^")


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if not (found := TOKEN.match(text, at)):
            _fault(text, at, f"the target has a {text[at]!r} where nothing of the kind can stand.")
        if (kind := found.lastgroup or "") != "space":
            yield Token(found[0] if kind == "sign" else kind, found[0], at)
        at = found.end()
    yield Token("end", "", len(text.rstrip()))


class _Reader:
    """Reads a target from left to right; `now` is the token that comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rest = _tokens(text)
        self.now = next(self.rest)

    def take(self, *kinds: str, wanted: str = "") -> Token:
        token = self.now
        if token.kind not in kinds:
            found = f"not {token.text!r}" if token.text else "but the text ends"
            _fault(self.text, token.at, f"here {wanted} should stand, {found}.")
        if token.kind != "end":
            self.now = next(self.rest)
        return token

    def target(self) -> Target:
        regions: list[Region] = []
        sign = self.take("+", "-").text if self.now.kind in ("+", "-") else "+"
        while True:
            regions += self.region(-1.0 if sign == "-" else 1.0)
            if self.now.kind == "end":
                return Target(tuple(regions))
            sign = self.take("+", "-", wanted="'+', '-' or the end").text

    def region(self, weight: float) -> list[Region]:
        if self.now.kind == "number":
            weight *= self.number()[0]
            if self.now.kind == "*":
                self.take("*")
        layer = self.take("name", wanted="a layer").text
        spans: dict[str, Span] = {}
        if self.now.kind == "[":
            opened = self.take("[")
            while opened.kind != "]":
                word = self.take("name", wanted="'channels', 'pitch' or 'time'")
                if (axis := AXES.get(word.text.lower(), "")) == "":
                    _fault(self.text, word.at, f"a layer has channels, pitch and time, but no {word.text!r}.")
                if axis in spans:
                    _fault(self.text, word.at, f"the {axis} of {layer} are named twice.")
                spans[axis] = self.span(axis)
                opened = self.take(",", "]", wanted="',' or ']'")
        return _over_the_seam(Region(layer, weight=weight, **spans))

    def number(self) -> tuple[float, bool]:
        """A number and whether it is whole, that is an index."""
        token = self.take("number", wanted="a number")
        if not math.isfinite(value := float(token.text)):
            _fault(self.text, token.at, f"{token.text} is too large a number.")
        return value, token.text.isdigit()

    def span(self, axis: str) -> Span:
        at = self.now.at
        if self.now.kind == "name" and self.now.text == "at":
            self.take("name")
            place = self.number()[0]
            if (word := self.take("name", wanted="'width'")).text != "width":
                _fault(self.text, word.at, f"a part is written 'at 0.3 width 0.2', not {word.text!r}.")
            width = self.number()[0]
            start, end, whole = place * (1.0 - width), place * (1.0 - width) + width, False
            end = min(end, 1.0) if place <= 1.0 and width <= 1.0 else end  # 0.7 + 0.3 may round beyond 1
        else:
            start, whole = end, _ = self.number()
            if self.now.kind == "..":
                self.take("..")
                end, both = self.number()
                whole = whole and both
        if not whole and not (0.0 <= start <= 1.0 and 0.0 <= end <= 1.0):
            _fault(self.text, at, "fractions of an axis lie between 0 and 1; indexes are written without a point.")
        if start > end and (whole or axis != "time"):
            _fault(self.text, at, "the range is empty: its end lies before its start.")
        return Span(start, end, whole)


def _over_the_seam(region: Region) -> list[Region]:
    """A stretch of time over the loop's seam becomes two, whose weights share it by their lengths."""
    start, end = region.time.start, region.time.end
    if start <= end:
        return [region]
    late, early = 1.0 - start, end
    if late + early == 0.0:
        return [replace(region, time=Span(0.0, 0.0))]
    parts = ((Span(start, 1.0), late), (Span(0.0, end), early))
    return [replace(region, time=span, weight=region.weight * share / (late + early)) for span, share in parts if share]
