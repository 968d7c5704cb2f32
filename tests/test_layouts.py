"""The layout command: a file, a picture, a film."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from installation.content import find
from installation.errors import ContentError
from installation.layout import store
from installation.listen import checkpoint, ears
from installation.listen.anatomy import anatomy, read
from installation.listen.ear import Ear
from installation.workshop import layouts
from installation.workshop.layouts import Order, lay_out
from installation.workshop.learnt import listener
from installation.workshop.portraits import Discs, portrait


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of a size that a test can make."""
    monkeypatch.setattr(layouts, "SIDE", 120)
    monkeypatch.setattr(layouts, "FILM_SIDE", 96)
    monkeypatch.setattr(layouts, "PER_LEVEL", 3)
    monkeypatch.setattr(layouts, "AT_THE_END", 4)


def test_a_layout_a_picture_and_a_film_are_made_for_a_model(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    order = Order("tiny", tmp_path / "a.npz", film=tmp_path / "a.mp4", picture=tmp_path / "a.png")
    made = lay_out(order, lambda done, total: told.append((done, total)))
    found = store.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(found.positions, made.positions)
    assert found.fingerprint == anatomy(read("tiny")).fingerprint
    assert found.settings["seed"] == 0
    picture = np.asarray(Image.open(tmp_path / "a.png"))
    assert picture.shape == (120, 4 * 120, 3)
    assert all(picture[:, n * 120 : (n + 1) * 120].max() > 100 for n in range(4))
    with av.open(str(tmp_path / "a.mp4")) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) > 10
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 1
    assert told[-1][0] <= told[-1][1]


def test_a_body_in_space_fills_it_and_has_no_mist_on_a_plane(tmp_path: Path) -> None:
    made = lay_out(Order("tiny", tmp_path / "a.npz", dimensions=3), lambda done, total: None)
    assert np.linalg.norm(made.positions, axis=1).max() == pytest.approx(1, abs=1e-4)
    assert made.positions.std(0).min() > 0.1
    assert made.haze is not None
    assert made.haze.max() == 0
    store.load(tmp_path / "a.npz")


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model's folder with weights and statistics, as a training leaves it."""
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    shutil.copy(find("models", "tiny") / "model.toml", folder)
    tiny = ears.load("tiny")
    assert isinstance(tiny, Ear)
    weights = {name: value for name, value in tiny.network.state_dict().items() if "num_batches" not in name}
    checkpoint.save(weights, folder / checkpoint.WEIGHTS)
    checkpoint.save_measured(tiny.network, tiny.statistics, folder / checkpoint.STATISTICS)
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    return folder


def test_a_trained_model_gets_its_layout_from_its_folder_alone(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMMERSIONS_CONTENT")
    made = layouts.remake(trained, tmp_path / "layouts" / "mine.npz")
    found = store.load(tmp_path / "layouts" / "mine.npz")
    assert found.fingerprint == anatomy(read("tiny")).fingerprint
    assert found.settings["charges"] == "variance"
    assert found.variants is not None
    assert np.isfinite(found.variants).all()
    np.testing.assert_array_equal(found.positions, made.positions)


def test_a_trained_models_missing_statistics_are_measured_again(trained: Path) -> None:
    whole = listener(trained).statistics.variance["block1.conv1"]
    (trained / checkpoint.STATISTICS).unlink()
    torch.testing.assert_close(listener(trained).statistics.variance["block1.conv1"], whole, rtol=1e-3, atol=1e-4)


def test_only_a_trained_model_is_laid_out_by_what_it_has_learnt(trained: Path, tmp_path: Path) -> None:
    learnt = lay_out(Order("mine", tmp_path / "a.npz"), lambda done, total: None)
    chance = lay_out(Order("tiny", tmp_path / "b.npz"), lambda done, total: None)
    assert (learnt.settings["charges"], chance.settings["charges"]) == ("variance", "chance")
    assert not np.array_equal(learnt.edges, chance.edges)
    assert np.abs(learnt.positions - chance.positions).max() > 0.01


def test_a_folder_without_weights_cannot_be_laid_out_anew(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(ContentError, match=r"model\.toml"):
        layouts.remake(folder, tmp_path / "a.npz")
    shutil.copy(find("models", "tiny") / "model.toml", folder)
    with pytest.raises(ContentError, match="weights"):
        layouts.remake(folder, tmp_path / "a.npz")


def test_an_unknown_model_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="vgg16"):
        lay_out(Order("vgg61", tmp_path / "a.npz"), lambda done, total: None)


def test_a_device_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ContentError, match="no CUDA"):
        lay_out(Order("tiny", tmp_path / "a.npz", device="cuda"), lambda done, total: None)


def test_a_disc_is_drawn_where_it_stands_in_its_layers_colour() -> None:
    discs = Discs(np.array([[0.5, 0.5]], np.float32), np.array([0.2], np.float32), np.array([1]))
    picture = portrait(discs, 100).astype(int)
    row, column = np.unravel_index(picture.sum(2).argmax(), (100, 100))
    assert (row, column) == (pytest.approx(26, abs=3), pytest.approx(74, abs=3))
    assert picture[row, column].argmax() == 2
    assert picture[60:].max() == 0


def test_a_breathing_body_moves_a_little_around_itself(tmp_path: Path) -> None:
    made = lay_out(Order("tiny", tmp_path / "a.npz", breathing=True), lambda done, total: None)
    found = store.load(tmp_path / "a.npz")
    assert made.variants is not None
    assert found.variants is not None
    assert found.variants.shape == (8, *made.positions.shape)
    moved = np.linalg.norm(made.variants - made.positions, axis=-1)
    assert 0.001 < moved.mean() < 0.2
    assert np.abs(made.variants[0] - made.variants[4]).max() > 0.001


def test_a_network_without_ears_cannot_breathe(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="hears nothing"):
        lay_out(Order("vgg16", tmp_path / "a.npz", breathing=True), lambda done, total: None)
