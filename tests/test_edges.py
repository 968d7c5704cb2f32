"""The connections that are seen."""

import numpy as np
import pytest

from installation.data import Anatomy, Layer, Link
from installation.layout.edges import connections, haze, threads, windows
from installation.listen.anatomy import anatomy, read
from installation.render.edges import BOW, FINER, beads, pieces, segments

TWO = Anatomy((Layer("low", 1, 1, 1), Layer("high", 1, 1, 1)), (Link("low", "high", 1),))


def test_the_papers_network_has_its_eighteen_million_connections() -> None:
    network = anatomy(read("paper"))
    assert sum(connections(network, link) for link in network.links) == pytest.approx(18_247_536, rel=0.01)


def test_every_thread_is_a_connection_of_the_network() -> None:
    network = anatomy(read("tiny"))
    edges, strengths = threads(network, np.random.default_rng(0), 2_000)
    assert len(edges) == len(strengths)
    assert len(np.unique(edges, axis=0)) == len(edges)
    allowed = set()
    for link in network.links:
        source, target = network[link.source], network[link.target]
        for to, of in windows(network, link).tolist():
            for c in range(target.channels):
                for d in range(source.channels) if link.dense else [c]:
                    one = network.start(source.name) + d * source.bins + of
                    allowed.add((one, network.start(target.name) + c * target.bins + to))
    assert {tuple(edge) for edge in edges.tolist()} <= allowed


def test_the_strongest_threads_come_from_every_link() -> None:
    network = anatomy(read("paper"))
    edges, strengths = threads(network, np.random.default_rng(0))
    strongest = edges[np.argsort(-strengths, kind="stable")[:3_000]]
    layer = np.searchsorted([network.start(part.name) for part in network], strongest, side="right") - 1
    met = {(network.layers[a].name, network.layers[b].name) for a, b in layer.tolist()}
    assert met == {(link.source, link.target) for link in network.links}
    assert 0 < strengths.min() <= strengths.max() <= 1


def test_the_threads_of_a_trained_link_are_its_largest_weights() -> None:
    network = Anatomy(
        (Layer("low", 2, 6, 1), Layer("high", 3, 5, 1)), (Link("low", "high", kernel=3, stride=1, offset=-1),)
    )
    weights = np.random.default_rng(3).random((3, 2, 3)).astype(np.float32)
    edges, strengths = threads(network, np.random.default_rng(0), 20, {network.links[0]: weights})
    source, target = np.divmod(edges[:, 0], 6), np.divmod(edges[:, 1] - 12, 5)
    tap = source[1] - target[1] + 1
    found = weights[target[0], source[0], tap]
    everything = sorted(
        (
            weights[to, of, at - b + 1]
            for to in range(3)
            for of in range(2)
            for b, at in windows(network, network.links[0])
        ),
        reverse=True,
    )
    np.testing.assert_array_equal(found, everything[:20])
    assert (np.diff(strengths) < 0).all()
    assert len(np.unique(edges, axis=0)) == 20


def test_more_threads_than_there_are_connections_are_all_of_them() -> None:
    weights = {TWO.links[0]: np.ones((1, 1, 1), np.float32)}
    edges, _ = threads(TWO, np.random.default_rng(0), 50, weights)
    assert edges.tolist() == [[0, 1]]


def test_the_haze_of_one_connection_is_a_line_between_its_neurons() -> None:
    positions = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0]], np.float32)
    mist = haze(TWO, positions, np.random.default_rng(0), size=64)
    assert mist.shape == (64, 64)
    rows, columns = np.nonzero(mist > 0.1)
    assert set(rows.tolist()) <= {14, 15, 16, 17}  # y = -0.5 is a quarter from row 0
    assert (columns.min(), columns.max()) == (pytest.approx(16, abs=2), pytest.approx(48, abs=2))


def test_the_haze_is_dense_where_many_connections_lie() -> None:
    network = Anatomy(
        (Layer("a", 50, 1, 1), Layer("b", 50, 1, 1), Layer("c", 1, 1, 1)), (Link("a", "b", 1), Link("b", "c", 1))
    )
    positions = np.zeros((network.units, 3), np.float32)
    positions[:50, 0], positions[100, 0] = -0.8, 0.8
    mist = haze(network, positions, np.random.default_rng(0), size=64).sum(0)
    assert mist[12:28].mean() > 20 * mist[36:52].mean() > 0


def test_a_network_without_links_has_neither() -> None:
    network = Anatomy((Layer("alone", 3, 1, 1),))
    assert len(threads(network, np.random.default_rng(0))[0]) == 0
    assert haze(network, np.zeros((3, 3), np.float32), np.random.default_rng(0), size=16).max() == 0


def test_a_thread_is_drawn_of_more_pieces_in_a_larger_picture_and_each_time_from_end_to_end() -> None:
    length = np.array([0.01, 0.1, 0.2, 0.5, 1.5])
    ends = np.zeros((5, 2, 3), np.float32)
    ends[:, 1, 0] = length
    least = pieces(ends)
    counts = least << len(FINER)
    thread, along = beads(counts)
    for finer, height in enumerate((480, 1440, 5760)):
        drawn = segments(counts, 1 << len(FINER) - finer).reshape(-1, 2)
        np.testing.assert_array_equal(thread[drawn[:, 0]], thread[drawn[:, 1]])
        np.testing.assert_array_equal(np.bincount(thread[drawn[:, 0]]), least << finer)
        assert along[drawn].min(axis=1)[np.r_[True, np.diff(thread[drawn[:, 0]]) > 0]].tolist() == [0.0] * 5
        np.testing.assert_allclose(np.bincount(thread[drawn[:, 0]], np.diff(along[drawn])[:, 0]), 1.0)  # without a gap
        missed = BOW * length / (least << finer) ** 2 * 0.46 * height  # pixels, where the body fills the picture
        assert missed.max() < 2.5
