"""Everything that a desk's pages are told once: all parameters, layers, cues and words, made from where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from installation import texts
from installation.control.acts import CUES
from installation.control.parameters import TABLE, Parameter
from installation.data import Anatomy
from installation.stage.fitting import pointable
from installation.station.hears import Front, Hears


def table(
    anatomy: Anatomy,
    front: Front,
    hears: Mapping[str, Hears],
    language: str,
    model: str = "",
    show: str = "",
    cards: Sequence[str] = (),
) -> dict[str, Any]:
    """What pages are told, ready for JSON.

    front   the sizes of the scalogram
    cards   the test cards there are
    """
    return {
        "default": language,
        "languages": {code: _spoken(code, name) for code, name in texts.languages().items()},
        "parameters": [_parameter(entry) for entry in TABLE.values()],
        "layers": _layers(anatomy, hears),
        "scalogram": {"lowest": front.lowest, "bins": front.bins, "bins_per_octave": front.bins_per_octave},
        "cues": dict(CUES),
        "cards": list(cards),
        "model": model,
        "show": show,
    }


def _spoken(code: str, name: str) -> dict[str, Any]:
    words = texts.load(code)
    return {
        "name": name,
        "says": dict(words.desk),
        "parameters": {entry: asdict(said) for entry, said in words.parameters.items()},
        "scenes": dict(words.scenes),
    }


def _parameter(entry: Parameter) -> dict[str, Any]:
    return {
        "name": entry.name,
        "room": entry.name.partition(".")[0],
        "low": entry.low,
        "high": entry.high,
        "curve": entry.curve,
        "default": entry.default,
        "unit": entry.unit,
        "safe": list(entry.safe),
        "choices": list(entry.choices),
        "slew": None if entry.slew == float("inf") else entry.slew,
    }


def _layers(anatomy: Anatomy, hears: Mapping[str, Hears]) -> list[dict[str, Any]]:
    """All layers; `share` is where `dream.layer` stands when it points at one, None where it cannot."""
    pointed = pointable(anatomy)
    told = []
    for layer in anatomy:
        heard = hears[layer.name]
        place = pointed.index(layer.name) if layer.name in pointed else None
        told.append(
            {
                "name": layer.name,
                "channels": layer.channels,
                "bins": layer.bins,
                "first": anatomy.start(layer.name),
                "units": layer.units,
                "share": None if place is None else round(place / max(1, len(pointed) - 1), 6),
                "low": [round(float(hertz), 2) for hertz in heard.low],
                "high": [round(float(hertz), 2) for hertz in heard.high],
                "seconds": round(float(heard.seconds.max()), 3) if len(heard.seconds) else None,
            }
        )
    return told
