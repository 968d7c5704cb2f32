"""Reads the text form of targets from left to right, and points at what cannot be read."""

import math
import re
from dataclasses import replace
from typing import NamedTuple, NoReturn

from installation.errors import TargetError, one_of
from installation.region import EVERYTHING, Like, Novelty, Prediction, Region, Silence, Span, Target, Term, Toward

TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d+)?|(?<!\.)\.\d+)(?:e[+-]?\d+)?)"
    r"|(?P<name>(?:[a-z_][a-z_0-9-]*:)?[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*)"
    r"|(?P<sign>\.\.|[-+*\[\](),])",
    re.IGNORECASE,
)
BARE = r"[\w./~]+(?:[ -][\w./~]+)*"  # a recording's name without quotes: words with one space or hyphen between them
RECORDING = re.compile(rf'"(?P<double>[^"\n]+)"|\'(?P<single>[^\'\n]+)\'|(?P<bare>{BARE})')
SPACE = re.compile(r"\s*")
AXES = {
    "channel": "channels", "channels": "channels", "pitch": "pitch", "pitches": "pitch", "time": "time",
    "neuron": "neurons", "neurons": "neurons",
}  # fmt: skip
MOST_LOOPS = 64  # that novelty looks back
FORMS = {
    "like": "like(piano, ar5)",
    "toward": "toward(piano - beat-mika, ar5)",
    "silence": "silence(block0.conv1)",
    "novelty": "novelty(8)",
}
PREDICTION = "prediction"


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def fault(text: str, at: int, what: str) -> NoReturn:
    """Raise a TargetError that says what is wrong and points at the place."""
    line = text.rfind("\n", 0, at) + 1
    shown = text[line:].split("\n")[0].replace("\t", " ")
    raise TargetError(f"{what}\n    {shown}\n    {' ' * (at - line)}^")


def named(name: str) -> str:
    """A recording's name as it stands in a text. Raises TargetError for one that cannot be written."""
    if re.fullmatch(BARE, name):
        return name
    if name and "\n" not in name:
        for quote in "\"'":
            if quote not in name:
                return f"{quote}{name}{quote}"
    raise TargetError(f"the recording {name!r} cannot be written in a target. Rename the file.")


class Reader:
    """Reads one text; what comes next is looked at only when it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = 0
        self._seen: Token | None = None

    @property
    def now(self) -> Token:
        """What comes next."""
        if self._seen is None:
            self._seen = self._look()
        return self._seen

    def _look(self) -> Token:
        self._skip()
        if self._at == len(self.text):
            return Token("end", "", len(self.text.rstrip()))
        if not (found := TOKEN.match(self.text, self._at)):
            fault(self.text, self._at, f"the target has a {self.text[self._at]!r} where nothing of the kind can stand.")
        kind = found.lastgroup or ""
        token = Token(found[0] if kind == "sign" else kind, found[0], self._at)
        self._at = found.end()
        return token

    def _skip(self) -> None:
        space = SPACE.match(self.text, self._at)
        assert space is not None
        self._at = space.end()

    def take(self, *kinds: str, wanted: str = "") -> Token:
        token = self.now
        if token.kind not in kinds:
            found = f"not {token.text!r}" if token.text else "but the text ends"
            fault(self.text, token.at, f"here {wanted} should stand, {found}.")
        self._seen = None
        return token

    def target(self) -> Target:
        terms: list[Term] = []
        sign = self.take("+", "-").text if self.now.kind in ("+", "-") else "+"
        while True:
            terms += self.weighted(-1.0 if sign == "-" else 1.0)
            if self.now.kind == "end":
                return Target(tuple(terms))
            sign = self.take("+", "-", wanted="'+', '-' or the end").text

    def weighted(self, weight: float) -> list[Term]:
        if self.now.kind == "number":
            weight *= self.number()[0]
            if self.now.kind == "*":
                self.take("*")
        word = self.take("name", wanted="a layer")
        if word.text == PREDICTION:
            if self.now.kind in ("(", "["):
                fault(self.text, self.now.at, f"{PREDICTION} stands alone: it has no parts and is given nothing.")
            return [Prediction(weight)]
        if self.now.kind == "(":
            return self.called(word, weight)
        if word.text in FORMS:
            fault(self.text, word.at, f"{word.text} is written like {FORMS[word.text]}.")
        return [replace(part, weight=weight * part.weight) for part in self.region(word.text)]

    def called(self, word: Token, weight: float) -> list[Term]:
        """A word and what it is given in brackets."""
        if word.text not in FORMS:
            fault(self.text, word.at, f"nothing is called {word.text!r}. {one_of(word.text, [*FORMS, PREDICTION])}")
        self.take("(")
        if word.text == "novelty":
            return self.novelty(word, weight)
        wanted: tuple[str, ...] = ()
        other: tuple[str, ...] = ()
        if word.text != "silence":
            wanted, other = self.recordings(word)
            self.given(word, ",")
        boxes = self.region(self.take("name", wanted="a layer").text)
        self.given(word, ")")
        return [_meant(word.text, wanted, other, box, weight) for box in boxes]

    def novelty(self, word: Token, weight: float) -> list[Term]:
        at = self.now.at
        if self.now.kind != "number":
            fault(self.text, at, f"here the number of loops should stand as in {FORMS[word.text]}.")
        loops, whole = self.number()
        if not whole or not 1 <= loops <= MOST_LOOPS:
            fault(self.text, at, f"novelty looks back at 1 to {MOST_LOOPS} loops, a whole number.")
        boxes: list[Region] = []
        if self.now.kind == ",":
            self.take(",")
            layer = self.take("name", wanted="a layer")
            boxes = self.region(layer.text)
            if any(box.time != EVERYTHING for box in boxes):
                fault(self.text, layer.at, "novelty hears whole loops: leave the time out.")
        self.given(word, ")")
        if not boxes:
            return [Novelty(int(loops), None, weight)]
        return [Novelty(int(loops), replace(box, weight=1.0), weight * box.weight) for box in boxes]

    def given(self, word: Token, kind: str) -> None:
        """The comma or bracket that follows; otherwise too much or too little is given."""
        if self.now.kind != kind:
            found = f"not {self.now.text!r}" if self.now.text else "but the text ends"
            form = FORMS[word.text]
            fault(self.text, self.now.at, f"here {kind!r} should stand as in {form}, {found}.")
        self.take(kind)

    def recordings(self, word: Token) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """One recording, or for a direction some that are added and some that are taken away."""
        wanted, other = [self.recording()], list[str]()
        while word.text == "toward" and self.now.kind in ("+", "-"):
            chosen = wanted if self.take("+", "-").text == "+" else other
            chosen.append(self.recording())
        return tuple(wanted), tuple(other)

    def recording(self) -> str:
        """A recording's name, in quotes if it holds more than words with single spaces or hyphens between them."""
        self._skip()
        if not (found := RECORDING.match(self.text, self._at)):
            fault(self.text, self._at, "here the name of a recording should stand.")
        self._at = found.end()
        return str(found[found.lastgroup or 0])

    def region(self, layer: str) -> list[Region]:
        spans: dict[str, Span] = {}
        neurons: list[tuple[int, int]] = []
        if self.now.kind == "[":
            opened = self.take("[")
            while opened.kind != "]":
                word = self.take("name", wanted="'channels', 'pitch' or 'time'")
                if (axis := AXES.get(word.text.lower(), "")) == "":
                    fault(self.text, word.at, f"a layer has channels, pitch and time, but no {word.text!r}.")
                if axis in spans or (axis == "neurons" and neurons):
                    fault(self.text, word.at, f"the {axis} of {layer} are named twice.")
                if axis == "neurons":
                    neurons = self.runs()
                else:
                    spans[axis] = self.span(axis)
                if neurons and spans.keys() - {"time"}:
                    fault(self.text, word.at, "single neurons have channels and pitches already: leave those out.")
                opened = self.take(",", "]", wanted="',' or ']'")
        channels, pitch, time = (spans.get(axis, EVERYTHING) for axis in ("channels", "pitch", "time"))
        return _over_the_seam(Region(layer, channels, pitch, time, neurons=tuple(neurons)))

    def runs(self) -> list[tuple[int, int]]:
        """Numbers and ranges of numbers of single neurons, in rising order, with spaces between them."""
        found: list[tuple[int, int]] = []
        while not found or self.now.kind == "number":
            at = self.now.at
            first, whole = last, _ = self.number()
            if self.now.kind == "..":
                self.take("..")
                last, both = self.number()
                whole = whole and both
            if not whole or first > last or (found and first <= found[-1][1]):
                fault(self.text, at, "single neurons are whole numbers that rise, such as 3 7..12 40.")
            found.append((int(first), int(last)))
        return found

    def number(self) -> tuple[float, bool]:
        """A number and whether it is whole, that is an index."""
        token = self.take("number", wanted="a number")
        if not math.isfinite(value := float(token.text)):
            fault(self.text, token.at, f"{token.text} is too large a number.")
        return value, token.text.isdigit()

    def span(self, axis: str) -> Span:
        at = self.now.at
        if self.now.kind == "name" and self.now.text == "at":
            self.take("name")
            place = self.number()[0]
            if (word := self.take("name", wanted="'width'")).text != "width":
                fault(self.text, word.at, f"a part is written 'at 0.3 width 0.2', not {word.text!r}.")
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
            fault(self.text, at, "fractions of an axis lie between 0 and 1; indexes are written without a point.")
        if start > end and (whole or axis != "time"):
            fault(self.text, at, "the range is empty: its end lies before its start.")
        return Span(start, end, whole)


def _meant(word: str, wanted: tuple[str, ...], other: tuple[str, ...], box: Region, weight: float) -> Term:
    where, weight = replace(box, weight=1.0), weight * box.weight
    if word == "silence":
        return Silence(where, weight)
    return Like(wanted[0], where, weight) if word == "like" else Toward(wanted, other, where, weight)


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
