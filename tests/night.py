"""A small night for tests of shows: two scenes of the user's own, and the show that blends them."""

from installation.control.parameters import defaults
from installation.data import Anatomy, Layer
from installation.stage.show import Show

ANATOMY = Anatomy(
    (
        Layer("scalogram", 1, 16, 1),
        *(Layer(f"block{b}.conv{c}", 64, 8, 2) for b in range(8) for c in (1, 2)),
        *(Layer(f"ar{b}", 64, 1, 8) for b in range(9)),
    )
)
SCENE = """
from installation.stage import Aims, Look, Scene, orbit

class {name}(Scene):
    seconds = {seconds}
    aims = Aims((0, "{aim}"))

    def look(self, t, controls):
        {body}
        return Look(orbit(3.0), glow={glow})
"""


def scene(name, aim="ar0", glow="1.0", seconds=40.0, body="pass"):
    return SCENE.format(name=name, aim=aim, glow=glow, seconds=seconds, body=body)


def load(name="night", anatomy=ANATOMY, seed=None):
    return Show.load(name, defaults(), anatomy, seed=seed)
