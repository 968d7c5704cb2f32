"""Test cards without a show: in the windows that the settings ask for, or as pictures of what each would show."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from installation.app.screen import windows
from installation.errors import StorageError
from installation.output import kept, offscreen
from installation.output.cards import Card, card
from installation.output.keys import Wish
from installation.output.outputs import plate
from installation.output.sources import Source, sources
from installation.projection import Output
from installation.settings import Settings

TICK = 1 / 30  # seconds


def show(settings: Settings, kind: Card, seconds: float | None = None) -> None:
    """Show a card until the windows are closed, or for so long; T brings the next, W bends an output.

    Raises DeviceError where a display is missing, ContentError for a file that is not what it should be.
    """
    began = time.monotonic()
    with windows(settings) as outputs:
        outputs.turn_card(kind)
        dark = outputs.gl.texture((1, 1), 4, b"\0\0\0\xff")
        while seconds is None or time.monotonic() - began < seconds:
            if {Wish.STOP, Wish.FADE} & set(outputs.wishes()):
                return
            outputs.show(dark)
            time.sleep(TICK)


def write(settings: Settings, kind: Card, folder: Path) -> list[Path]:
    """Write for each output what it would show of a card, bent and blended, as `NUMBER NAME.png`.

    An output without a size is as large as its part of the picture. Raises as `show` does, and StorageError.
    """
    outputs = settings.output or (Output(name="picture", size=settings.picture.size),)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder {folder} cannot be made: {error.strerror}.") from None
    written = []
    for source in sources(outputs):
        path = folder / f"{source.number} {source.name}.png"
        offscreen.save(shown(source, kind, settings.picture.size), path)
        written.append(path)
    return written


def shown(source: Source, kind: Card, picture: tuple[int, int]) -> NDArray[np.uint8]:
    """What an output shows of a card, [height, width, 3], row 0 is the highest.

    picture   pixels of the whole picture
    """
    part = source.output.part
    wide, high = max(1, round(picture[0] * part[2])), max(1, round(picture[1] * part[3]))
    size = source.output.size or ((high, wide) if source.output.rotate % 180 else (wide, high))
    pixels = card(kind, plate(source, size), picture)
    with offscreen.context() as gl:
        texture = gl.texture(pixels.shape[1::-1], 3, np.ascontiguousarray(pixels[::-1]).tobytes(), alignment=1)
        texture.repeat_x = texture.repeat_y = False
        target = gl.simple_framebuffer(size, 4)
        projector = source.projector(gl)
        projector.warp = kept.load(source.name)
        projector.draw(texture, target, size)
        data = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
    gl.release()
    return data.reshape(size[1], size[0], 3)[::-1]
