"""One command shows every scene and every palette: a picture and a film of each, and a page."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from installation.body import body
from installation.cli import app
from installation.control.parameters import defaults
from installation.errors import ContentError
from installation.listen import ears
from installation.stage import PALETTES, Show
from installation.stage.importing import scene_names
from installation.workshop import trailer
from installation.workshop.gallery import Order, entries, make
from installation.workshop.performing import perform

SIZE = (128, 72)
PICTURES = 3


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    out = tmp_path_factory.mktemp("gallery")
    told = []
    order = Order(out, SIZE, SIZE, Fraction(12), PICTURES / 12, steps=0)
    assert make(order, lambda done, total: told.append((done, total))) == out / "README.md"
    assert told == [(number + 1, len(entries())) for number in range(len(entries()))]
    return out


def test_every_scene_and_every_palette_is_there(gallery):
    names = {(entry.kind, entry.name) for entry in entries()}
    assert names == {("scenes", name) for name in scene_names() if name != "card"} | {("palettes", n) for n in PALETTES}
    for kind, name in names:
        with Image.open(gallery / kind / f"{name}.jpg") as picture:
            assert picture.size == SIZE
            assert np.asarray(picture).mean() > 2, f"{name} is black"
        with av.open(str(gallery / kind / f"{name}.mp4")) as film:
            assert sum(1 for _ in film.decode(film.streams.video[0])) == PICTURES
            film.seek(0)
            assert max(np.abs(block.to_ndarray()).max() for block in film.decode(film.streams.audio[0])) > 0.01


def test_the_page_shows_all_of_it(gallery):
    page = (gallery / "README.md").read_text()
    for path in gallery.glob("*/*.jpg"):
        place = f"{path.parent.name}/{path.stem}"
        assert f"]({place}.jpg)]({place}.mp4)" in page
    assert "### Two ears" in page
    assert page.index("### Birth") < page.index("## Palettes") < page.index("### Ember")


def test_palettes_are_told_apart(gallery):
    shown = {path.stem: np.asarray(Image.open(path)).astype(int) for path in (gallery / "palettes").glob("*.jpg")}
    for one in shown:
        for other in shown:
            assert one >= other or np.abs(shown[one] - shown[other]).mean() > 1.0, (one, other)


def test_two_ears_are_shown_with_two():
    assert {entry.name: entry.model for entry in entries()}["two_ears"] == "house+piano"


def test_a_name_that_is_not_there_is_told(tmp_path):
    told = CliRunner().invoke(app, ["gallery", "--out", str(tmp_path), "--only", "berth"])
    assert told.exit_code == 78
    assert "Did you mean 'birth'?" in told.output


def test_the_docs_show_everything_there_is():
    docs = Path(__file__).parents[1] / "docs" / "gallery"
    for entry in entries():
        for ending in ("jpg", "mp4"):
            assert (docs / entry.kind / f"{entry.name}.{ending}").is_file(), f"run: immersions gallery --out {docs}"


def test_a_piece_is_told_in_short(tmp_path, monkeypatch):
    made_of, ear = body("tiny"), ears.load("tiny")
    show = Show.load("dusk", defaults(), made_of.anatomy, made_of.layout)
    take = perform(show, ear, 1, 4.0, tmp_path / "take")
    with pytest.raises(ContentError, match="lasts 4 s; a trailer needs 30 s"):
        trailer.trailer(take.folder, tmp_path, SIZE, Fraction(12))
    monkeypatch.setattr(trailer, "EXCERPT", PICTURES / 12)
    sheet, film = trailer.trailer(take.folder, tmp_path, SIZE, Fraction(12))
    assert (sheet.name, film.name) == ("dusk.jpg", "dusk.mp4")
    with Image.open(sheet) as stills:
        assert np.asarray(stills).mean() > 1
    with av.open(str(film)) as shown:
        assert sum(1 for _ in shown.decode(shown.streams.video[0])) == PICTURES
