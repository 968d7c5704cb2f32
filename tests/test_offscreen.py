"""Pictures without a window."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from installation.errors import StorageError
from installation.output import offscreen


@pytest.mark.parametrize(("name", "off"), [("preview.png", 0), ("preview.jpg", 12)])
def test_a_preview_is_written_whole(tmp_path, name, off):
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:24] = 200
    for _ in range(2):
        offscreen.save(pixels[::-1], tmp_path / name)
    with Image.open(tmp_path / name) as image:
        np.testing.assert_allclose(np.asarray(image).astype(int), pixels[::-1], atol=off)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_preview_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StorageError, match=r"preview.png cannot be written: No such file"):
        offscreen.save(np.zeros((2, 2, 3), np.uint8), tmp_path / "nowhere" / "preview.png")
    with pytest.raises(StorageError, match=r"'preview.gif'"):
        offscreen.save(np.zeros((2, 2, 3), np.uint8), tmp_path / "preview.gif")


def test_the_first_picture_does_not_wait_for_heavy_libraries():
    heavy = ("torch", "scipy", "matplotlib", "numba", "av")
    code = (
        "import sys, installation.render.renderer, installation.output.offscreen, installation.output.recorder, "
        f"installation.output.window; print([name for name in {heavy} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
