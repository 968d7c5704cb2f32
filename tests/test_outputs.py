"""Several outputs on real windows: each shows its part, keys bring test cards and bend, and what is kept returns."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from installation.app import testcard as cards_shown
from installation.cli import app
from installation.errors import ContentError
from installation.output.cards import Card, Plate, card
from installation.output.mesh import quad
from installation.output.projector import Blend
from installation.output.sources import located, sources
from installation.projection import Output
from installation.settings import Settings

pytestmark = pytest.mark.alone

needs_xvfb = pytest.mark.skipif(not shutil.which("xvfb-run"), reason="needs xvfb: apt-get install xvfb xauth")

SCRIPT = """
import json, sys
import numpy as np
from pyglet.window import key
from installation.output.cards import Card
from installation.output.outputs import Outputs
from installation.output.sources import sources
from installation.projection import Output

told = {}
two = [
    Output(name="left", size=(120, 80), place=(10, 10), part=(0, 0, 0.6, 1), blend=(0, 0, 0, 0)),
    Output(name="right", size=(120, 80), place=(150, 10), part=(0.4, 0, 0.6, 1), blend=(0, 0, 0, 0), mirror=True),
]
def pixels(window):
    from pyglet import image
    window.use()
    window.gl.viewport = (0, 0, *window.size)
    data = image.get_buffer_manager().get_color_buffer().get_image_data().get_data("RGB", window.size[0] * 3)
    return np.frombuffer(data, np.uint8).reshape(window.size[1], window.size[0], 3).astype(int)
def press(outputs, index, *symbols, held=0):
    for symbol in symbols:
        outputs.windows[index]._window.dispatch_event("on_key_press", symbol, held)
    return [wish.name for wish in outputs.wishes()]
with Outputs(sources(two), (200, 80)) as outputs:
    picture = np.zeros((80, 200, 4), np.uint8)
    picture[..., 0] = np.arange(200)
    texture = outputs.gl.texture((200, 80), 4, picture.tobytes())
    def looks(index):
        for window in outputs.windows:
            flip, window._window.flip = window._window.flip, lambda: None  # what is drawn stays to be read
        outputs.show(texture)
        return pixels(outputs.windows[index])
    left, right = looks(0), looks(1)
    told["left"] = bool((left[..., 0] == np.arange(120)).all())
    told["right"] = bool((right[..., 0] == np.arange(80, 200)[::-1]).all())
    told["size"] = outputs.size
    told["wishes"] = press(outputs, 0, key.T)
    told["card"] = outputs.card.value
    told["title"] = int(looks(0)[25:55, 30:90].max())
    for kind in (Card.BARS, Card.WHITE):
        press(outputs, 1, key.T)
    told["white"] = int(looks(1).min())
    press(outputs, 1, key.W)
    before = looks(1)
    press(outputs, 1, key.RIGHT, key.RIGHT, key.UP, held=key.MOD_SHIFT)
    told["bent"] = outputs.warps["right"].corners[0].round(4).tolist()
    told["other"] = outputs.warps["left"].straight
    after = looks(1)
    told["dark"] = int((after.max(2) == 0).sum())
    told["meanwhile"] = press(outputs, 0, key.SPACE)
    told["after"] = [press(outputs, 1, key.SPACE, key.ENTER), outputs.card.value, outputs.windows[1].notice]
    press(outputs, 0, key.T, key.T, key.T)
    told["none"] = outputs.card is None
    outputs.bend("left", outputs.warps["right"])
    outputs.keep("left")
    told["escape"] = press(outputs, 0, key.ESCAPE)
    told["error"] = [window.gl.error for window in outputs.windows]
with Outputs(sources(two), (200, 80)) as outputs:
    told["again"] = [warp.corners[0].round(4).tolist() for warp in outputs.warps.values()]
print(json.dumps(told))
"""


@needs_xvfb
def test_two_outputs_share_a_picture_and_are_bent_by_keys(tmp_path):
    kept = {**os.environ, "IMMERSIONS_CONTENT": str(tmp_path)}
    command = ["xvfb-run", "-a", "-s", "-screen 0 640x480x24", sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=kept)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["left"]
    assert told["right"]
    assert told["size"] == [200, 80]
    assert told["card"] == "grid"
    assert told["title"] > 200
    assert told["wishes"] == []
    assert told["white"] == 255
    assert told["bent"] == [round(20 / 120, 4), round(10 / 80, 4)]
    assert told["other"]
    assert told["dark"] > 300
    assert told["meanwhile"] == ["NEXT"]  # the other window's keys go on
    assert told["after"] == [[], "white", ""]
    assert told["none"]
    assert told["escape"] == ["FADE"]
    assert told["error"] == ["GL_NO_ERROR", "GL_NO_ERROR"]
    assert told["again"] == [told["bent"], told["bent"]]


def test_lines_of_the_card_meet_where_outputs_overlap():
    picture, part = (1000, 500), (0.4, 0.0, 0.6, 1.0)
    parts = [card(Card.GRID, Plate("", (600, 500), (x, 0, 0.6, 1), (0, 0, 0, 0)), picture) for x in (0.0, part[0])]
    left, right = (
        parts[0][:150, 402:598],
        parts[1][:150, 2:198],
    )  # both show it; the frame and the words are each one's own
    lines = (left[40:, 10:-10].max(2) > 60) | (right[40:, 10:-10].max(2) > 60)
    same = (np.abs(left.astype(int) - right).max(2) < 8)[40:, 10:-10]
    assert lines.mean() > 0.02
    assert same[lines].mean() > 0.75


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (40, 300), (640, 360)])
@pytest.mark.parametrize("kind", list(Card))
def test_a_card_is_drawn_at_any_size(kind, size):
    pixels = card(kind, Plate("a long name of an output", size, (0, 0, 1, 1), (0.1, 0.1, 0.1, 0.1)), size)
    assert pixels.shape == (size[1], size[0], 3)


def test_the_ramp_has_every_grey():
    pixels = card(Card.BARS, Plate("", (1280, 720), (0, 0, 1, 1), (0, 0, 0, 0)), (1280, 720))
    assert set(pixels[700, :, 0].tolist()) == set(range(256))
    assert len(set(pixels[500, :, 0].tolist())) == 16


def test_the_command_writes_what_each_output_would_show(tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    (tmp_path / "s.toml").write_text(
        '[picture]\nsize = [300, 100]\n[[output]]\nname = "left"\npart = [0, 0, 0.6, 1]\n'
        '[[output]]\nname = "right"\npart = [0.4, 0, 0.6, 1]\nrotate = 90\n'
    )
    arguments = ["testcard", "white", "--out", str(tmp_path / "cards"), "--settings", str(tmp_path / "s.toml")]
    done = CliRunner().invoke(app, arguments, obj=0.0)
    assert done.exit_code == 0, done.output
    left, right = (np.asarray(Image.open(tmp_path / "cards" / f"{name}.png")) for name in ("1 left", "2 right"))
    assert left.shape == (100, 180, 3)
    assert right.shape == (180, 100, 3)
    light = (left[50, :, 0] / 255) ** 2.2
    np.testing.assert_allclose(light[:120], 1)
    np.testing.assert_allclose(light[120:] + (right[:60, 50, 0] / 255) ** 2.2, 1, atol=0.02)


def test_a_card_that_is_none_is_told(tmp_path):
    done = CliRunner().invoke(app, ["testcard", "gird"], obj=0.0)
    assert done.exit_code == 78


def test_the_command_makes_a_mesh_for_a_mirror_ball(tmp_path):
    done = CliRunner().invoke(app, ["mirror", "--out", str(tmp_path / "ball.data")], obj=0.0)
    assert done.exit_code == 0, done.output
    made = sources([Output(mesh=str(tmp_path / "ball.data"))])
    shown = cards_shown.shown(made[0], Card.WHITE, (256, 256))
    assert 0.3 < (shown.max(2) > 0).mean() < 0.8
    assert CliRunner().invoke(app, ["mirror", "--out", "ball.data", "--ball", "0,1"], obj=0.0).exit_code == 78


def test_outputs_without_a_name_have_their_number_and_neighbours_fade():
    made = sources([Output(part=(0, 0, 0.6, 1)), Output(part=(0.4, 0, 0.6, 1), blend=(0.2, 0, 0, 0), gamma=2.4)])
    assert [source.name for source in made] == ["output 1", "output 2"]
    np.testing.assert_allclose(made[0].edges, (0, 1 / 3, 0, 0))
    assert made[1].edges == (0.2, 0, 0, 0)
    assert Blend(made[1].edges, made[1].output.gamma).gamma == 2.4


def test_a_mesh_is_found_by_its_path_or_among_the_warps_and_told_where_not(tmp_path, monkeypatch):
    from installation.output import bourke

    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    bourke.write(quad(), tmp_path / "warps" / "wall.data", 1.5)
    assert located("wall.data") == tmp_path / "warps" / "wall.data"
    assert located(str(tmp_path / "warps" / "wall.data")).is_file()
    with pytest.raises(ContentError, match=r"Did you mean 'wall.data'"):
        located("wal.data")
    with pytest.raises(ContentError, match=r"Did you mean 'wall.data'"):
        located(str(tmp_path / "warps" / "wal.data"))
    with pytest.raises(ContentError, match=r"possible is .data"):
        located("wall.obj")
    (tmp_path / "warps" / "wall.data").write_text("2\n2 2\n1 2 3\n")
    with pytest.raises(ContentError, match=r"wall.data:3"):
        sources(Settings(output=(Output(mesh="wall.data"),)).output)


def test_a_calibration_of_two_projectors_is_one_flat_wall(tmp_path, gl):
    regions, files = "", {}
    for name, x in (("left", 0.0), ("right", 0.4)):
        regions += f'<region id="{name}" x="{x}" y="0" xSize="0.6" ySize="1" xResolution="120" yResolution="50"/>'
        right, up = np.meshgrid((np.arange(8) + 0.5) / 8, (np.arange(4) + 0.5) / 4)
        look = np.stack([right, up, up], axis=-1).astype("<f4")
        files[f"{name}.pfm"] = b"PF\n8 4\n-1.0\n" + look.tobytes()
        shares = {"left": np.arange(120) - 80.5 + 1, "right": 40 - np.arange(120) - 0.5}[name]
        alpha = (65535 * (1 - shares.clip(0, 40) / 40)).astype(np.uint16)
        Image.fromarray(np.repeat(alpha[None], 50, axis=0)).save(tmp_path / "alpha.png")
        files[f"{name}.png"] = (tmp_path / "alpha.png").read_bytes()
    sets = "".join(
        f'<fileset region="{name}"><geometryWarpFile><path>{name}.pfm</path></geometryWarpFile>'
        f"<alphaMap><path>{name}.png</path><gammaEmbedded>1.0</gammaEmbedded></alphaMap></fileset>"
        for name in ("left", "right")
    )
    index = f'<MPCDI profile="2d"><display><buffer id="b">{regions}</buffer></display><files>{sets}</files></MPCDI>'
    with zipfile.ZipFile(tmp_path / "wall.mpcdi", "w") as container:
        container.writestr("mpcdi.xml", index)
        for name, data in files.items():
            container.writestr(name, data)
    wall = np.zeros((50, 200))
    made = sources([Output(name=name, mesh=str(tmp_path / "wall.mpcdi")) for name in ("left", "right")])
    flat = gl.texture((200, 50), 3, bytes([220]) * (200 * 50 * 3), alignment=1)
    for source, left in zip(made, (0, 80), strict=True):
        target, projector = gl.simple_framebuffer((120, 50), 4), source.projector(gl)
        projector.draw(flat, target, (120, 50), source.output.part)
        seen = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(50, 120, 3)
        wall[:, left : left + 120] += (seen[..., 0] / 255) ** 2.2
        gl.detect_framebuffer(0).use()
        projector.release()
        target.release()
    flat.release()
    np.testing.assert_allclose(wall.mean(axis=0) / (220 / 255) ** 2.2, 1, atol=0.02)
