"""Meshes of Paul Bourke's format, and the one that a mirror ball needs."""

import math

import numpy as np
import pytest

from installation.data import Dome
from installation.errors import ContentError
from installation.output import bourke
from installation.output.mesh import Mesh, quad
from installation.output.mirrorball import Room, fisheye, mirrored

WIDE = 16 / 9
GOOD = "2\n2 2\n-1.5 -1 0 0 1\n1.5 -1 1 0 0.5\n-1.5 1 0 1 1\n1.5 1 1 1 -1\n"


def read(tmp_path, text, aspect=1.5):
    path = tmp_path / "wall.data"
    path.write_text(text)
    return bourke.read(path, aspect)


def test_a_mesh_is_read_as_it_stands(tmp_path):
    mesh = read(tmp_path, GOOD)
    np.testing.assert_allclose(mesh.places[0], [[0, 0], [1, 0]])
    np.testing.assert_allclose(mesh.places[1], [[0, 1], [1, 1]])
    np.testing.assert_allclose(mesh.points[:, 1], [[1, 0], [1, 1]])
    np.testing.assert_allclose(mesh.light, [[1, 0.5], [1, -1]])
    assert len(mesh.cells()) == 0  # its only cell touches a point that is not drawn


def test_blank_lines_and_other_blanks_do_not_matter(tmp_path):
    spaced = "\n" + GOOD.replace(" ", "\t  ").replace("\n", " \r\n\n")
    np.testing.assert_allclose(read(tmp_path, spaced).places, read(tmp_path, GOOD).places)


def test_what_is_written_is_read_again(tmp_path):
    mesh = quad((0.1, 0.2, 0.5, 0.6)).finer(7)
    bourke.write(mesh, tmp_path / "a" / "b.data", WIDE)
    again = bourke.read(tmp_path / "a" / "b.data", WIDE)
    np.testing.assert_allclose(again.places, mesh.places, atol=1e-6)
    np.testing.assert_allclose(again.points, mesh.points, atol=1e-6)


@pytest.mark.parametrize(("kind", "columns"), [(1, 13), (2, 12)])
def test_rings_are_closed_and_rows_are_not(tmp_path, kind, columns):
    lines = [str(kind), "12 4"]
    for ring in range(4):
        for number in range(12):
            angle, radius = math.tau * number / 12, 0.2 + 0.25 * ring
            x, y = radius * math.cos(angle), radius * math.sin(angle)
            lines.append(f"{x} {y} {0.5 + x / 2} {0.5 + y / 2} 1")
    mesh = read(tmp_path, "\n".join(lines), 1.0)
    assert mesh.shape == (4, columns)


def test_a_flat_net_of_type_one_stays_open(tmp_path):
    bourke.write(quad().finer(8), tmp_path / "wall.data", WIDE)
    text = (tmp_path / "wall.data").read_text()
    assert read(tmp_path, "1" + text[1:], WIDE).shape == (9, 9)


def test_a_ring_that_repeats_its_first_point_is_closed_already():
    angle = np.linspace(0, math.tau, 13)
    places = 0.5 + np.array([0.2, 0.4])[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    assert Mesh(places, places, np.ones((2, 13))).closed().shape == (2, 13)


def test_a_finer_mesh_is_the_same_surface_with_the_same_holes():
    mesh = quad().finer(4)
    light = mesh.light.copy()
    light[2, 2] = -1
    holed = Mesh(mesh.places, mesh.points, light)
    fine = holed.finer(16)
    np.testing.assert_allclose(fine.places, fine.points, atol=1e-12)
    assert len(fine.cells()) / 2 == 16 * 16 - 4 * 16  # four of sixteen cells touch the hole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3\n2 2\n", "wall.data:1: a mesh has type 1 (polar) or 2 (rectangular), not 3"),
        ("two\n2 2\n", "wall.data:1: found 'two'; wanted is 1 (polar) or 2"),
        ("2\n2\n", "wall.data:2: found '2'; wanted is nx ny"),
        ("2\n\n1 5\n", "wall.data:3: a mesh has 2 or more points each way"),
        ("2\n99999 99999\n", "wall.data:2: a mesh has 2 or more points"),
        (GOOD.replace("-1.5 1 0 1 1", "-1.5 1 0 x 1"), "wall.data:5: found '-1.5 1 0 x 1'; wanted is x y u v i"),
        (GOOD.replace("-1.5 1 0 1 1", "-1.5 1 0 1"), "wall.data:5: found '-1.5 1 0 1'; wanted is x y u v i"),
        (GOOD.replace("-1.5 1 0 1 1", "-1.5 1 nan 1 1"), "wall.data:5: found"),
        (GOOD[: GOOD.rindex("1.5 1 1 1")], "2 x 2 points are 4 lines x y u v i, but there are 3"),
        (GOOD + "0 0 0 0 1\n", "wall.data:7: 2 x 2 points are 4 lines x y u v i, but there are 5"),
        ("", "ends before its type"),
        ("2\n", "ends before its nx ny"),
    ],
)
def test_a_mistake_in_a_mesh_is_told_with_its_line(tmp_path, text, words):
    with pytest.raises(ContentError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "wall.data").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ContentError, match="cannot be read"):
        bourke.read(tmp_path / "wall.data", 1.0)


@pytest.mark.parametrize("dome", [Dome(), Dome(fov=210, tilt=20), Dome(fov=160, offset=(0.1, -0.05))])
def test_directions_lie_in_the_fisheye_as_in_the_renderer(dome):
    tilt = math.radians(dome.tilt)
    zenith = np.array([0.0, math.cos(tilt), -math.sin(tilt)])  # the dome's axis leans to the front
    np.testing.assert_allclose(fisheye(zenith, dome)[0], 0.5 + 0.5 * np.array(dome.offset), atol=1e-9)
    left, inside = fisheye(np.array([-1.0, 0.0, 0.0]), dome)
    assert left[0] == pytest.approx(0.5 + 0.5 * (dome.offset[0] - 90 / (dome.fov / 2)))
    assert inside == (1.08 * dome.fov / 2 >= 90)


def test_light_goes_from_the_lens_over_the_ball_to_the_place_that_the_mesh_says():
    room, dome = Room(), Dome()
    mesh = mirrored(room, dome)
    lens, ball = np.array(room.projector), np.array(room.ball)
    forward = (np.array(room.aim) - lens) / np.linalg.norm(np.array(room.aim) - lens)
    right = np.cross(forward, (0, 1, 0)) / np.linalg.norm(np.cross(forward, (0, 1, 0)))
    for row, column in ((45, 80), (60, 50), (30, 120)):
        assert mesh.light[row, column] > 0
        x, y = mesh.places[row, column] - 0.5
        ray = forward + x / room.throw * right + y / room.throw / room.aspect * np.cross(right, forward)
        ray /= np.linalg.norm(ray)
        steps = np.linspace(0, 3, 300_001)  # march instead of solving: another way to the same place
        outside = np.linalg.norm(lens + steps[:, None] * ray - ball, axis=1) > room.curve
        place = lens + steps[np.argmin(outside)] * ray
        normal = (place - ball) / np.linalg.norm(place - ball)
        ray -= 2 * (ray @ normal) * normal
        far = np.linspace(0, 6, 300_001)
        spot = place + far[np.argmax(np.linalg.norm(place + far[:, None] * ray, axis=1) > room.radius)] * ray
        angle = math.degrees(math.acos(spot[1] / np.linalg.norm(spot)))
        share = angle / 90
        aside = math.hypot(spot[0], spot[2])
        wanted = 0.5 + 0.5 * share * np.array([spot[0], spot[2]]) / aside
        np.testing.assert_allclose(mesh.points[row, column], wanted, atol=2e-3)


def test_the_mesh_evens_out_the_light_on_the_dome():
    room = Room()
    mesh = mirrored(room, Dome())
    points, light = mesh.points, mesh.light
    angle = np.hypot(*(2 * points - 1).transpose(2, 0, 1)) * np.pi / 2
    across, up = np.gradient(points, axis=1), np.gradient(points, axis=0)
    patch = np.abs(across[..., 0] * up[..., 1] - across[..., 1] * up[..., 0])  # of the fisheye
    patch = patch * np.sinc(angle / np.pi)  # of the dome: a fisheye stretches along its rim
    counted = (light > 0.21 ** (1 / 2.2)) & (light < 0.999) & (angle < 1.5)
    even, plain = light[counted] ** 2.2 / patch[counted], 1 / patch[counted]
    assert counted.mean() > 0.2
    assert even.std() / even.mean() < 0.35 * plain.std() / plain.mean()


@pytest.mark.parametrize(
    "wrong", [{"projector": (0.0, 0.3, 2.2)}, {"aim": (0.0, 9.0, 0.9)}, {"aim": (0.0, 0.15, -9.0)}]
)
def test_a_room_without_light_is_told(wrong):
    with pytest.raises(ContentError, match=r"mirror ball|straight up"):
        mirrored(Room(**wrong), Dome())
