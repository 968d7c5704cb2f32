"""The live show as one command: it ends well, bears what an evening brings, and can be filmed afterwards."""

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from evening import SCENE, SHOW, Evening, content
from museum import museum  # noqa: F401
from PIL import Image

from installation.data import RATE
from installation.settings import Settings
from installation.take import Take
from installation.workshop.recording import Order, record

pytestmark = pytest.mark.alone

SMALL = "[picture]\nsize = [256, 144]\nframe_rate = 20\n"
SILENT = SMALL + '[sound]\ndevice = "none"\n'
QUICK = ("evening", "--model", "tiny", "--headless")


@pytest.fixture(scope="module")
def hard(museum, tmp_path_factory):  # noqa: F811
    """A show with sound, to which everything happens that may: what it told on the way and at the end."""
    folder = tmp_path_factory.mktemp("hard")
    own, told = content(folder), {}
    with Evening(folder, *QUICK, own=own, settings=SMALL) as evening:
        evening.until(lambda: evening.status().get("dreams", 0) >= 1)
        told["first"], told["dreamers"] = evening.status(), evening.kill("libtorch_cpu")
        evening.until_said("the dreamer stopped")
        told["sounds"] = evening.kill("portaudio")
        evening.until_said("it is started again, the show goes on")
        for name in ("lamp", "other"):
            (own / "scenes" / f"{name} is broken").touch()
        evening.until_said("its last look is held")
        evening.until(lambda: evening.status()["dreams"] >= told["first"]["dreams"] + 2)
        told["later"], told["seen"] = evening.status(), np.asarray(Image.open(evening.run / "preview.jpg"))
        run = evening.run
        told["take"] = shutil.copytree(run / "take-0001", folder / "take")
        run.rename(folder / "gone")  # at once, while it is written in
        run.touch()  # nothing can be written there any more
        evening.until_said("nothing is written down for now")
        evening.interrupt()
        told["code"], told["words"] = evening.end(), evening.words()
    return told


def test_status_tells_what_a_technician_wants_to_know(hard):
    first = hard["first"]
    assert first["frames"] > 5
    assert first["sound_blocks"] > 10
    assert 0 < first["seconds_to_first_picture"] < first["seconds_to_first_dream"]
    assert first["underruns"] == 0
    assert first["sound"] == "playing"


def test_a_killed_optimiser_is_started_again_and_told(hard):
    assert len(hard["dreamers"]) == 1
    assert "it ended with code -9" in hard["words"]
    assert hard["later"]["optimiser_restarts"] == 1
    assert hard["later"]["dreams"] >= hard["first"]["dreams"] + 2
    assert hard["later"]["score"] > 0


def test_a_killed_sound_process_is_started_again_and_told(hard):
    assert hard["sounds"]
    assert hard["later"]["sound_restarts"] >= 1
    assert hard["later"]["sound"] == "playing"
    assert hard["later"]["loop"] > hard["first"]["loop"]


def test_a_scene_that_raises_is_told_once_a_turn_and_its_last_look_held(hard):
    assert 1 <= hard["words"].count("its last look is held") <= 4  # once whenever a scene's turn comes
    assert "scenes/lamp.py:" in hard["words"] or "scenes/other.py:" in hard["words"]
    assert hard["seen"].max() > 60  # something is still lit


def test_a_disk_that_refuses_is_told_once(hard):
    assert hard["words"].count("nothing is written down for now") == 1


def test_ctrl_c_ends_the_show_with_its_own_code(hard):
    assert hard["code"] == 130


def test_the_take_of_a_live_show_can_be_filmed(hard, tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(hard["take"].parent / "content"))
    take = Take.read(hard["take"])
    for name in ("lamp", "other"):
        (hard["take"].parent / "content" / "scenes" / f"{name} is broken").unlink(missing_ok=True)
    order = Order(None, tmp_path / "film", None, (96, 54), Fraction(4), None, take.folder, (0, 12), None)
    done = record(order, Settings(), lambda *_: None, lambda *_: None)
    assert done.pictures == 12
    assert [loop.loop for loop in take.loops] == list(range(len(take.loops)))
    lengths = np.diff([loop.start for loop in take.loops])
    np.testing.assert_allclose(lengths, take.clip(take.loops[0]).seconds, atol=1 / RATE)
    assert any(loop.step > 0 for loop in take.loops)


def test_a_show_ends_by_itself_without_display_and_sound_card(tmp_path):
    deaf = {"PULSE_SERVER": f"unix:{tmp_path}/nobody"}
    with Evening(tmp_path, *QUICK, "--seconds", "8", own=content(tmp_path), settings=SMALL, **deaf) as evening:
        assert evening.end() == 0
        status = evening.status()
        assert (evening.run / "preview.jpg").stat().st_size > 1000
    assert status["sound"] == "silent"
    assert status["frames"] > 1
    assert {"sound_blocks", "dreams", "underruns", "seconds_to_first_picture", "seconds_to_first_dream"} <= set(status)
    assert "the show plays in silence" in evening.words()


MISTAKES = {
    "no scene": (SHOW.split("[[")[0], SCENE, "", "evening.toml: the show names no scene"),
    "an unknown scene": (SHOW.replace("lamp", "lanp"), SCENE, "", "Did you mean 'lamp'?"),
    "a scene with a wrong line": (
        SHOW,
        SCENE.replace("seconds = 8.0", "seconds = = 8.0"),
        "",
        "scenes/lamp.py:7: invalid syntax",
    ),
    "a scene that raises": (SHOW, SCENE.replace("glow=1.0", "glow=1 / 0"), "", "scenes/lamp.py:13: ZeroDivisionError"),
    "an unknown setting": (SHOW, SCENE, "[picture]\nsise = [1, 2]\n", "[picture] has no setting 'sise'"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_before_the_show(tmp_path, name):
    show, scene, settings, words = MISTAKES[name]
    own = content(tmp_path, show, scene)
    with Evening(tmp_path, *QUICK, own=own, settings=settings or SILENT) as evening:
        assert evening.end() == 78
        assert words in evening.words()


def test_a_broken_shader_is_told_with_its_line(tmp_path):
    own = content(tmp_path)
    (own / "shaders").mkdir()
    (own / "shaders" / "neuron.frag").write_text("void main() {\n    light = 1;\n}\n")
    with Evening(tmp_path, *QUICK, own=own, settings=SILENT) as evening:
        assert evening.end() == 78
        assert "neuron.frag:2" in evening.words()


@pytest.mark.parametrize(
    ("file", "words"), [("layouts/tiny.npz", "layout"), ("scenes/clips/beat-mika.flac", "beat-mika")]
)
def test_a_file_that_is_cut_off_is_told(tmp_path, file, words):
    own, whole = content(tmp_path), Path(__file__).parent.parent / file
    (own / file).parent.mkdir(exist_ok=True)
    (own / file).write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with Evening(tmp_path, *QUICK, own=own, settings=SILENT) as evening:
        assert evening.end() == 78
        assert words in evening.words()


def test_a_layout_for_another_network_is_told(tmp_path):
    own = content(tmp_path)
    (own / "layouts").mkdir()
    shutil.copy(Path(__file__).parent.parent / "layouts" / "ear.npz", own / "layouts" / "tiny.npz")
    with Evening(tmp_path, *QUICK, own=own, settings=SILENT) as evening:
        assert evening.end() == 78
        assert "tiny" in evening.words()


def test_weights_that_are_cut_off_end_the_show_with_a_sentence(tmp_path):
    own, ears = content(tmp_path), Path(__file__).parent.parent / "models"
    shutil.copytree(ears / "tiny", own / "models" / "tiny")
    (own / "models" / "tiny" / "weights.safetensors").write_bytes(b"\x40\x00\x00\x00\x00\x00\x00\x00{")
    with Evening(tmp_path, *QUICK, own=own, settings=SILENT) as evening:
        assert evening.end() == 78
        assert "weights.safetensors" in evening.words()


def test_a_sound_device_that_is_not_there_is_told(tmp_path):
    settings = SMALL + '[sound]\ndevice = "nowhere"\n'
    with Evening(tmp_path, *QUICK, own=content(tmp_path), settings=settings) as evening:
        assert evening.end() == 1
        assert "nowhere" in evening.words()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    place = {"IMMERSIONS_CACHE": "/dev/null/cache"}
    with Evening(tmp_path, *QUICK, own=content(tmp_path), settings=SILENT, **place) as evening:
        assert evening.process.wait(20) == 1
        assert "IMMERSIONS_CACHE" in evening.words()
        assert "Traceback" not in evening.words()
