"""Layout files: whole, for the right anatomy, or a clear sentence."""

from pathlib import Path

import numpy as np
import pytest

from installation.content import every
from installation.data import Anatomy, Layer, Layout
from installation.errors import ContentError, StorageError
from installation.layout import store
from installation.listen.plans import anatomy, read

SHIPPED = sorted(path.parent.name for path in every("models", "*/model.toml"))


def small(units: int = 50) -> Layout:
    dice = np.random.default_rng(0)
    return Layout(
        positions=dice.uniform(-0.5, 0.5, (units, 3)).astype(np.float32),
        edges=dice.integers(0, units, (80, 2)).astype(np.int32),
        strengths=dice.random(80, np.float32),
        fingerprint="abc",
        variants=dice.uniform(-0.5, 0.5, (8, units, 3)).astype(np.float32),
        haze=dice.random((16, 16), np.float32),
        settings={"seed": 3, "exponent": 2.5},
    )


def test_a_layout_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = small()
    store.save(written, tmp_path / "new" / "body.npz")
    found = store.load(tmp_path / "new" / "body.npz")
    np.testing.assert_array_equal(found.positions, written.positions)
    np.testing.assert_array_equal(found.edges, written.edges)
    np.testing.assert_allclose(found.strengths, written.strengths, atol=1e-3)
    assert found.variants is not None
    assert found.haze is not None
    np.testing.assert_allclose(found.variants, written.variants, atol=1e-3)
    assert (found.fingerprint, dict(found.settings)) == ("abc", {"seed": 3, "exponent": 2.5})
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["body.npz"]


def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    store.save(small(), tmp_path / "body.npz")
    whole = (tmp_path / "body.npz").read_bytes()
    for length in range(0, len(whole), len(whole) // 40):
        (tmp_path / "cut.npz").write_bytes(whole[:length])
        with pytest.raises(ContentError, match="immersions layout"):
            store.load(tmp_path / "cut.npz")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    store.save(small(), tmp_path / "body.npz")
    whole = bytearray((tmp_path / "body.npz").read_bytes())
    whole[200] ^= 0xFF
    (tmp_path / "body.npz").write_bytes(whole)
    with pytest.raises(ContentError, match="immersions layout"):
        store.load(tmp_path / "body.npz")


@pytest.mark.parametrize("name", ["positions", "variants", "strengths", "haze"])
def test_impossible_numbers_are_refused(tmp_path: Path, name: str) -> None:
    layout = small()
    getattr(layout, name)[3] = np.nan
    store.save(layout, tmp_path / "body.npz")
    with pytest.raises(ContentError, match=f"{name} that are no numbers"):
        store.load(tmp_path / "body.npz")


def test_edges_to_neurons_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    layout = small()
    layout.edges[5, 1] = 50
    store.save(layout, tmp_path / "body.npz")
    with pytest.raises(ContentError, match="edges"):
        store.load(tmp_path / "body.npz")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="Choose another folder"):
        store.save(small(), tmp_path / "file" / "body.npz")


def test_a_layout_for_another_network_is_refused() -> None:
    with pytest.raises(ContentError, match="immersions layout tiny"):
        store.layout_for("tiny", Anatomy((Layer("other", 2, 2, 1),)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_has_a_layout_of_its_fingerprint(name: str) -> None:
    network = anatomy(read(name))
    layout = store.layout_for(name, network)
    assert layout.positions.shape == (network.units, 3)
    assert np.linalg.norm(layout.positions, axis=1).max() == pytest.approx(1.0, abs=0.08)  # a breath may reach further
    for body in [layout.positions] if layout.variants is None else [layout.positions, *layout.variants]:
        assert np.linalg.norm(body, axis=1).max() <= 1.001  # variants are kept in half precision
    assert layout.haze is not None
    assert 0 < layout.haze.mean() < 1
    assert 1_000 < len(layout.edges) <= 40_000
    assert {"seed", "exponent"} <= set(layout.settings)
