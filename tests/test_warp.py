"""An output is bent by four corners in perspective and by a net; what is kept is what was made."""

import numpy as np
import pytest

from installation.errors import ContentError
from installation.output import kept
from installation.output.editor import Editor, pressed
from installation.output.warp import SQUARE, Warp, bend, even, homography, straight

CORNERS = np.array([[0.1, 0.05], [0.95, 0.0], [0.0, 1.0], [0.85, 0.9]])


def test_the_corners_land_where_they_are_put_and_lines_stay_straight():
    matrix = homography(CORNERS)
    for corner, wanted in zip(SQUARE, CORNERS, strict=True):
        x, y, depth = matrix @ (*corner, 1.0)
        assert (x / depth, y / depth) == pytest.approx(tuple(wanted))
    seen = np.array([matrix @ (t, 0.3 + 0.5 * t, 1.0) for t in np.linspace(0, 1, 9)])
    seen = seen[:, :2] / seen[:, 2:]
    along = seen[-1] - seen[0]
    aside = (seen - seen[0]) @ np.array([-along[1], along[0]])
    np.testing.assert_allclose(aside, 0, atol=1e-12)


def test_the_middle_of_a_square_seen_aslant_is_where_its_diagonals_cross():
    x, y, depth = homography(CORNERS) @ (0.5, 0.5, 1.0)
    low_left, low_right, high_left, high_right = CORNERS
    ways = np.stack([high_right - low_left, -(high_left - low_right)], axis=1)
    share = np.linalg.solve(ways, low_right - low_left)[0]
    assert (x / depth, y / depth) == pytest.approx(tuple(low_left + share * (high_right - low_left)))


@pytest.mark.parametrize("points", [2, 3, 5, 9, 17])
def test_an_even_net_bends_nothing_inside_and_beyond(points):
    places = np.random.default_rng(1).random((40, 2)) * 1.6 - 0.3
    np.testing.assert_allclose(bend(places, even(points, points)), places, atol=1e-12)


def test_a_net_goes_through_its_points_smoothly():
    net = even(5, 5)
    net[2, 2] += (0.1, -0.05)
    np.testing.assert_allclose(bend(even(5, 5), net), net, atol=1e-12)
    line = bend(np.stack([np.linspace(0, 1, 2001), np.full(2001, 0.5)], axis=-1), net)
    slope = np.diff(line[:, 1])
    assert np.abs(np.diff(slope)).max() < 2e-6  # no kink: a bilinear net would jump by 1e-4 at its points


def test_more_points_keep_the_shape():
    warp = straight().netted(3).moved(4, 0.08, 0.02, of_net=True)
    places = np.random.default_rng(2).random((50, 2))
    np.testing.assert_allclose(bend(places, warp.netted(9).net), bend(places, warp.net), atol=2e-3)


def test_corners_that_would_fold_the_picture_stay_where_they_are():
    warp = straight()
    assert warp.moved(0, 1.5, 1.5) is warp
    with pytest.raises(ContentError, match="go around"):
        Warp(SQUARE[[1, 0, 2, 3]], even(2, 2))


@pytest.fixture
def editor(tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    return Editor("left", lambda: (1000, 500), kept.load("left"), lambda warp: None)


def test_keys_move_a_corner_by_pixels_and_take_it_back(editor):
    pressed(editor, "TAB", ())
    pressed(editor, "RIGHT", ("SHIFT",))
    pressed(editor, "DOWN", ())
    pressed(editor, "LEFT", ("CTRL",))
    np.testing.assert_allclose(editor.warp.corners[1], (1 + 9.9 / 1000, -1 / 500))
    for _ in range(3):
        pressed(editor, "BACKSPACE", ())
    assert editor.warp.straight
    pressed(editor, "BACKSPACE", ())  # there is nothing more to take back
    assert "corner low right" in editor.help()


def test_a_net_is_made_finer_moved_and_kept(editor, tmp_path):
    pressed(editor, "PLUS", ())
    pressed(editor, "PLUS", ())
    assert editor.warp.net.shape == (5, 5, 2)
    for _ in range(12):
        pressed(editor, "TAB", ())
    pressed(editor, "UP", ("SHIFT",))
    assert pressed(editor, "RETURN", ()) is True
    assert editor.keep()
    again = kept.load("left")
    np.testing.assert_allclose(again.net, editor.warp.net, atol=1e-6)
    np.testing.assert_allclose(again.net[2, 2], (0.5, 0.5 + 10 / 500), atol=1e-6)
    assert [path.name for path in (tmp_path / "warps").iterdir()] == ["left.toml"]
    assert kept.load("right").straight


def test_leaving_shows_it_as_it_was(editor):
    pressed(editor, "RIGHT", ())
    assert pressed(editor, "ESCAPE", ()) is False
    editor.leave()
    assert editor.warp.straight


def test_a_disk_that_refuses_is_told_and_the_show_goes_on(editor, tmp_path, caplog):
    (tmp_path / "warps").write_text("a file where the folder should be")
    assert not editor.keep()
    assert "cannot be kept" in caplog.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("corners = [[0, 0], [1, 0]]\n", "left.toml:1: corners has not the shape"),
        ("\nnet = [[0, 0]]\n", "left.toml:2: net has not the shape"),
        ("\n\ncorner = 3\n", "left.toml:3: found 'corner'; possible are corners"),
        ('corners = [["a", 0], [1, 0], [0, 1], [1, 1]]\n', "left.toml:1: corners are not all numbers"),
        ("corners = [[0, 0], [0, 1], [1, 0], [1, 1]]\n", "left.toml:1: the four corners"),
        ("corners = [[0, 0], [9, 0], [0, 1], [1, 1]]\n", "left.toml:1: a point of a warp lies within"),
        ("corners = [\n", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_kept_warp_is_told_with_its_line(editor, tmp_path, text, words):
    (tmp_path / "warps").mkdir()
    (tmp_path / "warps" / "left.toml").write_text(text)
    with pytest.raises(ContentError) as caught:
        kept.load("left")
    assert words in str(caught.value)
