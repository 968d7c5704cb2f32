"""Charges say who is lively, and never anything impossible."""

import numpy as np
import pytest

from installation.data import Anatomy, Layer
from installation.errors import ContentError
from installation.layout.charges import LEAST, MOST, by_chance, by_variance

NETWORK = Anatomy((Layer("low", 2, 3, 1), Layer("high", 4, 1, 1)))


def varying(low: float = 1.0) -> dict[str, np.ndarray]:
    return {"low": np.full((2, 3), low, np.float32), "high": np.array([[0.1], [0.2], [0.3], [0.4]], np.float32)}


def test_who_varies_more_pushes_more() -> None:
    charges = by_variance(NETWORK, varying())[NETWORK.slice("high")]
    assert (np.diff(charges) > 0).all()
    assert charges.mean() == pytest.approx(1, abs=1e-6)


def test_a_layers_loudness_does_not_matter() -> None:
    np.testing.assert_allclose(by_variance(NETWORK, varying(low=1e6)), by_variance(NETWORK, varying()), rtol=1e-6)


def test_a_layer_that_never_moves_is_all_alike() -> None:
    np.testing.assert_array_equal(by_variance(NETWORK, varying(low=0.0))[NETWORK.slice("low")], 1)


def test_neither_a_dead_nor_a_wild_neuron_leaves_the_bounds() -> None:
    variance = varying()
    variance["high"] = np.array([[0.0], [1e-30], [1.0], [1e12]], np.float32)
    charges = by_variance(NETWORK, variance)[NETWORK.slice("high")]
    assert np.isfinite(charges).all()
    assert charges.min() > 0
    assert charges.max() / charges.min() <= MOST / LEAST + 1e-3


@pytest.mark.parametrize("wrong", [np.full((2, 3), np.nan), np.full((2, 3), -1.0), np.ones((3, 2)), None])
def test_impossible_variances_name_their_layer(wrong: np.ndarray | None) -> None:
    variance = varying()
    if wrong is None:
        del variance["low"]
    else:
        variance["low"] = wrong
    with pytest.raises(ContentError, match="low has 2 x 3 neurons"):
        by_variance(NETWORK, variance)


def test_charges_by_chance_are_positive_and_the_same_for_one_seed() -> None:
    charges = by_chance(1_000, 0.8, 3)
    assert charges.min() > 0
    assert charges.mean() == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(charges, by_chance(1_000, 0.8, 3))
    np.testing.assert_array_equal(by_chance(10, 0.0, 3), 1)
