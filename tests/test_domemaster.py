"""What is delivered to a dome: every file that its team expects, whole, and resumable."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest
import soundfile
from PIL import Image

from installation.data import RATE, Dome
from installation.errors import ContentError
from installation.settings import Settings
from installation.workshop.domemaster import alignment
from installation.workshop.recording import Order, record

SIDE, RATE_OF_PICTURES = 64, Fraction(12)


def quiet(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """Half a second for a dome, and its take."""
    out = tmp_path_factory.mktemp("dome") / "Night"
    order = Order(None, out, 0.5, (SIDE, SIDE), RATE_OF_PICTURES, 3, None, None, "tiny", Dome(fov=200.0, tilt=15.0))
    return out, record(order, Settings(), quiet, quiet).take


def test_pictures_sounds_description_alignment_and_checksums_are_there(delivered):
    out, _ = delivered
    pictures = [f"Night_{number:06}.png" for number in range(1, 7)]
    sounds = ["Night_L.wav", "Night_R.wav"]
    extras = ["Night_alignment.png", "Night.txt", "Night.sha256"]
    assert sorted(path.name for path in out.iterdir()) == sorted([*pictures, *sounds, *extras])
    for name in (*pictures, "Night_alignment.png"):
        with Image.open(out / name) as picture:
            assert picture.size == (SIDE, SIDE)
            assert picture.mode == "RGB"
    for name in sounds:
        assert soundfile.info(out / name).frames == RATE // 2  # as long as the pictures, to the sample
    words = (out / "Night.txt").read_text()
    assert "200 degrees, tilt 15" in words
    assert "front at the bottom" in words
    assert "Pictures: 6 at 12 a second, Night_000001.png" in words
    assert "Night_L.wav, Night_R.wav" in words
    sums = dict(line.split("  ")[::-1] for line in (out / "Night.sha256").read_text().splitlines())
    assert set(sums) == {path.name for path in out.iterdir()} - {"Night.sha256"}
    for name, told in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == told


def test_the_picture_is_round_and_not_dark(delivered):
    picture = np.asarray(Image.open(delivered[0] / "Night_000004.png")).max(2)
    rows, columns = np.indices(picture.shape) + 0.5
    away = np.hypot(columns - SIDE / 2, rows - SIDE / 2)
    assert picture[away > SIDE / 2 + 1].max() == 0
    assert picture[away < SIDE / 2].max() > 60


def test_an_interrupted_delivery_goes_on_and_ends_the_same(delivered):
    out, take = delivered
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for name in ("Night_000002.png", "Night_000006.png", "Night_R.wav", "Night.sha256"):
        (out / name).unlink()
    kept = (out / "Night_000003.png").stat().st_mtime_ns
    order = Order(
        None, out, 0.5, (SIDE, SIDE), RATE_OF_PICTURES, None, take, None, None, Dome(fov=200.0, tilt=15.0), True
    )
    assert record(order, Settings(), quiet, quiet).pictures == 6
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert (out / "Night_000003.png").stat().st_mtime_ns == kept


def test_only_a_folder_of_a_known_take_can_go_on(tmp_path):
    for out, take in ((tmp_path / "film.mp4", tmp_path), (tmp_path / "folder", None)):
        order = Order(None, out, 0.5, (64, 64), RATE_OF_PICTURES, None, take, None, None, resume=True)
        with pytest.raises(ContentError, match="--resume goes on with a folder"):
            record(order, Settings(), quiet, quiet)


def test_the_alignment_frame_has_its_rings_where_the_angles_lie():
    dome = Dome(fov=180.0)
    card = np.asarray(alignment(512, dome, "Test")).max(2)
    for degrees in (45, 90):
        ring = 256 * degrees / 90 - (2 if degrees == 90 else 0)
        column, row = round(256 + ring * np.cos(0.4)), round(256 - ring * np.sin(0.4))
        assert card[row - 2 : row + 3, column - 2 : column + 3].max() > 150
    column, row = round(256 + 200 * np.cos(0.42)), round(256 - 200 * np.sin(0.42))
    assert card[row, column] == 0
