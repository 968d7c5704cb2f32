"""The last pass: identical where nothing is to change, exact where it bends, flat where projectors overlap."""

import math

import numpy as np
import pytest

from installation.output import bourke
from installation.output.blending import overlaps
from installation.output.maps import Maps
from installation.output.mesh import Mesh, quad
from installation.output.projector import WHOLE, Blend, Projector, fitted
from installation.output.warp import SQUARE, Warp, even, homography, straight

SIZE = (160, 90)
ONE, NONE = np.ones((2, 2, 3), np.float32), np.zeros((2, 2, 3), np.float32)


@pytest.fixture
def shown(gl):
    """What a projector shows of a picture [height, width, 3], row 0 is the lowest."""

    def show(pixels, size, part=WHOLE, warp=None, **how):
        high, wide = pixels.shape[:2]
        texture = gl.texture((wide, high), 3, np.ascontiguousarray(pixels).tobytes(), alignment=1)
        texture.repeat_x = texture.repeat_y = False
        target = gl.simple_framebuffer(size, 4)
        projector = Projector(gl, **how)
        if warp is not None:
            projector.warp = warp
        projector.draw(texture, target, size, part)
        data = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(size[1], size[0], 3)
        gl.detect_framebuffer(0).use()
        for left in (projector, texture, target):
            left.release()
        return data

    return show


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


def look(rows, columns):
    """The map that changes nothing."""
    right, up = ((np.arange(count) + 0.5) / count for count in (columns, rows))
    return np.stack(np.meshgrid(right, up), axis=-1).astype(np.float32)


def test_without_a_mesh_the_picture_passes(shown, noise):
    np.testing.assert_array_equal(shown(noise, SIZE), noise)


@pytest.mark.parametrize("decimals", [5, 9])
@pytest.mark.parametrize("cells", [1, 7, 33])
def test_an_identity_mesh_gives_the_identical_picture(shown, noise, tmp_path, cells, decimals):
    path = tmp_path / "identity.data"
    bourke.write(quad().finer(cells), path, SIZE[0] / SIZE[1])
    head, body = path.read_text().split("\n", 2)[:2], path.read_text().split("\n")[2:]
    rounded = [" ".join(f"{float(word):.{decimals}f}" for word in line.split()) for line in body if line]
    path.write_text("\n".join([*head, *rounded]))
    np.testing.assert_array_equal(shown(noise, SIZE, mesh=lambda aspect: bourke.read(path, aspect)), noise)


@pytest.mark.parametrize("points", [2, 17, 90])
def test_an_identity_calibration_gives_the_identical_picture(shown, noise, points):
    maps = Maps(look(points, points + 3), ONE, NONE, WHOLE, 2.2)
    np.testing.assert_array_equal(shown(noise, SIZE, maps=maps), noise)


def test_a_part_is_cut_out_pixel_by_pixel(shown, noise):
    part = (40 / 160, 9 / 90, 80 / 160, 45 / 90)
    np.testing.assert_array_equal(shown(noise, (80, 45), part), noise[9:54, 40:120])
    meshed = shown(noise, (80, 45), part, mesh=lambda aspect: quad())
    np.testing.assert_array_equal(meshed, noise[9:54, 40:120])


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_it_is_mirrored_then_turned_clockwise(shown, noise, degrees, mirror):
    seen = noise[::-1, ::-1] if mirror else noise[::-1]  # row 0 is the highest
    wanted = np.rot90(seen, -degrees // 90)[::-1]
    np.testing.assert_array_equal(shown(noise, wanted.shape[1::-1], degrees=degrees, mirror=mirror), wanted)


def test_another_shape_is_shown_as_large_as_it_fits(shown):
    white = np.full((50, 100, 3), 255, np.uint8)
    for how in ({}, {"degrees": 180}):
        seen = shown(white, (100, 100), **how)[:, 50, 0]
        assert (seen == np.repeat([0, 255, 0], [25, 50, 25])).all()


def spots(size, places):
    """Soft spots at places 0..1, so that their middles can be measured."""
    rows, columns = np.indices(size[::-1]) + 0.5
    light = sum(np.exp(-((columns - x * size[0]) ** 2 + (rows - y * size[1]) ** 2) / 18) for x, y in places)
    return np.repeat((255 * np.minimum(light, 1)).round().astype(np.uint8)[..., None], 3, axis=2)


def middle(picture, near, radius=14):
    rows, columns = np.indices(picture.shape[:2]) + 0.5
    weight = np.where(np.hypot(columns - near[0], rows - near[1]) < radius, picture[..., 0].astype(float), 0)
    return np.average(columns, weights=weight), np.average(rows, weights=weight)


def test_four_corners_are_true_in_perspective(shown):
    size, places = (480, 320), [(0.25, 0.25), (0.5, 0.5), (0.75, 0.3), (0.3, 0.8)]
    corners = np.array([[0.05, 0.02], [0.97, 0.08], [0.1, 0.95], [0.88, 1.0]])
    seen = shown(spots(size, places), size, warp=Warp(corners, even(2, 2)))
    for place in places:
        x, y, depth = homography(corners) @ (*place, 1.0)
        wanted = x / depth * size[0], y / depth * size[1]
        np.testing.assert_allclose(middle(seen, wanted), wanted, atol=0.25)


def test_a_net_moves_its_points_and_leaves_the_rim(shown):
    size, place = (480, 320), (0.5, 0.5)
    warp = straight().netted(5).moved(12, 0.04, 0.05, of_net=True)
    seen = shown(spots(size, [place]), size, warp=warp)
    np.testing.assert_allclose(middle(seen, (0.54 * 480, 0.55 * 320)), (0.54 * 480, 0.55 * 320), atol=0.5)
    white = shown(np.full((320, 480, 3), 255, np.uint8), size, warp=warp)
    assert white.min() == 255


def test_the_light_of_a_mesh_is_heeded_and_holes_are_black(shown):
    white = np.full((64, 64, 3), 200, np.uint8)
    mesh = quad().finer(4)
    light = mesh.light.copy()
    light[:, :2], light[3:, 3:] = 0.5, -1.0
    seen = shown(white, (64, 64), mesh=lambda aspect: Mesh(mesh.places, mesh.points, light))[..., 0]
    np.testing.assert_allclose(seen[:, :15], 100, atol=1)
    assert (seen[:32, 34:] == 200).all()
    assert (seen[34:, 34:] == 0).all()


def test_points_beyond_the_picture_are_black(shown):
    white = np.full((64, 64, 3), 255, np.uint8)
    mesh = quad()
    beyond = Mesh(mesh.places, mesh.points * 2, mesh.light)
    seen = shown(white, (64, 64), mesh=lambda aspect: beyond)[..., 0]
    assert (seen[:31, :31] == 255).all()
    assert (seen[34:].max(), seen[:, 34:].max()) == (0, 0)


def test_a_calibration_looks_where_it_says_and_nowhere_else(shown, noise):
    mirrored = look(SIZE[1], SIZE[0])[:, ::-1].copy()
    mirrored[:10] = np.nan
    seen = shown(noise, SIZE, maps=Maps(mirrored, ONE, NONE, WHOLE, 2.2))
    np.testing.assert_array_equal(seen[10:], noise[10:, ::-1])
    assert seen[:10].max() == 0


def test_alpha_and_beta_follow_the_standard_in_linear_light(shown):
    alpha = np.full((2, 2, 3), 0.25, np.float32)
    beta = np.full((2, 2, 3), 0.04, np.float32)
    flat = np.full((64, 64, 3), 180, np.uint8)
    seen = shown(flat, (64, 64), maps=Maps(look(8, 8), alpha, beta, WHOLE, 2.4)).astype(float)
    wanted = (180 / 255) ** 2.4 * 0.25 * (1 - 0.04) + 0.04
    assert ((seen / 255) ** 2.4).mean() == pytest.approx(wanted, rel=0.01)


def test_a_region_is_a_part_of_the_part(shown, noise):
    maps = Maps(look(4, 4), ONE, NONE, (0.5, 0.0, 0.5, 1.0), 2.2)
    np.testing.assert_array_equal(shown(noise, (40, 90), (0.5, 0.0, 0.5, 1.0), maps=maps), noise[:, 120:])


def emitted(shown, level, gamma, black=0.0, overlap=0.2):
    """The light of two projectors side by side on a wall, each with its own gamma and black."""
    wide, high = 400, 128
    flat = np.full((high, wide, 3), level, np.uint8)
    parts = [(0.0, 0.0, 0.5 + overlap / 2, 1.0), (0.5 - overlap / 2, 0.0, 0.5 + overlap / 2, 1.0)]
    wall = np.zeros((high, wide))
    for part, edges in zip(parts, overlaps(parts), strict=True):
        size = (round(part[2] * wide), high)
        seen = shown(flat, size, part, blend=Blend(edges, gamma, black))[..., 0] / 255
        left = round(part[0] * wide)
        wall[:, left : left + size[0]] += seen**gamma * (1 - black) + black
    return wall


@pytest.mark.parametrize("gamma", [1.8, 2.2, 2.6])
@pytest.mark.parametrize("level", [255, 200, 128, 64, 24])
def test_two_projectors_together_are_flat(shown, level, gamma):
    wall = emitted(shown, level, gamma) / (level / 255) ** gamma
    np.testing.assert_allclose(wall.mean(axis=0), 1, atol=0.02)  # every column
    if level >= 128:
        np.testing.assert_allclose(wall, 1, atol=0.02)  # every pixel; a darker number's own step is larger


@pytest.mark.parametrize("level", [0, 40, 150, 255])
def test_with_their_black_lifted_they_are_flat_too(shown, level):
    wall = emitted(shown, level, 2.2, black=0.002).mean(axis=0)
    np.testing.assert_allclose(wall, wall.mean(), rtol=0.02)
    if level == 0:
        assert wall.mean() == pytest.approx(0.004, rel=0.02)


def test_four_projectors_are_flat_where_they_all_meet(shown):
    wide, high = 240, 240
    parts = [(x, y, 0.6, 0.6) for x in (0.0, 0.4) for y in (0.0, 0.4)]
    flat = np.full((high, wide, 3), 220, np.uint8)
    wall = np.zeros((high, wide))
    for part, edges in zip(parts, overlaps(parts), strict=True):
        seen = shown(flat, (144, 144), part, blend=Blend(edges, 2.2))[..., 0] / 255
        left, low = round(part[0] * wide), round(part[1] * high)
        wall[low : low + 144, left : left + 144] += seen**2.2
    blocks = wall.reshape(30, 8, 30, 8).mean(axis=(1, 3)) / (220 / 255) ** 2.2
    np.testing.assert_allclose(blocks, 1, atol=0.02)


def test_overlaps_are_found_and_a_screen_with_everything_has_none():
    left, right, all_ = (0.0, 0.0, 0.6, 1.0), (0.4, 0.0, 0.6, 1.0), (0.0, 0.0, 1.0, 1.0)
    found = overlaps([left, right, all_, left])
    np.testing.assert_allclose(found[0], (0, 1 / 3, 0, 0), atol=1e-12)
    np.testing.assert_allclose(found[1], (1 / 3, 0, 0, 0), atol=1e-12)
    assert found[2] == (0, 0, 0, 0)
    above = overlaps([(0.0, 0.0, 1.0, 0.55), (0.0, 0.45, 1.0, 0.55)])
    np.testing.assert_allclose(above, [(0, 0, 0, 0.1 / 0.55), (0, 0, 0.1 / 0.55, 0)], atol=1e-12)
    assert overlaps([(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 1.0)]) == [(0, 0, 0, 0)] * 2


@pytest.mark.parametrize(
    ("picture", "window", "where"),
    [
        ((1280, 720), (1280, 720), (0, 0, 1280, 720)),
        ((1280, 720), (1280, 800), (0, 40, 1280, 720)),
        ((100, 100), (300, 100), (100, 0, 100, 100)),
        ((1280, 720), (1, 1), (0, 0, 1, 1)),
    ],
)
def test_a_picture_is_as_large_as_it_fits(picture, window, where):
    assert fitted(picture, window) == where


def test_corners_in_their_places_are_no_warp(shown, noise):
    assert Warp(SQUARE.copy(), even(9, 9)).straight
    np.testing.assert_array_equal(shown(noise, SIZE, warp=Warp(SQUARE.copy(), even(9, 9))), noise)
    assert math.isclose(homography(SQUARE)[0, 0], 1.0)
