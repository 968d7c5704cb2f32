"""Shows are written for the paper's network; on an ear with other layers each name means the same depth."""

from installation.data import Anatomy, Controls, Region, Span, Target
from installation.target import merged

PAPER = (
    "scalogram",
    *(f"block{block}.conv{convolution}" for block in range(8) for convolution in (1, 2)),
    *(f"ar{block}" for block in range(9)),
)


SIDES = ("left", "right")  # of two ears; a single one is both


def ears(anatomy: Anatomy) -> list[str]:
    """What the layers of each ear are called by, `house:` and `piano:`; of a single one nothing."""
    return list(dict.fromkeys("".join(layer.name.partition(":")[:2]) for layer in anatomy if ":" in layer.name)) or [""]


def fitted(name: str, anatomy: Anatomy) -> str:
    """The layer of this anatomy that a name means; a name that the paper's network lacks too is left as it is.

    Of two ears `left:ar5` is the first one's, `right:ar5` the last one's, and `ar5` the first one's.
    """
    there, (side, _, plain) = ears(anatomy), name.rpartition(":")
    if name in anatomy or plain not in PAPER or side not in ("", *SIDES):
        return name
    ear = there[-1 if side == SIDES[1] else 0]
    layers = [layer.name for layer in anatomy if layer.name.startswith(ear)]
    kind = plain[:2]  # blocks of the encoder, or autoregressive
    same = [layer for layer in layers if layer.removeprefix(ear).startswith(kind)]
    theirs = [paper for paper in PAPER if paper.startswith(kind)]
    if not same:
        same, theirs = layers, list(PAPER)
    return same[round(theirs.index(plain) / (len(theirs) - 1) * (len(same) - 1))]


def parts(layer: str) -> tuple[str, str, str]:
    """What a layer can be called by: its name, its block's, and its kind's."""
    block = layer.partition(".")[0]
    return layer, block, block.rstrip("0123456789")


def body_of(name: str, anatomy: Anatomy) -> list[str] | None:
    """The layers of the ear whose whole body is asked for as `left:body` or `house:body`; None for other names."""
    side, _, plain = name.rpartition(":")
    there = ears(anatomy)
    if plain != "body" or not (side in SIDES or f"{side}:" in there):
        return None
    ear = f"{side}:" if f"{side}:" in there else there[-SIDES.index(side)]
    return [layer.name for layer in anatomy if layer.name.startswith(ear)]


def meant(name: str, anatomy: Anatomy) -> list[str]:
    """The layers of this anatomy that a layer, block or kind of the paper's network means; none for other names."""
    side, mark, plain = name.rpartition(":")
    found = [fitted(f"{side}{mark}{layer}", anatomy) for layer in PAPER if plain in parts(layer)]
    return [layer for layer in dict.fromkeys(found) if layer in anatomy]


def fit(target: Target, anatomy: Anatomy | None) -> Target:
    """The same target, named for this anatomy. Two ears that rival each other are one where there is only one."""
    if anatomy is None or all(region.layer in anatomy for region in target.places):
        return target
    here = target.on(lambda layer: fitted(layer, anatomy))
    if merged(here).terms:
        return here
    return Target(tuple(term for term in here.terms if term.weight > 0))


def pointable(anatomy: Anatomy) -> list[str]:
    """The layers that hands can point at, in the order of `dream.layer`: all but the scalogram, if there are others."""
    layers = [layer.name for layer in anatomy]
    return [name for name in layers if not name.endswith("scalogram")] or layers


def pointed(controls: Controls, anatomy: Anatomy) -> Target:
    """The box of neurons that hands point at, each axis by position and width as on the original's mixer."""
    layers = pointable(anatomy)
    layer = layers[round(controls["dream.layer"] * (len(layers) - 1))]
    return Target((Region(layer, _span(controls, "channel"), _span(controls, "pitch"), _span(controls, "time")),))


def _span(controls: Controls, axis: str) -> Span:
    position, width = controls[f"dream.{axis}_position"], controls[f"dream.{axis}_width"]
    start = round(position * (1.0 - width), 4)
    return Span(start, min(1.0, round(start + width, 4)))
