"""How a moment looks, mixed from others and trimmed by hands."""

import math
from dataclasses import fields, replace

from installation.data import Controls, Look, Title
from installation.errors import one_of
from installation.stage.camera import glide, moved
from installation.stage.palette import Palette
from installation.title import LONGEST, PLACES


def mix(a: Look, b: Look, along: float) -> Look:
    """The look on the way from a (0) to b (1): every number fades, the camera turns, words go and come."""
    if along <= 0.0:
        return a
    if along >= 1.0:
        return b
    values: dict[str, object] = {"camera": glide(a.camera, b.camera, along)}
    for name in _NUMBERS:
        start, end = getattr(a, name), getattr(b, name)
        if isinstance(start, tuple):
            values[name] = tuple((1 - along) * x + along * y for x, y in zip(start, end, strict=True))
        else:
            values[name] = (1 - along) * start + along * end
    values["titles"] = (*fainter(a.titles, 1 - along), *fainter(b.titles, along))
    return Look(**values)  # type: ignore[arg-type]


def fainter(titles: tuple[Title, ...], share: float) -> tuple[Title, ...]:
    """The titles with a share of their light."""
    return tuple(replace(title, light=share * title.light) for title in titles)


def coloured(look: Look, palette: Palette) -> Look:
    """The look in the colours of a palette."""
    return replace(look, shallow=palette.shallow, deep=palette.deep, shine=palette.shine, sweep=palette.sweep)


def trimmed(look: Look, controls: Controls) -> Look:
    """The look as hands want it: every `stage.` control multiplies or adds to what the scene asked for."""
    return replace(
        look,
        camera=moved(look.camera, controls["stage.closeness"], controls["stage.turn"], controls["stage.lift"]),
        size=look.size * controls["stage.size"],
        glow=look.glow * controls["stage.glow"],
        rest=look.rest * controls["stage.rest"],
        haze=look.haze * controls["stage.haze"],
        pulses=look.pulses * controls["stage.pulses"],
        foresight=look.foresight * controls["stage.foresight"],
        ring=look.ring * controls["stage.ring"],
        bloom=look.bloom * controls["stage.bloom"],
        exposure=look.exposure + controls["stage.exposure"],
        fade=look.fade * controls["stage.fade"],
    )


def faults(look: object) -> str:
    """Why a picture cannot be made of this, or nothing."""
    if not isinstance(look, Look):
        return f"it gave {type(look).__name__} instead of a Look"
    camera = look.camera
    for name in _NUMBERS:
        value = getattr(look, name)
        if not _finite(*(value if isinstance(value, tuple) else (value,))):
            return f"its {name} is {value}, but must be finite"
    if not _finite(*camera.eye, *camera.centre, *camera.up, camera.angle):
        return f"its camera is not finite: {camera}"
    if math.dist(camera.eye, camera.centre) < 1e-6:
        return "its camera stands in the very point it looks at"
    if not 1.0 <= camera.angle <= 170.0:
        return f"its camera sees {camera.angle:g} degrees; 1 to 170 are possible"
    return next(filter(None, map(_unsaid, look.titles)), "")


def _unsaid(title: object) -> str:
    """Why a title cannot be laid over the picture, or nothing."""
    if not (isinstance(title, Title) and isinstance(title.text, str)):
        return f"one of its titles is {title!r} instead of a Title"
    if len(title.text) > LONGEST:
        return f"its title {title.text[:20]!r}... has {len(title.text):,} letters; {LONGEST} are possible"
    if title.place not in PLACES:
        return f"its title {title.text!r} stands {title.place!r}. {one_of(title.place, PLACES)}"
    if not (_finite(title.size, title.light) and 0.005 <= title.size <= 0.5 and 0 <= title.light <= 1):
        return f"its title {title.text!r} has size {title.size} and light {title.light}, not 0.005..0.5 and 0..1"
    return ""


def _finite(*values: object) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


_NUMBERS = [part.name for part in fields(Look) if part.name not in ("camera", "titles")]
SCALARS = tuple(part.name for part in fields(Look) if isinstance(part.default, float))
