"""Shows are written for the paper's network; on an ear with other layers each name means the same depth."""

from installation.data import Anatomy, Controls, Region, Span, Target

PAPER = (
    "scalogram",
    *(f"block{block}.conv{convolution}" for block in range(8) for convolution in (1, 2)),
    *(f"ar{block}" for block in range(9)),
)


def fitted(name: str, anatomy: Anatomy) -> str:
    """The layer of this anatomy that a name means; a name that the paper's network lacks too is left as it is."""
    if name in anatomy or name not in PAPER:
        return name
    kind = name[:2]  # blocks of the encoder, or autoregressive
    same = [layer.name for layer in anatomy if layer.name.startswith(kind)]
    theirs = [paper for paper in PAPER if paper.startswith(kind)]
    if not same:
        same, theirs = [layer.name for layer in anatomy], list(PAPER)
    return same[round(theirs.index(name) / (len(theirs) - 1) * (len(same) - 1))]


def parts(layer: str) -> tuple[str, str, str]:
    """What a layer can be called by: its name, its block's, and its kind's."""
    block = layer.partition(".")[0]
    return layer, block, block.rstrip("0123456789")


def meant(name: str, anatomy: Anatomy) -> list[str]:
    """The layers of this anatomy that a layer, block or kind of the paper's network means; none for other names."""
    return list(dict.fromkeys(fitted(layer, anatomy) for layer in PAPER if name in parts(layer)))


def fit(target: Target, anatomy: Anatomy | None) -> Target:
    """The same target, named for this anatomy."""
    if anatomy is None or all(region.layer in anatomy for region in target.places):
        return target
    return target.on(lambda layer: fitted(layer, anatomy))


def pointed(controls: Controls, anatomy: Anatomy) -> Target:
    """The box of neurons that hands point at, each axis by position and width as on the original's mixer."""
    layers = [layer.name for layer in anatomy if layer.name != "scalogram"] or [layer.name for layer in anatomy]
    layer = layers[round(controls["dream.layer"] * (len(layers) - 1))]
    return Target((Region(layer, _span(controls, "channel"), _span(controls, "pitch"), _span(controls, "time")),))


def _span(controls: Controls, axis: str) -> Span:
    position, width = controls[f"dream.{axis}_position"], controls[f"dream.{axis}_width"]
    start = round(position * (1.0 - width), 4)
    return Span(start, min(1.0, round(start + width, 4)))
