"""The last passes: light becomes the picture on a screen, and a small one becomes a large one."""

import moderngl

from installation.render import view
from installation.render.grain import grain
from installation.render.passes import Value, pair
from installation.render.sheet import Sheet
from installation.render.squares import Squares


class Develop:
    """Film and screen."""

    def __init__(self, gl: moderngl.Context, sheet: Sheet, size: tuple[int, int]) -> None:
        """Make it ready.

        size   pixels of the picture that are developed at once, all of the sheet's or a part
        """
        self._squares = Squares(gl, "post/develop.frag", size)
        self.target, self.picture = self._squares.target, self._squares.picture
        thresholds = grain()
        self.grain = gl.texture(thresholds.shape, 1, thresholds.tobytes(), dtype="f4")
        self.grain.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._sheet = sheet

    def __call__(
        self,
        light: moderngl.Texture,
        mist: moderngl.Texture,
        gathered: moderngl.Texture,
        corner: tuple[int, int] = (0, 0),
        inset: tuple[int, int] = (0, 0),
        **film: Value,
    ) -> moderngl.Texture:
        """Draw once.

        light      that lies at `inset` and on, all of the sheet's or a part
        mist       what is added to the light, all of the sheet's
        gathered   all of the light in larger cells, as `Squares` takes it
        corner     where what is developed begins in the picture
        film       spread and fade, as develop.frag has them
        """
        sheet = self._sheet
        return self._squares(
            gathered,
            sheet.whole,
            light=light,
            mist=mist,
            noise=self.grain,
            corner=pair(corner),
            inset=pair(inset),
            margin=pair(sheet.margin),
            disc=view.disc(sheet.size, sheet.dome),
            **film,
        )

    def release(self) -> None:
        """Give the memory back."""
        for part in (self._squares, self.grain):
            part.release()


class Enlarge:
    """A picture that was developed at half the size."""

    def __init__(self, gl: moderngl.Context, sheet: Sheet, size: tuple[int, int]) -> None:
        """Make it ready.

        sheet   of the small picture
        size    pixels of the large one
        """
        self._squares = Squares(gl, "post/enlarge.frag", size)
        self.target = self._squares.target
        (left, low), (wide, high) = sheet.margin, sheet.whole
        self._margin, self._whole = (2.0 * left, 2.0 * low), (2 * wide, 2 * high)

    def __call__(self, made: moderngl.Texture, mist: moderngl.Texture, gathered: moderngl.Texture) -> moderngl.Texture:
        """Draw once: the small picture, and what it was developed from."""
        return self._squares(gathered, self._whole, made=made, mist=mist, margin=self._margin, corner=(0.0, 0.0))

    def release(self) -> None:
        """Give the memory back."""
        self._squares.release()
