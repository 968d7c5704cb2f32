"""Files are cut off or overwritten while the show runs, and before it begins: it plays on, or the nearest thing."""

import shutil

import numpy as np
import pytest
from evening import ROOT, Evening, content
from museum import until
from PIL import Image
from service import Service

pytestmark = pytest.mark.alone

SILENT = '[picture]\nsize = [96, 54]\nframe_rate = 10\n[sound]\ndevice = "none"\n'
GARBAGE = b"\x40\x00\x00\x00\x00\x00\x00\x00{\xff garbage"
WEIGHTS = "models/tiny/weights.safetensors"


def own_ear(folder):
    """Own content with a copy of the ear and its body that a test may break."""
    own = content(folder)
    shutil.copytree(ROOT / "models" / "tiny", own / "models" / "tiny")
    (own / "layouts").mkdir()
    shutil.copy(ROOT / "layouts" / "tiny.npz", own / "layouts")
    return own


def every_file(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_show_plays_on_whatever_becomes_of_its_files_and_dreams_again_when_they_are_mended(tmp_path):
    own, state = own_ear(tmp_path), tmp_path / "state"
    settings = SILENT + "[show]\nmodel = 'tiny'\n"
    with Evening(tmp_path, "evening", "--headless", "--no-watch", own=own, settings=settings) as evening:
        evening.until(lambda: evening.status().get("dreams", 0) >= 1)
        whole = {path: path.read_bytes() for path in every_file(own)}
        for number, path in enumerate([*whole, *every_file(state), tmp_path / "settings.toml"]):
            path.write_bytes((GARBAGE, b"", path.read_bytes()[: path.stat().st_size // 2])[number % 3])
        (own / WEIGHTS).write_bytes(GARBAGE)
        before = evening.status()
        evening.kill("libtorch_cpu")
        evening.until_said("the dreamer stopped: it ended")
        evening.until(lambda: evening.words().count("the dreamer stopped") >= 2)
        evening.until(lambda: evening.status().get("loop", 0) > before["loop"] + 3)  # four loops without an optimiser
        assert np.asarray(Image.open(evening.run / "preview.jpg")).max() > 40  # and the body is still lit
        for path, text in whole.items():
            path.write_bytes(text)
        (own / WEIGHTS).unlink()  # this ear has none: it begins from its seed
        before = evening.status()
        evening.until(lambda: evening.status().get("dreams", 0) > before["dreams"], 90)
        assert evening.process.poll() is None


def test_an_ear_that_cannot_be_loaded_ends_in_the_built_in_show_and_not_in_the_dark(tmp_path):
    own = own_ear(tmp_path)
    (own / WEIGHTS).write_bytes(GARBAGE)
    with Service(tmp_path, "evening") as service:
        until(lambda: "from now on: safe mode" in service.words(), 90)
        assert "weights.safetensors" in service.words()
        assert service.words().count("the show begins: the show as wished") == 1  # once more would not help
        until(lambda: "look at" in service.words().partition("from now on")[2], 60)
        service.playing()
