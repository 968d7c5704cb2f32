"""Calibrations in the MPCDI container are read as the standard has them, and their faults told by file and line."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from installation.errors import ContentError
from installation.output.maps import portable, prolonged
from installation.output.mpcdi import Calibration

INDEX = """<?xml version="1.0" encoding="utf-8"?>
<MPCDI profile="2d" geometry="1" color="1" date="2026-01-01 00:00:00" version="2.0">
  <display>
    <buffer id="wall" xResolution="200" yResolution="100">
      <region id="left" x="0" y="0" xSize="0.6" ySize="1" xResolution="120" yResolution="100">
        <color><decode type="gamma" gamma="2.2"/><encode type="gamma" gamma="2.4"/></color>
      </region>
      <region id="right" x="0.4" y="0" xSize="0.6" ySize="1" xResolution="120" yResolution="100"/>
    </buffer>
  </display>
  <files>
    <fileset region="left">
      <geometryWarpFile><path>left.pfm</path><interpolation>linear</interpolation></geometryWarpFile>
      <alphaMap><path>left_alpha.png</path><componentDepth>1</componentDepth><bitDepth>8</bitDepth>
        <gammaEmbedded>2.0</gammaEmbedded></alphaMap>
      <betaMap><path>beta.png</path><componentDepth>3</componentDepth><bitDepth>8</bitDepth></betaMap>
    </fileset>
    <fileset region="right">
      <geometryWarpFile><path>Right.PFM</path></geometryWarpFile>
      <alphaMap><path>deep.png</path><componentDepth>1</componentDepth><bitDepth>16</bitDepth></alphaMap>
    </fileset>
  </files>
</MPCDI>
"""


def look(rows=6, columns=8):
    """A map of which every point is another, lowest row first: it rises faster above."""
    right, up = np.meshgrid((np.arange(columns) + 0.5) / columns, ((np.arange(rows) + 0.5) / rows) ** 2)
    return np.stack([right, up, np.full_like(up, np.nan)], axis=-1).astype(np.float32)


def pfm(values, order="<"):
    rows, columns = values.shape[:2]
    kind = "PF" if values.ndim == 3 else "Pf"
    return (
        f"{kind}\n{columns} {rows}\n{-1.0 if order == '<' else 1.0}\n".encode() + values.astype(f"{order}f4").tobytes()
    )


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def ramp(kind, most):
    return np.linspace(0, most, 30).reshape(5, 6).astype(kind)


@pytest.fixture
def write(tmp_path):
    def make(index=INDEX, **files):
        path = tmp_path / "wall.mpcdi"
        inside = {
            "left.pfm": pfm(look()), "right.pfm": pfm(look(), ">"), "left_alpha.png": png(ramp(np.uint8, 255)),
            "beta.png": png(np.full((2, 2, 3), (51, 0, 0), np.uint8)), "deep.png": png(ramp(np.uint16, 65535)),
        }  # fmt: skip
        inside |= {name.replace("_", "."): data for name, data in files.items()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("mpcdi.xml", index)
            for name, data in inside.items():
                if data is not None:
                    container.writestr(name, data)
        return path

    return make


def test_a_region_is_read_with_its_maps_part_and_gamma(write):
    calibration = Calibration(write())
    assert calibration.regions == ["left", "right"]
    maps = calibration.maps("left")
    np.testing.assert_array_equal(maps.look, look()[..., :2])
    np.testing.assert_allclose(maps.alpha[..., 0], (ramp(np.uint8, 255)[::-1] / 255) ** 2, atol=1e-6)
    np.testing.assert_allclose(maps.beta[0, 0], (0.2, 0, 0), atol=1e-6)
    assert maps.part == (0, 0, 0.6, 1)
    assert maps.gamma == 2.4


def test_letters_of_any_case_both_orders_of_bytes_and_sixteen_bits_are_read(write):
    maps = Calibration(write(INDEX.replace("fileset", "FileSet").replace("xSize", "xsize"))).maps("right")
    np.testing.assert_array_equal(maps.look, look()[..., :2])
    np.testing.assert_allclose(maps.alpha[..., 2], ramp(np.uint16, 65535)[::-1] / 65535, atol=1e-6)
    assert maps.beta.max() == 0
    assert maps.gamma == 2.2


def test_a_map_whose_rows_begin_above_is_turned_the_right_way(write):
    maps = Calibration(write(left_pfm=pfm(look()[::-1]))).maps("left")
    np.testing.assert_array_equal(maps.look, look()[..., :2])
    turned = look()
    turned[..., :2] = 1 - turned[..., :2]  # a projector that hangs upside down is no mirror
    maps = Calibration(write(left_pfm=pfm(turned))).maps("left")
    np.testing.assert_array_equal(maps.look, turned[..., :2])


def test_points_that_nothing_is_known_of_stay_so(write):
    holed = look()
    holed[0] = np.nan
    assert np.isnan(Calibration(write(left_pfm=pfm(holed))).maps("left").look[0]).all()


def test_a_coarse_map_reaches_to_the_outer_edge():
    padded = prolonged(look(2, 2)[..., :2])
    np.testing.assert_allclose(padded[0, :, 0], (-0.25, 0.25, 0.75, 1.25))


def test_one_region_needs_no_name(write):
    alone = INDEX.replace(INDEX[INDEX.index('      <region id="right"') : INDEX.index("    </buffer>")], "")
    assert Calibration(write(alone)).maps("").part == (0, 0, 0.6, 1)


FAULTS = {
    "another profile": ({"index": INDEX.replace('"2d"', '"3d"')}, "mpcdi.xml:2: profile '3d' cannot be shown"),
    "broken xml": ({"index": INDEX.replace("</buffer>", "")}, "mpcdi.xml:10: mismatched tag"),
    "no fileset": ({"index": INDEX.replace('fileset region="left"', 'fileset region="lft"')}, "has no fileset"),
    "a missing map": ({"left_pfm": None}, "mpcdi.xml:13: 'left.pfm' is not in the container"),
    "no path": ({"index": INDEX.replace("<path>left.pfm</path>", "")}, "mpcdi.xml:13: geometryWarpFile has no path"),
    "a place that is none": ({"index": INDEX.replace('x="0" y', 'x="O" y')}, "mpcdi.xml:5: x is 'O'; wanted"),
    "no size": ({"index": INDEX.replace('xSize="0.6"', 'xSize="0"')}, "mpcdi.xml:5: the region 'left' has no size"),
    "a wrong gamma": ({"index": INDEX.replace("2.0</gamma", "two</gamma")}, "mpcdi.xml:15: a gamma of 'two'"),
    "a table": ({"index": INDEX.replace('encode type="gamma"', 'encode type="lut1d"')}, "mpcdi.xml:6: a table"),
    "a cut map": ({"left_pfm": pfm(look())[:-5]}, "left.pfm holds 571 bytes; 8 x 6 points of 3 are 576"),
    "no map": ({"left_pfm": b"P6\n2 2\n255\n" + bytes(12)}, "left.pfm is no portable float map: it begins 'P6"),
    "one number a point": ({"left_pfm": pfm(look()[..., 0])}, "a warp has three"),
    "one point": ({"left_pfm": pfm(look(1, 1))}, "1 x 1 at scale -1; 2 x 2 to"),
    "no picture": ({"left_alpha_png": b"nothing"}, "no picture that can be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place(write, name):
    files, words = FAULTS[name]
    files = {key.replace("left_alpha_png", "left_alpha.png"): value for key, value in files.items()}
    alpha = files.pop("left_alpha.png", None)
    path = write(**files)
    if alpha is not None:
        with zipfile.ZipFile(path) as old:
            kept = {item: old.read(item) for item in old.namelist() if item != "left_alpha.png"}
        with zipfile.ZipFile(path, "w") as new:
            for item, data in {**kept, "left_alpha.png": alpha}.items():
                new.writestr(item, data)
    with pytest.raises(ContentError) as caught:
        Calibration(path).maps("left")
    assert words in str(caught.value)
    assert "wall.mpcdi" in str(caught.value)


def test_a_region_that_is_not_there_and_a_file_that_is_no_zip_are_told(write, tmp_path):
    with pytest.raises(ContentError, match=r"no region 'lefft'. Did you mean 'left'"):
        Calibration(write()).maps("lefft")
    (tmp_path / "no.mpcdi").write_text("no zip")
    with pytest.raises(ContentError, match="no MPCDI container"):
        Calibration(tmp_path / "no.mpcdi")


def test_a_float_map_may_be_grey():
    assert portable(pfm(look()[..., 0]), "grey.pfm").shape == (6, 8, 1)
