"""What desks do to the outputs of a show: bend them, put test cards on them, and see how they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from installation.errors import ContentError, one_of
from installation.output import kept
from installation.output.cards import Card
from installation.output.editor import Editor
from installation.output.outputs import Outputs
from installation.output.warp import Warp

FIGURES = 5  # decimals of a place on an output: less than a tenth of a pixel

Place = tuple[float, float]


class Bend(BaseModel):
    """One act on one output, as `editor.Editor` knows them; `to` and `point` for a corner or a point of the net.

    set   brings corners and net to what they were
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    output: str
    act: Literal["corner", "point", "finer", "coarser", "straight", "keep", "leave", "set"]
    point: Annotated[int, Field(ge=0, lt=10_000)] = 0
    to: Place | None = None
    corners: Annotated[list[Place], Field(min_length=4, max_length=4)] | None = None
    net: Annotated[list[list[Place]], Field(min_length=2, max_length=100)] | None = None


class Bending:
    """Acts on the windows that there are now.

    outputs   the windows; None where there are none
    """

    def __init__(self, outputs: Callable[[], Outputs | None]) -> None:
        self._outputs = outputs
        self._kept: dict[str, tuple[Warp, bool]] = {}  # whether a warp is as it is on disk

    def card(self, name: str) -> None:
        """Show a test card on all outputs, or with "" none. Raises ContentError."""
        cards = {card.value: card for card in Card}
        if name and name not in cards:
            raise ContentError(f"there is no test card {name!r}. {one_of(name, cards)}")
        self._there().turn_card(cards[name] if name else None)

    def bend(self, text: str) -> None:
        """Do what a `Bend` in JSON asks for. Raises ContentError."""
        try:
            asked = Bend.model_validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            raise ContentError(f"an output cannot be bent so: {where}: {fault['msg']}.") from None
        outputs, name = self._there(), asked.output
        if name not in outputs.warps:
            raise ContentError(f"no output is named {name!r}. {one_of(name, outputs.warps)}")
        editor = Editor(name, lambda: (1, 1), outputs.warps[name], lambda warp: outputs.bend(name, warp))
        match asked.act:
            case "corner" | "point":
                _move(editor, asked)
            case "finer":
                editor.refine(1)
            case "coarser":
                editor.refine(-1)
            case "straight":
                editor.reset()
            case "set":
                outputs.bend(name, _whole(asked))
            case "leave":
                outputs.bend(name, kept.load(name))
            case "keep":
                self._kept.pop(name, None)
                if not editor.keep():
                    raise ContentError(f"the warp of {name} cannot be kept: the disk refuses. Make room for it.")

    def told(self) -> dict[str, Any]:
        """How all outputs stand, ready for JSON."""
        if (outputs := self._outputs()) is None:
            return {"outputs": [], "card": ""}
        told = []
        for source, window in zip(outputs.sources, outputs.windows, strict=True):
            warp = window.projector.warp
            told.append(
                {
                    "name": source.name,
                    "size": list(window.size),
                    "part": list(source.output.part),
                    "corners": np.round(warp.corners, FIGURES).tolist(),
                    "net": np.round(warp.net, FIGURES).tolist(),
                    "straight": warp.straight,
                    "kept": self._as_kept(source.name, warp),
                }
            )
        return {"outputs": told, "card": outputs.card.value if outputs.card else ""}

    def _there(self) -> Outputs:
        if (outputs := self._outputs()) is None:
            raise ContentError("there is no window here that could be bent: the show draws without a display.")
        return outputs

    def _as_kept(self, name: str, warp: Warp) -> bool:
        if name not in self._kept or self._kept[name][0] is not warp:
            self._kept[name] = warp, _same(warp, name)
        return self._kept[name][1]


def _move(editor: Editor, asked: Bend) -> None:
    editor.of_net = asked.act == "point"
    if asked.point >= editor.points or asked.to is None:
        raise ContentError(f"{editor.name} has {editor.points} such points, counted from 0. Say which, and where to.")
    editor.point = asked.point
    at = (editor.warp.net.reshape(-1, 2) if editor.of_net else editor.warp.corners)[asked.point]
    editor.move(asked.to[0] - at[0], asked.to[1] - at[1])


def _whole(asked: Bend) -> Warp:
    if asked.corners is None or asked.net is None or len({len(row) for row in asked.net}) != 1:
        raise ContentError("a whole warp has four corners and a net with rows of one length.")
    return Warp(np.array(asked.corners), np.array(asked.net))


def _same(warp: Warp, name: str) -> bool:
    try:
        on_disk = kept.load(name)
    except ContentError:  # what is on disk cannot be read
        return False
    same_net = on_disk.net.shape == warp.net.shape and np.allclose(on_disk.net, warp.net, atol=1e-5)
    return bool(same_net and np.allclose(on_disk.corners, warp.corners, atol=1e-5))
