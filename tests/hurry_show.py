"""For the show in a hurry: what it plays, and dreams that something is wrong with."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np

from installation.data import Activations, Clip, Dream

SCENES = ("lamp", "other", "third")
LOOPS = 10  # of a scene
SHOW = "tempo = 180\nbeats = 4\ncrossfade = 1\nafter = 'loop'\n" + "".join(
    f"[[scene]]\nname = '{name}'\nloops = {LOOPS}\n" for name in SCENES
)
SECONDS = 4 * 60 / 180  # of a loop
SCENE = """\"\"\"A lamp.\"\"\"
from installation.stage import Aims, Controls, Look, Scene, orbit

class {name}(Scene):
    seconds = 10.0
    aims = Aims((0, "{aim}"))

    def look(self, t: float, controls: Controls) -> Look:
        return Look(orbit(0.9 + 0.01 * t), glow=1.0)
"""


def content(folder: Path) -> Path:
    """The show `hurry` and its scenes."""
    scenes = folder / "content" / "scenes"
    scenes.mkdir(parents=True)
    (scenes / "hurry.toml").write_text(SHOW)
    for name, aim in zip(SCENES, ("block0.conv2", "ar0", "ar2[channels 0.2..0.6]"), strict=True):
        (scenes / f"{name}.py").write_text(SCENE.format(name=name.title(), aim=aim))
    return folder / "content"


def turned(dream: Dream, number: int, share: float) -> Dream:
    """The same loop begun elsewhere in its circle, as another dream."""
    samples = np.roll(dream.clip.samples, round(share * dream.clip.samples.shape[1]), axis=1)
    layers = {
        name: np.roll(layer, round(share * layer.shape[2]), axis=2) for name, layer in dream.activations.layers.items()
    }
    return replace(dream, number=number, clip=Clip(samples), activations=Activations(layers))


SPOILT = ("no numbers", "no answers", "too loud", "silent", "of another ear", "no score")


def spoilt(dream: Dream, how: str, dice: random.Random) -> Dream:
    """A dream that something is wrong with."""
    samples = dream.clip.samples.copy()
    layers = dict(dream.activations.layers)
    name = dice.choice(list(layers))
    if how == "no numbers":
        samples[:, dice.randrange(samples.shape[1] // 2) :: dice.choice([1, 7])] = dice.choice([np.nan, np.inf])
    elif how == "too loud":
        samples *= np.float32(1e9)
    elif how == "silent":
        samples[:] = 0
    elif how == "no answers":
        layers[name] = np.full_like(layers[name], np.nan)
    elif how == "of another ear":
        layers[name] = np.ones((2, 3, 5), np.float16)
    elif how == "no score":
        return replace(dream, score=float("nan"))
    return replace(dream, clip=Clip(samples), activations=Activations(layers))
