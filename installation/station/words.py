"""Everything that the pages say, in every language there is."""

from typing import Any

from installation import texts
from installation.control.parameters import Parameter, parameter
from installation.errors import ContentError


def spoken(sliders: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Language -> its own name, what the page says, and what the sliders are called."""
    told = {}
    for code, name in texts.languages().items():
        words = texts.load(code)
        told[code] = {
            "name": name,
            "says": dict(words.station),
            "sliders": {
                slider: {
                    "name": words.station.get(slider, words.parameters[slider].name),  # in plainer words, if there are
                    "about": words.parameters[slider].about,
                }
                for slider in sliders
            },
        }
    return told


def reached(sliders: tuple[str, ...]) -> tuple[str, ...]:
    """The sliders, if visitors may move all of them. Raises ContentError."""
    for name in sliders:
        entry: Parameter = parameter(name)
        if entry.safe[0] >= entry.safe[1]:
            raise ContentError(f"station.sliders names {name!r}, which is not for visitors. Choose another parameter.")
    return sliders
