"""A piece told in short: stills of all of it on one sheet, and half a minute of film."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE
from installation.errors import ContentError
from installation.listen import ears
from installation.output import offscreen
from installation.output.recorder import SMALL, record
from installation.render.renderer import Renderer
from installation.stage import Show
from installation.take import Take
from installation.workshop.filming import Projection

COLUMNS, ROWS = 3, 5  # stills on the sheet
STILL = (320, 180)  # pixels of each
GAP = 4  # pixels between them
EXCERPT = 30.0  # seconds
FROM = 0.66  # of the piece is where the excerpt begins: before a climax


def trailer(take: Path, out: Path, size: tuple[int, int], rate: Fraction) -> list[Path]:
    """Write `NAME.jpg` and `NAME.mp4` of a take's show into a folder; returns both paths.

    Raises ContentError where the take cannot be shown, StorageError when the disk refuses.
    """
    told = Take.read(take)
    made_of = body(told.header.model)
    show = Show.load(told.header.show, defaults(), made_of.anatomy, made_of.layout, told.header.seed, made_of.liked)
    if told.seconds < EXCERPT:
        raise ContentError(f"the take {take} lasts {told.seconds:.0f} s; a trailer needs {EXCERPT:.0f} s at least.")
    projection = Projection(told, show, ears.load(told.header.model))
    sheet, film = (out / f"{show.name}{ending}" for ending in (".jpg", ".mp4"))
    gl = offscreen.context()
    with gl:
        renderer = Renderer(gl, made_of.layout, made_of.anatomy, STILL)
        count = COLUMNS * ROWS
        moments = [round(told.seconds * (number + 0.5) / count * rate) for number in range(count)]
        canvas = np.zeros((ROWS * (STILL[1] + GAP) - GAP, COLUMNS * (STILL[0] + GAP) - GAP, 3), np.uint8)
        for number, moment in enumerate(moments):
            row, column = divmod(number, COLUMNS)
            renderer.draw(projection.frame(moment, rate))
            top, left = row * (STILL[1] + GAP), column * (STILL[0] + GAP)
            canvas[top : top + STILL[1], left : left + STILL[0]] = renderer.read()
        offscreen.save(canvas, sheet)
        renderer.resize(size)
        first = min(round(FROM * told.seconds * rate), int((told.seconds - EXCERPT) * rate))
        with record(film, size, rate, projection.speakers, crf=SMALL) as excerpt:
            for picture in range(first, first + round(EXCERPT * rate)):
                renderer.draw(projection.frame(picture, rate))
                excerpt.picture(renderer.read())
                start, end = (round(Fraction(at) * RATE / rate) for at in (picture, picture + 1))
                excerpt.sound(projection.sound(start, end))
        renderer.release()
    return [sheet, film]
