"""A print is the moment that was chosen, at the size of the paper, in little memory."""

import tracemalloc
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from installation.errors import ContentError, StorageError
from installation.output import still
from installation.render import mosaic
from installation.settings import Settings
from installation.take import Take
from installation.workshop.filming import Format, opened, painted
from installation.workshop.printing import Order, paper, print_still
from installation.workshop.recording import Order as Film
from installation.workshop.recording import record


def quiet(done, total):
    assert done <= total


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    out = tmp_path_factory.mktemp("takes") / "film"
    return record(Film(None, out, 0.5, (96, 54), Fraction(4), 3, None, None, "tiny"), Settings(), quiet, quiet).take


@pytest.mark.parametrize("name", ["wall.png", "wall.tif"])
def test_a_print_is_the_very_picture_of_that_moment(take, tmp_path, monkeypatch, name):
    monkeypatch.setattr(mosaic, "SIDE", 128)
    told = []
    order = Order(None, tmp_path / name, 2.5, paper("12x9cm"), dpi=100, take=take)
    done = print_still(order, Settings(), quiet, lambda *rows: told.append(rows))
    assert done.size == (472, 354)
    projection, body = opened(Take.read(take), "en", domed=False)
    (made,) = painted(projection, body, Format((472, 354), Fraction(2)), (4, 4), [5])
    wanted = made.picture
    with Image.open(tmp_path / name) as picture:
        np.testing.assert_allclose(np.array(picture.info["dpi"], float), (100, 100), atol=0.01)
        difference = np.abs(np.asarray(picture).astype(int) - wanted)
    assert difference.max() <= 1
    assert wanted.max() > 60
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert told[-1] == (354, 354)


def test_a_show_is_dreamt_up_to_its_moment(tmp_path):
    order = Order(None, tmp_path / "wall.png", 4.5, (60.0, 40.0), dpi=50, model="tiny", seed=3)
    done = print_still(order, Settings(), quiet, quiet)
    assert done.size == (118, 79)
    assert len(Take.read(done.take).loops) == 2


def test_an_upright_paper_cuts_nothing_off(take, tmp_path):
    seen = []
    for text, turned in (("A5", False), ("A5", True)):
        print_still(Order(None, tmp_path / "x.png", 1.0, paper(text, turned), 40, take=take), Settings(), quiet, quiet)
        seen.append(np.asarray(Image.open(tmp_path / "x.png")).max(axis=2) > 40)
    lying, standing = seen
    assert lying.shape == standing.shape[::-1] == (233, 331)
    across = [np.ptp(np.nonzero(light.any(axis=0))[0]) for light in seen]
    assert across[0] / lying.shape[0] == pytest.approx(across[1] / standing.shape[1], abs=0.05)


@pytest.mark.parametrize(
    ("text", "turned", "size"),
    [
        ("A0", False, (14043, 9933)), ("A0", True, (9933, 14043)), ("a4", True, (2480, 3508)),
        ("A5", False, (2480, 1748)), ("70x100cm", False, (8268, 11811)), ("24x36in", False, (7200, 10800)),
        ("1x0.5m", False, (11811, 5906)), ("500 x 700 mm", False, (5906, 8268)),
    ],
)  # fmt: skip
def test_papers_have_their_pixels(tmp_path, text, turned, size):
    assert Order(None, tmp_path, 0.0, paper(text, turned)).size == size


@pytest.mark.parametrize(
    ("text", "turned", "words"),
    [
        ("A9", False, "A9 is no size of paper. Give A0, A1"),
        ("70x100", False, "70x100cm or 24x36in"),
        ("70x100ft", False, "units are mm, cm"),
        ("0x10cm", False, "0x10cm is no size"),
        ("", False, "is no size"),
        ("70x100cm", True, "--upright turns A papers"),
    ],
)
def test_a_paper_that_there_is_not_is_told(text, turned, words):
    with pytest.raises(ContentError, match=words):
        paper(text, turned)


def test_what_cannot_be_printed_is_told(take, tmp_path):
    good = {"show": None, "out": tmp_path / "x.png", "moment": 1.0, "paper": (50.0, 40.0), "dpi": 50.0, "take": take}
    for wrong, kind, words in (
        ({"out": tmp_path / "x.jpg"}, StorageError, r"\.png, \.tif, \.tiff, not as 'x.jpg'"),
        ({"dpi": 0.5}, ContentError, "1 x 1 pixels"),
        ({"dpi": 9000.0}, ContentError, "1 to 2400 dpi"),
        ({"moment": 99.0}, ContentError, "--moment 99 was asked for, but the take lasts 4 s"),
        ({"moment": -1.0}, ContentError, "Choose a moment in it"),
        ({"show": "listening"}, ContentError, "--take was given together with"),
        ({"take": tmp_path}, ContentError, "is no take"),
        (
            {"dpi": 2400.0, "paper": (900.0, 40.0)},
            ContentError,
            r"85039 x 3780 pixels .* draws \d+ at most.* 4\d\d dpi",
        ),
    ):
        with pytest.raises(kind, match=words):
            print_still(Order(**(good | wrong)), Settings(), quiet, quiet)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ["png", "tif", "tiff"])
@pytest.mark.parametrize("profile", [b"", still.srgb()], ids=["plain", "icc"])
def test_bands_of_any_height_come_back_as_one_picture(tmp_path, ending, profile):
    pixels = np.random.default_rng(0).integers(0, 256, (301, 207, 3), dtype=np.uint8)
    path = tmp_path / f"x.{ending}"
    with still.still(path, (207, 301), 300, profile) as rows:
        for band in np.split(pixels, [100, 117, 300]):
            rows.add(band)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(np.asarray(picture), pixels)
        np.testing.assert_allclose(np.array(picture.info["dpi"], float), (300, 300), atol=0.01)
        assert picture.info.get("icc_profile", b"") == profile
        if profile:
            assert "sRGB" in ImageCms.getProfileName(ImageCms.ImageCmsProfile(BytesIO(profile)))


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_a_large_picture_never_lies_in_memory(tmp_path, ending):
    band = np.random.default_rng(0).integers(0, 40, (64, 2000, 3), dtype=np.uint8)
    tracemalloc.start()
    with still.still(tmp_path / f"x.{ending}", (2000, 64 * 60), 300) as rows:
        for _ in range(60):
            rows.add(band)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * band.nbytes < 60 * band.nbytes / 5


def test_a_full_disk_leaves_no_half_picture(tmp_path, full_disk):
    full_disk(100_000)
    noise = np.random.default_rng(0).integers(0, 256, (64, 2000, 3), dtype=np.uint8)

    def fill():
        with still.still(tmp_path / "x.png", (2000, 640), 300) as rows:
            for _ in range(10):
                rows.add(noise)

    with pytest.raises(StorageError, match=r"x\.png cannot be written .*Free some space"):
        fill()
    assert not list(tmp_path.iterdir())
