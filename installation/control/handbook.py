"""The page that tells everything that hands can change, made from the parameter table: docs/parameters.md."""

from collections.abc import Iterator

from installation import texts
from installation.control.acts import CUES
from installation.control.maps import every_map
from installation.control.osc_tree import BUTTONS, FACTS, ROOT
from installation.control.parameters import AT_ONCE, TABLE, Parameter

CURVES = {"linear": "", "log": "log", "whole": "whole", "switch": "off, on"}


def page() -> str:
    """The page in Markdown."""
    return "\n".join([*_head(), *_parameters(), *_devices(), *_cues(), *_names()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Everything that hands can change"
    yield ""
    yield "Made from the one parameter table by `immersions parameters > docs/parameters.md`. MIDI, OSC, pages, shows"
    yield "and takes name these values alike. *Range* is what a fader runs through, *visitors* the part that they reach"
    yield "(none where nothing stands), *slew* how fast it moves at most, in shares of the fader's way a second."
    yield ""
    yield f"Over OSC `dream.layer` is `{ROOT}/dream/layer`, and `{ROOT}/share/dream/layer` is the same from 0 to 1."
    yield ""


def _parameters() -> Iterator[str]:
    words = texts.load().parameters
    for section in dict.fromkeys(name.partition(".")[0] for name in TABLE):
        yield f"## {section}"
        yield ""
        yield "| parameter | what it does | range | default | visitors | slew |"
        yield "|---|---|---|---|---|---|"
        for entry in TABLE.values():
            if entry.name.startswith(f"{section}."):
                what = f"**{words[entry.name].name}.** {words[entry.name].about}"
                default = _value(entry, entry.default)
                yield f"| `{entry.name}` | {what} | {_range(entry)} | {default} | {_safe(entry)} | {_slew(entry)} |"
        yield ""


def _range(entry: Parameter) -> str:
    if entry.choices:
        return ", ".join(entry.choices)
    if entry.curve == "switch":
        return CURVES["switch"]
    notes = " ".join(note for note in (entry.unit, CURVES[entry.curve]) if note)
    return f"{entry.low:g} .. {entry.high:g} {notes}".strip()


def _value(entry: Parameter, value: float) -> str:
    if entry.choices:
        return entry.choices[round(value - entry.low)]
    return ("on" if value == entry.high else "off") if entry.curve == "switch" else f"{value:g}"


def _safe(entry: Parameter) -> str:
    low, high = entry.safe
    if low == high:
        return ""
    return "all" if entry.safe == (entry.low, entry.high) else f"{low:g} .. {high:g}"


def _slew(entry: Parameter) -> str:
    return "at once" if entry.slew == AT_ONCE else f"{entry.slew:g}"


def _devices() -> Iterator[str]:
    yield "## MIDI devices"
    yield ""
    yield "The maps under `scenes/maps`; `immersions midi --learn PORT` makes another."
    yield ""
    for map in sorted(every_map(), key=lambda map: map.name):
        known = f"every port with `{map.port}` in its name" if map.port else "any port that `[show] midi` names"
        yield f"### {map.name}"
        yield ""
        yield f"For {known}." + (" Program changes start scenes." if map.programs else "")
        yield ""
        yield "| control | does | how |"
        yield "|---|---|---|"
        for knob in map.knobs:
            bank = f", bank {knob.bank}" if knob.bank else ""
            how = [
                knob.kind,
                *([knob.grip] if knob.kind == "fader" else []),
                *(["told back"] if knob in map.told else []),
            ]
            yield f"| {knob.place.kind} {knob.place.number}{bank} | {knob.parameter or knob.cue} | {', '.join(how)} |"
        yield ""


def _cues() -> Iterator[str]:
    yield "## Cues"
    yield ""
    yield "| cue | OSC | what it does |"
    yield "|---|---|---|"
    ways = {"scene": f"{ROOT}/scene/NAME/start, {ROOT}/scene"}
    for name, about in CUES.items():
        yield f"| {name} | `{ways.get(name, f'{ROOT}/{name}')}` | {about} |"
    for button, parameter in BUTTONS.items():
        yield f"| {button} | `{ROOT}/{button}` | {texts.load().parameters[parameter].about} |"
    yield ""
    told = ", ".join(f"`{ROOT}/now/{name}`" for name in FACTS)
    yield f"What is told only: {told}."
    yield ""


def _names() -> Iterator[str]:
    spoken = [texts.load(code) for code in sorted(texts.languages())]
    yield "## In every language"
    yield ""
    yield "| parameter | " + " | ".join(text.language for text in spoken) + " |"
    yield "|---" * (1 + len(spoken)) + "|"
    for name in TABLE:
        yield f"| `{name}` | " + " | ".join(text.parameters[name].name for text in spoken) + " |"
