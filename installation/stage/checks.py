"""What each key of a show may be: a check says what is wanted instead, or nothing."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from installation.content import recordings
from installation.stage.light import SCALARS
from installation.stage.palettes import PALETTES
from installation.stage.program import AFTER, GO, LEADERS, WEEK
from installation.target import MADE
from installation.title import LONGEST, PLACES

Check = Callable[[Any], str]

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def whole(low: int, high: int) -> Check:
    return lambda x: "" if type(x) is int and low <= x <= high else f"a whole number, {low} to {high}"


def number(low: float, high: float) -> Check:
    fits = f"a number, {low:g} to {high:g}"
    return lambda x: "" if type(x) in (int, float) and math.isfinite(x) and low <= x <= high else fits


def word(x: Any) -> str:
    return "" if isinstance(x, str) else "a text in quotes"


def name(x: Any) -> str:
    return "" if isinstance(x, str) and x.strip() else "a name in quotes"


def label(x: Any) -> str:
    return name(x) or ("another name than go, which means to go on" if x == GO else "")


def switch(x: Any) -> str:
    return "" if isinstance(x, bool) else "true or false"


def hour(x: Any) -> str:
    return "" if isinstance(x, str) and CLOCK.fullmatch(x) else 'a time in quotes such as "18:30"'


def choice(known: Iterable[str]) -> Check:
    names = list(known)
    return lambda x: "" if x in names else f"one of {', '.join(names)}"


def choice_of(*known: int) -> Check:
    return lambda x: "" if type(x) is int and x in known else f"one of {', '.join(map(str, known))}"


def palette(x: Any) -> str:
    return choice(PALETTES)(x)  # asked for now: an artist's own ones may have come


def clip(x: Any) -> str:
    return choice([*MADE, *recordings()])(x)


def each(check: Check) -> Check:
    def fault(x: Any) -> str:
        if not isinstance(x, list) or not x:
            return "a list in square brackets"
        return next((f"a list, each {wanted}" for item in x if (wanted := check(item))), "")

    return fault


def sums(x: Any) -> str:
    """What an accent adds to which number of the look."""
    names = ", ".join(SCALARS)
    if not isinstance(x, dict) or not x or any(key not in SCALARS for key in x):
        return f"braces such as {{ glow = 0.3 }}, with any of {names}"
    return next((f"braces, each {wanted}" for value in x.values() if (wanted := number(-4, 4)(value))), "")


WANDER: dict[str, Check] = {
    "scenes": each(name),
    "loops": whole(4, 10_000),
    "crossfade": whole(1, 64),
    "dwell": whole(1, 1_000),
    "palettes": each(palette),
    "targets": each(word),
    "layers": each(word),
}

TABLES: dict[str, dict[str, Check]] = {
    "": {
        "title": word,
        "model": name,
        "tempo": number(60, 180),
        "beats": choice_of(4, 8, 16),
        "seed": whole(0, 2**63 - 1),
        "crossfade": whole(1, 64),
        "after": choice(AFTER),
        "start": word,
    },
    "scene": {
        "name": name,
        "loops": whole(1, 10_000),
        "crossfade": whole(1, 64),
        "palette": palette,
        "targets": each(word),
        "cue": label,
        "wait": switch,
        "clip": clip,
    },
    "over": {"scene": name, "share": number(0, 1), "numbers": each(choice(SCALARS))},
    "accent": {"beats": each(whole(1, 16)), "add": sums, "decay": number(0.25, 8)},
    "words": {
        "text": lambda x: word(x) or ("" if len(x) <= LONGEST else f"a text of at most {LONGEST} letters"),
        "at": number(0, 1e6),
        "until": number(0, 1e6),
        "place": choice(PLACES),
        "size": number(0.01, 0.3),
    },
    "leader": {"kind": choice(LEADERS), "loops": whole(1, 64)},
    "wander": WANDER,
    "day": {
        "name": label,
        "from": hour,
        "until": hour,
        "days": each(choice(WEEK)),
        "scenes": each(name),
        "palettes": each(palette),
        "after": choice(AFTER),
    },
}
