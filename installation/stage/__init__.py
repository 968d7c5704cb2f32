"""What an artist touches: scenes are written with these words and nothing else."""

from installation.data import Camera, Controls, Look, Target, Title
from installation.stage.camera import glide, journey, orbit, sway, toward
from installation.stage.curves import Curve, ease, wave
from installation.stage.light import coloured, mix
from installation.stage.palette import Palette, oklch
from installation.stage.palettes import PALETTES
from installation.stage.places import Place, Places
from installation.stage.prompter import Prompter
from installation.stage.scene import Aims, Scene
from installation.stage.show import Moment, Show
from installation.target import parse

__all__ = [
    "PALETTES",
    "Aims",
    "Camera",
    "Controls",
    "Curve",
    "Look",
    "Moment",
    "Palette",
    "Place",
    "Places",
    "Prompter",
    "Scene",
    "Show",
    "Target",
    "Title",
    "coloured",
    "ease",
    "glide",
    "journey",
    "mix",
    "oklch",
    "orbit",
    "parse",
    "sway",
    "toward",
    "wave",
]
