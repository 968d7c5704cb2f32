"""Everything that OSC can ask and set: an address for each parameter, cue and fact; made from the parameter table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from installation.control.acts import CUES, Act, Cue, Name, News, Touch
from installation.control.parameters import TABLE
from installation.errors import ContentError
from installation.texts import Texts

ROOT = "/immersions"
LONGEST = 2000  # characters of a text
ALTERNATIVES = 32  # that braces in a pattern may stand for
PATTERN = re.compile(r"[?*\[\]{}]")
READ, WRITE, BOTH = 1, 2, 3

# Short ways to what hands press most often.
BUTTONS = {"hold": "sound.hold", "drop": "sound.drop", "restart": "dream.restart"}
FACTS: Mapping[str, tuple[Literal["s", "f", "i"], str]] = {
    "scene": ("s", "The scene that is seen."),
    "target": ("s", "What is dreamt of."),
    "loop": ("i", "The number of the loop that is heard."),
    "score": ("f", "How well the loop that is heard excites its target."),
    "tempo": ("f", "Beats a minute."),
    "message": ("s", "What could not be done, and why."),
}

Value = float | int | str


@dataclass(frozen=True, slots=True)
class Method:
    """What an address means.

    type       of its value in OSC: f, i, s, or I for a cue that needs none
    access     1: can be asked; 2: can be set; 3: both
    parameter  that it stands for; `share`: by 0..1 of its way; `button`: a message without a value presses it
    cue        that it gives, with this text if the message brings none
    fact       that it tells
    """

    address: str
    type: Literal["f", "i", "s", "I"]
    access: int
    about: str
    low: float = 0.0
    high: float = 0.0
    choices: Sequence[str] = ()
    parameter: str = ""
    share: bool = False
    button: bool = False
    cue: Name | None = None
    text: str = ""
    fact: str = ""

    def value(self, news: News) -> Value | None:
        """Where it stands, if it can be asked."""
        if self.parameter:
            stands = news.stands[self.parameter]
            value = TABLE[self.parameter].share(stands) if self.share else stands
            return round(value) if self.type == "i" else float(value)
        if not self.fact:
            return None
        found = news.facts.get(self.fact, "" if self.type == "s" else 0)
        return str(found) if self.type == "s" else int(found) if self.type == "i" else float(found)

    def act(self, arguments: Sequence[object], hand: str) -> Act | None:
        """What a message asks for; nothing if it is a button let go. Raises ContentError for what cannot be meant."""
        given = arguments[0] if arguments else None
        if self.cue is not None:
            released = isinstance(given, bool | int | float) and not given and self.type == "I"
            said = f"{given:g}" if isinstance(given, int | float) else str(given)[:LONGEST]
            text = said if self.type == "s" and given is not None else self.text
            return None if released else Cue(self.cue, text, hand)
        entry = TABLE[self.parameter]
        if self.button and not arguments:
            given = True
        if isinstance(given, str):
            return Touch(self.parameter, entry.read(given), hand=hand)
        if not isinstance(given, bool | int | float) or given != given:
            raise ContentError(f"{self.address} takes a number from {self.low:g} to {self.high:g}, not {given!r}.")
        return Touch(self.parameter, entry.value(float(given)) if self.share else entry.clamp(float(given)), hand=hand)


@dataclass(frozen=True)
class Tree:
    """All methods by their addresses."""

    methods: Mapping[str, Method] = field(default_factory=dict)

    @property
    def told(self) -> Iterable[Method]:
        """Those that tell where something stands."""
        return (method for method in self.methods.values() if method.access & READ)

    def named(self, address: str) -> list[Method]:
        """The methods that an address or an OSC pattern names."""
        if (method := self.methods.get(address)) is not None:
            return [method]
        if not PATTERN.search(address) or len(address) > LONGEST:
            return []
        wanted = [_alternatives(part) for part in address.split("/")]
        return [method for path, method in self.methods.items() if _fits(path.split("/"), wanted)]


def tree(words: Texts, cues: Sequence[str]) -> Tree:
    """The whole address space.

    cues   that the show can be called to
    """
    methods: list[Method] = []
    for entry in TABLE.values():
        said = words.parameters[entry.name]
        unit = f" [{entry.unit}]" if entry.unit else ""
        about = f"{said.name}: {said.about}{unit}"
        path = entry.name.replace(".", "/")
        whole: Literal["i", "f"] = "i" if entry.curve in ("whole", "switch") else "f"
        methods += [
            Method(f"{ROOT}/{path}", whole, BOTH, about, entry.low, entry.high, entry.choices, entry.name),
            Method(f"{ROOT}/share/{path}", "f", BOTH, about, 0.0, 1.0, (), entry.name, share=True),
        ]
    for name, parameter in BUTTONS.items():
        about = words.parameters[parameter].about
        methods.append(Method(f"{ROOT}/{name}", "i", WRITE, about, 0, 1, (), parameter, button=True))
    plain: tuple[Name, ...] = ("go", "panic", "again")
    methods += [Method(f"{ROOT}/{name}", "I", WRITE, CUES[name], cue=name) for name in plain]
    named: tuple[Name, ...] = ("release", "learn", "compare", "clip", "record", "card", "warp")
    methods += [Method(f"{ROOT}/{name}", "s", WRITE, CUES[name], cue=name) for name in named]
    methods.append(Method(f"{ROOT}/target", "s", BOTH, CUES["target"], cue="target", fact="target"))
    scene = Method(f"{ROOT}/scene", "s", BOTH, CUES["scene"], choices=tuple(cues), cue="scene", fact="scene")
    for cue in cues:
        start = f"{ROOT}/scene/{_addressable(cue)}/start"
        methods.append(Method(start, "I", WRITE, words.scene(cue), cue="go" if cue == "go" else "scene", text=cue))
    methods.append(scene)  # after all that stands below it
    methods += [Method(f"{ROOT}/now/{name}", type, READ, about, fact=name) for name, (type, about) in FACTS.items()]
    return Tree({method.address: method for method in methods})


def _addressable(name: str) -> str:
    """A name without what OSC keeps for itself."""
    return re.sub(r"[\s#*,/?\[\]{}]", "_", name)


def _alternatives(part: str) -> list[str]:
    """A part of a pattern without its braces: all that they stand for."""
    found = [part]
    while braced := [one for one in found if re.search(r"\{[^{}]*\}", one)]:
        before, inside, after = re.split(r"\{([^{}]*)\}", braced[0], maxsplit=1)
        found.remove(braced[0])
        found += [before + choice + after for choice in inside.split(",")]
        if len(found) > ALTERNATIVES:
            return []
    return found


def _fits(path: list[str], wanted: list[list[str]]) -> bool:
    return len(path) == len(wanted) and all(
        any(fnmatchcase(name, pattern) for pattern in patterns) for name, patterns in zip(path, wanted, strict=True)
    )
