"""The scenes that are shipped: each has a look of its own, none stands still, and none flashes by itself."""

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from installation.app.opening import opening
from installation.body import body
from installation.control.parameters import defaults
from installation.data import Frame
from installation.render.renderer import Renderer
from installation.stage import Show
from installation.starting import start_clip

SIZE = (128, 72)
SCENES = sorted(path.stem for path in (Path(__file__).parents[1] / "scenes").glob("*.py") if path.stem != "card")
MOMENTS = 7  # of each scene, spread over its length
APART = 4.0  # of 255, mean over the picture: how far the median pictures of two scenes lie apart at least
MOVING = 0.4  # of 255: how much a scene changes in four seconds, beyond what the music does


@pytest.fixture(scope="module")
def pictures(_context):
    """Scene -> its pictures [moments, 2, height, width, 3]: at a moment, and four seconds later at the same beat."""
    shown = body("house")
    with _context as gl:
        renderer = Renderer(gl, shown.layout, shown.anatomy, SIZE)
        made = {}
        for name in SCENES:
            show = Show.load(name, defaults(), shown.anatomy, shown.layout, 0)
            dream = opening(shown, start_clip(show.program), show.at(0.0, show.controls).target)
            length = show.seconds
            taken = []
            for number in range(MOMENTS):
                second = 1.0 + (length - 6.0) * number / (MOMENTS - 1)
                for at in (second, second + 4.0):
                    look = show.at(at, show.controls).look
                    renderer.draw(Frame(0, at, look, dream, None, 0.4))
                    taken.append(renderer.read().astype(np.float32))
            made[name] = np.stack(taken).reshape(MOMENTS, 2, *taken[0].shape)
        renderer.release()
    return made


def test_there_are_eight_at_least():
    assert len(SCENES) >= 8


def test_any_two_scenes_look_different(pictures):
    medians = {name: np.median(taken[:, 0], axis=0) for name, taken in pictures.items()}
    for one, other in combinations(medians, 2):
        assert np.abs(medians[one] - medians[other]).mean() > APART, f"{one} looks like {other}"


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_moves(pictures, name):
    changes = np.abs(pictures[name][:, 0] - pictures[name][:, 1]).mean((1, 2, 3))
    assert np.median(changes) > MOVING


@pytest.mark.parametrize("name", SCENES)
def test_the_light_of_a_scene_changes_calmly(name):
    show = Show.load(name, defaults())
    stops = [show.at(second / 5, show.controls).look.exposure for second in range(300)]
    assert max(abs(b - a) for a, b in pairwise(stops)) < 0.1  # in a fifth of a second
