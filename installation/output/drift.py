"""A drift of the whole picture by a few pixels, too slow to be seen: it spares screens that are on for weeks."""

import math

import moderngl

from installation.render.passes import BYTE, Pass, pair

REACH = 4 / 1080  # of the picture's height, to each side
AROUND, ALONG = 1033.0, 811.0  # seconds of a swing to the sides and of one up and down: together they never repeat


def aside(seconds: float) -> tuple[float, float]:
    """Where the picture stands at this second, right and up, in its heights."""
    return REACH * math.sin(math.tau * seconds / AROUND), REACH * math.sin(math.tau * seconds / ALONG)


class Drift:
    """Moves finished pictures. Keeps nothing between them: same picture, same second, same pixels."""

    def __init__(self) -> None:
        self._pass: Pass | None = None
        self._gl: moderngl.Context | None = None

    def __call__(self, picture: moderngl.Texture, seconds: float) -> moderngl.Texture:
        """The picture as it stands at this second, another texture of the same size."""
        if self._pass is None or self._gl is not picture.ctx or self._pass.picture.size != picture.size:
            if self._pass is not None and self._gl is picture.ctx:
                self._pass.release()
            self._pass, self._gl = Pass(picture.ctx, "post/drift.frag", picture.size, BYTE), picture.ctx
        wide, high = pair(picture.size)
        right, up = aside(seconds)
        return self._pass(picture=picture, aside=(right * high / wide, up))
