"""A report says what a film of the show would have shown, and finds what is wrong with one that is made to be wrong."""

import numpy as np
import pytest
from typer.testing import CliRunner

from installation.cli import app
from installation.guard.flash import Fields, seen_from
from installation.settings import Settings
from installation.workshop import looking, verifying
from installation.workshop.findings import Check, Report, Scene
from installation.workshop.reporting import page

STEADY = """
tempo = 180
beats = 4
crossfade = 1
after = "loop"
[[scene]]
name = "lamp"
loops = 3
[[scene]]
name = "other"
loops = 3
"""
SCENE = """\"\"\"A lamp.\"\"\"
from installation.stage import Aims, Controls, Look, Scene, orbit

class Lamp(Scene):
    seconds = 8.0
    aims = Aims((0, "block0.conv2"))

    def look(self, t: float, controls: Controls) -> Look:
        return Look(orbit(0.9), FADE)
"""


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Makes a folder of content whose scenes fade as told."""

    def make(fade="glow=1.0"):
        scenes = tmp_path / "content" / "scenes"
        scenes.mkdir(parents=True, exist_ok=True)
        (scenes / "steady.toml").write_text(STEADY)
        for name in ("lamp", "other"):
            (scenes / f"{name}.py").write_text(SCENE.replace("FADE", fade))
        monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path / "content"))

    return make


def quiet(done, total):
    assert done <= total


def found(tmp_path, **tables):
    order = verifying.Order("steady", tmp_path / "report.html", "tiny", 1, 8.0, (128, 72))
    return verifying.verify(order, Settings.model_validate(tables), quiet, quiet)


def test_a_steady_show_keeps_every_limit_and_the_page_says_so(own, tmp_path):
    own()
    report = found(tmp_path)
    assert report.fine, report.checks
    assert {scene.name for scene in report.scenes} == {"lamp", "other"}
    assert sum(scene.seconds for scene in report.scenes) == pytest.approx(8.0, abs=0.1)
    assert report.layers["block0.conv2"] == pytest.approx(8.0)
    text = (tmp_path / "report.html").read_text()
    assert "Every limit is kept." in text
    assert "no certificate" in text
    assert text.count("data:image/jpeg") == 2


def test_a_show_that_flashes_is_found_when_nobody_guards_it(own, tmp_path):
    own("glow=40.0, exposure=3.0, fade=1.0 if t * 4 % 1 < 0.5 else 0.0")
    report = found(tmp_path, guard={"flashes": False, "reason": "to see whether the report finds it"})
    assert not report.fine
    assert max(scene.flashes for scene in report.scenes) > 3
    assert "NOT KEPT" in (tmp_path / "report.html").read_text()


def test_flashes_of_a_picture_are_counted_in_its_fields():
    fields = Fields.of((64, 36), seen_from((64, 36), 60.0))
    left = np.zeros((36, 64, 3), np.uint8)
    left[:, :32] = 255
    light, red = looking.measured(left, fields)
    grid = light.reshape(fields.rows, fields.columns)
    assert grid[:, 0].min() > 0.99
    assert grid[:, -1].max() == 0.0
    assert red.max() == 0.0
    scarlet = np.zeros((36, 64, 3), np.uint8)
    scarlet[18:] = (255, 0, 0)
    _, red = looking.measured(scarlet, fields)
    grid = red.reshape(fields.rows, fields.columns)
    assert (grid[0].min(), grid[-1].max()) == (1.0, 0.0)  # row 0 is the lowest


def test_what_people_wrote_never_runs_in_the_page():
    report = Report("<script>", "house", 1, 8.0, (128, 72), [Scene("<img src=x>")], [Check("<b>", "<i>", "&")])
    text = page(report)
    assert "<script>" not in text
    assert "<img src=x>" not in text


def test_the_command_ends_with_its_verdict(own, tmp_path):
    own()
    words = ["verify", "steady", "--model", "tiny", "--seconds", "4", "--out", str(tmp_path / "report.html")]
    done = CliRunner().invoke(app, words, obj=0.0)
    assert done.exit_code == 0, done.output
    assert "true peak" in done.output


def test_two_processes_see_what_one_would_have_seen(own, tmp_path, monkeypatch):
    own("glow=1.0, fade=0.5 + 0.5 * (t / 8.0)")
    monkeypatch.setattr(looking, "PIECE", 50)  # of 120 pictures
    reports = []
    for hands in (1, 2):
        out = tmp_path / f"{hands}.html"
        order = verifying.Order("steady", out, "tiny", 1, 4.0, (64, 36), hands)
        reports.append(verifying.verify(order, Settings(), quiet, quiet))
    alone, together = reports
    assert together.light == alone.light
    assert [check for check in together.checks if check.name != "picture on this machine"] == [
        check for check in alone.checks if check.name != "picture on this machine"
    ]
    for one, other in zip(alone.scenes, together.scenes, strict=True):
        assert (one.name, one.seconds, one.flashes, one.oracle) == (
            other.name,
            other.seconds,
            other.flashes,
            other.oracle,
        )
        np.testing.assert_array_equal(one.picture, other.picture)
