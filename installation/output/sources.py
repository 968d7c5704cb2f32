"""From a [[output]] of the settings to what it shows: its mesh, its calibration, and how it meets its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import moderngl

from installation.output import bourke
from installation.output.blending import overlaps
from installation.output.maps import Maps
from installation.output.mesh import Mesh
from installation.output.mpcdi import Calibration
from installation.output.projector import Blend, Part, Projector
from installation.projection import Output, located


@dataclass(frozen=True, slots=True)
class Source:
    """An output of the settings, with everything that its files say.

    number   counted from 1
    edges    shares of its part over which it fades, at left, right, low and high
    mesh     of its file for a square output, if it has one
    maps     of its calibration, if it has one
    """

    output: Output
    number: int
    edges: Part
    mesh: Mesh | None = None
    maps: Maps | None = None

    @property
    def name(self) -> str:
        """Its name, on its test card and of its warp."""
        return self.output.name or f"output {self.number}"

    def projector(self, gl: moderngl.Context) -> Projector:
        """The pass that draws it."""
        output = self.output
        mesh = None if self.mesh is None else partial(bourke.placed, self.mesh)
        blend = Blend(self.edges, output.gamma, output.black)
        return Projector(gl, mesh, self.maps, blend, output.rotate, output.mirror)


def sources(outputs: Sequence[Output]) -> list[Source]:
    """All outputs, their files read. Raises ContentError with file and line for whatever is wrong in them."""
    together = overlaps([output.part for output in outputs])
    made = []
    for number, (output, edges) in enumerate(zip(outputs, together, strict=True), 1):
        edges = edges if output.blend == "auto" else output.blend
        if not output.mesh:
            made.append(Source(output, number, edges))
            continue
        path = located(output.mesh)
        if path.suffix.lower() == ".mpcdi":
            calibration = Calibration(path)
            region = output.region or (output.name if output.name in calibration.regions else "")
            maps = calibration.maps(region)
            edges = (0.0, 0.0, 0.0, 0.0) if output.blend == "auto" else edges  # its alpha has been measured
            made.append(Source(output, number, edges, maps=maps))
        else:
            made.append(Source(output, number, edges, mesh=bourke.read(path)))
    return made
