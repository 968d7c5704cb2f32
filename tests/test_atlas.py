"""The atlas: every layer has its loop on a page, what is done is kept, and faults are told before the work begins."""

import json
import re

import numpy as np
import pytest
import soundfile
from PIL import Image

from installation.errors import ContentError, TargetError
from installation.listen import ear
from installation.workshop import atlas as module
from installation.workshop.atlas import Order, atlas, lines

ASKED = ("0.5 like(piano, ar2) - silence(block0.conv1)", "novelty(4) + ar1")


class Enough(Exception):
    """Stands for Ctrl-C."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An atlas that was interrupted after three loops and gone on with."""
    out = tmp_path_factory.mktemp("atlas")
    order = Order("tiny", out, ASKED, steps=2)

    def interrupted(done, total):
        if done == 3:
            raise Enough

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIDE", 160)
        with pytest.raises(Enough):
            atlas(order, interrupted)
        half = (out / "index.html").read_text()
        before = {path: path.stat().st_mtime_ns for path in out.glob("*/dream.json")}
        page = atlas(order, lambda done, total: None)
    return out, half, before, page.read_text()


def test_every_layer_and_every_target_has_a_loop(made):
    *_, page = made
    names = [layer.name for layer in ear.load("tiny").anatomy]
    cards = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert cards == [*names, "target 1", "target 2"]
    assert all(target in page for target in ASKED)


def test_what_the_page_names_is_there_and_nothing_comes_from_elsewhere(made):
    out, _, _, page = made
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(named) == 3 * 12
    assert all((out / name).is_file() for name in named)
    assert "http" not in page


def test_sounds_play_and_pictures_show_something(made):
    out, *_ = made
    for folder in sorted(path for path in out.iterdir() if path.is_dir()):
        samples, rate = soundfile.read(folder / "loop.flac")
        assert (len(samples), rate) == (192_000, 48_000)
        assert 0.001 < np.sqrt(np.mean(samples**2)) < 0.5
        with Image.open(folder / "body.png") as body, Image.open(folder / "scalogram.png") as shown:
            assert np.asarray(body).max() > 100
            assert shown.size == (3 * 192, 2 * 72)
        told = json.loads((folder / "dream.json").read_text())["figures"]
        assert told["score_end"] > told["score_start"]


def test_everything_has_a_name_for_those_who_do_not_see_it(made):
    *_, page = made
    assert all('alt="' in tag for tag in re.findall(r"<img[^>]+>", page))
    assert all("aria-label" in tag for tag in re.findall(r"<(?:audio|button)[^>]+>", page))
    assert '<html lang="en">' in page


def test_finished_loops_are_kept_and_the_half_page_says_what_is_missing(made):
    _, half, before, page = made
    assert len(before) == 3
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())
    assert half.count("<article") == 3
    assert "9 loops are still to be dreamt" in half
    assert "still to be dreamt" not in page


def test_another_order_or_a_damaged_loop_is_made_again(made):
    out, *_ = made
    folder = out / "00-scalogram"
    wanted = json.loads((folder / "dream.json").read_text())["order"]
    assert module.known(folder, wanted) is not None
    assert module.known(folder, {**wanted, "steps": 3}) is None
    (folder / "dream.json").write_text("{")
    assert module.known(folder, wanted) is None


def test_a_file_of_targets_is_read_line_by_line(tmp_path):
    file = tmp_path / "targets"
    file.write_text("# mine\nar2\n\n like(piano, ar0)  # a likeness\n")
    assert lines(file) == ("ar2", "like(piano, ar0)")
    file.write_text("ar2\nlike(piano\n")
    with pytest.raises(TargetError, match=":2: "):
        lines(file)
    with pytest.raises(ContentError, match="cannot be read"):
        lines(tmp_path / "nothing")


def test_a_target_that_does_not_fit_is_told_before_anything_is_dreamt(tmp_path):
    with pytest.raises(TargetError, match="no layer 'ar9'"):
        atlas(Order("tiny", tmp_path / "out", ("ar9",)), lambda done, total: None)
    assert not (tmp_path / "out").exists()
