"""What a calibration system writes for projectors: MPCDI 2.0 of VESA, its 2-D profile, read from its container."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element
from xml.parsers import expat

import numpy as np
from PIL import Image

from installation.errors import ContentError, one_of
from installation.output.lined import parse
from installation.output.maps import Maps, Singles, portable

INDEX = "mpcdi.xml"
GAMMA = 2.2  # of a projector about which the file is silent
LARGEST = 1 << 30  # bytes of one file in the container, unpacked
GAMMAS = (0.1, 10.0)


class Calibration:
    """An .mpcdi file: projectors ("regions") and the maps of each.

    Raises ContentError with the file, the line of its index where there is one, what was found and what is possible.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as container:
                self._names = {name.lower(): name for name in container.namelist()}
                index = self._unpack(container, INDEX).decode("utf-8-sig")
        except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            raise ContentError(f"{path} is no MPCDI container ({error}). Wanted is a zip file with {INDEX}.") from None
        try:
            self._root, self._lines = parse(index)
        except expat.ExpatError as error:
            what = str(error).split(":")[0]
            raise ContentError(
                f"{path}/{INDEX}:{error.lineno}: {what}. Mend that line, or export the file again."
            ) from None
        profile = _given(self._root, "profile")
        if _name(self._root) != "mpcdi" or profile is None or profile.lower() != "2d":
            raise self._fault(self._root, f"profile {profile!r} cannot be shown here; possible is '2d'")
        self._regions = {_given(region, "id") or "": region for region in _all(self._root, "region")}
        if not self._regions:
            raise self._fault(self._root, "there is no region")

    @property
    def regions(self) -> list[str]:
        """The projectors' names."""
        return list(self._regions)

    def maps(self, region: str) -> Maps:
        """What was measured for one projector; "" is the only one there is."""
        if not region and len(self._regions) == 1:
            region = next(iter(self._regions))
        if region not in self._regions:
            raise self._fault(self._root, f"there is no region {region!r}. {one_of(region, self._regions)}")
        node = self._regions[region]
        files = next((found for found in _all(self._root, "fileset") if _given(found, "region") == region), None)
        if files is None:
            raise self._fault(node, f"the region {region!r} has no fileset")
        with zipfile.ZipFile(self.path) as container:
            look = self._look(container, files)
            alpha = self._light(container, files, "alphaMap", 1.0)
            beta = self._light(container, files, "betaMap", 0.0)
        part = tuple(self._number(node, key, usual) for key, usual in PART)
        if not (part[2] > 0 and part[3] > 0):
            raise self._fault(node, f"the region {region!r} has no size: {part[2]:g} x {part[3]:g}")
        encode = next(_all(node, "encode"), None)
        gamma = GAMMA
        if encode is not None:
            kind = (_given(encode, "type") or "gamma").lower()
            if kind == "none":
                gamma = 1.0
            elif kind == "gamma":
                gamma = self._gamma(encode, _given(encode, "gamma"))
            else:
                raise self._fault(encode, f"a table ({kind!r}) cannot be used; possible are 'gamma' and 'none'")
        return Maps(look, alpha, beta, part, gamma)  # type: ignore[arg-type]

    def _look(self, container: zipfile.ZipFile, files: Element) -> Singles:
        node = next(_all(files, "geometryWarpFile"), None)
        if node is None:
            raise self._fault(files, "a fileset has no geometryWarpFile")
        name = self._path(node)
        try:
            values = portable(self._unpack(container, name), name)
        except ValueError as error:
            raise ContentError(f"{self.path}/{error}.") from None
        if values.shape[2] != 3:
            raise ContentError(f"{self.path}/{name} has one number a point; a warp has three ('PF').")
        return upright(values[..., :2])

    def _light(self, container: zipfile.ZipFile, files: Element, tag: str, usual: float) -> Singles:
        """A map of light, linear; even where there is none."""
        node = next(_all(files, tag), None)
        if node is None:
            return np.full((2, 2, 3), usual, np.float32)
        name = self._path(node)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture = Image.open(io.BytesIO(self._unpack(container, name)))
                deep = picture.mode.startswith("I")
                numbers = np.asarray(picture if deep or picture.mode == "L" else picture.convert("RGB"), np.float32)
        except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ContentError(f"{self.path}/{name} is no picture that can be read: {error}.") from None
        light = numbers / (65535 if deep else 255)
        if light.ndim == 2:
            light = np.repeat(light[..., None], 3, axis=-1)
        embedded = next(_all(node, "gammaEmbedded"), None)
        power = 1.0 if embedded is None else self._gamma(embedded, embedded.text)
        return np.ascontiguousarray(light[::-1] ** power, np.float32)

    def _path(self, node: Element) -> str:
        path = next(_all(node, "path"), None)
        if path is None or not (path.text or "").strip():
            raise self._fault(node, f"{node.tag} has no path")
        name = str(path.text).strip().replace("\\", "/")
        if name.lower() not in self._names:
            raise self._fault(path, f"{name!r} is not in the container. {one_of(name, self._names.values())}")
        return name

    def _unpack(self, container: zipfile.ZipFile, name: str) -> bytes:
        """A file of the container, whatever the case of its letters."""
        known = self._names.get(name.lower())
        if known is None:
            raise ContentError(f"{self.path} is no MPCDI container: there is no {name} in it.")
        if container.getinfo(known).file_size > LARGEST:
            raise ContentError(f"{self.path}/{known} is larger than {LARGEST >> 20} MiB.")
        try:
            return container.read(known)
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise ContentError(f"{self.path}/{known} cannot be unpacked: {error}.") from None

    def _number(self, node: Element, key: str, usual: float) -> float:
        text = _given(node, key)
        try:
            value = usual if text is None else float(text)
        except ValueError:
            value = float("nan")
        if not -1 <= value <= 2:
            raise self._fault(node, f"{key} is {text!r}; wanted is a share of the picture, 0..1")
        return value

    def _gamma(self, node: Element, text: str | None) -> float:
        try:
            value = float(text or "")
        except ValueError:
            value = float("nan")
        if not GAMMAS[0] <= value <= GAMMAS[1]:
            raise self._fault(node, f"a gamma of {text!r}; possible is {GAMMAS[0]:g} to {GAMMAS[1]:g}")
        return value

    def _fault(self, node: Element, words: str) -> ContentError:
        """An error in the index, with the line of a tag."""
        return ContentError(f"{self.path}/{INDEX}:{self._lines[node]}: {words.rstrip('.')}.")


PART = (("x", 0.0), ("y", 0.0), ("xSize", 1.0), ("ySize", 1.0))


def upright(look: Singles) -> Singles:
    """A map of places in a picture, as a file has it, with the lowest row first.

    The rows of a float map begin below, and so do those that calibrations write; the standard's text has them begin
    above. Read the wrong way round a map would mirror the picture, which shows which of the two it is.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows and columns without a number
        right, up = (np.nanmedian(np.diff(look, axis=axis), axis=(0, 1)) for axis in (1, 0))  # [2] each
    mirrored = right[0] * up[1] - right[1] * up[0] < 0
    return np.ascontiguousarray(look[::-1] if mirrored else look)


def _name(node: Element) -> str:
    return re.sub(r"^\{.*\}", "", node.tag).lower()


def _all(node: Element, name: str) -> Iterator[Element]:
    """All tags of this name below, whatever the case of their letters: the standard leaves it open."""
    return (found for found in node.iter() if isinstance(found.tag, str) and _name(found) == name.lower())


def _given(node: Element, key: str) -> str | None:
    return next((value for name, value in node.attrib.items() if name.lower() == key.lower()), None)
