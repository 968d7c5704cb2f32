"""What a trained ear says about its body."""

import numpy as np
import torch

from installation.data import Link
from installation.listen import ears
from installation.listen.anatomy import read
from installation.listen.network import Network
from installation.workshop.learnt import magnitudes, pooled, said


def test_every_link_with_weights_tells_how_strong_its_connections_are() -> None:
    network = Network(read("tiny"))
    told = magnitudes(network)
    anatomy = network.anatomy
    for link in anatomy.links:
        if link.dense:
            shape = (anatomy[link.target].channels, anatomy[link.source].channels, link.kernel)
            assert told[link].shape == shape, link
            assert (told[link] >= 0).all()
    assert all(link.dense for link in told)


def test_a_connection_is_as_strong_as_a_source_moves_its_target() -> None:
    network = Network(read("tiny")).eval()
    link = next(link for link in network.anatomy.links if link.target == "block0.conv2" and link.kernel == 25)
    strengths = magnitudes(network)[link]
    weights = network.encoder[0].conv2.weight.detach()  # type: ignore[union-attr, operator]
    np.testing.assert_allclose(strengths, weights.norm(dim=3), rtol=1e-4)  # a fresh norm scales by 1
    with torch.no_grad():
        network.encoder[0].norm2.running_var.fill_(4.0)  # type: ignore[union-attr, operator]
    np.testing.assert_allclose(magnitudes(network)[link], strengths / 2, rtol=1e-4)


def test_a_pooled_bin_counts_by_the_largest_weight_that_reaches_it() -> None:
    np.testing.assert_array_equal(pooled(torch.tensor([[[1.0, 3.0, 2.0]]]), 2), [[[1, 3, 3, 2]]])
    np.testing.assert_array_equal(pooled(torch.tensor([[[1.0, 3.0, 2.0]]]), 1), [[[1, 3, 2]]])


def test_an_untrained_ear_says_nothing_about_charges_and_weights() -> None:
    ear = ears.load("tiny")
    nothing = said(ear, trained=False, breathing=False)
    assert (nothing.charges, nothing.weights, nothing.breath) == (None, None, None)
    told = said(ear, trained=True, breathing=True)
    assert told.charges is not None
    assert told.weights is not None
    assert told.breath is not None
    assert told.charges.shape == (ear.anatomy.units,)
    assert told.breath.shape == (8, ear.anatomy.units)
    assert all(isinstance(link, Link) for link in told.weights)
