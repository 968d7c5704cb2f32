"""Where the parts of the body are, so that a scene can look at them by name."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from installation.data import Anatomy, Layout, Region, Target, Vector
from installation.errors import ContentError, one_of
from installation.stage.fitting import body_of, fit, meant, parts
from installation.target import check, parse

MOST = 0.9  # of a part's neurons lie within its radius: a few strays must not make it large


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the body as a ball."""

    centre: Vector = (0.0, 0.0, 0.0)
    radius: float = 1.0


BODY = Place()


def around(positions: NDArray[Any]) -> Place:
    """The ball around most of these neurons, [units, 3]."""
    if len(positions) == 0:
        return BODY
    x, y, z = positions.mean(axis=0, dtype=np.float64).tolist()
    distances = np.linalg.norm(positions - np.array((x, y, z), positions.dtype), axis=1)
    return Place((x, y, z), max(float(np.quantile(distances, MOST)), 0.01))


def whole(positions: NDArray[Any]) -> Place:
    """The ball around all neurons, [units, 3], from the middle of their extent."""
    x, y, z = ((positions.min(axis=0) + positions.max(axis=0)).astype(np.float64) / 2).tolist()
    reach = np.linalg.norm(positions - np.array((x, y, z), positions.dtype), axis=1).max()
    return Place((x, y, z), float(reach))


class Places:
    """Parts of one body by name.

    `body`, a layer (`block4.conv1`), a part of it (`block4.conv1[pitch 0.2..0.4]`), a block (`block4`), a kind
    (`ar`), and each of two ears by its side or name (`left:ar`, `house:body`).

    Without a layout every part is the whole body, so that a scene can be tried out alone.
    """

    def __init__(self, anatomy: Anatomy | None = None, layout: Layout | None = None) -> None:
        self._anatomy = anatomy
        self._layout = layout
        self._known: dict[object, Place] = {}

    def __getitem__(self, name: str) -> Place:
        """The part of this name. Raises ContentError, naming the nearest, if the network has no such part."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def of(self, target: Target) -> Place:
        """Where the neurons of a target are, all that it wants to excite together, by their weight."""
        regions = fit(target, self._anatomy).places
        parts = [(region.weight, self._region(region)) for region in regions if region.weight > 0]
        if not parts or self._layout is None:
            return BODY
        total = sum(weight for weight, _ in parts)
        centre = sum((weight / total * np.array(place.centre) for weight, place in parts), np.zeros(3))
        reach = sum(
            weight / total * (place.radius + float(np.linalg.norm(np.array(place.centre) - centre)))
            for weight, place in parts
        )
        x, y, z = np.asarray(centre).tolist()
        return Place((x, y, z), reach)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """Every name that can be asked for, and the layers that it means."""
        names: dict[str, list[str]] = {}
        for layer in self._anatomy or ():
            for name in parts(layer.name):
                if layer.name not in names.setdefault(name, []):
                    names[name].append(layer.name)
        return names

    def _find(self, name: str) -> Place:
        if self._anatomy is None:
            return BODY
        if name == "body":
            return BODY if self._layout is None else whole(self._layout.positions)
        if (one := body_of(name, self._anatomy)) and self._layout is not None:
            return whole(np.concatenate([self._layout.positions[self._anatomy.slice(layer)] for layer in one]))
        if "[" in name:
            check(target := fit(parse(name), self._anatomy), self._anatomy)
            return self.of(target)
        layers = self._names.get(name) or meant(name, self._anatomy)
        if not layers:
            raise ContentError(f"the body has no part {name!r}. {one_of(name, ['body', *self._names])}")
        if self._layout is None:
            return BODY
        slices = [self._anatomy.slice(layer) for layer in layers]
        return around(np.concatenate([self._layout.positions[part] for part in slices]))

    def _region(self, region: Region) -> Place:
        key = (region.layer, region.channels, region.pitch, region.neurons)
        if key not in self._known:
            if self._anatomy is None or self._layout is None or region.layer not in self._anatomy:
                return BODY
            layer = self._anatomy[region.layer]
            positions = self._layout.positions[self._anatomy.slice(region.layer)]
            self._known[key] = around(positions[region.numbers(layer.channels, layer.bins)])
        return self._known[key]
