"""The sound that a show begins with."""

from installation.data import RATE, Clip
from installation.listen.clips import clip
from installation.sound.mixing import click_and_flash
from installation.stage.program import Program

CLICKS = "clicks"  # the card for setting delays: a click and a flash on every beat


def start_clip(program: Program) -> Clip:
    """One loop of the program's start clip. Raises SoundFileError, naming what there is."""
    if program.start == CLICKS:
        return click_and_flash(program.loop, program.beats)
    return clip(program.start, round(program.loop * RATE), program.seed)
